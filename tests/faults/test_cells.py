"""Every place in every condition: what is published stays whole, the exit status is the documented
one, and the message names the right thing.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import AS_OF, ROOT
from tests.faults.cells import OUTCOMES, with_table
from tests.faults.harness import Stage, state_of
from tests.faults.places import (
    COMMANDS,
    CONDITIONS,
    IMPOSSIBLE,
    MADE,
    PLACES,
    READING,
    WRITING,
    copy_tree,
    overwrite,
)
from tests.faults.rights import obey_permissions
from tests.faults.trying import attempt

EARLY = [
    ("HOME", "unreadable", "run"),
    ("HOME", "unreadable", "sql"),
    ("HOME", "read-only", "run"),
    ("HOME", "held by another process", "run"),
    ("published", "a loop of links", "explain"),
    ("published", "damaged", "explain"),
    ("landing", "a loop of links", "run"),
    ("extracts", "unreadable", "pull"),
]
ALL = [(*cell, command) for cell, outcomes in OUTCOMES.items() for command in outcomes]
# The commands that a place is tried under in every condition, at least.
AT_LEAST = {
    "landing": {"run", "pull"},
    "source tree": {"run", "sql", "explain", "sources", "make docs", "make dev"},
    "a source's folder": {"pull", "sources check", "init"},
    "HOME": {*READING, *WRITING, *MADE},
    "published": {*READING, "run"},
    "extracts": {"pull"},
    "cache": {"run", "explain", "make docs", "make dev"},
    "TMPDIR": {"run", "pull", "compare", "sql", "make dev"},
}


def _check(faults: Stage, tmp_path: Path, place: str, condition: str, command: str) -> None:
    expected = OUTCOMES[place, condition][command]
    seen = attempt(faults, tmp_path, place, condition, command)
    assert seen.status == expected.status, seen.said
    assert re.search(expected.says, seen.said, re.DOTALL), seen.said


def test_every_place_is_tried_in_every_condition_under_every_command() -> None:
    for place in PLACES:
        for condition in CONDITIONS:
            if (place, condition) not in IMPOSSIBLE:
                assert AT_LEAST[place] <= OUTCOMES[place, condition].keys(), (place, condition)
    assert {command for *_, command in ALL} == set(COMMANDS)


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
    copy_tree(ROOT, tree)
    before = sorted(tree.rglob("*"))
    for path in [tree, *before]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    limits = ["--as-of", AS_OF, "--var", "reject_rate_limit=1"]
    done = subprocess.run(
        [
            *[sys.executable, "-m", "orchestration.cli", "run", "--landing", str(faults.first)],
            *["--home", str(home), *limits],
        ],
        cwd=tree, env={"PATH": "/usr/bin:/bin", "HOME": str(closed), "PYTHONPATH": str(tree)},
        capture_output=True, text=True, check=False, preexec_fn=obey_permissions,
    )  # fmt: skip
    for path in [tree, *before]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert done.returncode == 0, done.stderr
    assert state_of(home, faults.states) == "old"
    assert sorted(tree.rglob("*")) == before
    assert not list(closed.iterdir())
