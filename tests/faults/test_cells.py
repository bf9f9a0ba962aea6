"""Every place in every condition under every command: what is published stays whole, the exit
status is the documented one, and the message names the right thing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import AS_OF, ROOT
from tests.faults.cells import CONDITIONS, OUTCOMES, Site, arguments, overwrite, with_table
from tests.faults.harness import Stage, state_of
from tests.faults.rights import obey_permissions

PAGES = (
    "id,timestamp,received_at,anonymous_id,url\n"
    "p1,2024-05-01T00:00:00Z,2024-05-01T00:00:00Z,v1,https://x.example/\n"
)
# Where a publication is harmed on purpose, a run makes it anew; anything else leaves it as it was.
HARMED = {("published", condition) for condition in CONDITIONS} - {
    ("published", "read-only"),
    ("published", "held by another process"),
}
EARLY = [
    ("HOME", "unreadable", "run"),
    ("HOME", "unreadable", "sql"),
    ("HOME", "read-only", "run"),
    ("HOME", "held by another process", "run"),
    ("published", "a loop of links", "explain"),
    ("published", "damaged", "explain"),
    ("landing", "a loop of links", "run"),
]
ALL = [(*cell, command) for cell, outcomes in OUTCOMES.items() for command in outcomes]


def _site(faults: Stage, tmp_path: Path) -> Site:
    home, landing = faults.home("home"), tmp_path / "landing"
    subprocess.run(["cp", "-a", str(faults.first), str(landing)], check=True)
    web = tmp_path / "web"
    web.mkdir()
    (web / "pages.csv").write_text(PAGES, encoding="utf-8")
    config = tmp_path / "touchledger.yml"
    config.write_text(
        (
            f"landing: {landing}\nhome: {home}\nsources:\n  - {{name: web, kind: segment, path: "
            f"{web}}}\n"
        ),
        encoding="utf-8",
    )
    return Site(home, landing, config)


def _check(faults: Stage, tmp_path: Path, place: str, condition: str, command: str) -> None:
    site, expected = _site(faults, tmp_path), OUTCOMES[place, condition][command]
    with CONDITIONS[condition](site, place):
        run = faults.nursery.begin(*arguments(command, site, AS_OF), obeying=True)
        status = faults.nursery.wait(run)
        if (place, condition) in HARMED and command == "run" and status == 0:
            assert state_of(site.home, faults.states) == "old"
    assert status == expected.status, run.said()
    assert re.search(expected.says, run.said(), re.DOTALL), run.said()
    assert "Traceback" not in run.said() + run.printed()
    if (place, condition) not in HARMED:
        assert state_of(site.home, faults.states) == "old"


@pytest.mark.parametrize(("place", "condition", "command"), EARLY)
def test_some_cells(
    faults: Stage, tmp_path: Path, place: str, condition: str, command: str
) -> None:
    _check(faults, tmp_path, place, condition, command)


@pytest.mark.long
@pytest.mark.parametrize(
    ("place", "condition", "command"), [cell for cell in ALL if cell not in EARLY]
)
def test_all_other_cells(
    faults: Stage, tmp_path: Path, place: str, condition: str, command: str
) -> None:
    _check(faults, tmp_path, place, condition, command)


def test_the_table_of_outcomes_is_up_to_date() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert page == with_table(page), "write it anew: python -m tests.faults.cells"


@pytest.mark.parametrize("file", ["touchledger.duckdb", "parquet/core/fct_deals/part-0.parquet"])
def test_what_is_published_is_mended_on_an_unchanged_landing(faults: Stage, file: str) -> None:
    home = faults.home("mended")
    status, run = faults.nursery.run(faults.first, home)
    assert status == 0 and "nothing to publish" in run.printed(), run.said()
    overwrite((home / "published").resolve() / file)
    status, run = faults.nursery.run(faults.first, home)
    assert status == 0, run.said()
    assert "what was published is damaged" in run.printed() + run.said()
    assert state_of(home, faults.states) == "old"


@pytest.mark.long
def test_an_installed_program_writes_nothing_beside_itself(faults: Stage, tmp_path: Path) -> None:
    """On a source tree that may only be read, for a user without a cache: HOME takes what is made
    of the project.
    """
    tree, home = tmp_path / "tree", tmp_path / "home"
    for name in ("orchestration", "dbt_project", "seeds", "expectations"):
        shutil.copytree(
            ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "target", "logs")
        )
    shutil.copy(ROOT / "pyproject.toml", tree)
    before = sorted(tree.rglob("*"))
    for path in [tree, *before]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    limits = ["--as-of", AS_OF, "--var", "reject_rate_limit=1"]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "orchestration.cli",
            "run",
            "--landing",
            str(faults.first),
            "--home",
            str(home),
            *limits,
        ],
        cwd=tree,
        env={"PATH": "/usr/bin:/bin", "HOME": str(closed), "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=obey_permissions,
    )
    for path in [tree, *before]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert done.returncode == 0, done.stderr
    assert state_of(home, faults.states) == "old"
    assert sorted(tree.rglob("*")) == before
    assert not list(closed.iterdir())
