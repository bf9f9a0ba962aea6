"""Files below a folder: none is passed over in silence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from orchestration.ground.files import files_below
from tests.conftest import ROOT
from tests.faults.rights import obey_permissions


def test_files_are_found_in_order_at_any_depth(tmp_path: Path) -> None:
    for name in ("b.csv", "a/c.csv", "a/d.txt", "a/b.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [file.relative_to(tmp_path).as_posix() for file in files_below(tmp_path, "*.csv")]
    assert found == ["a/b.csv", "a/c.csv", "b.csv"]
    assert files_below(tmp_path, is_deep=False) == [tmp_path / "b.csv"]
    assert files_below(tmp_path / "nowhere") == []


def test_a_folder_that_may_not_be_read_is_an_error(tmp_path: Path) -> None:
    closed = tmp_path / "a" / "closed"
    closed.mkdir(parents=True)
    closed.chmod(0)
    code = (
        "from pathlib import Path; from orchestration.ground.files import files_below; "
        f"files_below(Path({str(tmp_path)!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False,
        preexec_fn=obey_permissions,
    )  # fmt: skip
    closed.chmod(0o700)
    assert f"PermissionError: [Errno 13] Permission denied: '{closed}'" in done.stderr
