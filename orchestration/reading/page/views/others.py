"""Search, channels, what is not there, what changed, any list, and the words used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from orchestration.publishing.report.numbers import NONE
from orchestration.reading.page import words
from orchestration.reading.page.asked import Asked
from orchestration.reading.page.causes import brought_about
from orchestration.reading.page.listing import NONE_TOKEN
from orchestration.reading.page.lists import LISTS
from orchestration.reading.page.publication import NotPublished, query
from orchestration.reading.page.selection import Selection
from orchestration.reading.page.showing import show

FORGOTTEN_AFTER = timedelta(7)


def channels(asked: Asked) -> dict[str, Any]:
    """Channels and conversions under the chosen model, for the whole time."""
    return {
        "title": "Channels",
        "lists": [
            show(asked.publication, LISTS["channels"], asked.selection),
            asked.show(LISTS["conversions"], limit=25),
            asked.show(LISTS["effects"], limit=25),
        ],
    }


def missing(asked: Asked) -> dict[str, Any]:
    """Everything that is not there, by reason, with sums that add up to the whole."""
    chosen = asked.selection
    parts = [
        asked_facet(asked, "deals", "Won deals", won="yes"),
        asked_facet(asked, "deals", "Deals that are not won", won="no"),
        *(
            asked_facet(asked, "contact-status", f"Contacts: {label.lower()}", metric=metric)
            for metric, label in (
                ("first_touch", "First touch"),
                ("last_touch", "Last touch"),
                ("influenced", "Influenced"),
            )
        ),
        asked_facet(asked, "utm", "Tagged links (utm_campaign)"),
        asked_facet(asked, "rejected", "Rows that could not be read"),
        asked_facet(asked, "unread", "Values that could not be read"),
        asked_facet(asked, "parity-contacts", "Contacts that only one side has"),
    ]
    hidden = asked.publication.rows(
        "select unnest(reasons) as reason, count(*) as number from @diagnostics.asset_visibility "
        "where not is_visible group by 1 order by number desc, reason"
    )
    return {
        "title": "What is not there",
        "parts_found": parts,
        "hidden": [
            {
                "reason": words.reason(row["reason"], "asset"),
                "number": asked.formats.count(row["number"]),
                "href": chosen.link("/list/asset-visibility", reason=row["reason"]),
            }
            for row in hidden
        ],
        "others": [
            (
                "/list/deal-reasons",
                "Deals that a campaign gets, or not",
                "every pair of deal and campaign",
            ),
            (
                "/list/asset-visibility",
                "Assets that a campaign shows, or not",
                "every pair of asset and campaign",
            ),
            ("/list/parity", "What another system reports", "their numbers beside ours"),
            ("/list/coverage", "Coverage of the sources", "what was pulled, and what was not"),
            ("/list/checks", "Business checks", "what must hold, and whether it does"),
            ("/list/runs", "Runs", "when what was built"),
        ],
    }


def asked_facet(asked: Asked, name: str, title: str, **given: str) -> dict[str, Any]:
    """The sums by reason of a list, without its rows."""
    return {"title": title, "listing": LISTS[name], **asked.facets(LISTS[name], **given)}


def changes(asked: Asked) -> dict[str, Any]:
    """What runs changed since a day: a week before now unless one is chosen.

    Net per number, with the causes.
    """
    chosen = asked.selection
    first = chosen.first or asked.today - FORGOTTEN_AFTER
    values = Selection(first=first, last=chosen.last, timezone=asked.formats.timezone)
    period = values.in_period("runs.started_at")
    try:
        rows = asked.publication.rows(
            query(__file__, "changed_numbers", period=period),
            values.values | {"model": chosen.model},
        )
        causes = asked.publication.rows(
            query(__file__, "causes_of_changes", period=period),
            values.values,
        )
        runs = asked.publication.one(
            (
                f"select count(*) as number from @diagnostics.run_log as runs where status = "
                f"'published' and {period}"
            ),
            values.values,
        )
    except NotPublished as error:
        return {"title": "What changed", "lacking": error.table, "since": asked.formats.day(first)}
    return {
        "title": "What changed",
        "lacking": "",
        "since": asked.formats.day(first),
        "first": first.isoformat(),
        "runs": runs["number"],
        "rows": [
            {
                "campaign": asked.cells.campaign(row["campaign_id"], row["campaign_name"]),
                "metric": words.metric(row["metric"])
                + (f", {words.model(row['model'])}" if row["model"] else ""),
                "before": asked.cells.number(row["before"]),
                "now": asked.cells.number(row["now"]),
                "difference": asked.cells.number(row["difference"]),
                "is_up": (row["difference"] or 0) > 0,
                "href": chosen.link(
                    "/list/restatements",
                    campaign=NONE_TOKEN if row["campaign_id"] is None else row["campaign_id"],
                    metric=row["metric"],
                    from_=first,
                ),
                "causes": brought_about(
                    asked.formats, row["last"]["campaign_causes"], row["last"]["run_causes"]
                )
                or NONE,
            }
            for row in rows
        ],
        "causes": [
            (
                words.cause(row["kind"]),
                asked.formats.count(row["number"]),
                row["runs"],
            )
            for row in causes
        ],
    }


def glossary(asked: Asked) -> dict[str, Any]:
    """The words that pages use."""
    return {"title": "What the words mean"}
