"""What a data engineer sees: `dagster dev` in a browser, a run started by its button, the tables it
made, and a check that fails.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import AS_OF, ROOT, land_rows, query
from tests.integration import browser as browsing
from tests.integration.test_run import land_small_world

webdriver = pytest.importorskip("selenium.webdriver")
BROWSER, DRIVER = (
    shutil.which("chromium") or shutil.which("google-chrome"),
    shutil.which("chromedriver"),
)
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not (BROWSER and DRIVER), reason="needs chromium and chromedriver"),
]
CHECK = "expectations/campaign_performance.yml"


def _until(find: Callable[[], object], what: str, seconds: float = 240) -> object:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := find():
                return found
        except OSError:
            pass
        time.sleep(0.5)
    raise AssertionError(f"{what}: not within {seconds} seconds")


class Page:
    """Dagster's page in a browser, and its GraphQL for what has no place on the page."""

    def __init__(self, address: str, browser, pictures: Path | None) -> None:
        self.address, self.browser, self.pictures = address, browser, pictures

    def ask(self, text: str) -> dict:
        request = urllib.request.Request(
            f"{self.address}/graphql",
            json.dumps({"query": text}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["data"]

    def runs(self) -> list[dict]:
        return self.ask("{runsOrError {... on Runs {results {runId status}}}}")["runsOrError"][
            "results"
        ]

    def open(self, path: str) -> None:
        self.browser.get(self.address + path)

    def text(self) -> str:
        return self.browser.execute_script("return document.body.innerText")

    def shows(self, *texts: str, seconds: float = 90) -> None:
        wanted = set(texts)
        try:
            _until(
                lambda: (
                    not (left := {text for text in wanted if text not in self.text()})
                    or wanted.intersection_update(left)
                ),
                "all",
                seconds,
            )
        except AssertionError:
            self.picture("missing")
            raise AssertionError(
                f"{wanted} on {self.browser.current_url}; it shows {self.text()}"
            ) from None

    def click(self, label: str) -> None:
        script = (
            "return [...document.querySelectorAll('button,a')].find(e => "
            "e.innerText.trim().startsWith(arguments[0]) && !e.disabled)"
        )
        _until(
            lambda: self.browser.execute_script(script, label), f"a button {label!r}", 90
        ).click()

    def picture(self, name: str) -> None:
        if self.pictures:
            time.sleep(2)
            self.browser.save_screenshot(str(self.pictures / f"{name}.png"))

    def materialize_all(self) -> dict:
        before = {run["runId"] for run in self.runs()}
        self.open("/asset-groups")
        self.click("Materialize all")

        def new() -> list[dict]:
            return [
                run
                for run in self.runs()
                if run["runId"] not in before
                and run["status"] in ("SUCCESS", "FAILURE", "CANCELED")
            ]

        return _until(new, "a run that has ended", 400)[0]


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, to break a check in and to keep Dagster's records in."""
    root = tmp_path / "project"
    for folder in ("orchestration", "dbt_project", "expectations", "seeds/rules"):
        shutil.copytree(
            ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", "logs")
        )
    for name in ("dagster.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    return root


@pytest.fixture
def page(project: Path, home: Path, landing: Path, tmp_path: Path) -> Iterator[Page]:
    """`dagster dev` on loopback over the small world, and a browser on it."""
    land_small_world(landing)
    land_rows(
        landing,
        "exchange_rates",
        {"currency": "EUR", "rate_date": "2024-01-01", "rate_to_home": "1.1"},
    )
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TOUCHLEDGER_", "DAGSTER_"))
    }
    given = {
        "PYTHONPATH": str(project),
        "TOUCHLEDGER_LANDING": str(landing),
        "TOUCHLEDGER_HOME": str(home),
        "TOUCHLEDGER_AS_OF": AS_OF,
    }
    port = _free_port()
    log = (tmp_path / "dagster.log").open("w", encoding="utf-8")
    server = subprocess.Popen(
        [sys.executable, "-m", "dagster", "dev", "--host", "127.0.0.1", "--port", str(port)],
        cwd=project, env={**clean, **given}, stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for flag in (
        *browsing.FLAGS,
        "--window-size=1700,1100",
        f"--user-data-dir={tmp_path / 'browser'}",
    ):
        options.add_argument(flag)
    browser = None
    try:
        address = f"http://127.0.0.1:{port}"
        _until(
            lambda: urllib.request.urlopen(f"{address}/server_info", timeout=5), "the server", 180
        )
        browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
        pictures = os.environ.get("TOUCHLEDGER_PICTURES")
        yield Page(address, browser, Path(pictures) if pictures else None)
    finally:
        if browser:
            browser.quit()
        _end(server)
        log.close()


def _end(server: subprocess.Popen) -> None:
    """Ends the server and what it started, which are a session of their own."""
    for number, seconds in ((signal.SIGTERM, 20), (signal.SIGKILL, 10)):
        try:
            os.killpg(server.pid, number)
            server.wait(seconds)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def test_a_data_engineer_runs_everything_and_sees_what_failed(
    page: Page, project: Path, home: Path
) -> None:
    """R53: from the button to the published table; then a broken check blocks publishing, and the
    page says which, how often and what to do.
    """
    run = page.materialize_all()
    page.picture("graph")
    assert run["status"] == "SUCCESS", (project.parent / "dagster.log").read_text(encoding="utf-8")[
        -3000:
    ]
    assert query(home, "select count(*) from core.fct_interactions") == [(1,)]
    published = os.readlink(home / "published")

    page.open("/assets/published/marts/campaign_performance?view=overview")
    page.shows(
        "One row per campaign",
        "data",
        "published",
        "DuckDB",
        "Parquet",
        "contacts_with_revenue",
        "Row count",
        "Warns if more than 26 hours",
    )
    page.picture("published_table")
    asked = (
        '{assetNodes(assetKeys: [{path: ["marts", "campaign_performance"]}]) '
        "{assetMaterializations(limit: 1) {metadataEntries "
        "{... on TableColumnLineageMetadataEntry {lineage {columnName}}}}}}"
    )
    (materialized,) = page.ask(asked)["assetNodes"][0]["assetMaterializations"]
    lineage = next(one["lineage"] for one in materialized["metadataEntries"] if one)
    assert {"columnName": "revenue"} in lineage
    page.open("/assets/marts/campaign_performance?view=checks")
    page.shows("funnel_in_order", "revenue_within_deal_value")
    page.picture("checks_passed")

    suite = project / CHECK
    text = suite.read_text(encoding="utf-8")
    assert "contacts_with_revenue > influenced_contacts" in text
    suite.write_text(
        text.replace(
            "contacts_with_revenue > influenced_contacts",
            "contacts_with_revenue >= influenced_contacts",
        ),
        encoding="utf-8",
    )
    run = page.materialize_all()
    assert run["status"] == "FAILURE" and os.readlink(home / "published") == published
    page.open(f"/runs/{run['runId']}")
    page.shows(
        "Failure",
        "1 blocking check(s) failed: marts.campaign_performance.funnel_in_order (R53, 1 row(s))",
    )
    page.picture("run_failed")
    page.open("/assets/marts/campaign_performance?view=checks&checkDetail=funnel_in_order")
    page.shows("funnel_in_order", "Failed", "Not so for 1 row(s)", "Do not publish", "rows_failing")
    page.picture("check_failed")
    assert (home / "data_docs" / "index.html").exists()
    page.open("/automation")
    page.shows("daily_run", "new_files", "alert_on_failure")
    page.picture("automation")
    page.open("/assets/published/marts/campaign_performance?view=overview")
    page.shows("Passing")
    page.picture("published_table_later")
