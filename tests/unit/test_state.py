"""What a run has to build: everything, what newly landed rows touch, or nothing, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.building import plan as state
from orchestration.ground.settings import Settings, make_settings
from orchestration.home import tables_to_publish
from orchestration.home.publication import Publication
from orchestration.home.runs import new_run_id
from orchestration.home.schema import create_raw_schema
from orchestration.home.warehouse import warehouse


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(home=str(tmp_path / "home"), as_of="2024-07-01T00:00:00Z")


@pytest.fixture
def connection(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse that was built from one file, with an association on 10 July, a publication on 20
    July, and a contact on an open deal from 25 to 28 July.
    """
    with warehouse(settings) as opened:
        create_raw_schema(opened)
        opened.execute("create schema associations")
        opened.execute(
            "create table associations.association_attempts as select timestamp '2024-07-10' as "
            "occurred_at"
        )
        opened.execute(
            "create table associations.assets as select timestamp '2024-07-20' as published_at"
        )
        opened.execute(
            """
            create table core.fct_deals as
            select * from (values ('open', null::timestamp),
                ('closed', timestamp '2024-06-01')) as deals (deal_id, closed_at);
            create table core.fct_deal_contacts as
            select * from (values
                ('open', timestamp '2024-07-25', timestamp '2024-07-28'),
                    ('closed', timestamp '2024-07-02', timestamp '2024-07-03')
            ) as spells (deal_id, valid_from, valid_to);
            """
        )
        _landed(opened, 1, "events", 10)
        _end_build(opened, settings, "run-1")
        yield opened


def _end_build(connection: duckdb.DuckDBPyConnection, settings: Settings, run_id: str) -> None:
    state.end_build(connection, settings, run_id)
    tables_to_publish.mark_built(connection, settings.to_publish, run_id)


def _landed(connection: duckdb.DuckDBPyConnection, file_id: int, table: str, rows: int) -> None:
    connection.execute(
        "insert into raw.files (file_id, table_name, rows_accepted) values (?, ?, ?)",
        [file_id, table, rows],
    )


def test_nothing_landed_and_nothing_changed_is_nothing_to_build(connection, settings) -> None:
    assert state.plan_build(connection, settings) == state.BuildPlan(state.NONE, after_file_id=1)


def test_without_the_tables_to_publish_everything_is_built(connection, settings) -> None:
    tables_to_publish.start_anew(connection, settings.to_publish)
    assert state.plan_build(connection, settings) == state.BuildPlan(
        state.FULL, ["the tables are not those that this HOME built last"]
    )


def test_what_landed_says_what_is_built(connection, settings) -> None:
    _landed(connection, 2, "deals", 3)
    _landed(connection, 3, "events", 0)
    plan = state.plan_build(connection, settings)
    assert (plan.kind, plan.after_file_id) == (state.INCREMENT, 1)
    assert plan.reasons == ["deals: 3 new row(s) in 1 file(s)", "events: 0 new row(s) in 1 file(s)"]
    assert "source:raw.deals+" in plan.select and "source:raw.events+" not in plan.select


@pytest.mark.parametrize(
    ("built", "new", "kind"),
    [
        (10, 500_000, state.INCREMENT),
        (10, 500_001, state.FULL),
        (9_499_000, 500_001, state.FULL),
        (20_000_000, 500_001, state.INCREMENT),
    ],
)
def test_where_very_many_events_are_new_everything_is_built(
    connection, settings, built: int, new: int, kind: str
) -> None:
    connection.execute("update raw.files set rows_accepted = ?", [built])
    _landed(connection, 2, "events", new)
    plan = state.plan_build(connection, settings)
    assert plan.kind == kind
    assert ("more than 5% of all events are new" in plan.reasons[0]) == (kind == state.FULL)


@pytest.mark.parametrize(
    ("days", "crossed"),
    [
        (8, []),
        (9, ["an association or removal"]),
        (-1, []),
        (19, ["an association or removal", "a publication"]),
        (24, ["an association or removal", "a publication"]),
        (25, ["an association or removal", "a publication", "a contact's coming to an open deal"]),
    ],
)
def test_now_matters_where_something_happened_in_between(
    connection, settings, days: int, crossed: list[str]
) -> None:
    """R84, R90, R102: an association at the very as-of time has happened; a contact that comes to a
    deal then is not yet on it.
    """
    later = replace(settings, as_of=settings.as_of + timedelta(days=days))
    plan = state.plan_build(connection, later)
    assert plan.reasons == [
        f"{what} lies between the last as-of time and this one" for what in crossed
    ]
    assert ("source:raw.run_context+" in plan.select) == bool(crossed)


def test_a_contact_that_leaves_an_open_deal_at_the_as_of_time_is_gone(connection, settings) -> None:
    """R102."""
    for day, crossed in ((26, []), (27, ["a contact's leaving an open deal"])):
        _end_build(
            connection, replace(settings, as_of=settings.as_of + timedelta(days=25)), "run-2"
        )
        later = replace(settings, as_of=settings.as_of + timedelta(days=day))
        reasons = state.plan_build(connection, later).reasons
        assert [reason for reason in reasons if "deal" in reason] == [
            f"{what} lies between the last as-of time and this one" for what in crossed
        ]


def test_now_may_move_back(connection, settings) -> None:
    later = replace(settings, as_of=settings.as_of + timedelta(days=30))
    _end_build(connection, later, "run-2")
    assert state.plan_build(connection, settings).kind == state.INCREMENT


def test_an_interrupted_build_is_followed_by_a_full_one(connection, settings) -> None:
    _landed(connection, 2, "events", 1)
    state.begin_build(connection, settings, "run-2", state.plan_build(connection, settings))
    assert not state.is_built(connection)
    plan = state.plan_build(connection, settings)
    assert (plan.kind, plan.reasons, plan.arguments) == (
        state.FULL,
        ["the last build was interrupted or failed, or a person was forgotten since"],
        [],
    )


def test_a_changed_variable_that_tables_depend_on_is_a_full_build(connection) -> None:
    home = "/tmp/nowhere"
    changed = make_settings(
        home=home, as_of="2024-07-01T00:00:00Z", variables=["session_gap_minutes=45"]
    )
    assert state.plan_build(connection, changed).reasons == ["session_gap_minutes is 45, was 30"]
    limit = make_settings(
        home=home,
        as_of="2024-07-01T00:00:00Z",
        variables=["reject_rate_limit=0.5", "threads=1", "freshness_days_events=4"],
    )
    assert state.plan_build(connection, limit).kind == state.NONE


def test_a_changed_project_is_a_full_build(
    connection, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "project_fingerprint", lambda: "another")
    assert state.plan_build(connection, settings).reasons == ["models or rule files changed"]


def test_full_refresh_and_the_first_build_are_full(connection, settings) -> None:
    assert state.plan_build(connection, replace(settings, full_refresh=True)).reasons == [
        "--full-refresh"
    ]
    connection.execute("delete from raw.build_state")
    assert state.plan_build(connection, settings).reasons == [
        "nothing has been built in this HOME yet"
    ]


def test_files_that_cannot_be_read_are_built_where_they_changed(connection, settings) -> None:
    connection.execute(
        "insert into raw.rejected_rows values (null, 'events', 'bad.csv', 'the file is bad', null)"
    )
    assert state.plan_build(connection, settings).reasons == [
        "other files than before cannot be read"
    ]
    _end_build(connection, settings, "run-2")
    assert state.plan_build(connection, settings).kind == state.NONE


def test_another_coverage_is_built(connection, settings) -> None:
    """A scope that was refused since, though no row is new: readers are told."""
    connection.execute(
        "insert into raw.coverage values ('main', 'events', 0, null, null, null, 'no permission')"
    )
    plan = state.plan_build(connection, settings)
    assert plan.kind == state.INCREMENT and "landed_coverage+" in plan.select
    assert plan.reasons == ["sources bring something else than before, or for other reasons not"]
    _end_build(connection, settings, "run-2")
    assert state.plan_build(connection, settings).kind == state.NONE


def test_the_variables_of_tables_are_those_that_models_or_the_landing_ask(settings) -> None:
    assert state.table_variables(settings).keys() == {
        "home_currency", "portal_timezone", "session_gap_minutes", "conversion_tolerance_minutes",
        "social_post_cap", "attribution_lookback_days", "conversions", "contact_emails",
        "backdate_associations", "naive_timezone",
    }  # fmt: skip


def test_other_limits_are_checked_and_published_anew_but_build_nothing(
    connection, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    visible = Publication(settings.home / "runs" / "run-1")
    monkeypatch.setattr(Publication, "visible", lambda settings: visible)
    monkeypatch.setattr(state, "damage", lambda publication: None)
    assert state.is_published(connection, settings)
    stricter = make_settings(
        home=str(settings.home), as_of="2024-07-01T00:00:00Z", variables=["reject_rate_limit=0.01"]
    )
    assert state.plan_build(connection, stricter).kind == state.NONE and not state.is_published(
        connection, stricter
    )
    roomier = make_settings(
        home=str(settings.home), as_of="2024-07-01T00:00:00Z", variables=["memory_limit=1GB"]
    )
    assert state.is_published(connection, roomier)


def test_ids_of_runs_sort_by_their_order_whatever_the_clock_says() -> None:
    now = datetime(2024, 7, 1, 12)
    first = new_run_id(now)
    assert first.startswith("20240701T120000000000Z-")
    second = new_run_id(now - timedelta(days=366), first)
    third = new_run_id(now - timedelta(days=366), second)
    assert first < second < third < new_run_id(now + timedelta(seconds=1), third)
    assert new_run_id(now, "run-1").startswith("20240701T120000000000Z-")
