"""Runs that recompute only what changed end like one run on everything, whatever arrives late, and
whatever happens to a run."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.golden.many_runs import Differs, check_history
from tests.golden.tables import Table, compare_table
from tests.oracle.publish import publish
from tests.oracle.rules import Row
from tests.warehouses import opened
from tests.worlds.changes import kinds
from tests.worlds.edits import EDITS
from tests.worlds.histories import (
    History,
    Step,
    changed_rows,
    column_histories,
    history_of,
    make_history,
)
from tests.worlds.make import make_world
from tests.worlds.splits import SPLITS, joined, split

# An example builds a world several times, so none is shrunk; `python -m tools.increments` runs as
# many as one likes.
FEW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
seeds = st.integers(min_value=1000, max_value=9999)

# A run that recomputed only these keys would be wrong: published table, its column, and the landed
# column it would follow.
NAIVE = [
    ("fct_interactions", "event_id", "events", "event_id"),
    ("fct_sessions", "visitor_id", "events", "visitor_id"),
    ("fct_campaign_interactions", "event_id", "events", "event_id"),
    ("fct_asset_associations", "campaign_id", "campaign_asset_log", "campaign_id"),
    ("fct_deals", "deal_id", "deals", "deal_id"),
    ("fct_deal_contacts", "contact_id", "deal_contact_log", "contact_id"),
    ("dim_contacts", "contact_id", "contacts", "contact_id"),
    ("dim_campaigns", "campaign_id", "campaigns", "campaign_id"),
    ("first_touch_contacts", "contact_id", "contacts", "contact_id"),
    ("last_touch_contacts", "contact_id", "contacts", "contact_id"),
    ("influenced_contacts", "contact_id", "events", "contact_id"),
    ("revenue_contacts", "campaign_id", "campaigns", "campaign_id"),
    ("attribution_credits", "deal_id", "deals", "deal_id"),
    ("attributed_revenue", "campaign_id", "campaigns", "campaign_id"),
    ("campaign_performance", "campaign_id", "campaigns", "campaign_id"),
    ("campaign_daily", "campaign_id", "campaigns", "campaign_id"),
    ("asset_performance", "campaign_id", "campaign_asset_log", "campaign_id"),
    ("asset_visibility", "campaign_id", "campaign_asset_log", "campaign_id"),
    ("deal_inclusion", "deal_id", "deals", "deal_id"),
    ("utm_audit", "campaign_id", "campaign_utms", "campaign_id"),
    ("deal_status", "deal_id", "deals", "deal_id"),
    ("contact_status", "contact_id", "contacts", "contact_id"),
    ("conversion_credits", "subject_id", "deals", "deal_id"),
    ("attributed_conversions", "campaign_id", "campaigns", "campaign_id"),
    ("removal_effects", "campaign_id", "campaigns", "campaign_id"),
    ("channel_performance", "channel", "events", "event_id"),
    ("parity", "campaign_id", "reported_metrics", "campaign_id"),
    ("parity_contacts", "contact_id", "reported_contacts", "contact_id"),
]


def _rows(history: History) -> list[str]:
    return sorted(
        f"{table} {row}"
        for table, rows in history.landed(len(history.steps)).items()
        for row in rows
    )


@pytest.mark.parametrize("how", SPLITS)
def test_a_world_dealt_out_is_the_world(how: str) -> None:
    world = make_world(5, 60)
    parts = split(world, how, 4, random.Random(5))
    assert len(parts) == 4 and sum(bool(part) for part in parts) > 1
    whole, dealt = (
        sorted(f"{table} {row}" for table, rows in one.items() for row in rows)
        for one in (world, joined(parts))
    )
    assert whole == dealt


def test_histories_are_the_same_for_the_same_seed() -> None:
    for seed in (1, 2, 3):
        one, other = (make_history(seed, kills=True, rules=True) for _ in range(2))
        assert _rows(one) == _rows(other) and [str(step) for step in one.steps] == [
            str(step) for step in other.steps
        ]
        assert one.steps[-1].run in ("once", "twice", "failed")


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind not in ("same", "unlisted")])
def test_every_kind_of_change_changes_what_is_published(kind: str) -> None:
    histories = (make_history(seed, size=60, batches=4, kind=kind) for seed in range(1, 30))
    assert any(changed for history in histories for _, changed in changed_rows(history, publish))


def test_histories_would_find_a_run_that_follows_only_what_landed() -> None:
    """Of each published table some rows change whose own record did not land: late causes reach all
    of them."""
    missing = dict.fromkeys(table for table, *_ in NAIVE)
    for seed in range(1, 60):
        for step, changed in changed_rows(make_history(seed, size=80), publish):
            for table, column, source, landed in NAIVE:
                touched = {row[landed] for row in step.rows.get(source, [])}
                if any(row[column] not in touched for row in changed.get(table, [])):
                    missing.pop(table, None)
        if not missing:
            return
    assert not missing


def test_rows_are_compared_whatever_their_order_and_the_last_bits_of_a_double() -> None:
    def table(*rows: tuple) -> Table:
        return Table(("id", "names", "weight"), Counter(rows), (0,), frozenset({2}))

    mine = table(("a", ("x", "y"), 0.1 + 0.2), ("b", (), None))
    assert compare_table("t", mine, table(("b", (), None), ("a", ("x", "y"), 0.3))) == []
    assert compare_table("t", mine, table(("b", (), None), ("a", ("x", "y"), 0.3001)))[1:] == [
        "  {'id': 'a'}: weight 0.30000000000000004, after one 0.3001"
    ]
    assert (
        "row(s) only after many runs"
        in compare_table("t", table(("a", (), 1.0), ("a", (), 1.0)), table(("a", (), 1.0)))[0]
    )
    assert compare_table("t", mine, table(("b", (), None)))[1].startswith(
        "  only after many runs {'id': 'a'"
    )


def test_late_changes_reach_back() -> None:
    """People, assets, aliases, events and deals that turn out to be otherwise, one thing after
    another."""
    landings = [
        ["merge_chain", "late_event", "cap"],
        ["identification", "move_before_event", "alias_before_views", "deal_contact_added"],
        ["bridge", "address", "form", "deal_column", "rate", "log_column", "event_column"],
    ]
    check_history(history_of(3, 80, landings))


def test_now_and_variables_move() -> None:
    """As-of goes on and back over what was associated and published; the look-back window changes;
    a merge goes elsewhere."""
    history = make_history(50, size=60, batches=3)
    as_ofs = [step.as_of for step in history.steps]
    assert as_ofs != sorted(as_ofs) and history.steps[0].variables != history.steps[-1].variables
    check_history(history)


def test_rules_change_between_runs() -> None:
    """R33, R72, R77: the numbers of old events follow the new rows of seeds/rules."""
    check_history(make_history(9, size=60, batches=2, rules=True), via="worker")


def test_the_command_goes_on_after_a_kill() -> None:
    """`touchledger run`, with checks and publishing: once, killed with late rows half built, and
    again."""
    history = make_history(21, size=60, batches=3, how="trickle")
    runs = ("once", "killed", "once")
    steps = tuple(
        Step(step.rows, run=run, changes=step.changes)
        for step, run in zip(history.steps, runs, strict=True)
    )
    check_history(History(history.seed, history.size, history.split, steps), via="command")


def test_rejected_rows_say_the_same_whenever_they_landed() -> None:
    """The text of a rejected row has nothing of the order in which files landed."""
    history = history_of(2, 40, [["unlisted"], ["unlisted"]])
    check_history(
        History(
            2,
            40,
            "reversed",
            (history.steps[1], Step(joined([history.steps[0].rows, history.steps[2].rows]))),
        )
    )


@pytest.mark.long
@FEW
@given(seed=seeds)
def test_many_landings_end_like_one(seed: int) -> None:
    check_history(make_history(seed))


@pytest.mark.long
@FEW
@given(seed=seeds, kills=st.just(True), rules=st.booleans())
def test_many_landings_with_kills_and_other_rules_end_like_one(
    seed: int, kills: bool, rules: bool
) -> None:
    check_history(make_history(seed, kills=kills, rules=rules))


@pytest.mark.long
@pytest.mark.parametrize("kind", kinds())
def test_each_kind_of_change(kind: str) -> None:
    for seed in (1, 2):
        check_history(make_history(seed, size=100, batches=6, kind=kind))


@pytest.mark.long
@pytest.mark.parametrize(
    ("table", "history"),
    column_histories(3),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_column_changes_in_turn(table: str, history: History) -> None:
    check_history(history)


@pytest.mark.long
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: f"{edit[0]} {edit[1]}")
def test_each_edit_of_the_rules(edit: tuple) -> None:
    world = make_history(4, size=100, batches=3, kind="unlisted")
    steps = [Step(step.rows, changes=step.changes) for step in world.steps]
    check_history(History(4, 100, "edit", (*steps[:-1], Step(steps[-1].rows, edits=(edit,)))))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 6))
def test_the_command_over_many_landings(seed: int) -> None:
    check_history(make_history(seed, kills=True), via="command", each="full")


# What published tables that are views, and keep no rows, are views of.
KEPT_AS = {
    "fct_asset_associations": "asset_associations",
    "fct_deals": "deals",
    "fct_deal_contacts": "deal_contacts",
    "dim_contacts": "contacts",
    "dim_campaigns": "campaigns",
}


class Naive:
    """Spoils a table as a run would that recomputed only the keys that landed: all others stay as
    they were."""

    def __init__(self, table: str, column: str, source: str, landed: str) -> None:
        self.table, self.column, self.source, self.landed = table, column, source, landed
        self.before: list[tuple] | None = None

    def __call__(self, file: Path, step: Step) -> None:
        with opened(file, read_only=False) as connection:
            [(name,)] = connection.execute(
                """
                select concat_ws('.', database_name, schema_name, table_name) from duckdb_tables()
                where table_name = ? and schema_name not in ('raw', 'checks')
                """,
                [KEPT_AS.get(self.table, self.table)],
            ).fetchall()
            kept = f"not list_contains(?::varchar[], {self.column}) or {self.column} is null"
            touched = self._touched(step.rows.get(self.source, []))
            if self.before is not None:
                connection.execute(f"create temp table before as from {name} limit 0")
                marks = ", ".join(
                    "?" for _ in connection.execute(f"from {name} limit 0").description
                )
                if self.before:
                    connection.executemany(f"insert into before values ({marks})", self.before)
                connection.execute(f"delete from {name} where {kept}", [touched])
                connection.execute(f"insert into {name} from before where {kept}", [touched])
            self.before = connection.execute(f"from {name}").fetchall()

    def _touched(self, rows: list[Row]) -> list[object]:
        return sorted({row[self.landed] for row in rows if row[self.landed] is not None})


@pytest.mark.long
@pytest.mark.parametrize("naive", NAIVE, ids=lambda naive: naive[0])
def test_a_run_that_follows_only_what_landed_is_found(naive: tuple[str, str, str, str]) -> None:
    """The check itself: with a table spoilt like that, some history differs, and the message says
    in which table."""
    for seed in range(1, 40):
        history = make_history(seed, size=80, how="trickle")
        steps = tuple(
            Step(step.rows, step.as_of, step.variables, changes=step.changes)
            for step in history.steps
        )
        history = History(seed, 80, history.split, steps)
        if not _is_reached(history, naive):
            continue
        try:
            check_history(history, sabotage=Naive(*naive))
        except Differs as found:
            assert re.search(naive[0], str(found))
            assert f"seed {seed}: after landing" in str(found) and "again: " in str(found)
            return
        # What changed there is a weight, by less than the tables are compared to.
    raise AssertionError(f"no history shows it in {naive[0]}")


def _is_reached(history: History, naive: tuple[str, str, str, str]) -> bool:
    table, column, source, landed = naive
    return any(
        row[column] not in {one[landed] for one in step.rows.get(source, [])}
        for step, changed in changed_rows(history, publish)
        for row in changed.get(table, [])
    )
