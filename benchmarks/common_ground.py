"""What the attribution playbook and Touchledger are measured on, and whether they agree.

    python -m benchmarks.common_ground ground --landing DIR --out DIR
    python -m benchmarks.common_ground land --landing DIR --home DIR
    python -m benchmarks.common_ground compare --theirs FILE --ours FILE

Steps of `benchmarks.dbt_peer`, each a process that prints one line.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import duckdb

from benchmarks.duck import PEERS, connect
from benchmarks.make_data import AS_OF

COMPARE = PEERS / "attribution_playbook" / "compare.sql"
# What `compare.sql` leaves, counted.
QUESTIONS = (
    """
    select
        count(*) as credits,
        count_if(not is_theirs) as only_ours,
        count_if(not is_ours) as only_theirs,
        count_if(is_ours and is_theirs) as common,
        count_if(is_ours and is_theirs and our_campaign is not distinct from their_campaign)
            as same_campaign,
        count_if(abs(our_weight - their_weight) <= 1e-12) as same_weight,
        count_if(our_credit = round(their_credit, 2)) as same_cents,
        coalesce(max(abs(our_credit - their_credit)), 0) as widest,
    from touches
    """,
    """
    select
        count(*) as totals,
        count_if(our_rows = their_rows) as totals_same_credits,
        count_if(our_credit = round(their_credit, 2)) as totals_same_cents,
        coalesce(max(abs(our_credit - their_credit)), 0) as totals_widest,
    from totals
    """,
    """
    select
        count(distinct deal_id) as deals,
        count(*) as ledgers,
        count_if(our_credit = revenue) as ledgers_exact,
        count_if(their_cents = revenue) as ledgers_exact_rounded,
    from ledgers
    """,
)


def make_ground(landing: Path, out: Path) -> str:
    """Writes the landing in which both mean the same (`peers/common_ground.sql`), a Parquet file a
    table; says how much it is.
    """
    with connect(":memory:", None, landing) as connection:
        connection.execute((PEERS / "common_ground.sql").read_text(encoding="utf-8"))
        views = connection.execute(
            "select view_name from duckdb_views() where view_name like 'common_%' order by all"
        ).fetchall()
        for (view,) in views:
            folder = out / view.removeprefix("common_")
            folder.mkdir(parents=True)
            connection.execute(f"copy {view} to '{folder}/part-0.parquet' (format parquet)")
        events, deals = connection.execute(
            "select (select count(*) from common_events), (select count(*) from common_deals)"
        ).fetchone()
    return f"{events} events, {deals} won deals"


def land(landing: Path, home: Path) -> str:
    """Touchledger's own landing, without what follows it in a run; says how much landed."""
    from orchestration.ground.settings import make_settings
    from orchestration.home.runs import begin_run
    from orchestration.home.warehouse import warehouse
    from orchestration.landing import land as landings

    settings = make_settings(landing=str(landing), home=str(home), as_of=AS_OF)
    with warehouse(settings) as connection:
        run_id = begin_run(connection, settings)
        total = landings.land(connection, settings.landing, run_id).total
    return f"{total.accepted} rows accepted of {total.landed}"


def compare(theirs: Path, ours: Path) -> dict[str, float]:
    """The rows of both databases side by side (`compare.sql`), counted.

    `credits` (deal x event x model): `only_ours`, `only_theirs`, `common`; of the common ones those
    of the same campaign, weight (to 1e-12) and cents, and the `widest` difference of money.
    `totals` (campaign x model): those of as many credits and of the same cents, and the widest
    difference. `ledgers` (deal x model): those that sum to the deal's revenue exactly,
    Touchledger's and the playbook's rounded to cents.
    """
    found: dict[str, float] = {}
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{theirs}' as theirs (read_only)")
        connection.execute(f"attach '{ours}' as ours (read_only)")
        connection.execute(COMPARE.read_text(encoding="utf-8"))
        for question in QUESTIONS:
            asked = connection.execute(question)
            names = [column[0] for column in asked.description]
            found |= dict(zip(names, asked.fetchone(), strict=True))
    return {
        name: round(number, 6) if isinstance(number, float) else int(number)
        for name, number in found.items()
    }


def main() -> None:
    """Reads the arguments and does one of the three."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["ground", "land", "compare"])
    for name in ("landing", "out", "home", "theirs", "ours"):
        parser.add_argument(f"--{name}", type=Path)
    given = parser.parse_args()
    if given.what == "ground":
        print(make_ground(given.landing, given.out))
    elif given.what == "land":
        print(land(given.landing, given.home))
    else:
        print(json.dumps(compare(given.theirs, given.ours)))


if __name__ == "__main__":
    main()
