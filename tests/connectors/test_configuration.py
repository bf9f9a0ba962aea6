"""touchledger.yml and the commands that write and show it, for sources beside HubSpot's API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestration.building.rules import known_event_types
from orchestration.cli import build_parser
from orchestration.connectors.commands import run_command
from orchestration.connectors.config import read_config
from orchestration.connectors.urls import shown
from orchestration.ground.errors import SettingsError
from orchestration.ground.paths import RULES

Said = Callable[..., tuple[int, str]]


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


# --- Mistakes -------------------------------------------------------------------------------------

SEGMENT = "kind: segment, path: web"
MISTAKES = {
    f"{SEGMENT}, brings: [page_vew]": "segment brings no page_vew; did you mean page_view?",
    f"{SEGMENT}, brings: [form_submission]": "write such as events: {Its Name: form_submission}",
    f"{SEGMENT}, brings: [form_submision], events: {{Form Submitted: form_submission}}": (
        "did you mean form_submission"
    ),
    f"{SEGMENT}, brings: page_view": "write a list such as [page_view",
    "kind: dlt_hubspot, path: hub, brings: [page_view]": "dlt_hubspot brings no events",
    f"{SEGMENT}, events: {{Form Submitted: form_submision}}": (
        "there is no event type 'form_submision'; did you mean form_submission"
    ),
    f"{SEGMENT}, events: {{Sent: form_submission, Sent: cta_click}}": "Sent stands here twice",
    f"{SEGMENT}, events: form_submission": "write names and event types such as",
    f"{SEGMENT}, portal: [1]": "portal cannot be ['1']; write a text",
}


@pytest.mark.parametrize("source", MISTAKES)
def test_a_mistake_in_a_source_names_what_would_do(here: Path, source: str) -> None:
    assert MISTAKES[source] in wrong(here, source)


def test_an_event_type_that_the_rules_list_is_one(
    tmp_path: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = f"{SEGMENT}, brings: [webinar_view], events: {{Webinar: webinar_view}}"
    assert "there is no event type 'webinar_view'" in wrong(here, source)
    rules = (RULES / "interaction_types.csv").read_text()
    row = next(line for line in rules.splitlines() if line.startswith("cta_click,"))
    (tmp_path / "interaction_types.csv").write_text(
        f"{rules}{row.replace('cta_click', 'webinar_view')}\n"
    )
    monkeypatch.setattr(known_event_types, "__defaults__", (tmp_path,))
    (found,) = read_config(here / "touchledger.yml").sources
    assert found.event_types == ("webinar_view",)


def test_texts_are_read_as_they_are_written(here: Path) -> None:
    (here / "touchledger.yml").write_text(
        """
sources:
  - {name: no, kind: hubspot_export, path: 2024, timezone: UTC, portal: 012, since: 2024-01-01}
  - {name: web, kind: segment, path: ~/web, portal: 1.50, schema: null, events: {012: page_view}}
"""
    )
    export, web = read_config(here / "touchledger.yml").sources
    assert (export.name, export.portal) == ("no", "012")
    assert Path(str(export.options["path"])) == here / "2024"
    assert export.since == datetime(2024, 1, 1)
    assert web.portal == "1.50" and "schema" not in web.options
    assert web.options["events"] == '{"012": "page_view"}'


def test_init_writes_texts_as_they_were_given(here: Path, said: Said) -> None:
    (here / "web").mkdir()
    init = ("init", "--kind", "segment", "--set", "path=web", "--yes")
    portal, events = "portal=012", "events={Form Submitted: form_submission, 012: cta_click}"
    assert said(*init, "--set", portal, "--set", events, "--set", "schema=")[0] == 0
    line = (here / "touchledger.yml").read_text().splitlines()[-1]
    assert line == (
        "  - {name: main, kind: segment, path: web, portal: '012', "
        "events: {Form Submitted: form_submission, '012': cta_click}}"
    )
    (source,) = read_config(here / "touchledger.yml").sources
    assert source.portal == "012" and '"012": "cta_click"' in str(source.options["events"])


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("events={bad", "--set events cannot be read"),
        ("events={a: page_view, a: cta_click}", "a stands here twice"),
        ("brings=[page_vew]", "did you mean page_view?"),
        ("events={Sent: form_submision}", "did you mean form_submission"),
        ("name=other", "--name"),
        ("portal", "--set must be OPTION=VALUE"),
    ],
)
def test_init_writes_nothing_of_a_mistake(here: Path, said: Said, option: str, says: str) -> None:
    status, text = said("init", "--kind", "segment", "--set", "path=web", "--set", option, "--yes")
    assert status == 2 and says in text
    assert not list(here.iterdir())


# --- init -----------------------------------------------------------------------------------------


def test_a_source_names_a_database_or_a_folder(here: Path, said: Said) -> None:
    one = "needs just one of url (a database) or path (a folder of files)"
    assert one in wrong(here, "kind: segment, identify: email")
    assert one in wrong(here, "kind: segment, path: web, url: sqlite:///web.db")
    (here / "touchledger.yml").unlink()
    both = ("--set", "path=web", "--set", "url=sqlite:///web.db")
    for options in ((), ("--set", "url="), both):
        status, text = said("init", "--kind", "segment", *options, "--yes")
        assert status == 2 and one in text and "--set url=… or --set path=…" in text
        assert not list(here.iterdir())


def test_init_checks_a_folder_and_wants_no_password_for_it(here: Path, said: Said) -> None:
    init = ("init", "--kind", "segment", "--set", "path=web", "--yes", "--name")
    status, text = said(*init, "gone")
    assert status == 0 and "There is no folder" in text and "PASSWORD" not in text
    assert "Next: repair what is named above, then: touchledger sources check gone" in text
    (here / "web").mkdir()
    (here / "web" / "notes.csv").write_text("id\n1\n")
    assert "Next: repair what is named above" in said(*init, "empty")[1]
    (here / "web" / "pages.csv").write_text("id,anonymous_id,timestamp,url\n1,a,2024-01-01,/\n")
    status, text = said(*init, "web")
    assert status == 0 and "yes pages" in text and "Next: touchledger run\n" in text


def test_init_checks_a_database_with_a_password_or_without(
    here: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOUCHLEDGER_MAIN_PASSWORD", raising=False)
    engine = sa.create_engine(f"sqlite:///{here / 'web.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("create table pages (id text, timestamp text)"))
    engine.dispose()
    init = ("init", "--kind", "segment", "--yes", "--set")
    status, text = said(*init, f"url=sqlite:///{here / 'web.db'}")
    assert status == 0 and "yes pages" in text and "Next: touchledger run\n" in text
    (here / "touchledger.yml").unlink()
    status, text = said(*init, "url=postgresql://reader@127.0.0.1:1/lake")
    assert status == 0 and "no  main" in text
    assert "a password goes to export TOUCHLEDGER_MAIN_PASSWORD=…  then: touchledger so" in text


def test_init_asks_for_the_schema_of_a_database_alone(
    here: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answers = {"url": "", "path": "web", "identify": "email"}

    def answer(question: str) -> str:
        asked.append(question.split(" ")[0])
        return answers[asked[-1]]

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", answer)
    assert said("init", "--kind", "segment", "--name", "web")[0] == 0
    assert asked == ["url", "path", "identify"]
    (source,) = read_config(here / "touchledger.yml").sources
    assert source.options["path"] == str(here / "web") and source.secrets == ()
