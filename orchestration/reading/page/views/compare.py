"""Several campaigns beside each other."""

from __future__ import annotations

from typing import Any

from orchestration.reading.page.asked import Asked
from orchestration.reading.page.cells import Cell
from orchestration.reading.page.selection import BadRequest
from orchestration.reading.page.views.campaign import campaign_numbers, find_campaign

MOST_COMPARED = 6
COMPARED = (
    ("sessions", "Sessions", "sessions", "count"),
    ("new_contacts_first_touch", "New contacts, first touch", "first_touch", "count"),
    ("new_contacts_last_touch", "New contacts, last touch", "last_touch", "count"),
    ("influenced_contacts", "Influenced contacts", "influenced", "count"),
    ("contacts", "Contacts with revenue", "revenue", "count"),
    ("deals", "Deals", "campaign-deals", "count"),
    ("revenue", "Revenue", "campaign-deals", "money"),
    ("spend", "Spend", "days", "amount"),
    ("roi", "ROI", "", "change"),
)


def compare(asked: Asked) -> dict[str, Any]:
    """Several campaigns beside each other. Raises UnknownId and BadRequest."""
    keys = list(dict.fromkeys(key for key in asked.query.getlist("id") if key))
    if len(keys) > MOST_COMPARED:
        raise BadRequest(
            f"{len(keys)} campaigns are too many to compare; choose up to {MOST_COMPARED}."
        )
    names = asked.publication.rows(
        "select campaign_id, campaign_name from @core.dim_campaigns where not is_deleted order by "
        "campaign_name, campaign_id limit 2000"
    )
    found = [(key, find_campaign(asked, key)) for key in keys]
    numbers = [campaign_numbers(asked, key, one) for key, one in found]
    rows = []
    for name, title, listed, kind in COMPARED:
        values = [one[name] for one in numbers]
        known = [float(value) for value in values if value is not None]
        best = max(known, default=None) if len(known) > 1 else None
        write = {
            "count": asked.formats.count,
            "money": asked.formats.money,
            "amount": asked.formats.money,
            "change": asked.formats.change,
        }[kind]
        rows.append(
            {
                "title": title,
                "cells": [
                    {
                        "cell": Cell(
                            write(value),
                            asked.selection.link(f"/list/{listed}", campaign=key) if listed else "",
                        ),
                        "bar": float(value) / best * 100
                        if value and best and best > 0 and kind != "change"
                        else None,
                        "is_best": best is not None
                        and value is not None
                        and float(value) == best
                        and name != "spend",
                    }
                    for key, value in zip(keys, values, strict=True)
                ],
            }
        )
    return {
        "title": "Compare campaigns",
        "names": names,
        "keys": keys,
        "slots": [*keys, *[""] * (max(2, min(MOST_COMPARED, len(keys) + 1)) - len(keys))],
        "heads": [asked.cells.campaign(key, one["campaign_name"]) for key, one in found],
        "rows": rows,
        "shared": _shared(asked, keys) if len(keys) == 2 else None,
    }


def _shared(asked: Asked, keys: list[str]) -> str:
    """How many contacts two campaigns both influenced, in the period."""
    row = asked.publication.one(
        f"""
        select count(*) as number from (
            select contact_id from @marts.influenced_contacts where campaign_id = $one
                and {asked.selection.in_period("influenced_at")}
            intersect select contact_id from @marts.influenced_contacts where campaign_id = $two
                and {asked.selection.in_period("influenced_at")}
        )
        """,
        asked.values | {"one": keys[0], "two": keys[1]},
    )
    return asked.formats.count(row["number"])
