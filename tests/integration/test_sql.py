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
        (
            "select campaign_name, revenue from marts.campaign_performance order by revenue desc "
            "limit 1"
        ),
    )
    question = (
        "select campaign_name, revenue, null as nothing from marts.campaign_performance order by "
        "revenue desc limit 1"
    )
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
        [
            sys.executable,
            "-m",
            "orchestration.cli",
            "sql",
            "--csv",
            "--home",
            str(published_sample[0]),
        ],
        input="select count(*) as campaigns\nfrom marts.campaign_performance",
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    assert done.stdout == (
        f"campaigns\n"
        f"{query(published_sample[0], 'select count(*) from marts.campaign_performance')[0][0]}\n"
    ), done.stderr


def _on_a_terminal(home: Path, path: str, typed: bytes = b"") -> subprocess.CompletedProcess[str]:
    """`touchledger sql` whose standard input is a terminal, on which `typed` is typed."""
    controller, terminal = pty.openpty()
    try:
        os.write(controller, typed)
        return subprocess.run(
            [sys.executable, "-m", "orchestration.cli", "sql", "--home", str(home)],
            stdin=terminal,
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=120,
            check=False,
            env={**os.environ, "PATH": path},
        )
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
        assert opened.stdout.startswith(f"{name} {option} "), opened.stderr
        assert opened.stdout.endswith(f" {file}\n")


def test_nothing_asked_reaches_another_file_or_the_settings(
    published_sample: tuple[Path, str], tmp_path: Path
) -> None:
    home = published_sample[0]
    file = home / "published" / "touchledger.duckdb"
    before = file.read_bytes()
    (tmp_path / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    for question in (
        f"copy (select 1) to '{file}'",
        f"copy (select 1) to '{tmp_path / 'out.csv'}'",
        f"attach '{home / 'warehouse.duckdb'}' as private",
        f"attach '{home / 'warehouse.duckdb'}' as private (read_write)",
        f"from read_csv('{tmp_path / 'secret.csv'}')",
        f"export database '{tmp_path / 'all'}'",
        "set enable_external_access = true",
        "set lock_configuration = false",
    ):
        done = command("sql", question, "--home", str(home))
        assert done.returncode == 2 and "Traceback" not in done.stderr, question
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_every_statement_is_answered_in_turn(published_sample: tuple[Path, str]) -> None:
    home = str(published_sample[0])
    done = command("sql", "select 11 as first; select 22 as second", "--home", home)
    assert done.returncode == 0
    assert done.stdout.index("11") < done.stdout.index("22")
    assert done.stdout.count("1 row(s)") == 2


def test_a_long_answer_stops_at_a_screenful_and_goes_whole_to_a_file(
    published_sample: tuple[Path, str], tmp_path: Path
) -> None:
    import pyarrow.parquet as parquet

    home = str(published_sample[0])
    question = "select i, '=1+1' as formula from range(300000) as numbers(i) order by i"
    shown = command("sql", question, "--home", home)
    assert shown.returncode == 0 and "the first 500 rows; there are more" in shown.stdout
    asked = command("sql", question, "--home", home, "--csv", str(tmp_path / "all.csv"))
    assert asked.returncode == 0 and "300,000 row(s)" in asked.stdout, asked.stderr
    lines = (tmp_path / "all.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 300_001 and lines[-1] == "299999,'=1+1"
    asked = command("sql", question, "--home", home, "--parquet", str(tmp_path / "all.parquet"))
    assert (asked.returncode, asked.stderr) == (0, "")
    assert parquet.read_metadata(tmp_path / "all.parquet").num_rows == 300_000


@pytest.mark.parametrize("place", ["mine.csv", "published/touchledger.csv", "deep/mine.csv"])
def test_a_result_is_not_written_into_home(published_sample: tuple[Path, str], place: str) -> None:
    home = published_sample[0]
    done = command("sql", "select 1", "--home", str(home), "--csv", str(home / place))
    assert done.returncode == 2 and "outside it" in done.stderr
    assert not (home / place).exists()


@pytest.mark.skipif(
    (Path(sys.executable).parent / "duckdb").exists()
    or (Path(sys.executable).parent / "harlequin").exists(),
    reason="a shell is here",
)
def test_without_a_shell_it_is_one_itself(
    published_sample: tuple[Path, str], tmp_path: Path
) -> None:
    done = _on_a_terminal(
        published_sample[0], str(tmp_path), b"select 40 + 2\n as answer;\nselec 1;\n.quit\n"
    )
    assert done.returncode == 0, done.stderr
    assert "read-only" in done.stdout and "42" in done.stdout
    assert "syntax error" in done.stderr and "Traceback" not in done.stderr
