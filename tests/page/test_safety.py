"""What the page refuses, and what every answer carries."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from starlette.testclient import TestClient

from orchestration.ground.settings import make_settings
from orchestration.reading.page.app import POLICY, application
from orchestration.reading.page.held_file import HeldFile
from orchestration.reading.page.publication import opened
from orchestration.reading.page.serve import serve
from tests.conftest import scratch
from tests.page.published import HOSTILE, PLAIN, publish

BASE = "http://127.0.0.1:8090"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with scratch() as folder:
        yield publish(folder, (PLAIN, HOSTILE[4]))


@pytest.fixture
def client(home: Path) -> TestClient:
    return TestClient(application(make_settings(home=str(home))), base_url=BASE)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil:8090", "", "[::2]"]
)
def test_another_name_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421 and "--host-name" in answer.text


@pytest.mark.parametrize(
    "host", ["localhost:8090", "LOCALHOST", "127.0.0.1:1", "[::1]:8090", "[::1]"]
)
def test_names_of_this_machine_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/words", headers={"host": host}).status_code == 200


def test_a_proxy_can_be_named(home: Path) -> None:
    app = application(make_settings(home=str(home)), ("reports.example",))
    client = TestClient(app, base_url="http://reports.example")
    assert client.get("/words").status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_but_reading_is_answered(client: TestClient, method: str) -> None:
    assert client.request(method, "/").status_code == 405


def test_every_answer_has_the_policy(client: TestClient) -> None:
    for url in ("/", "/style.css", "/list/deals.csv", "/nowhere", "/?model=none"):
        headers = client.get(url).headers
        assert headers["content-security-policy"] == POLICY, url
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
    assert "unsafe" not in POLICY and "script" not in POLICY
    page = client.get("/").text
    assert (
        "<script" not in page
        and " style=" not in page
        and "http://" not in page.replace("http://www.w3.org/", "")
    )


@contextmanager
def holding(home: Path, idle: float = 60) -> Iterator[HeldFile]:
    file = HeldFile(make_settings(home=str(home)), idle)
    try:
        yield file
    finally:
        file.close()


def is_open(file: Path) -> bool:
    """Whether this process has the file open."""
    descriptors = Path("/proc/self/fd").iterdir()
    return str(file) in {os.path.realpath(descriptor) for descriptor in descriptors}


def test_the_connection_reads_this_file_and_nothing_else(home: Path) -> None:
    with holding(home) as file, opened(file) as publication:
        for sql in (
            "select * from read_text('/etc/hostname')",
            "attach '/tmp/x.duckdb'",
            "set enable_external_access = true",
            "delete from core.dim_contacts",
            "install httpfs",
        ):
            with pytest.raises(duckdb.Error):
                publication.connection.execute(sql)


def test_a_file_for_a_spreadsheet_runs_nothing(client: TestClient) -> None:
    text = client.get("/list/campaigns.csv").text
    assert f"'{HOSTILE[4]}" in text
    assert client.get("/list/campaigns.csv").headers["content-disposition"].startswith("attachment")


def test_an_open_reader_stops_nobody_and_keeps_what_it_has(home: Path) -> None:
    with holding(home) as file, opened(file) as before:
        (folder,) = (home / ".touchledger" / "runs").iterdir()
        publish(home, (PLAIN, "Autumn", "Winter"))
        for old in folder.iterdir():
            old.unlink()
        folder.rmdir()
        assert before.one("select count(*) as number from @core.dim_campaigns") == {"number": 2}
        with opened(file) as after:
            assert after.one("select count(*) as number from @core.dim_campaigns") == {"number": 3}


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux which files are open")
def test_the_file_is_held_between_requests_and_let_go_when_nobody_asks(home: Path) -> None:
    with holding(home, idle=0.3) as file:
        with opened(file) as publication:
            number = publication.one("select count(*) as number from @core.dim_campaigns")
        published, connection = file.connection()
        connection.close()
        assert number and is_open(published)
        end = time.monotonic() + 10
        while is_open(published) and time.monotonic() < end:
            time.sleep(0.05)
        assert not is_open(published)
        with opened(file) as publication:
            assert publication.one("select count(*) as number from @core.dim_campaigns") == number


def test_requests_at_the_same_time_keep_their_own_choices(home: Path) -> None:
    """What one request narrows, another sees whole."""
    with holding(home) as file, opened(file) as one, opened(file) as other:
        whole = other.one("select count(*) as number from @core.dim_contacts")
        one.narrow("core.dim_contacts", "false", {})
        assert one.one("select count(*) as number from @core.dim_contacts") == {"number": 0}
        assert other.one("select count(*) as number from @core.dim_contacts") == whole
        assert whole != {"number": 0}


@pytest.mark.parametrize(
    ("port", "host_name", "says"),
    [("99999", [], "no port"), ("x", [], "no port"), ("8090", ["a b"], "no host name")],
)
def test_bad_arguments_end_it_with_words(
    home: Path, port: str, host_name: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = argparse.Namespace(home=str(home), port=port, host_name=host_name)
    assert serve(arguments) == 2
    assert says in capsys.readouterr().err
