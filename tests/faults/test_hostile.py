"""Hostile text in every field stays text: in models, checks, logs, on the terminal, in explain and
sql, and in what a spreadsheet opens.
"""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from orchestration.ground.cache import manifest_file
from orchestration.ground.settings import make_settings
from orchestration.ground.spreadsheet import safe_cell
from orchestration.home.lock import locked, make_private
from orchestration.home.warehouse import warehouse
from orchestration.publishing.publish import publish
from tests.conftest import AS_OF, ROOT, command, land_rows, query
from tests.faults.harness import Stage, whole

SECRET = "hunter2-not-to-be-seen"
ESCAPES = "\x1b[2J\x1b]0;pwned\x07\x9b31m\x7f"
HOSTILE = [
    "'; drop table raw.events; --",
    '"; drop schema raw cascade; --',
    "{{ env_var('DB_PASSWORD') }}",
    "{% do run_query('drop table raw.deals') %}",
    "=cmd|'/c calc'!A1",
    "+1+cmd|'/c calc'!A1",
    "-2+3",
    "@SUM(1,1)",
    "\t=1+1",
    ESCAPES,
    "\u202egnp.exe",
    "../../../etc/passwd",
    "[red]x[/red]",
    "%s%n {batch} ${HOME} `id`",
    "line\r\nbreak",
    "<script>alert(1)</script>",
]
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")


def _land_hostile_world(landing: Path) -> None:
    """Every text is a campaign, a page, a contact and a won deal, whose path is one view of the
    page; and a contact that is rejected.
    """
    day = "2024-03-{:02}T00:00:00Z"
    rows = list(enumerate(HOSTILE))
    land_rows(
        landing,
        "campaigns",
        *[
            {
                "campaign_id": t,
                "campaign_name": t,
                "owner": t,
                "status": t,
                "created_at": day.format(1),
            }
            for _, t in rows
        ],
    )
    land_rows(
        landing,
        "campaign_utms",
        *[{"campaign_id": t, "utm_campaign": t, "added_at": day.format(1)} for _, t in rows],
    )
    page = {"asset_type": "landing_page"}
    land_rows(
        landing, "assets", *[{**page, "asset_id": t, "asset_name": t, "url": t} for _, t in rows]
    )
    associated = {"action": "associated", "occurred_at": day.format(2)}
    land_rows(
        landing,
        "campaign_asset_log",
        *[{"log_id": t, "campaign_id": t, "asset_id": t, **page, **associated} for _, t in rows],
    )
    land_rows(
        landing,
        "contacts",
        *[
            {"contact_id": t, "email": f"{t}{n}", "lifecycle_stage": t, "created_at": day.format(5)}
            for n, t in rows
        ],
        *[{"contact_id": t, "email": t, "created_at": t} for _, t in rows],
    )
    land_rows(
        landing,
        "events",
        *[
            {
                "event_id": t,
                "event_type": "page_view",
                "contact_id": t,
                "visitor_id": t,
                "asset_id": t,
                "url": f"https://x.example/?utm_campaign={t}",
                "referrer": t,
                **page,
                "occurred_at": day.format(4),
            }
            for _, t in rows
        ],
    )
    deal = {
        "is_closed_won": True,
        "amount": "100",
        "created_at": day.format(6),
        "closed_at": day.format(9),
    }
    land_rows(
        landing,
        "deals",
        *[{"deal_id": t, "deal_name": t, "pipeline": t, "stage": t, **deal} for _, t in rows],
    )
    land_rows(
        landing,
        "deal_contact_log",
        *[
            {
                "log_id": t,
                "deal_id": t,
                "contact_id": t,
                "action": "associated",
                "occurred_at": day.format(7),
            }
            for _, t in rows
        ],
    )
    ragged = landing / "contacts" / "ragged.csv"
    with ragged.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(
            [["contact_id", "created_at", "_loaded_at"], *[[t, "x"] for _, t in rows]]
        )


def _run(landing: Path, home: Path, limit: str) -> subprocess.CompletedProcess[str]:
    """A run under the most open umask, with a secret in its environment."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TOUCHLEDGER_", "DAGSTER_"))
    }
    arguments = [
        "run",
        "--landing",
        str(landing),
        "--home",
        str(home),
        "--as-of",
        AS_OF,
        "--var",
        f"reject_rate_limit={limit}",
    ]
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *arguments],
        cwd=ROOT,
        env={**clean, "PYTHONPATH": str(ROOT), "DB_PASSWORD": SECRET},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
        umask=0,
    )


def _on_a_terminal(*arguments: str) -> str:
    """What `touchledger ARGUMENTS` shows on a terminal."""
    controller, terminal = pty.openpty()
    shown = bytearray()

    def listen() -> None:
        try:
            while some := os.read(controller, 65_536):
                shown.extend(some)
        except OSError:
            pass

    reader = threading.Thread(target=listen)
    reader.start()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb"}
    subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *arguments],
        stdout=terminal,
        cwd=ROOT,
        env=environment,
        timeout=120,
        check=True,
    )
    os.close(terminal)
    reader.join(timeout=30)
    os.close(controller)
    return shown.decode("utf-8", "replace").replace("\r\n", "\n")


def _cells(text: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


def _check_cells(cells: list[str]) -> None:
    assert all(safe_cell(cell) == cell for cell in cells), [
        cell for cell in cells if safe_cell(cell) != cell
    ]


def check_modes(home: Path) -> None:
    """Private is for the owner alone; published can be read by all and written by nobody else."""
    assert home.stat().st_mode & 0o022 == 0
    assert (home / ".touchledger").stat().st_mode & 0o777 == 0o711
    assert (home / ".touchledger" / "runs").stat().st_mode & 0o777 == 0o711
    for path in home.rglob("*"):
        if (
            path.is_symlink()
            or path == home / ".touchledger"
            or path == home / ".touchledger" / "runs"
        ):
            continue
        mode = path.stat().st_mode & 0o777
        if path.is_relative_to(home / ".touchledger" / "runs"):
            assert mode == (0o755 if path.is_dir() else 0o444), (path, oct(mode))
        else:
            ancestors = [
                one
                for one in path.parents
                if one.is_relative_to(home) and one not in (home, home / ".touchledger")
            ]
            closed = any(one.stat().st_mode & 0o077 == 0 for one in [path, *ancestors])
            assert closed, (path, oct(mode))


@pytest.mark.long
def test_hostile_text_stays_text(home: Path, landing: Path) -> None:
    _land_hostile_world(landing)
    wanted = sorted(HOSTILE)

    refused = _run(landing, home / "home", "0")
    assert refused.returncode == 1, refused.stdout + refused.stderr
    rejects = home / "home" / "rejected_records.csv"
    with rejects.open(encoding="utf-8", newline="") as stream:
        records = list(csv.reader(stream))
    assert len(records) == 1 + 2 * len(HOSTILE)
    _check_cells([cell for record in records for cell in record])
    assert rejects.stat().st_mode & 0o777 == 0o600

    done = _run(landing, home / "home", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    home = home / "home"
    whole(home)
    check_modes(home)
    for column, table in {
        "campaign_id": "core.dim_campaigns", "campaign_name": "marts.campaign_performance",
        "contact_id": "core.dim_contacts", "asset_id": "core.dim_assets", "deal_name":
        "core.fct_deals", "event_id": "core.fct_interactions",
    }.items():  # fmt: skip
        assert [
            row[0] for row in query(home, f"select {column} from {table} order by 1")
        ] == wanted, table
    credited = query(
        home,
        (
            "select deal_id, campaign_id, contact_id, credit from marts.attribution_credits where "
            "model = 'linear' order by 1"
        ),
    )
    assert [row[:3] for row in credited] == [(text,) * 3 for text in wanted]

    for printed in (refused.stdout, refused.stderr, done.stdout, done.stderr):
        assert not CONTROL.search(printed), printed
        assert SECRET not in printed
    for path in home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert SECRET.encode() not in content, path
            assert path.suffix != ".log" or b"\x1b" not in content, path

    for subject in (("deal",), ("asset", "landing_page"), ("contact",)):
        for text in (ESCAPES, HOSTILE[2]) if subject == ("deal",) else (ESCAPES,):
            page = command("explain", *subject, text, "--home", str(home))
            assert page.returncode == 0, page.stderr
            assert not CONTROL.search(page.stdout), page.stdout
    machine = command("explain", "deal", ESCAPES, "--home", str(home), "--json")
    assert json.loads(machine.stdout)["deal"]["deal_id"] == ESCAPES and "\x1b" not in machine.stdout
    unknown = command("explain", "deal", ESCAPES + "x", "--home", str(home))
    assert unknown.returncode == 2 and not CONTROL.search(unknown.stderr)

    question = (
        "select campaign_name, -revenue as negative, deals from marts.campaign_performance order "
        "by 1"
    )
    assert not CONTROL.search(command("sql", question, "--home", str(home)).stdout)
    exported = _cells(command("sql", question, "--csv", "--home", str(home)).stdout)
    _check_cells(exported)
    assert "'=cmd|'/c calc'!A1" in exported and "-100.00" in exported and ESCAPES in exported
    assert not CONTROL.search(_on_a_terminal("sql", question, "--csv", "--home", str(home)))
    failed = command("sql", f"select cast('{ESCAPES}' as integer)", "--home", str(home))
    assert failed.returncode == 2 and not CONTROL.search(failed.stderr)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_what_is_written_has_the_same_rights_under_every_umask(faults: Stage, umask: int) -> None:
    """But HOME itself: whoever keeps to himself with a umask of 077 keeps HOME to himself."""
    home = faults.home("rights")
    for path in [
        home / "warehouse.duckdb",
        home / ".touchledger",
        *(home / ".touchledger").glob("*"),
    ]:
        path.chmod(0o777)
    settings = make_settings(home=str(home), as_of=AS_OF)
    run_id = whole(home).name
    before = os.umask(umask)
    try:
        with locked(settings), warehouse(settings) as connection:
            publish(connection, settings, run_id, manifest_file())
        assert os.umask(umask) == umask, "the umask of the process is restored"
        other = make_settings(home=str(faults.folder / f"new {umask:o}" / "home"))
        make_private(other)
        assert other.home.stat().st_mode & 0o777 == 0o755 & ~umask
    finally:
        os.umask(before)
    check_modes(home)
