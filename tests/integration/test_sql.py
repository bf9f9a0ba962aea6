"""`touchledger sql`: questions answered, nothing changed, and a shell opened to be read only."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, command, query


def test_a_question_is_answered_in_a_table_and_for_machines(
    published_sample: tuple[Path, str],
) -> None:
    home = published_sample[0]
    ((name, revenue),) = query(
        home,
        "select campaign_name, revenue from marts.campaign_performance order by revenue desc limit 1",
    )
    question = "select campaign_name, revenue, null as nothing from marts.campaign_performance order by revenue desc limit 1"
    shown = command("sql", question, "--home", str(home))
    assert shown.returncode == 0, shown.stderr
    assert (
        name in shown.stdout
        and str(revenue) in shown.stdout
        and "NULL" in shown.stdout
        and "1 row(s)" in shown.stdout
    )
    machine = command("sql", question, "--home", str(home), "--csv")
    assert machine.stdout == f"campaign_name,revenue,nothing\n{name},{revenue},\n"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("drop table marts.campaign_performance", "read-only"),
        ("update marts.campaign_performance set revenue = 0", "read-only"),
        ("selec 1", "syntax error"),
        ("from marts.campaigns", "does not exist"),
        ("", "Nothing was asked"),
    ],
)
def test_what_cannot_be_answered_ends_with_2_and_changes_nothing(
    published_sample: tuple[Path, str], question: str, said: str
) -> None:
    home = published_sample[0]
    file = home / "published" / "touchledger.duckdb"
    before = file.read_bytes()
    done = command("sql", question, "--home", str(home))
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert file.read_bytes() == before


def test_nothing_published_says_what_to_do(home: Path) -> None:
    done = command("sql", "select 1", "--home", str(home))
    assert done.returncode == 2 and "run `touchledger run` first" in done.stderr


def test_standard_input_is_a_question_too(published_sample: tuple[Path, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "sql", "--csv", "--home", str(published_sample[0])],
        input="select count(*) as campaigns\nfrom marts.campaign_performance",
        capture_output=True, text=True, cwd=ROOT, timeout=120, check=False,
    )  # fmt: skip
    assert (
        done.stdout
        == f"campaigns\n{query(published_sample[0], 'select count(*) from marts.campaign_performance')[0][0]}\n"
    ), done.stderr


def _on_a_terminal(home: Path, path: str) -> subprocess.CompletedProcess[str]:
    """`touchledger sql` whose standard input is a terminal."""
    controller, terminal = pty.openpty()
    try:
        return subprocess.run(
            [sys.executable, "-m", "orchestration.cli", "sql", "--home", str(home)],
            stdin=terminal, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False, env={**os.environ, "PATH": path},
        )  # fmt: skip
    finally:
        os.close(controller)
        os.close(terminal)


def _fake_shell(folder: Path, name: str) -> None:
    folder.mkdir(exist_ok=True)
    script = folder / name
    script.write_text(f'#!/bin/sh\necho {name} "$@"\n', encoding="utf-8")
    script.chmod(0o755)


def test_on_a_terminal_a_shell_opens_the_file_to_be_read_only(
    published_sample: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.reading import shell

    home = published_sample[0]
    file = home / "published" / "touchledger.duckdb"
    monkeypatch.setattr(sys, "executable", str(tmp_path / "elsewhere" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert shell.find_shell() is None
    monkeypatch.undo()
    for name, option in (("harlequin", "--read-only"), ("duckdb", "-readonly")):
        _fake_shell(tmp_path / "bin", name)  # duckdb comes second and is preferred
        opened = _on_a_terminal(home, f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
        assert opened.stdout == f"{name} {option} {file}\n", opened.stderr


@pytest.mark.skipif(
    (Path(sys.executable).parent / "duckdb").exists()
    or (Path(sys.executable).parent / "harlequin").exists(),
    reason="a shell is here",
)
def test_without_a_shell_it_says_what_to_install(
    published_sample: tuple[Path, str], tmp_path: Path
) -> None:
    done = _on_a_terminal(published_sample[0], str(tmp_path))
    assert done.returncode == 2
    for text in (
        "duckdb-cli",
        "harlequin",
        "touchledger sql 'select ...'",
        str(published_sample[0] / "published" / "touchledger.duckdb"),
    ):
        assert text in done.stderr
