"""`touchledger explain`: what was credited and why, or why not, in words, from the published file alone."""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from rich.table import Table
from rich.text import Text

from orchestration.ground.errors import SettingsError, UnknownId
from orchestration.ground.paths import RULES
from orchestration.ground.settings import make_settings
from orchestration.reading.published import Published, Rows
from orchestration.terminal.console import make_console, plain
from orchestration.terminal.failures import print_error

TOUCHES_SHOWN = 40

BASIS = {
    "asset": "the asset was in the campaign at that instant (R30)",
    "utm": "the URL carried the campaign's utm (R31)",
    "both": "asset and utm (R32)",
}
ENDED = {"moved": "moved to another campaign (R20)", "removed": "removed", None: "still in it"}


@cache
def reason_codes() -> dict[str, dict[str, str]]:
    """The rows of reason_codes.csv by reason."""
    with (RULES / "reason_codes.csv").open(encoding="utf-8", newline="") as stream:
        return {row["reason"]: row for row in csv.DictReader(stream)}


def _in_order(models: set[str]) -> list[str]:
    """Models in the order of attribution_models.csv."""
    with (RULES / "attribution_models.csv").open(encoding="utf-8", newline="") as stream:
        known = [row["model"] for row in csv.DictReader(stream)]
    return [model for model in known if model in models] + sorted(models - set(known))


def _because(reason: str) -> dict[str, str]:
    code = reason_codes().get(reason, {})
    return {
        "reason": reason,
        "meaning": code.get("meaning", ""),
        "rule": code.get("rule_id", ""),
        "cure": code.get("cure", ""),
    }


def explain_deal(published: Published, deal_id: str) -> dict[str, Any]:
    """Everything about one deal: its contacts at the close, its path, its credits, and every campaign that asks. Raises UnknownId."""
    deal = published.one("select * from core.fct_deals where deal_id = ?", deal_id)
    if deal is None:
        raise published.near("deal", deal_id, "select deal_id as id from core.fct_deals")
    contacts = published.rows(
        """
        select associations.contact_id, contacts.email, associations.valid_from, associations.valid_to,
            case
                when contacts.contact_id is null then 'no contact record has this id (R12)'
                when contacts.is_deleted then 'the contact is deleted (R12)'
                when deals.closed_at is null then 'the deal has no close time (R60)'
                when associations.valid_from >= deals.closed_at then 'associated only at or after the close (R60)'
                when associations.valid_to <= deals.closed_at then 'removed before the close or at it (R60)'
            end as left_out
        from core.fct_deal_contacts as associations
        inner join core.fct_deals as deals on associations.deal_id = deals.deal_id
        left join core.dim_contacts as contacts on associations.contact_id = contacts.contact_id
        where associations.deal_id = ? order by associations.valid_from, associations.contact_id
        """,
        deal_id,
    )
    credits = published.rows(
        """
        select credits.event_id, credits.occurred_at, credits.event_type, credits.contact_id, contacts.email,
            interactions.asset_type, interactions.asset_id, assets.asset_name, credits.campaign_id, campaigns.campaign_name,
            counted.basis, credits.model, credits.weight, credits.credit
        from marts.attribution_credits as credits
        left join core.fct_interactions as interactions on credits.event_id = interactions.event_id
        left join core.dim_assets as assets
            on interactions.asset_type = assets.asset_type and interactions.asset_id = assets.asset_id
        left join core.dim_contacts as contacts on credits.contact_id = contacts.contact_id
        left join core.dim_campaigns as campaigns on credits.campaign_id = campaigns.campaign_id
        left join core.fct_campaign_interactions as counted
            on credits.event_id = counted.event_id and credits.campaign_id = counted.campaign_id
        where credits.deal_id = ?
        order by credits.occurred_at, credits.event_id, credits.campaign_id nulls last, credits.model
        """,
        deal_id,
    )
    inclusion = published.rows(
        """
        select inclusion.campaign_id, campaigns.campaign_name, inclusion.is_included, inclusion.reason
        from diagnostics.deal_inclusion as inclusion
        left join core.dim_campaigns as campaigns on inclusion.campaign_id = campaigns.campaign_id
        where inclusion.deal_id = ? order by inclusion.is_included desc, inclusion.campaign_id
        """,
        deal_id,
    )
    for row in inclusion:
        row["because"] = _because(row["reason"]) if row["reason"] else None
    left_out = published.rows(
        """
        select interactions.event_type,
            case
                when interactions.is_filtered then 'filtered: a bot or internal traffic (R13)'
                when interactions.occurred_at > deals.closed_at then 'after the close (R70)'
                else 'earns no revenue (R33-R35), or lies before the look-back window (R70)'
            end as reason,
            count(*) as interactions
        from core.fct_deal_contacts as associations
        inner join core.fct_deals as deals on associations.deal_id = deals.deal_id
        inner join core.dim_contacts as contacts on associations.contact_id = contacts.contact_id and not contacts.is_deleted
        inner join core.fct_interactions as interactions on associations.contact_id = interactions.contact_id
        where associations.deal_id = ? and associations.valid_from < deals.closed_at
            and (associations.valid_to is null or associations.valid_to > deals.closed_at)
            and interactions.event_id not in (select event_id from marts.attribution_credits where deal_id = ?)
        group by all order by all
        """,
        deal_id,
        deal_id,
    )
    eligible = deal["is_closed_won"] and not deal["is_deleted"]
    return {
        "deal": deal,
        "contacts": contacts,
        "path": _path(credits),
        "left_out": left_out if eligible and credits else [],
        "campaigns": inclusion,
    }


def _path(credits: Rows) -> Rows:
    """One entry per event and campaign, with weight and credit per model."""
    entries: dict[tuple, dict[str, Any]] = {}
    for row in credits:
        key = (row["event_id"], row["campaign_id"])
        entry = entries.setdefault(
            key,
            {name: row[name] for name in row if name not in ("model", "weight", "credit")}
            | {"models": {}},
        )
        entry["models"][row["model"]] = {"weight": row["weight"], "credit": row["credit"]}
    return list(entries.values())


def explain_asset(published: Published, asset_type: str, asset_id: str) -> dict[str, Any]:
    """Everything about one asset: its campaigns over time, whether each shows it and why not, its numbers. Raises UnknownId."""
    asset = published.one(
        "select * from core.dim_assets where asset_type = ? and asset_id = ?", asset_type, asset_id
    )
    associations = published.rows(
        """
        select associations.campaign_id, campaigns.campaign_name, associations.valid_from, associations.valid_to, associations.ended_by
        from core.fct_asset_associations as associations
        left join core.dim_campaigns as campaigns on associations.campaign_id = campaigns.campaign_id
        where associations.asset_type = ? and associations.asset_id = ? order by associations.valid_from, associations.campaign_id
        """,
        asset_type,
        asset_id,
    )
    visibility = published.rows(
        """
        select visibility.campaign_id, campaigns.campaign_name, visibility.is_visible, visibility.reasons
        from diagnostics.asset_visibility as visibility
        left join core.dim_campaigns as campaigns on visibility.campaign_id = campaigns.campaign_id
        where visibility.asset_type = ? and visibility.asset_id = ? order by visibility.campaign_id
        """,
        asset_type,
        asset_id,
    )
    if asset is None and not associations and not visibility:
        types = [
            row["asset_type"]
            for row in published.rows("select distinct asset_type from core.dim_assets order by 1")
        ]
        if asset_type not in types:
            raise UnknownId(
                f"There is no asset type {asset_type!r} in the published file; there are {', '.join(types)}"
            )
        escaped = asset_type.replace("'", "''")
        raise published.near(
            asset_type,
            asset_id,
            f"select asset_id as id from core.dim_assets where asset_type = '{escaped}' "
            f"union all select asset_id from core.fct_asset_associations where asset_type = '{escaped}'",
        )
    for row in visibility:
        row["because"] = [_because(reason) for reason in row["reasons"]]
    performance = published.rows(
        "select * from marts.asset_performance where asset_type = ? and asset_id = ?",
        asset_type,
        asset_id,
    )
    subject = asset or {"asset_type": asset_type, "asset_id": asset_id, "asset_name": None}
    return {
        "asset": subject,
        "associations": associations,
        "visibility": visibility,
        "performance": performance,
    }


def explain_contact(published: Published, contact_id: str) -> dict[str, Any]:
    """Everything about one contact: touches, influence and deals; a merged id leads to its survivor. Raises UnknownId."""
    contact = published.one(
        "select * from core.dim_contacts where contact_id = ? or list_contains(merged_contact_ids, ?) order by contact_id = ? desc limit 1",
        contact_id,
        contact_id,
        contact_id,
    )
    if contact is None:
        ids = "select contact_id as id from core.dim_contacts union all select unnest(merged_contact_ids) from core.dim_contacts"
        raise published.near("contact", contact_id, ids)
    survivor = contact["contact_id"]
    named = (
        "left join core.dim_campaigns as campaigns on touches.campaign_id = campaigns.campaign_id"
    )
    first = published.rows(
        f"select touches.*, campaigns.campaign_name from marts.first_touch_contacts as touches {named} where contact_id = ? order by 1",
        survivor,
    )
    last = published.rows(
        f"select touches.*, campaigns.campaign_name from marts.last_touch_contacts as touches {named} where contact_id = ? order by 1",
        survivor,
    )
    influenced = published.rows(
        f"select touches.*, campaigns.campaign_name from marts.influenced_contacts as touches {named} where contact_id = ? order by influenced_at, 1",
        survivor,
    )
    revenue = published.rows(
        f"select touches.*, campaigns.campaign_name from marts.revenue_contacts as touches {named} where contact_id = ? order by revenue desc, 1",
        survivor,
    )
    deals = published.rows(
        """
        select associations.deal_id, deals.deal_name, associations.valid_from, associations.valid_to, deals.closed_at, deals.amount_home,
            coalesce(linear.credit, 0) as linear_credit
        from core.fct_deal_contacts as associations
        left join core.fct_deals as deals on associations.deal_id = deals.deal_id
        left join (
            select deal_id, sum(credit) as credit from marts.attribution_credits where contact_id = ? and model = 'linear' group by deal_id
        ) as linear on associations.deal_id = linear.deal_id
        where associations.contact_id = ? order by associations.valid_from, associations.deal_id
        """,
        survivor,
        survivor,
    )
    return {
        "asked_for": contact_id,
        "contact": contact,
        "first_touches": first,
        "last_touches": last,
        "influenced_by": influenced,
        "revenue": revenue,
        "deals": deals,
    }


# --- Pages ----------------------------------------------------------------------------------------------------------


def _when(value: datetime | None) -> str:
    return "" if value is None else f"{value:%Y-%m-%d %H:%M:%S}"


def _name(row: dict[str, Any], kind: str = "campaign") -> str:
    name, key = row.get(f"{kind}_name"), row.get(f"{kind}_id")
    if key is None:
        return "(no campaign)"
    return plain(f"{name} ({key})" if name and name != key else key)


def _table(*heads: str, right: tuple[str, ...] = ()) -> Table:
    table = Table(show_edge=False, pad_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, justify="right" if head in right else "left", overflow="fold")
    return table


class Page:
    """Prints headings, sentences and tables; nothing from the data is taken for markup."""

    def __init__(self) -> None:
        self.console = make_console()

    def heading(self, text: str) -> None:
        self.console.print(Text(f"\n{plain(text)}", style="bold"))

    def say(self, text: str) -> None:
        self.console.print(Text(plain(text)))

    def show(self, table: Table) -> None:
        self.console.print(table)

    def row(self, table: Table, *cells: object) -> None:
        table.add_row(
            *[
                Text(
                    "" if cell is None else "\n".join(plain(line) for line in str(cell).split("\n"))
                )
                for cell in cells
            ]
        )


def _money(value: Decimal | None) -> str:
    return "unknown" if value is None else f"{value:,.2f}"


def deal_page(found: dict[str, Any]) -> None:
    page, deal = Page(), found["deal"]
    page.heading(f"Deal {_name(deal, 'deal')}")
    won = "closed-won" if deal["is_closed_won"] else "not closed-won"
    currency = deal["currency"] or "home currency"
    page.say(
        f"{won}{', deleted' if deal['is_deleted'] else ''}; {_money(deal['amount'])} {currency} = {_money(deal['amount_home'])} home (R65)"
    )
    page.say(
        f"created {_when(deal['created_at']) or 'unknown'}, closed {_when(deal['closed_at']) or 'unknown'} (UTC)"
    )
    page.heading("Who was on it (R60, R61)")
    contacts = _table("Contact", "E-mail", "From", "To", "In the path?")
    for row in found["contacts"]:
        page.row(
            contacts,
            row["contact_id"],
            row["email"],
            _when(row["valid_from"]),
            _when(row["valid_to"]),
            row["left_out"] or "yes, at the close",
        )
    page.show(contacts) if found["contacts"] else page.say(
        "Nobody was ever associated with this deal."
    )
    page.heading("The path (R70): every interaction that earns revenue, up to the close")
    if found["path"]:
        _path_tables(page, found["path"])
    else:
        page.say(
            "There is none: the deal fails a condition below, or its contacts had no interaction that earns revenue before the close."
        )
    if found["left_out"]:
        page.heading("What their other interactions lack")
        others = _table("What", "How many", "Why it earns nothing here", right=("How many",))
        for row in found["left_out"]:
            page.row(others, row["event_type"], f"{row['interactions']:,}", row["reason"])
        page.show(others)
    page.heading("Which campaigns ask for it (R94)")
    if not found["campaigns"]:
        page.say(
            "None: no contact ever on the deal had an influencing interaction on an asset or utm of any campaign."
        )
    campaigns = _table("Campaign", "Counts?", "Why not, and what to do")
    for row in found["campaigns"]:
        why = row["because"]
        text = f"{why['reason']} ({why['rule']}): {why['meaning']}\n{why['cure']}" if why else ""
        page.row(campaigns, _name(row), "yes (R60)" if row["is_included"] else "no", text)
    if found["campaigns"]:
        page.show(campaigns)


def _path_tables(page: Page, path: Rows) -> None:
    shown = (
        path
        if len(path) <= TOUCHES_SHOWN
        else [*path[: TOUCHES_SHOWN // 2], *path[-TOUCHES_SHOWN // 2 :]]
    )
    numbers: dict[str, int] = {}
    for entry in path:
        numbers.setdefault(entry["event_id"], len(numbers) + 1)
    touches = _table("#", "When (UTC)", "What", "Who", "Campaign", "Why it counts", right=("#",))
    for entry in shown:
        on = (
            f" on {entry['asset_type']} {entry['asset_name'] or entry['asset_id']}"
            if entry["asset_type"]
            else ""
        )
        page.row(
            touches,
            numbers[entry["event_id"]],
            _when(entry["occurred_at"]),
            f"{entry['event_type']}{on}",
            entry["email"] or entry["contact_id"],
            _name(entry),
            BASIS.get(entry["basis"], "in no campaign then; keeps its weight (R74)"),
        )
    page.show(touches)
    if len(shown) < len(path):
        page.say(
            f"... {len(path) - len(shown):,} more between the first and the last {TOUCHES_SHOWN // 2}; --json has all of them"
        )
    models = _in_order({model for entry in path for model in entry["models"]})
    page.heading("Credit and weight per model (R72-R75)")
    ledger = _table("#", "Campaign", *models, right=("#", *models))
    for entry in shown:
        cells = [entry["models"].get(model) for model in models]
        page.row(
            ledger,
            numbers[entry["event_id"]],
            _name(entry),
            *[f"{_money(cell['credit'])}\n{cell['weight']:.2%}" if cell else "-" for cell in cells],
        )
    totals = [
        sum(
            (entry["models"][model]["credit"] for entry in path if model in entry["models"]),
            Decimal(0),
        )
        for model in models
    ]
    page.row(ledger, "", "Sum, equal to the deal (R75)", *map(_money, totals))
    page.show(ledger)


def asset_page(found: dict[str, Any]) -> None:
    page, asset = Page(), found["asset"]
    page.heading(f"{asset['asset_type']} {_name(asset, 'asset')}")
    if asset.get("url"):
        page.say(asset["url"])
    published = asset.get("published_at")
    page.say(f"published {_when(published)} (UTC)" if published else "no publication time is known")
    page.heading("Which campaigns it was in (R20-R23)")
    history = _table("Campaign", "From", "To", "How it ended")
    for row in found["associations"]:
        page.row(
            history,
            _name(row),
            _when(row["valid_from"]),
            _when(row["valid_to"]),
            ENDED[row["ended_by"]],
        )
    page.show(history) if found["associations"] else page.say("None.")
    page.heading("Is it shown (R90)?")
    visibility = _table("Campaign", "Shown?", "Why not, and what to do")
    for row in found["visibility"]:
        text = "\n".join(
            f"{why['reason']} ({why['rule']}): {why['meaning']} {why['cure']}"
            for why in row["because"]
        )
        page.row(visibility, _name(row), "yes" if row["is_visible"] else "no", text)
    page.show(visibility) if found["visibility"] else page.say(
        "It was never associated with a campaign, nor attempted, by the as-of time."
    )
    for row in found["performance"]:
        page.heading(f"Its whole history, as {row['campaign_id']} shows it (R81)")
        numbers = {
            name: value
            for name, value in row.items()
            if name not in ("campaign_id", "asset_type", "asset_id") and value
        }
        page.say(
            ", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in numbers.items())
            or "nothing yet"
        )


def contact_page(found: dict[str, Any]) -> None:
    page, contact = Page(), found["contact"]
    survivor = contact["contact_id"]
    page.heading(f"Contact {survivor}{' - ' + contact['email'] if contact['email'] else ''}")
    if found["asked_for"] != survivor:
        page.say(
            f"{found['asked_for']} was merged into {survivor}, which has all its history (R10)."
        )
    merged = (
        f"; merged from {', '.join(contact['merged_contact_ids'])} (R10)"
        if contact["merged_contact_ids"]
        else ""
    )
    page.say(f"created {_when(contact['created_at'])} (UTC){merged}")
    if contact["is_deleted"]:
        page.say("Deleted: it counts in no number of contacts and in no deal's path (R12).")
    for title, rows, event, rule in (
        ("First touch", found["first_touches"], "event_id", "R50"),
        ("Last touch", found["last_touches"], "conversion_event_id", "R51"),
    ):
        page.heading(f"{title} ({rule})")
        touches = _table("Campaign", "Event", "Why it counts", "Primary?")
        for row in rows:
            page.row(
                touches,
                _name(row),
                row[event],
                BASIS[row["basis"]],
                "yes" if row["is_primary"] else "no",
            )
        page.show(touches) if rows else page.say("Counts for no campaign.")
    page.heading("Influenced by (R53)")
    influence = _table("Campaign", "Since (UTC)", "By", "Interactions", right=("Interactions",))
    for row in found["influenced_by"]:
        page.row(
            influence,
            _name(row),
            _when(row["influenced_at"]),
            f"{row['event_type']} {row['event_id']}",
            row["interactions"],
        )
    page.show(influence) if found["influenced_by"] else page.say("No campaign.")
    page.heading("Deals (R60-R62)")
    deals = _table(
        "Deal",
        "On it from",
        "To",
        "Closed",
        "Amount",
        "Its linear credit",
        right=("Amount", "Its linear credit"),
    )
    for row in found["deals"]:
        page.row(
            deals,
            _name(row, "deal"),
            _when(row["valid_from"]),
            _when(row["valid_to"]),
            _when(row["closed_at"]),
            _money(row["amount_home"]),
            _money(row["linear_credit"]),
        )
    page.show(deals) if found["deals"] else page.say("None.")


def _plain_json(value: object) -> object:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value)} is no JSON")


def explain(arguments: argparse.Namespace) -> int:
    """Answers one question; returns the exit status: 0 answered, 2 unknown id or nothing published."""
    # What is no text can be no id; it is looked for all the same, so that the answer is the usual one.
    arguments.id = arguments.id.encode("utf-8", "replace").decode("utf-8")
    if arguments.subject == "asset":
        arguments.type = arguments.type.encode("utf-8", "replace").decode("utf-8")
    try:
        published = Published(make_settings(home=arguments.home))
        if arguments.subject == "deal":
            found, page = explain_deal(published, arguments.id), deal_page
        elif arguments.subject == "asset":
            found, page = explain_asset(published, arguments.type, arguments.id), asset_page
        else:
            found, page = explain_contact(published, arguments.id), contact_page
    except (SettingsError, UnknownId) as error:
        print_error(str(error))
        return 2
    try:
        if arguments.json:
            print(json.dumps(found, default=_plain_json, ensure_ascii=True, indent=2))
        else:
            page(found)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
