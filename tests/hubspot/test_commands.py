"""init, sources, sources check and pull, as a person types them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from orchestration.cli import build_parser
from orchestration.connectors.commands import run_command
from orchestration.connectors.kinds.hubspot.check import CAMPAIGN_ENDPOINTS, ENDPOINTS
from orchestration.ground.paths import ROOT
from tests.hubspot.portal import Portal
from tests.hubspot.server import Answer, missing_scope
from tests.hubspot.test_faults import on
from tests.hubspot.test_history import fill


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    status = run_command(build_parser().parse_args([*words]))
    out = capsys.readouterr()
    return status, out.out + out.err


def test_from_nothing_to_the_landing(
    small: Portal, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(small.world)
    small.fake.faults = [on("/event-occurrences/", missing_scope())]
    init = ("init", "--kind", "hubspot", "--set", f"url={small.fake.url}", "--yes")
    status, text = said(capsys, *init)
    assert status == 0 and "Next: touchledger run" in text
    assert "no  page views and ad clicks" in text and "portal_timezone" in text
    file = (here / "touchledger.yml").read_text()
    assert "vars: {portal_timezone: Europe/Berlin, home_currency: EUR}" in file
    status, text = said(capsys, "sources", "check")
    assert status == 0 and "differs" not in text
    status, text = said(capsys, "pull")
    assert status == 0 and "no permission" in text and "campaign_asset_log" in text
    assert {folder.name for folder in (here / "landing").iterdir()} >= {"contacts", "deals"}
    assert (here / "warehouse" / "extracts" / "main" / "contacts").is_dir()
    # A second source beside it; the first stays as it was written.
    assert said(capsys, *init)[0] == 2
    assert said(capsys, *init, "--name", "emea")[0] == 0
    assert (here / "touchledger.yml").read_text().startswith(file)
    status, text = said(capsys, "sources", "check")
    assert "comes from main alone, though emea may have it" in text
    status, text = said(capsys, "pull", "nobody")
    assert status == 2 and "there are main, emea" in text
    small.fake.faults = [on("/", Answer(401))]
    status, text = said(capsys, "pull", "main")
    assert status == 1 and "TOUCHLEDGER_MAIN_TOKEN" in text


def test_every_scope_that_a_check_names_is_on_the_page() -> None:
    page = (ROOT / "docs" / "hubspot.md").read_text(encoding="utf-8")
    named = {scope for *_, scope, _ in (*ENDPOINTS, *CAMPAIGN_ENDPOINTS) if " " not in scope}
    assert not [scope for scope in named if f"`{scope}`" not in page]


def test_what_a_pull_that_goes_on_does_not_heed_is_said(
    small: Portal, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(small.world)
    source = (
        "landing: landing\nhome: home\nsources:\n"
        f"  - {{name: main, kind: hubspot, url: '{small.fake.url}'"
    )
    (here / "touchledger.yml").write_text(f"{source}, max_requests: 1}}\n")
    status, text = said(capsys, "pull")
    assert status == 0 and "Next: touchledger run\n" in text
    (here / "touchledger.yml").write_text(f"{source}}}\n")
    status, text = said(capsys, "pull", "--full")
    assert status == 0 and "to use --full or --since, pull again" in text
    assert "Next: touchledger run --no-pull" in text
    status, text = said(capsys, "pull", "--full")
    assert status == 0 and "once more" not in text


def test_where_nothing_came_the_next_step_is_not_to_run_on_it(
    small: Portal, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "touchledger.yml").write_text(
        "landing: landing\nhome: home\nsources:\n"
        f"  - {{name: main, kind: hubspot, url: '{small.fake.url}'}}\n"
    )
    small.fake.faults = [on("/", Answer(401))]
    status, text = said(capsys, "pull")
    assert status == 1 and "Next: repair what is named above, then: touchledger run\n" in text


MISTAKES = {
    "sources:\n  - {name: main, kind: hubspt}\n": (
        "line 2: there is no kind 'hubspt'; did you mean hubspot"
    ),
    "landing: x\nsorces: []\n": "line 2: there is no 'sorces' here; did you mean sources?",
    "sources:\n  - name: main\n    kind: hubspot\n    token: abc\n": (
        "line 4: a secret must not stand in this file"
    ),
    "sources:\n  - name: main\n    kind: hubspot\n    sinc: 2024-01-01\n": (
        "line 4: a source of kind hubspot has no 'sinc'; did you mean since?"
    ),
    "sources:\n  - {name: main, kind: hubspot, since: soon}\n": (
        "line 2: since cannot be 'soon'; write a day"
    ),
    "sources:\n  - {name: Main, kind: hubspot}\n": "line 2: name 'Main' will not do",
    "sources:\n  - {name: a, kind: hubspot}\n  - {name: a, kind: hubspot}\n": (
        "line 3: two sources are named a"
    ),
    "sources:\n  - {name: a, kind: hubspot, max_requests: 0}\n": (
        "line 2: max_requests cannot be '0'"
    ),
    "sources:\n  - {name: a, kind: hubspot, brings: [page_vew]}\n": "did you mean page_view?",
    "sources:\n  - {name: a\n": "line 3: this is not YAML",
    "vars:\n  home_curency: EUR\n": (
        "line 2: There is no variable 'home_curency'; did you mean home_currency?"
    ),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_names_its_line_and_what_would_do(
    here: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (here / "touchledger.yml").write_text(text)
    status, answer = said(capsys, "pull")
    assert status == 2 and MISTAKES[text] in answer


@pytest.mark.long
def test_a_run_goes_on_without_a_source_that_fails(small: Portal, here: Path) -> None:
    """One way through with the whole program: pulled and published; then the source is gone, and it
    is said.
    """
    import subprocess

    import duckdb

    fill(small.world)
    (here / "touchledger.yml").write_text(
        f"landing: landing\nhome: home\nsources:\n  - {{name: main, kind: hubspot, url: "
        f"'{small.fake.url}'}}\n"
    )
    program = [sys.executable, "-m", "orchestration.cli", "run", "--as-of", "2025-04-01"]

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*program, *more], env=None, capture_output=True, text=True, cwd=here, check=False
        )

    first = run()
    assert first.returncode == 0, first.stderr
    small.fake.faults = [on("/", Answer(401))]
    small.world.tick(days=1)
    assert run().returncode == 0
    assert run("--no-pull").returncode == 0
    strict = run("--strict")
    assert strict.returncode == 1 and "TOUCHLEDGER_MAIN_TOKEN" in strict.stderr
    with duckdb.connect(str(here / "home/published/touchledger.duckdb"), read_only=True) as file:
        assert file.execute("select count(*) from core.dim_campaigns").fetchone() == (2,)
        covered = file.execute("select rows from diagnostics.coverage where raw_table = 'contacts'")
        assert covered.fetchone() == (5,)
