"""The parts of the target Spark that need no cluster: the lake, the way back, names, and what is
said of what cannot be.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.building.plan import BuildPlan, begin_build, end_build, plan_build
from orchestration.building.project import ensure_manifest
from orchestration.checking.aggregates import SCHEMA
from orchestration.checking.suites import business_checks, suites
from orchestration.engines.registry import engine
from orchestration.engines.spark import bridge, in_place, machine, server
from orchestration.engines.spark.bridge import spelled
from orchestration.engines.spark.export import BOOKS, export
from orchestration.engines.spark.lake import lake
from orchestration.ground.cache import manifest_file
from orchestration.ground.contract import raw_tables
from orchestration.ground.errors import BuildFailed, ClusterError, NodeFailure, SettingsError
from orchestration.ground.paths import ROOT
from orchestration.ground.settings import Settings, make_settings
from orchestration.home.forget import forget_landing
from orchestration.home.runs import begin_run
from orchestration.home.schema import create_raw_schema
from orchestration.home.warehouse import warehouse
from orchestration.landing.land import land
from tests.conftest import AS_OF, land_rows


@pytest.fixture(autouse=True, scope="module")
def manifest() -> None:
    """Which tables there are is read from it."""
    ensure_manifest()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOST", "PORT", "USER", "PREFIX", "LAKE", "IN_PLACE_BYTES"):
        monkeypatch.delenv(f"TOUCHLEDGER_SPARK_{name}", raising=False)


@pytest.fixture
def settings(tmp_path: Path, landing: Path) -> Settings:
    """HOME beside the landing, on one file system."""
    return make_settings(
        home=str(tmp_path / "home"), landing=str(landing), as_of=AS_OF, target="spark"
    )


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


# --- The lake -------------------------------------------------------------------------------------


def _land_and_export(settings: Settings) -> str:
    """One run up to where Spark would build; returns its id."""
    with warehouse(settings) as connection:
        run_id = begin_run(connection, settings)
        land(connection, settings.landing, run_id)
        begin_build(connection, settings, run_id, BuildPlan("full"))
        export(connection, settings)
    return run_id


def _in_the_lake(settings: Settings, table: str, columns: str) -> list[tuple]:
    return duckdb.sql(
        f"select {columns} from {bridge.read_parquet(lake(settings) / 'raw' / table)} order by all"
    ).fetchall()


def _files(settings: Settings, table: str) -> list[str]:
    return sorted(path.name for path in (lake(settings) / "raw" / table).iterdir())


def test_every_run_adds_its_rows_to_the_lake_once(settings: Settings) -> None:
    land_rows(
        settings.landing,
        "campaign_utms",
        {"campaign_id": "a", "utm_campaign": "x", "added_at": AS_OF},
    )
    first = _land_and_export(settings)
    file = lake(settings) / "raw" / "campaign_utms" / f"{first}.parquet"
    written = file.stat().st_mtime_ns
    land_rows(
        settings.landing,
        "campaign_utms",
        {"campaign_id": "b", "utm_campaign": "y", "added_at": AS_OF},
        name="more",
    )
    second = _land_and_export(settings)
    assert _in_the_lake(settings, "campaign_utms", "campaign_id, _file_id") == [("a", 1), ("b", 2)]
    assert _files(settings, "campaign_utms") == sorted([f"{first}.parquet", f"{second}.parquet"])
    assert file.stat().st_mtime_ns == written
    third = _land_and_export(settings)
    assert _files(settings, "campaign_utms") == sorted([f"{first}.parquet", f"{second}.parquet"])
    assert _in_the_lake(settings, "run_context", "run_id") == [(third,)]


def test_every_table_that_models_read_is_in_the_lake_with_its_columns(settings: Settings) -> None:
    """Those that nothing landed of too, for the cluster learns the columns from the files."""
    land_rows(
        settings.landing,
        "campaign_utms",
        {"campaign_id": "a", "utm_campaign": "x", "added_at": AS_OF},
    )
    _land_and_export(settings)
    assert sorted(path.name for path in (lake(settings) / "raw").iterdir()) == sorted(
        [*raw_tables(), *BOOKS]
    )
    read = {
        node["name"]
        for node in json.loads(manifest_file().read_text(encoding="utf-8"))["sources"].values()
    }
    assert read == {*raw_tables(), *BOOKS}
    for table in raw_tables().values():
        described = duckdb.sql(
            f"describe select * from {bridge.read_parquet(lake(settings) / 'raw' / table.name)}"
        ).fetchall()
        assert [(row[0], row[1].lower()) for row in described] == [
            *((column.name, column.data_type.lower()) for column in table.columns),
            ("_file_id", "integer"),
        ]


def test_an_export_that_was_interrupted_is_done_again(settings: Settings) -> None:
    land_rows(
        settings.landing,
        "campaign_utms",
        {"campaign_id": "a", "utm_campaign": "x", "added_at": AS_OF},
    )
    run_id = _land_and_export(settings)
    folder = lake(settings) / "raw" / "campaign_utms"
    (folder / f"{run_id}.parquet").unlink()
    (folder / f".{run_id}.parquet.partial").write_bytes(b"half")
    _land_and_export(settings)
    assert _in_the_lake(settings, "campaign_utms", "campaign_id") == [("a",)]
    assert _files(settings, "campaign_utms") == [f"{run_id}.parquet"]


def test_a_landing_read_anew_is_written_anew(settings: Settings) -> None:
    """File numbers begin anew with it, and so must the lake."""
    file = land_rows(
        settings.landing,
        "campaign_utms",
        {"campaign_id": "a", "utm_campaign": "x", "added_at": AS_OF},
    )
    _land_and_export(settings)
    file.unlink()
    land_rows(
        settings.landing,
        "campaign_utms",
        {"campaign_id": "b", "utm_campaign": "y", "added_at": AS_OF},
        name="other",
    )
    with warehouse(settings) as connection:
        forget_landing(connection)
    _land_and_export(settings)
    assert _in_the_lake(settings, "campaign_utms", "campaign_id, _file_id") == [("b", 1)]


def test_the_lake_may_lie_where_all_machines_see_it(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And belongs to the group that client and server share."""
    monkeypatch.setenv("TOUCHLEDGER_SPARK_LAKE", str(tmp_path / "shared"))
    assert lake(settings) == tmp_path / "shared" / server.prefix(settings)
    land_rows(
        settings.landing,
        "campaign_utms",
        {"campaign_id": "a", "utm_campaign": "x", "added_at": AS_OF},
    )
    run_id = _land_and_export(settings)
    folder = lake(settings) / "raw" / "runs"
    assert (
        folder.stat().st_mode & 0o770,
        (folder / f"{run_id}.parquet").stat().st_mode & 0o777,
    ) == (0o770, 0o660)


# --- Parquet that is read where it lies -----------------------------------------------------------

UTMS = (
    "select 'a' as campaign_id, 'x' as utm_campaign, timestamp '2024-03-01 09:30:00' as added_at, "
    "timestamptz '2024-03-01 10:00:00+00' as _loaded_at"
)


def _land_parquet(
    settings: Settings, select: str = UTMS, name: str = "utms", options: str = "format parquet"
) -> Path:
    file = settings.landing / "campaign_utms" / f"{name}.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    duckdb.connect().execute(f"copy ({select}) to '{file}' ({options})")
    return file


def _linked(settings: Settings) -> dict[int, Path]:
    return {
        file_id: next(
            (lake(settings) / "in_place" / "campaign_utms" / f"_file_id={file_id}").iterdir()
        )
        for file_id in in_place.files_in_place(settings, "campaign_utms")
    }


@pytest.fixture
def every_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHLEDGER_SPARK_IN_PLACE_BYTES", "0")


@pytest.mark.usefixtures("every_size")
def test_parquet_of_the_contracts_types_is_read_where_it_lies(settings: Settings) -> None:
    """No row of it is copied; what lands as text beside it is."""
    file = _land_parquet(settings)
    land_rows(
        settings.landing,
        "campaign_utms",
        {"campaign_id": "b", "utm_campaign": "y", "added_at": AS_OF},
    )
    _land_and_export(settings)
    (link,) = _linked(settings).values()
    assert link.samefile(file)
    assert _in_the_lake(settings, "campaign_utms", "campaign_id") == [("b",)]
    assert engine(settings).landed() == {"spark_tables_in_place": "campaign_utms"}
    more = _land_parquet(settings, UTMS.replace("'a'", "'c'"), "more")
    file.unlink()  # a file removed later changes nothing
    _land_and_export(settings)
    assert [
        duckdb.sql(f"select campaign_id from '{path}'").fetchall()
        for _, path in sorted(_linked(settings).items())
    ] == [[("a",)], [("c",)]]
    assert more.stat().st_nlink == 2
    assert _in_the_lake(settings, "campaign_utms", "campaign_id") == [("b",)]


@pytest.mark.usefixtures("every_size")
@pytest.mark.parametrize(
    ("select", "options"),
    [
        (
            UTMS
            + (
                " union all select 'b', '', timestamp '2024-03-01', timestamptz '2024-03-01 "
                "10:00:00+00'"
            ),
            "format parquet",
        ),
        (
            UTMS + " union all select 'b', 'y', null, timestamptz '2024-03-01 10:00:00+00'",
            "format parquet",
        ),
        (f"select * replace ('2024-03-01' as added_at) from ({UTMS})", "format parquet"),
        (f"select * replace ('2024-03-01T09:30:00Z' as added_at) from ({UTMS})", "format parquet"),
        (f"select * replace (added_at::timestamp_ns as added_at) from ({UTMS})", "format parquet"),
        (f"select * replace (7 as campaign_id) from ({UTMS})", "format parquet"),
        (f"select *, [1, 2] as note from ({UTMS})", "format parquet"),
        (UTMS, "format parquet, compression lz4_raw"),
    ],
    ids=[
        "empty text",
        "rejected row",
        "rejected file",
        "time as text",
        "nanoseconds",
        "number for text",
        "nested",
        "compression",
    ],
)
def test_what_is_not_read_as_it_stands_is_copied(
    settings: Settings, select: str, options: str
) -> None:
    _land_parquet(settings, select, options=options)
    _land_and_export(settings)
    assert _linked(settings) == {}
    with warehouse(settings) as connection:
        landed = connection.execute(
            "select campaign_id, utm_campaign, added_at, _loaded_at, _file_id from "
            "raw.campaign_utms order by all"
        ).fetchall()
    assert (
        _in_the_lake(
            settings, "campaign_utms", "campaign_id, utm_campaign, added_at, _loaded_at, _file_id"
        )
        == landed
    )


@pytest.mark.usefixtures("every_size")
@pytest.mark.parametrize(
    ("value", "landed"),
    [
        ("timestamp '1970-01-01' as merged_at", None),
        ("timestamp '2024-01-01' as \"Merged_At\"", datetime(2024, 1, 1)),
        ("timestamp '2024-01-01' as \" merged_at\"", datetime(2024, 1, 1)),
        ("date '2024-01-01' as merged_at", datetime(2024, 1, 1)),
        ("1704067200::bigint as merged_at", datetime(2024, 1, 1)),
    ],
    ids=["unset", "other case", "spaces", "day", "epoch"],
)
def test_what_landing_changes_is_copied(
    settings: Settings, value: str, landed: datetime | None
) -> None:
    """A column in another case is landed under its own name, the cluster would read it where it
    lies.
    """
    file = settings.landing / "contact_merges" / "merges.parquet"
    file.parent.mkdir(parents=True)
    duckdb.connect().execute(
        f"copy (select 'a' as loser_contact_id, 'b' as winner_contact_id, {value}, timestamp "
        f"'2024-01-01' as _loaded_at) to '{file}' (format parquet)"
    )
    _land_and_export(settings)
    assert in_place.tables_in_place(settings) == []
    assert _in_the_lake(settings, "contact_merges", "loser_contact_id, merged_at") == [
        ("a", landed)
    ]


def test_a_small_file_is_copied_together_with_others(settings: Settings) -> None:
    _land_parquet(settings)
    _land_and_export(settings)
    assert _linked(settings) == {}
    assert _in_the_lake(settings, "campaign_utms", "campaign_id") == [("a",)]


@pytest.mark.usefixtures("every_size")
def test_names_of_files_in_the_lake_follow_the_ledger(settings: Settings) -> None:
    """After the landing was read anew, and where somebody removed them."""
    file = _land_parquet(settings)
    _land_and_export(settings)
    first = _linked(settings)[1]
    file.unlink()
    other = _land_parquet(settings, UTMS.replace("'a'", "'b'"), "other")
    with warehouse(settings) as connection:
        forget_landing(connection)
    _land_and_export(settings)
    assert not first.exists()
    assert _linked(settings)[1].samefile(other)
    _linked(settings)[1].unlink()
    _land_and_export(settings)
    assert _linked(settings)[1].samefile(other)
    assert _in_the_lake(settings, "campaign_utms", "campaign_id") == []
    _linked(settings)[1].unlink()
    other.unlink()
    _land_and_export(settings)
    assert _linked(settings) == {}
    assert _in_the_lake(settings, "campaign_utms", "campaign_id") == [("b",)]


@pytest.mark.usefixtures("every_size")
def test_where_the_server_is_another_user_the_file_must_let_it_read(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its mode is the loader's and is left alone."""
    monkeypatch.setenv("TOUCHLEDGER_SPARK_LAKE", str(tmp_path / "shared"))
    closed, opened = (
        _land_parquet(settings, name="closed"),
        _land_parquet(settings, UTMS.replace("'a'", "'b'"), "opened"),
    )
    closed.chmod(0o600)
    opened.chmod(0o604)
    _land_and_export(settings)
    (link,) = _linked(settings).values()
    assert link.samefile(opened)
    assert (opened.stat().st_mode & 0o777, closed.stat().st_nlink) == (0o604, 1)
    assert _in_the_lake(settings, "campaign_utms", "campaign_id") == [("a",)]


@pytest.mark.usefixtures("every_size")
def test_a_landing_on_another_file_system_is_copied(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(source: Path, target: Path) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(in_place.os, "link", link)
    _land_parquet(settings)
    _land_and_export(settings)
    assert in_place.tables_in_place(settings) == []
    assert _in_the_lake(settings, "campaign_utms", "campaign_id") == [("a",)]


def test_a_size_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHLEDGER_SPARK_IN_PLACE_BYTES", "1 MB")
    with pytest.raises(
        SettingsError, match="TOUCHLEDGER_SPARK_IN_PLACE_BYTES is '1 MB'; give a number of bytes"
    ):
        in_place.smallest()


# --- The way back ---------------------------------------------------------------------------------


class _Cluster:
    """In place of a session: writes what it is asked to write by DuckDB, one row a table, or stops
    at a table.
    """

    def __init__(self, stops_at: str = "") -> None:
        self.stops_at = stops_at

    def run(self, sql: str) -> list[tuple]:
        folder, select = sql.removeprefix("insert overwrite directory '").split(
            "' using parquet options ('compression' 'zstd') "
        )
        if self.stops_at and select.endswith(self.stops_at):
            raise BuildFailed("stopped")
        columns = select.removeprefix("select ").split(" from ")[0]
        values = ", ".join(
            f"null::varchar as {name}" for name in columns.replace("*", "anything").split(", ")
        )
        Path(folder).mkdir(parents=True)
        duckdb.connect().execute(
            f"copy (select {values}) to '{folder}/part-0.parquet' (format parquet)"
        )
        return []


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Cluster]:
    from contextlib import contextmanager

    one = _Cluster()

    @contextmanager
    def session(_: Settings) -> Iterator[_Cluster]:
        yield one

    monkeypatch.setattr(server, "session", session)
    yield one


def _bring_back(settings: Settings, run_id: str) -> dict[str, str]:
    """Schema, table and column -> type, of all that is in the warehouse but what has landed."""
    with warehouse(settings) as connection:
        bridge.bring_back(connection, settings, run_id, manifest_file())
    with warehouse(settings) as connection:
        rows = connection.execute(
            "select table_schema || '.' || table_name || '.' || column_name, data_type from "
            "information_schema.columns where table_schema <> 'raw'"
        ).fetchall()
    return dict(rows)


def test_what_is_brought_back_has_the_types_of_the_contract(
    settings: Settings, sessions: _Cluster
) -> None:
    with warehouse(settings) as connection:
        connection.execute("create table marts.of_duckdb as select 1 as one")
    columns = _bring_back(settings, "run-1")
    assert columns["marts.attribution_credits.credit"] == "DECIMAL(18,2)"
    assert columns["core.dim_campaigns.utm_aliases"] == "VARCHAR[]"
    assert columns["core.fct_sessions.started_at"] == "TIMESTAMP"
    assert {
        "landing.landed_rejects.anything",
        "rules.asset_types.anything",
        "associations.contact_survivors.anything",
        "associations.deal_survivors.anything",
    } <= columns.keys()
    assert not any(name.startswith("marts.of_duckdb") for name in columns)
    assert bridge.is_brought_back(settings)
    # As after an update that reads one more table.
    shutil.rmtree(lake(settings) / "built" / "run-1" / "associations" / "deal_survivors")
    assert not bridge.is_brought_back(settings)


def test_what_was_brought_back_before_is_there_until_all_of_the_new_is(
    settings: Settings, sessions: _Cluster
) -> None:
    before = _bring_back(settings, "run-1")
    sessions.stops_at = ".utm_audit"
    with pytest.raises(BuildFailed, match="stopped"):
        _bring_back(settings, "run-2")
    with warehouse(settings) as connection:
        assert connection.execute("select count(*) from core.fct_deals").fetchone() == (1,)
    sessions.stops_at = ""
    assert _bring_back(settings, "run-3") == before
    assert [path.name for path in (lake(settings) / "built").iterdir()] == ["run-3"]


def test_the_mark_of_a_build_is_read_as_spark_shows_it() -> None:
    shown = [
        ("Namespace Name", "x"),
        ("Properties", "((owner,me), (touchledger.built,20260101T000000Z-1))"),
    ]
    assert list(bridge._marks(shown)) == ["20260101T000000Z-1"]
    assert list(bridge._marks([("Properties", "((touchledger.built,))")])) == []
    assert list(bridge._marks([("Properties", "")])) == []


def test_another_target_or_another_cluster_builds_everything(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = make_settings(home=str(settings.home), landing=str(settings.landing), as_of=AS_OF)
    with warehouse(settings) as connection:
        run_id = begin_run(connection, built)
        create_raw_schema(connection)
        connection.execute(
            "create schema associations; create table associations.association_attempts "
            "(occurred_at timestamp); "
            "create table associations.assets (published_at timestamp); "
            "create table core.fct_deals (deal_id varchar, closed_at timestamp); "
            "create table core.fct_deal_contacts "
            "(deal_id varchar, valid_from timestamp, valid_to timestamp)"
        )
        end_build(connection, built, run_id)
        engine(built).mark_built(connection, run_id)
        assert plan_build(connection, built).kind == "none"
        assert plan_build(connection, settings) == BuildPlan(
            "full", ["the target is spark, was duckdb"]
        )
        end_build(connection, settings, run_id)
        monkeypatch.setattr(bridge, "is_brought_back", lambda _: True)
        monkeypatch.setattr(bridge, "built_run", lambda _: "another")
        assert plan_build(connection, settings) == BuildPlan(
            "full", ["the tables are not those that this HOME built last"]
        )
        monkeypatch.setattr(bridge, "built_run", lambda _: run_id)
        assert plan_build(connection, settings).kind == "none"


def test_what_spark_built_is_not_in_the_way_of_duckdb(
    settings: Settings, sessions: _Cluster
) -> None:
    """Its views are dropped before DuckDB builds, and nothing that DuckDB itself has built."""
    _bring_back(settings, "run-1")
    duck = make_settings(home=str(settings.home), landing=str(settings.landing), as_of=AS_OF)
    with warehouse(settings) as connection:
        run_id = begin_run(connection, settings)
        create_raw_schema(connection)
        end_build(connection, settings, run_id)
        engine(duck).before_build(connection, anew=True)
        assert connection.execute(
            "select count(*) from duckdb_views() where schema_name = 'rules'"
        ).fetchone() == (0,)
        connection.execute("create schema rules; create table rules.asset_types as select 1 as one")
        end_build(connection, duck, run_id)
        engine(duck).before_build(connection, anew=False)
        assert connection.execute("select count(*) from rules.asset_types").fetchone() == (1,)


# --- Names, and what is said ----------------------------------------------------------------------


def test_checks_ask_the_databases_of_their_home(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOUCHLEDGER_SPARK_PREFIX", "one")
    asked = (
        "select associations.asset_type from core.fct_deals as a join "
        "associations.contact_survivors on checks.volume.x = rules.asset_types.y"
    )
    assert spelled(settings, asked, SCHEMA) == (
        "select associations.asset_type from one_core.fct_deals as a join "
        "one_associations.contact_survivors on one_checks.volume.x = "
        "one_rules.asset_types.y"
    )
    for check in business_checks():
        assert f" {check.table}" not in spelled(settings, f"select * from {check.table}", SCHEMA)
    measured = [spelled(settings, suite.measures, SCHEMA) for suite in suites() if suite.measures]
    assert measured
    for sql in measured:
        assert re.findall(r"(?:from|join) (?!one_)[a-z]+[.][a-z_]+", sql) == []


def test_what_the_program_asks_of_other_layers_is_brought_back() -> None:
    """Not only what is published: publishing and planning name tables that stand before it. Checks
    ask the cluster.
    """
    manifest = json.loads(manifest_file().read_text(encoding="utf-8"))
    built = {
        f"{node['schema']}.{node['name']}"
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
    texts = "".join(
        path.read_text(encoding="utf-8")
        for kind in ("*.py", "*.sql")
        for path in (ROOT / "orchestration").rglob(kind)
    )
    asked = set(re.findall(r"(?:from|join) ([a-z]+[.][a-z_]+)", texts)) & built
    brought = {f"{table.layer}.{table.name}" for table in bridge.wanted_tables(manifest)}
    assert "associations.deal_survivors" in asked
    assert asked - brought == set()


def test_homes_do_not_share_databases(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_settings(home=str(tmp_path / "other"), target="spark")
    assert server.prefix(settings) == server.prefix(settings) != server.prefix(other)
    monkeypatch.setenv("TOUCHLEDGER_SPARK_PREFIX", "Drop Table")
    with pytest.raises(SettingsError, match="lower-case letters"):
        server.prefix(settings)


def test_a_server_that_does_not_answer_is_said_before_anything_is_done(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOUCHLEDGER_SPARK_PORT", str(_free_port()))
    with pytest.raises(
        SettingsError,
        match=(
            r"No Spark Thrift server answers at 127\.0\.0\.1:\d+ .*make spark-cluster.*Nothing "
            r"was done"
        ),
    ):
        server.check_ready(settings)
    monkeypatch.setenv("TOUCHLEDGER_SPARK_PORT", "ten thousand")
    with pytest.raises(SettingsError, match="such as 10000"):
        server.check_ready(settings)


def test_missing_packages_are_named_with_what_installs_them(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "find_spec", lambda _: None)
    with pytest.raises(
        SettingsError, match=r"pip install -r requirements-spark.lock.*make spark-setup"
    ):
        server.check_ready(settings)


def test_a_lost_server_is_told_from_a_model_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    java = (
        "Runtime Error in model a\n  Error running query: [DIVIDE_BY_ZERO] by zero at "
        "org.apache.spark.Deep(Deep.scala:1)\n\tat java.base/x"
    )
    failed = BuildFailed(
        "1 model(s) or test(s) failed", [NodeFailure("model.touchledger.a", "a", java)]
    )
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        monkeypatch.setenv("TOUCHLEDGER_SPARK_PORT", str(listening.getsockname()[1]))
        told = server.explained(failed)
        assert (
            told.failures[0].message
            == "Runtime Error in model a\n  Error running query: [DIVIDE_BY_ZERO] by zero"
        )
        gone = BuildFailed("x", [NodeFailure("model.touchledger.a", "a", "TSocket read 0 bytes")])
        assert "was lost in the middle of the run (TSocket read 0 bytes)" in str(
            server.explained(gone)
        )
    assert "was lost in the middle of the run" in str(server.explained(failed))


def test_java_that_is_missing_or_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for version, said in {None: "there is none", 11: "this is 11"}.items():
        monkeypatch.setattr(machine, "java_version", lambda version=version: version)
        with pytest.raises(
            ClusterError,
            match=(
                f"needs Java 17 or later, and {said}; install it, on Debian with `apt-get install "
                f"openjdk-17"
            ),
        ):
            machine.check_java()


def test_dagster_needs_only_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a field of the run's resource, or from the environment of its daemon."""
    from orchestration.assets.resource import Run

    assert Run(target="spark").settings().target == "spark"
    monkeypatch.setenv("TOUCHLEDGER_TARGET", "spark")
    assert Run().settings().target == "spark"
