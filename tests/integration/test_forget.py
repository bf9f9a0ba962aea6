"""`touchledger forget`: no byte of a person stays below HOME, events stay, and nobody comes
back.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from tests.conftest import AS_OF, command, land_rows, query

PERSON = (
    "eve-4711",
    "eve-4712",
    "eve@example.com",
    "eve.old@example.com",
    "visitor-eve-77",
    "token=s3cr3t",
)
KEPT = ("adam-1", "adam@example.com", "visitor-adam")


def _land(landing: Path) -> None:
    land_rows(
        landing, "campaigns",
        {"campaign_id": "k1", "campaign_name": "One", "created_at": "2024-01-01T00:00:00Z"},
    )  # fmt: skip
    land_rows(
        landing, "campaign_asset_log",
        {
            "log_id": "l1", "campaign_id": "k1", "asset_type": "landing_page", "asset_id": "p1",
            "action": "associated", "occurred_at": "2024-01-02T00:00:00Z",
        },
    )  # fmt: skip
    created = {"created_at": "2024-03-01T10:00:00Z"}
    land_rows(
        landing,
        "contacts",
        {"contact_id": "eve-4711", "email": "Eve.Old@example.com", **created},
        {
            "contact_id": "eve-4711",
            "email": "eve@example.com",
            **created,
            "_loaded_at": "2024-03-02T00:00:00Z",
        },
        {"contact_id": "eve-4712", **created},
        {
            "contact_id": "adam-1",
            "email": "adam@example.com",
            "additional_emails": "eve@example.com;a@example.com",
            **created,
        },
    )
    # One row without a creation is rejected, as text; the others keep the table below the limit.
    land_rows(
        landing,
        "contacts",
        {"contact_id": "eve-4711", "email": "eve@example.com", "lifecycle_stage": "lead"},
        *({"contact_id": f"n{number}", **created} for number in range(40)),
        name="others",
    )
    land_rows(
        landing, "contact_merges", {"loser_contact_id": "eve-4712", "winner_contact_id": "eve-4711"}
    )
    land_rows(
        landing,
        "visitor_identities",
        {
            "visitor_id": "visitor-eve-77",
            "contact_id": "eve-4711",
            "identified_at": "2024-03-01T10:00:00Z",
        },
        {
            "visitor_id": "visitor-adam",
            "contact_id": "adam-1",
            "identified_at": "2024-03-01T10:00:00Z",
        },
    )
    views = [
        {
            "event_id": f"view-{len(visitor)}-{n}",
            "event_type": "page_view",
            "visitor_id": visitor,
            "occurred_at": f"2024-03-01T09:0{n}:00Z",
            "asset_type": "landing_page",
            "asset_id": "p1",
            "url": f"https://example.com/p?token=s3cr3t&who={visitor}"
            if visitor != "visitor-adam"
            else "https://example.com/p?a=1",
        }
        for visitor in ("visitor-eve-77", "visitor-adam")
        for n in (1, 2)
    ]
    land_rows(landing, "events", *views)


def _texts(home: Path) -> dict[str, str]:
    """Everything below HOME as text: raw bytes, and the rows of DuckDB and Parquet files."""
    found = {}
    for file in sorted(home.rglob("*")):
        if not file.is_file() or file.is_symlink():
            continue
        text = file.read_bytes().decode("latin-1")
        if file.suffix == ".parquet":
            text += str(duckdb.sql(f"from read_parquet('{file}')").fetchall())
        found[str(file.relative_to(home))] = text
    for file in (home / "warehouse.duckdb", (home / "published" / "touchledger.duckdb").resolve()):
        with duckdb.connect(str(file), read_only=True) as connection:
            for schema, table in connection.execute(
                "select schema_name, table_name from duckdb_tables()"
            ).fetchall():
                rows = connection.execute(f'from "{schema}"."{table}"').fetchall()
                found[f"{file.name}:{schema}.{table}"] = str(rows)
    return found


def _traces(home: Path) -> list[tuple[str, str]]:
    return [
        (name, token)
        for name, text in _texts(home).items()
        for token in PERSON
        if token in text.lower()
    ]


def test_a_person_who_is_forgotten_leaves_no_trace_and_does_not_come_back(
    landing: Path, home: Path
) -> None:
    _land(landing)
    places = ("--landing", str(landing), "--home", str(home), "--as-of", AS_OF)
    # What a source brought: its extract, and the file translated of it.
    extract = home / "extracts" / "main" / "contacts"
    extract.mkdir(parents=True)
    duckdb.execute(
        f"""copy (select * from (values
            ('eve-4711', '{{"id": "eve-4711", "properties": {{"email": "eve@example.com"}}}}'),
            ('adam-1', '{{"id": "adam-1", "properties": {{"email": "adam@example.com"}}}}')
        ) as t(id, payload)) to '{extract / "1.a.parquet"}' (format parquet)"""
    )
    other = home / "extracts" / "main" / "email_events"
    other.mkdir()
    duckdb.execute(
        f"""copy (select * from (values
            ('e1', '{{"recipient": "eve@example.com", "url": "https://example.com/p?token=s3cr3t"}}'),
            ('e2', '{{"recipient": "adam@example.com"}}')
        ) as t(id, payload)) to '{other / "1.a.parquet"}' (format parquet)"""
    )
    parsed = home / ".touchledger" / "translated" / "main.duckdb"
    parsed.parent.mkdir(parents=True)
    with duckdb.connect(str(parsed)) as connection:
        connection.execute(
            """
            create table contact_versions as select * from (values
                ('eve-4711', 'eve@example.com', 1), ('adam-1', 'adam@example.com', 1)
            ) as rows(id, email, _pull);
            create table submissions as select * from (values
                ('s1', 'eve@example.com', [1]), ('s2', 'adam@example.com', [2])
            ) as rows(_key, email, _said)
            """
        )
    translated = landing / "events" / "main-0123.parquet"
    duckdb.execute(
        f"""copy (select * from (values
            ('sent:e1', 'email_open', '2024-03-05T00:00:00Z', 'eve@example.com',
                '2024-03-05T00:00:00Z'),
            ('list:eve-4711:9', 'email_open', '2024-03-05T00:00:00Z', 'eve@example.com',
                '2024-03-05T00:00:00Z'),
            ('sent:e2', 'email_open', '2024-03-05T00:00:00Z', 'adam@example.com',
                '2024-03-05T00:00:00Z')
        ) as t(event_id, event_type, occurred_at, email,
            _loaded_at)) to '{translated}' (format parquet)"""
    )
    done = command("run", *places)
    assert done.returncode == 0, done.stdout + done.stderr
    assert _traces(home)
    before = query(home, "select count(*) from core.fct_interactions")
    # An answer of `what-if` that was kept: a copy of the warehouse.
    kept = home / ".touchledger" / "what_if" / "lookback30"
    kept.mkdir(parents=True)
    shutil.copyfile(home / "warehouse.duckdb", kept / "warehouse.duckdb")

    asked = command("forget", "contact", "eve-4712", *places)
    assert asked.returncode == 2 and "--yes" in asked.stderr and _traces(home)
    unknown = command("forget", "contact", "nobody-9", *places, "--yes")
    assert unknown.returncode == 2 and "nothing was changed" in unknown.stderr
    damaged = other / "2.a.parquet"
    # Only where a number stands, which nothing looks at to find the person.
    duckdb.execute(
        f"""copy (select 'e' || range as id, '{{"recipient": "eve@example.com"}}' as payload,
            random() as score from range(20000)) to '{damaged}' (format parquet)"""
    )
    with damaged.open("r+b") as file:
        file.seek(
            duckdb.execute(
                "select max(data_page_offset) from parquet_metadata(?) "
                "where path_in_schema = 'score'",
                [str(damaged)],
            ).fetchall()[0][0]
        )
        file.write(bytes(20_000))
    refused = command("forget", "contact", "eve-4712", *places, "--yes")
    assert refused.returncode == 2 and f"{damaged} is damaged" in " ".join(refused.stderr.split())
    assert query(home, "select contact_id from core.dim_contacts where contact_id like 'eve%'")
    assert not (home / ".touchledger" / "erased.json").exists()
    damaged.unlink()
    own = home / "notes.csv"
    own.write_text("a file of the user's own")

    done = command("forget", "contact", "eve-4712", *places, "--yes")
    assert own.exists()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "eve@example.com" in done.stdout and "contacts/rows.jsonl" in done.stdout
    assert _traces(home) == [] and not kept.exists()
    assert all(
        token not in str(duckdb.sql(f"from read_parquet('{translated}')").fetchall())
        for token in PERSON
    )
    with duckdb.connect(str(parsed), read_only=True) as connection:
        assert connection.sql("select id from contact_versions").fetchall() == [("adam-1",)]
        assert connection.sql("select _key, email from submissions order by all").fetchall() == [
            ("s1", ""), ("s2", "adam@example.com")
        ]  # fmt: skip
    everything = "".join(_texts(home).values())
    assert all(token in everything for token in KEPT)
    assert query(home, "select count(*) from core.fct_interactions") == before
    ((causes,),) = query(
        home,
        (
            "select distinct run_causes from diagnostics.restatements where run_causes like "
            "'%erasure%'"
        ),
    )
    assert "erasure 1" in causes

    done = command("run", *places, "--full-refresh")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "people who were forgotten" in done.stdout
    known = query(home, "select contact_id from core.dim_contacts where contact_id like 'eve%'")
    assert known == []
    shutil.rmtree(home / "extracts")
    assert [found for found in _traces(home) if not found[0].startswith(".touchledger/logs")] == []


def test_commands_that_name_no_landing_mean_the_one_that_home_was_filled_from(
    landing: Path, home: Path, tmp_path: Path
) -> None:
    _land(landing)
    done = command("run", "--landing", str(landing), "--home", str(home), "--as-of", AS_OF)
    assert done.returncode == 0, done.stdout + done.stderr
    asked = ("forget", "contact", "adam-1", "--home", str(home), "--as-of", AS_OF, "--yes")
    note = home / ".touchledger" / "landing"
    said = note.read_text()
    note.unlink()  # as a version before this one left it
    before = query(home, "select run_id from diagnostics.run_log")
    for refused in (
        command(*asked),
        command("run", "--home", str(home)),
        command("run", "--home", str(home), "--full-refresh"),
    ):
        assert refused.returncode == 2, refused.stdout
        assert (
            f"HOME {home} was not filled from the sample; name its landing with --landing DIR "
            "(or another HOME with --home DIR)"
        ) in " ".join(refused.stderr.split())
    assert query(home, "select run_id from diagnostics.run_log") == before
    # A landing that is named is taken, be it another one.
    row = {"contact_id": "c1", "created_at": "2024-03-01T10:00:00Z"}
    land_rows(tmp_path / "more", "contacts", row, name="more")
    named = {"TOUCHLEDGER_LANDING": str(tmp_path / "more")}
    done = command("run", "--home", str(home), "--as-of", AS_OF, **named)
    assert done.returncode == 0, done.stdout + done.stderr
    note.write_text(said)
    done = command(*asked)
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(landing / "contacts" / "rows.jsonl") in done.stdout
    assert query(home, "select campaign_id from core.dim_campaigns") == [("k1",)]
