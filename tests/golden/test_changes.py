"""Take one thing away: exactly the expected rows move, and the reason changes to the right one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb

from tests.conftest import land_rows
from tests.warehouses import opened

LOADED = {"_loaded_at": "2024-06-01T00:00:00Z"}
DAY = "2024-03-{:02}T00:00:00Z"


def _land(landing: Path) -> None:
    """Two campaigns, two contacts, three won deals: one in euros by the first contact, one by both,
    one that nobody touched.
    """
    land_rows(
        landing,
        "campaigns",
        *[
            {"campaign_id": k, "campaign_name": k, "created_at": DAY.format(1)}
            for k in ("k1", "k2")
        ],
    )
    land_rows(
        landing,
        "contacts",
        *[
            {"contact_id": c, "email": f"{c}@x.example", "created_at": DAY.format(5)}
            for c in ("c1", "c2")
        ],
    )
    page = {"asset_type": "landing_page", "action": "associated", "occurred_at": DAY.format(1)}
    land_rows(
        landing,
        "campaign_asset_log",
        {"log_id": "l1", "campaign_id": "k1", "asset_id": "p1", **page},
        {"log_id": "l2", "campaign_id": "k2", "asset_id": "p2", **page},
    )
    view = {"event_type": "page_view", "asset_type": "landing_page"}
    land_rows(
        landing,
        "events",
        {
            "event_id": "e1",
            "contact_id": "c1",
            "asset_id": "p1",
            "occurred_at": DAY.format(4),
            **view,
        },
        {
            "event_id": "e2",
            "contact_id": "c2",
            "asset_id": "p2",
            "occurred_at": DAY.format(6),
            **view,
        },
    )
    deal = {"is_closed_won": True, "created_at": DAY.format(7), "closed_at": DAY.format(20)}
    land_rows(
        landing,
        "deals",
        {"deal_id": "euro", "amount": "100", "currency": "EUR", **deal},
        {"deal_id": "both", "amount": "0.03", **deal},
        {"deal_id": "cold", "amount": "7", **deal},
    )
    on_deal = {"action": "associated", "occurred_at": DAY.format(8)}
    land_rows(
        landing,
        "deal_contact_log",
        {"log_id": "d1", "deal_id": "euro", "contact_id": "c1", **on_deal},
        {"log_id": "d2", "deal_id": "both", "contact_id": "c1", **on_deal},
        {"log_id": "d3", "deal_id": "both", "contact_id": "c2", **on_deal},
    )
    land_rows(
        landing,
        "exchange_rates",
        {"currency": "EUR", "rate_date": "2024-03-01", "rate_to_home": "1.105"},
    )


def _answers(file: Path) -> tuple[dict, dict]:
    """Linear credit per deal and campaign, and the reason (None: included) per deal and
    campaign.
    """
    with opened(file) as connection:
        credit = (
            "select deal_id, campaign_id, sum(credit) from marts.attribution_credits where model "
            "= 'linear' group by all"
        )
        credits = {
            (deal, campaign): money
            for deal, campaign, money in connection.execute(credit).fetchall()
        }
        reasons = connection.execute(
            "select deal_id, campaign_id, reason from diagnostics.deal_inclusion"
        ).fetchall()
    return credits, {(deal, campaign): reason for deal, campaign, reason in reasons}


CREDITS = {
    ("euro", "k1"): Decimal("110.50"),
    ("both", "k1"): Decimal("0.02"),
    ("both", "k2"): Decimal("0.01"),
}
REASONS = {("euro", "k1"): None, ("both", "k1"): None, ("both", "k2"): None}


def test_one_thing_less(
    build: Callable[..., Path], tmp_path: Path, landing: Path, home: Path
) -> None:
    """R12, R30, R65, R94: a deleted contact, a removed association, a missing rate."""
    _land(landing)
    assert _answers(build(landing)) == (CREDITS, REASONS)

    def without(name: str, change: Callable[[Path], object]) -> tuple[dict, dict]:
        changed = Path(shutil.copytree(landing, tmp_path / name))
        change(changed)
        return _answers(build(changed, into=home / name))

    no_contact = without(
        "contact",
        lambda folder: land_rows(
            folder, "contacts", {"contact_id": "c2", "_deleted": True, **LOADED}, name="gone"
        ),
    )
    assert no_contact == (
        {("euro", "k1"): Decimal("110.50"), ("both", "k1"): Decimal("0.03")},
        {**REASONS, ("both", "k2"): "CONTACT_DELETED"},
    )

    no_association = without(
        "association", lambda folder: _drop(folder / "campaign_asset_log" / "rows.jsonl", '"l1"')
    )
    assert no_association == (
        {
            ("euro", None): Decimal("110.50"),
            ("both", None): Decimal("0.02"),
            ("both", "k2"): Decimal("0.01"),
        },
        {("both", "k2"): None},
    )

    no_rate = without("rate", lambda folder: (folder / "exchange_rates" / "rows.jsonl").unlink())
    assert no_rate == (
        {("both", "k1"): Decimal("0.02"), ("both", "k2"): Decimal("0.01")},
        {**REASONS, ("euro", "k1"): "NO_EXCHANGE_RATE"},
    )

    late = {
        "log_id": "l1",
        "campaign_id": "k1",
        "asset_type": "landing_page",
        "asset_id": "p1",
        "action": "associated",
        **LOADED,
    }
    too_late = without(
        "late",
        lambda folder: land_rows(
            folder, "campaign_asset_log", {**late, "occurred_at": DAY.format(5)}, name="moved"
        ),
    )
    assert too_late[1] == {
        **REASONS,
        ("euro", "k1"): "CONTACT_NOT_INFLUENCED",
        ("both", "k1"): "CONTACT_NOT_INFLUENCED",
    }


def _drop(file: Path, mark: str) -> None:
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if mark not in line]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_the_largest_and_the_smallest_money(build: Callable[..., Path], landing: Path) -> None:
    """R75: 10^12 over 100,000 interactions, and one cent over seven, in all models, to the cent."""
    count = 100_000
    land_rows(
        landing,
        "contacts",
        *[{"contact_id": c, "created_at": DAY.format(2)} for c in ("rich", "poor")],
    )
    deal = {
        "is_closed_won": True,
        "created_at": DAY.format(10),
        "closed_at": "2024-06-20T00:00:00Z",
    }
    land_rows(
        landing,
        "deals",
        {"deal_id": "large", "amount": "1000000000000", **deal},
        {"deal_id": "small", "amount": "0.01", **deal},
    )
    on_deal = {"action": "associated", "occurred_at": DAY.format(1)}
    land_rows(
        landing,
        "deal_contact_log",
        {"log_id": "1", "deal_id": "large", "contact_id": "rich", **on_deal},
        {"log_id": "2", "deal_id": "small", "contact_id": "poor", **on_deal},
    )
    (landing / "events").mkdir()
    duckdb.execute(
        f"""
        copy (
            select 'e' || i as event_id, 'page_view' as event_type,
                if(i < {count}, 'rich', 'poor') as contact_id,
                timestamp '2024-03-01 00:00:00' + interval 1 second * (i % {count}) as occurred_at,
                    timestamp '2024-03-01' as _loaded_at
            from range({count} + 7) t(i)
        ) to '{landing}/events/many.parquet'
        """
    )
    with opened(build(landing)) as connection:
        sums = connection.execute(
            "select deal_id, count(distinct model), min(total), max(total) from "
            "(select deal_id, model, sum(credit) as total from marts.attribution_credits group by "
            "all) group by deal_id order by 1"
        ).fetchall()
        ((models,),) = connection.execute(
            "select count(*) from rules.attribution_models"
        ).fetchall()
        assert sums == [
            ("large", models, Decimal(10**12), Decimal(10**12)),
            ("small", models, Decimal("0.01"), Decimal("0.01")),
        ]
        even = connection.execute(
            "select min(credit), max(credit), count(*) from marts.attribution_credits where "
            "deal_id = 'large' and model = 'linear'"
        ).fetchone()
        assert even == (Decimal(10_000_000), Decimal(10_000_000), count)
        cent = connection.execute(
            "select event_id from marts.attribution_credits where deal_id = 'small' and model = "
            "'linear' and credit > 0"
        ).fetchall()
        assert cent == [(f"e{count}",)], "the one cent goes to the first of equal shares"
