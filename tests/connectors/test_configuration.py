"""touchledger.yml and the commands that write and show it, for sources beside HubSpot's API."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.cli import build_parser
from orchestration.connectors.commands import run_command
from orchestration.connectors.config import read_config
from orchestration.connectors.urls import shown
from orchestration.ground.errors import SettingsError

Said = Callable[..., tuple[int, str]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def said(here: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    """The status of a command and all that it printed."""

    def run(*words: str) -> tuple[int, str]:
        status = run_command(build_parser().parse_args([*words]))
        out = capsys.readouterr()
        return status, out.out + out.err

    return run


def wrong(here: Path, source: str) -> str:
    """What is said of a file with that source, which stands in its second line."""
    (here / "touchledger.yml").write_text(f"sources:\n  - {{name: main, {source}}}\n")
    with pytest.raises(SettingsError) as refused:
        read_config(here / "touchledger.yml")
    assert "line 2: " in str(refused.value)
    return str(refused.value)


# --- Secrets --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:geheim@127.0.0.1/db",
        "postgresql://u:ge/heim@127.0.0.1/db",
        "postgresql://u:geheim@wort@127.0.0.1/db",
        "postgresql://u@127.0.0.1:1/db?password=geheim",
        "postgresql://u@127.0.0.1:1/db?sslmode=require&sslpassword=geheim",
        "mysql://u@127.0.0.1/db?passwd=geheim",
        "snowflake://u@account/db?private_key_file_pwd=geheim",
        "bigquery://project/set?credentials_base64=geheim",
        "mssql+pyodbc:///?odbc_connect=DRIVER%3Dx%3BPWD%3Dgeheim",
        "postgresql:u:geheim@127.0.0.1/db",
    ],
)
def test_no_secret_stands_in_an_address_nor_in_what_is_said_of_it(here: Path, url: str) -> None:
    says = wrong(here, f'kind: segment, url: "{url}"')
    assert "geheim" not in says and "ge/heim" not in says
    assert "TOUCHLEDGER_MAIN_PASSWORD" in says or "write it like postgresql://" in says
    assert "geheim" not in shown(url) and "ge/heim" not in shown(url)


def test_a_secret_in_the_address_of_an_interface_is_refused_too(here: Path) -> None:
    says = wrong(here, 'kind: hubspot, url: "https://u:geheim@127.0.0.1"')
    assert "TOUCHLEDGER_MAIN_TOKEN" in says and "geheim" not in says
    assert "write it like https://" in wrong(here, "kind: hubspot, url: api.hubapi.com")


def test_what_says_where_a_secret_is_may_stand_there(here: Path, said: Said) -> None:
    url = "snowflake://u@account/db?warehouse=w&private_key_path=key.p8"
    (here / "touchledger.yml").write_text(
        f'sources:\n  - {{name: main, kind: segment, url: "{url}"}}\n'
    )
    status, text = said("sources")
    assert status == 0 and "url: snowflake://u@account/db?warehouse=…&private_key_path=…" in text
