"""The program as a user runs it: commands in processes of their own, their output, their exit
status, and what is published.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.building.project import ensure_manifest
from orchestration.ground.paths import PUBLISHED_SCHEMAS
from tests.conftest import (
    AS_OF,
    ROOT,
    command,
    copied_project,
    land_rows,
    query,
    run_command,
)

CONTACT = {"contact_id": "c1", "email": "c1@example.com", "created_at": "2024-03-01T00:00:00Z"}
CAMPAIGN = {"campaign_id": "k1", "campaign_name": "Spring", "created_at": "2024-01-01T00:00:00Z"}
LOG = {
    "log_id": "l1",
    "campaign_id": "k1",
    "asset_type": "landing_page",
    "asset_id": "p1",
    "action": "associated",
    "occurred_at": "2024-01-02T00:00:00Z",
}
VIEW = {
    "event_id": "e1",
    "event_type": "page_view",
    "occurred_at": "2024-02-01T00:00:00Z",
    "contact_id": "c1",
    "visitor_id": "v1",
    "asset_type": "landing_page",
    "asset_id": "p1",
    "url": "https://example.com/p1",
}
DEAL = {
    "deal_id": "d1",
    "deal_name": "Deal",
    "is_closed_won": True,
    "amount": "100.01",
    "created_at": "2024-03-02T00:00:00Z",
    "closed_at": "2024-04-01T00:00:00Z",
}
DEAL_CONTACT = {
    "log_id": "dl1",
    "deal_id": "d1",
    "contact_id": "c1",
    "action": "associated",
    "occurred_at": "2024-03-03T00:00:00Z",
}


def land_small_world(landing: Path) -> None:
    """One contact that saw one page of one campaign and won one deal."""
    land_rows(landing, "contacts", CONTACT)
    land_rows(landing, "campaigns", CAMPAIGN)
    land_rows(landing, "campaign_asset_log", LOG)
    land_rows(landing, "events", VIEW)
    land_rows(landing, "deals", DEAL)
    land_rows(landing, "deal_contact_log", DEAL_CONTACT)


@pytest.fixture
def sample(published_sample: tuple[Path, str]) -> tuple[Path, str]:
    """HOME with the shipped sample published, and what the run printed."""
    return published_sample


def test_the_sample_is_published(sample: tuple[Path, str]) -> None:
    home, printed = sample
    for text in ("rows in =", "Campaigns by revenue", "GDP Compliance Webinars", "explain deal D-"):
        assert text in printed
    assert str(home / "published" / "touchledger.duckdb") in printed
    folder = home / "published"
    assert folder.is_symlink() and folder.resolve().is_relative_to(home)
    file = folder / "touchledger.duckdb"
    assert file.stat().st_mode & 0o777 == 0o444
    variables = json.loads((folder / "variables.json").read_text(encoding="utf-8"))
    assert (variables["home_currency"], variables["portal_timezone"]) == ("USD", "UTC")
    tables = query(
        home,
        (
            "select schema_name, table_name from duckdb_tables() where database_name = "
            "current_database()"
        ),
    )
    assert set(tables) == {
        (node["schema"], node["name"])
        for node in json.loads(ensure_manifest().read_text(encoding="utf-8"))["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["schema"] in PUBLISHED_SCHEMAS
    }
    for schema, table in tables:
        rows = query(home, f"select count(*) from {schema}.{table}")[0][0]
        parquet = duckdb.execute(
            f"select count(*) from '{folder}/parquet/{schema}/{table}/*.parquet'"
        ).fetchone()[0]
        assert rows == parquet, table
    ((status, landed, accepted, rejected),) = query(
        home, "select status, rows_landed, rows_accepted, rows_rejected from diagnostics.run_log"
    )
    assert status == "published" and landed == accepted + rejected
    assert rejected == query(home, "select count(*) from diagnostics.rejected_records")[0][0] > 0
    assert query(
        home, "select comment from duckdb_tables() where table_name = 'campaign_performance'"
    )[0][0].startswith("One row per campaign")


def test_the_published_file_is_of_a_storage_that_older_clients_read(
    sample: tuple[Path, str],
) -> None:
    home, _ = sample
    with duckdb.connect() as connection:
        connection.execute(f"attach '{home}/published/touchledger.duckdb' as published (read_only)")
        tags = connection.execute(
            "select tags['storage_version'] from duckdb_databases() where database_name = "
            "'published'"
        ).fetchone()[0]
    assert tags.startswith("v1.4.0")


def test_faq_example_of_the_tracking_url(sample: tuple[Path, str]) -> None:
    """R92: a visit before the campaign's creation hides the tracking URL; one more after it shows
    it.
    """
    home, _ = sample
    rows = query(
        home,
        (
            "select asset_id, is_visible, reasons from diagnostics.asset_visibility where "
            "campaign_id = 'CMP-092' order by 1"
        ),
    )
    assert rows == [
        ("tu-openday-1", False, ["NO_VISIT_AFTER_CAMPAIGN_CREATED"]),
        ("tu-openday-2", True, []),
    ]


def test_faq_example_of_the_page_launched_before(sample: tuple[Path, str]) -> None:
    """R93: 10 views before the association and 3 after: the overview counts from 3, the asset
    section shows 13.
    """
    home, _ = sample
    assert query(
        home, "select sessions from marts.campaign_performance where campaign_id = 'CMP-093'"
    ) == [(3,)]
    assert query(
        home,
        (
            "select page_views from marts.asset_performance where campaign_id = 'CMP-093' and "
            "page_views > 0"
        ),
    ) == [(13,)]


def test_a_salesforce_campaign_is_no_campaign(sample: tuple[Path, str]) -> None:
    """R06: memberships segment contacts and influence nothing.

    R07: assets can be ranked by what happened on them.
    """
    home, _ = sample
    ids = {
        row[0]
        for row in query(
            home, "select distinct unnest(salesforce_campaign_ids) from core.dim_contacts"
        )
    }
    assert ids
    assert not ids & {row[0] for row in query(home, "select campaign_id from core.dim_campaigns")}
    assert query(
        home, "select asset_id from marts.asset_performance order by page_views desc limit 1"
    )


def test_explain_answers_in_words_and_for_machines(sample: tuple[Path, str]) -> None:
    home, _ = sample
    ((deal, contact),) = query(
        home,
        (
            "select deal_id, min(contact_id) from marts.attribution_credits where campaign_id is "
            "not null group by 1 order by count(*) desc, 1 limit 1"
        ),
    )
    page = command("explain", "deal", deal, "--home", str(home))
    assert page.returncode == 0, page.stderr
    for text in (
        "The path (R70)",
        "Credit and weight per model",
        "linear",
        "Which campaigns could have counted it (R94)",
    ):
        assert text in page.stdout
    found = json.loads(command("explain", "deal", deal, "--home", str(home), "--json").stdout)
    linear = sum(Decimal(entry["models"]["linear"]["credit"]) for entry in found["path"])
    assert linear == Decimal(found["deal"]["amount_home"])
    assert (
        "Influenced by (R53)" in command("explain", "contact", contact, "--home", str(home)).stdout
    )
    asset = command("explain", "asset", "tracking_url", "tu-openday-1", "--home", str(home))
    assert "NO_VISIT_AFTER_CAMPAIGN_CREATED (R90)" in asset.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("deal", "D-20100"), "Near ones: D-2010,"),
        (("asset", "page", "x"), "there are ad_campaign"),
        (("asset", "form", "x"), "Near ones"),
        (("contact", "nobody"), "There is no contact 'nobody'"),
    ],
)
def test_explain_of_an_unknown_id_names_near_ones(
    sample: tuple[Path, str], arguments: tuple[str, ...], said: str
) -> None:
    done = command("explain", *arguments, "--home", str(sample[0]))
    assert done.returncode == 2
    assert said in done.stderr and "Traceback" not in done.stderr


def test_explain_of_what_is_no_text_and_of_what_is_no_database(
    sample: tuple[Path, str], home: Path
) -> None:
    done = command("explain", "deal", os.fsdecode(b"\xff"), "--home", str(sample[0]))
    assert done.returncode == 2 and "There is no deal" in done.stderr
    (home / "published").mkdir()
    (home / "published" / "touchledger.duckdb").write_text("junk", encoding="utf-8")
    done = command("explain", "deal", "x", "--home", str(home))
    assert (
        done.returncode == 2
        and "cannot be opened" in done.stderr
        and "Traceback" not in done.stderr
    )


def test_explain_before_anything_is_published(home: Path) -> None:
    done = command("explain", "deal", "x", "--home", str(home))
    assert done.returncode == 2 and "run `touchledger run` first" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--as-of", "yesterday"), "write one such as"),
        (("--var", "social_post_cpa=3"), "did you mean social_post_cap"),
        (("--landing", "no/such/folder"), "is not a folder"),
    ],
)
def test_bad_arguments_end_with_2(home: Path, arguments: tuple[str, ...], said: str) -> None:
    done = command("run", "--home", str(home), *arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr and "Traceback" not in done.stderr
    assert not (home / "published").exists()


def test_a_first_run_whose_source_cannot_be_read_blames_the_source(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "deals.xlsx").write_text("no workbook")
    config = tmp_path / "touchledger.yml"
    config.write_text(
        "home: warehouse\nlanding: landing\nsources:\n"
        "  - {name: main, kind: hubspot_export, path: exports, timezone: UTC}\n"
    )
    done = command("run", "--config", str(config))
    assert done.returncode == 2 and "deals.xlsx cannot be read" in done.stdout
    assert "no source brought a row" in done.stderr and "--landing" not in done.stderr


def test_a_second_run_at_once_ends_with_2(home: Path, landing: Path) -> None:
    (home / ".touchledger").mkdir()
    with (home / ".touchledger" / "lock").open("w", encoding="utf-8") as lock:
        lock.write("4711\n")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        started = time.monotonic()
        done = run_command(landing, home)
    assert done.returncode == 2 and "process 4711" in done.stderr
    assert time.monotonic() - started < 30
    assert not (home / "warehouse.duckdb").exists()


@pytest.mark.long
def test_failing_runs_leave_readers_alone_and_are_remembered(home: Path, landing: Path) -> None:
    """Publish; then a bad file (2), too many rejects (1), and a good run again: readers see old or
    new, never anything else.
    """
    land_small_world(landing)
    assert run_command(landing, home).returncode == 0
    first = os.readlink(home / "published")

    bad = landing / "events" / "bad.parquet"
    bad.write_text("no parquet", encoding="utf-8")
    done = run_command(landing, home)
    assert (
        done.returncode == 2
        and "events/bad.parquet is not readable as Parquet" in done.stderr
        and "--skip-bad-files" in done.stderr
    )
    assert os.readlink(home / "published") == first

    land_rows(
        landing,
        "contacts",
        {"contact_id": "c2"},
        {"contact_id": "c3", "created_at": "2024-01-01T00:00:00Z"},
        name="late",
    )
    done = run_command(landing, home, "--skip-bad-files")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "contacts: 1 of 2 rows rejected (50.0%, limit 5.0%)" in done.stderr
    rejects = home / "rejected_records.csv"
    assert str(rejects) in done.stderr
    assert "created_at is required" in rejects.read_text(encoding="utf-8")
    assert os.readlink(home / "published") == first
    assert query(home, "select count(*) from core.dim_contacts") == [(1,)]

    done = run_command(landing, home, "--skip-bad-files", "--var", "reject_rate_limit=0.5")
    assert done.returncode == 0, done.stderr
    assert (home / first).exists(), "the previous folder is kept"
    assert query(home, "select count(*) from core.dim_contacts") == [(2,)]
    assert [
        row[0] for row in query(home, "select status from diagnostics.run_log order by run_id")
    ] == [
        "published",
        "failed",
        "failed",
        "published",
    ]
    assert query(home, "select file_name from diagnostics.rejected_records order by 1") == [
        ("contacts/late.jsonl",),
        ("events/bad.parquet",),
    ]

    (landing / "contacts" / "rows.jsonl").write_text("{}\n", encoding="utf-8")
    done = run_command(landing, home, "--skip-bad-files")
    assert (
        done.returncode == 2
        and "contacts/rows.jsonl" in done.stderr
        and "--full-refresh" in done.stderr
    )


@pytest.mark.parametrize("phase", ["Land ", "Build", "Check"])
def test_a_stopped_run_says_so_and_the_next_one_goes_on(
    home: Path, landing: Path, phase: str
) -> None:
    land_small_world(landing)
    arguments = [
        sys.executable,
        "-u",
        "-m",
        "orchestration.cli",
        "run",
        "--landing",
        str(landing),
        "--home",
        str(home),
        "--as-of",
        AS_OF,
    ]
    process = subprocess.Popen(
        arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    for line in process.stdout:
        if phase in line:
            break
    process.terminate()
    started = time.monotonic()
    _, said = process.communicate(timeout=30)
    assert process.returncode == 128 + 15, said
    assert time.monotonic() - started < 5
    assert "Stopped by SIGTERM" in said and "Traceback" not in said
    assert not (home / "published").exists()
    if phase == "Check":
        assert run_command(landing, home).returncode == 0
        assert [
            row[0] for row in query(home, "select status from diagnostics.run_log order by run_id")
        ] == ["failed", "published"]


def test_a_reader_that_has_the_file_open_blocks_nothing(home: Path, landing: Path) -> None:
    land_small_world(landing)
    assert run_command(landing, home).returncode == 0
    with duckdb.connect(str(home / "published" / "touchledger.duckdb"), read_only=True) as reader:
        land_rows(landing, "events", {**VIEW, "event_id": "e2"}, name="late")
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "orchestration.cli",
                "run",
                "--landing",
                str(landing),
                "--home",
                str(home),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert reader.execute("select count(*) from core.fct_interactions").fetchone() == (1,)
    assert query(home, "select count(*) from core.fct_interactions") == [(2,)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, to change rules and models in."""
    return copied_project(tmp_path / "project")


def _append(project: Path, name: str, row: str) -> None:
    with (project / "seeds" / "rules" / f"{name}.csv").open("a", encoding="utf-8") as stream:
        stream.write(row + "\n")


def test_rules_are_rows(project: Path, home: Path, landing: Path) -> None:
    """R02, R33, R20, R77: an event type, an asset type, a shared type and a tenth model are a row
    and a run.
    """
    land_small_world(landing)
    podcast = {**LOG, "asset_type": "podcast", "asset_id": "cast"}
    playlist = {**LOG, "asset_type": "playlist", "asset_id": "list"}
    land_rows(landing, "campaigns", {**CAMPAIGN, "campaign_id": "k2"}, name="second")
    land_rows(
        landing,
        "campaign_asset_log",
        {**podcast, "log_id": "l2"},
        {**playlist, "log_id": "l3"},
        {**playlist, "log_id": "l4", "campaign_id": "k2"},
        {**podcast, "log_id": "l5", "campaign_id": "k2", "occurred_at": "2024-02-03T00:00:00Z"},
        name="casts",
    )
    listened = {**VIEW, "event_type": "podcast_listen", "asset_type": "podcast", "asset_id": "cast"}
    land_rows(
        landing,
        "events",
        {**listened, "event_id": "e2", "occurred_at": "2024-02-02T00:00:00Z"},
        name="casts",
    )
    before = run_command(landing, home, "--var", "reject_rate_limit=1", root=project)
    assert before.returncode == 0, before.stderr
    reasons = query(
        home, "select table_name, reason from diagnostics.rejected_records order by all"
    )
    assert [table for table, _ in reasons] == ["campaign_asset_log"] * 4 + ["events"]
    assert (
        "asset_types.csv; add a row" in reasons[0][1]
        and "interaction_types.csv; add a row" in reasons[-1][1]
    )

    _append(project, "asset_types", "podcast,Podcast,false,false,,false")
    _append(project, "asset_types", "playlist,Playlist,true,false,,false")
    _append(
        project,
        "interaction_types",
        "podcast_listen,Podcast listen,false,true,true,true,false,false,,offline",
    )
    _append(project, "attribution_models", "golden,Golden,weights,75,0,0,0,0,25,")
    after = run_command(landing, home, "--var", "reject_rate_limit=1", root=project)
    assert after.returncode == 0, after.stderr
    assert query(home, "select count(*) from diagnostics.rejected_records") == [(0,)]
    assert query(home, (
        "select campaign_id, ended_by from core.fct_asset_associations where asset_type = "
        "'podcast' order by 1"
    )) == [
        ("k1", "moved"), ("k2", None),
    ]  # fmt: skip
    assert query(
        home,
        (
            "select count(*) from core.fct_asset_associations where asset_type = 'playlist' and "
            "ended_by is null"
        ),
    ) == [(2,)]
    credits = query(
        home,
        (
            "select event_id, weight, credit from marts.attribution_credits where model = "
            "'golden' order by 1"
        ),
    )
    assert credits == [("e1", 0.75, Decimal("75.01")), ("e2", 0.25, Decimal("25.00"))]


def test_a_wrong_model_row_stops_before_anything_is_built(
    project: Path, home: Path, landing: Path
) -> None:
    _append(project, "attribution_models", "mine,Mine,weights,50,0,0,0,0,40,")
    done = run_command(landing, home, root=project)
    assert done.returncode == 2 and "mine: the weights add up to 90" in done.stderr
    assert not (home / "warehouse.duckdb").exists()


def _break(project: Path, model: str, old: str, new: str) -> None:
    file = project / "dbt_project" / "models" / model
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_ledger_that_is_a_cent_off_is_never_published(
    project: Path, home: Path, landing: Path
) -> None:
    """R75: the dbt test says how many rows, shows three, and names the rule."""
    land_small_world(landing)
    _break(
        project,
        "../macros/attribution/credited_deal_touches.sql",
        "decimal_units('shared.credit_cents', 2)",
        "decimal_units('shared.credit_cents + 1', 2)",
    )
    done = run_command(landing, home, root=project)
    assert done.returncode == 1, done.stdout + done.stderr
    for text in (
        "assert_credits_equal_amounts",
        "Got 12 results",
        "R75",
        "row: deal_id=d1",
        "Nothing was published",
    ):
        assert text in done.stderr, done.stderr
    assert not (home / "published").exists()


def test_a_broken_business_rule_blocks_publishing_and_says_which(
    project: Path, home: Path, landing: Path
) -> None:
    """R53: Great Expectations is the last gate."""
    land_small_world(landing)
    _break(
        project,
        "marts/campaigns/influenced_contacts.sql",
        "where influencing.place = 1",
        "where influencing.place = 2",
    )
    done = run_command(landing, home, root=project)
    assert done.returncode == 1, done.stdout + done.stderr
    for text in (
        "funnel_in_order",
        "R53",
        "broken by 1 row(s)",
        "row: campaign_id=k1",
        "Do not publish",
        "Nothing was published",
    ):
        assert text in done.stderr, done.stderr
    assert not (home / "published").exists()
