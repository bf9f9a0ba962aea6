"""The published file and Parquet as the clients of docs/connections.md read them: other versions of
DuckDB, other processes, while others read.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.ground.paths import PUBLISHED_FILE
from orchestration.ground.settings import make_settings
from orchestration.home.tables_to_publish import STORAGE
from orchestration.publishing.publish import switch
from tests.conftest import query

VERSIONS = ["1.4", "1.5", "2.0"]
TABLES = (
    "select schema_name, table_name from duckdb_tables() where database_name = current_database() "
    "order by all"
)
# Counts the rows of every published table from the file and from Parquet, reads every column, and
# tries to write.
READ_ALL = f"""
import duckdb, json, sys
file, parquet = sys.argv[1:]
connection = duckdb.connect(file, read_only=True)
found = {{}}
for schema, table in connection.execute("{TABLES}").fetchall():
    rows = connection.execute(f'select * from "{{schema}}"."{{table}}"').fetchall()
    pattern = f"{{parquet}}/{{schema}}/{{table}}/*.parquet"
    files = duckdb.connect().execute("select * from read_parquet(?)", [pattern]).fetchall()
    found[f"{{schema}}.{{table}}"] = [len(rows), len(files)]
credits = connection.execute(
    "select cast(sum(credit) as varchar) from marts.attribution_credits"
).fetchone()[0]
comment = connection.execute(
    "select comment from duckdb_columns() "
    "where table_name = 'attribution_credits' and column_name = 'credit'"
).fetchone()[0]
try:
    connection.execute("delete from marts.attribution_credits")
    refused = ""
except duckdb.Error as error:
    refused = str(error)
print(
    json.dumps(
        {{
            "version": duckdb.__version__,
            "found": found,
            "credits": credits,
            "comment": comment,
            "refused": refused,
        }}
    )
)
"""
# Reads, waits until it is told that readers were switched, and reads again on the same connection
# and on a new one.
READ_TWICE = """
import duckdb, sys
QUERY = "select min(run), max(run), count(*) from marts.numbers"
connection = duckdb.connect(sys.argv[1], read_only=True)
print(connection.execute(QUERY).fetchone(), flush=True)
sys.stdin.readline()
print(connection.execute(QUERY).fetchone(), flush=True)
connection.close()
print(duckdb.connect(sys.argv[1], read_only=True).execute(QUERY).fetchone(), flush=True)
"""


@pytest.fixture(scope="session")
def pythons(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """By version of DuckDB, a Python that has it and nothing else."""
    folder = tmp_path_factory.mktemp("clients")
    made = {}
    for version in VERSIONS:
        subprocess.run(
            [sys.executable, "-m", "venv", str(folder / version)], check=True, timeout=300
        )
        made[version] = folder / version / "bin" / "python"
        pip = [
            str(made[version]),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            f"duckdb=={version}.*",
        ]
        installed = subprocess.run(pip, capture_output=True, text=True, timeout=600, check=False)
        if installed.returncode:
            pytest.skip(
                f"duckdb {version} cannot be installed here: {installed.stderr.strip()[-200:]}"
            )
    return made


def _read_all(python: Path, home: Path) -> dict:
    published = home / "published"
    done = subprocess.run(
        [str(python), "-c", READ_ALL, str(published / PUBLISHED_FILE), str(published / "parquet")],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _expected(home: Path) -> tuple[dict[str, list[int]], str]:
    counts = {
        f"{schema}.{table}": query(home, f"select count(*) from {schema}.{table}")[0][0]
        for schema, table in query(home, TABLES)
    }
    return {table: [rows, rows] for table, rows in counts.items()}, str(
        query(home, "select sum(credit) from marts.attribution_credits")[0][0]
    )


def test_another_process_reads_every_table_while_this_one_holds_the_file(
    published_sample: tuple[Path, str],
) -> None:
    home = published_sample[0]
    with duckdb.connect(str(home / "published" / PUBLISHED_FILE), read_only=True) as held:
        held.execute("select * from core.fct_interactions").fetchone()
        seen = _read_all(Path(sys.executable), home)
    assert (seen["found"], seen["credits"]) == _expected(home)
    assert "R75" in seen["comment"] and "read-only" in seen["refused"]


@pytest.mark.long
@pytest.mark.parametrize("version", VERSIONS)
def test_other_versions_read_every_table_while_each_other_hold_the_file(
    published_sample: tuple[Path, str], pythons: dict[str, Path], version: str
) -> None:
    home = published_sample[0]
    holders = [
        subprocess.Popen(
            [str(pythons[other]), "-c", (
                "import duckdb, sys; held = duckdb.connect(sys.argv[1], read_only=True); "
                "print('held', flush=True); input()"
            ),
             str(home / "published" / PUBLISHED_FILE)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for other in VERSIONS
    ]  # fmt: skip
    try:
        assert [holder.stdout.readline() for holder in holders] == ["held\n"] * len(VERSIONS)
        seen = _read_all(pythons[version], home)
    finally:
        for holder in holders:
            holder.communicate("\n", timeout=60)
    assert seen["version"].startswith(version)
    assert (seen["found"], seen["credits"]) == _expected(home)
    assert "R75" in seen["comment"] and "read-only" in seen["refused"]


def _publish_numbers(home: Path, run: int) -> None:
    """Publishes a folder with one table, all of whose rows are the run's number."""
    folder = home / ".touchledger" / "runs" / f"run-{run}"
    folder.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(
            f"attach '{folder / PUBLISHED_FILE}' as publishing ({STORAGE}); "
            f"create schema publishing.marts"
        )
        connection.execute(
            f"create table publishing.marts.numbers as select {run} as run from range(500000)"
        )
    switch(make_settings(home=str(home)), f"run-{run}")


def _reader_across_a_switch(python: Path, home: Path) -> list[str]:
    _publish_numbers(home, 1)
    reader = subprocess.Popen(
        [str(python), "-c", READ_TWICE, str(home / "published" / PUBLISHED_FILE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    before = reader.stdout.readline()
    _publish_numbers(home, 2)
    os.unlink(home / ".touchledger" / "runs" / "run-1" / PUBLISHED_FILE)
    rest, _ = reader.communicate("\n", timeout=120)
    return [before.strip(), *rest.split("\n")[:2]]


def test_a_reader_keeps_its_run_across_a_switch_and_opens_the_new_one_next(home: Path) -> None:
    assert _reader_across_a_switch(Path(sys.executable), home) == [
        "(1, 1, 500000)",
        "(1, 1, 500000)",
        "(2, 2, 500000)",
    ]


@pytest.mark.long
@pytest.mark.parametrize("version", VERSIONS)
def test_readers_of_other_versions_do_too(
    home: Path, pythons: dict[str, Path], version: str
) -> None:
    assert _reader_across_a_switch(pythons[version], home) == [
        "(1, 1, 500000)",
        "(1, 1, 500000)",
        "(2, 2, 500000)",
    ]


def test_parquet_holds_what_other_tools_can_read(published_sample: tuple[Path, str]) -> None:
    """Plain columns, but for the lists and the wide decimals that docs/connections.md names."""
    odd = set()
    for file in (published_sample[0] / "published" / "parquet").rglob("*.parquet"):
        for name, kind in duckdb.execute(
            "select column_name, column_type from (describe select * from read_parquet(?))",
            [str(file)],
        ).fetchall():
            if kind not in (
                "VARCHAR",
                "BIGINT",
                "DOUBLE",
                "BOOLEAN",
                "DATE",
                "TIMESTAMP",
                "DECIMAL(18,2)",
                "INTEGER",
            ):
                odd.add((file.parent.name, name, kind))
    assert odd == {
        ("dim_campaigns", "utm_aliases", "VARCHAR[]"),
        ("dim_contacts", "salesforce_campaign_ids", "VARCHAR[]"),
        ("dim_contacts", "merged_contact_ids", "VARCHAR[]"),
        ("asset_visibility", "reasons", "VARCHAR[]"),
        ("unread_values", "examples", "VARCHAR[]"),
        ("conversion_credits", "credit", "DECIMAL(18,6)"),
        ("attributed_conversions", "credit", "DECIMAL(18,6)"),
        ("channel_performance", "contacts_created", "DECIMAL(18,6)"),
        ("fct_deals", "amount", "DECIMAL(20,6)"),
        *(
            ("restatements", name, "DECIMAL(38,6)")
            for name in ("old_value", "new_value", "difference")
        ),
    }
