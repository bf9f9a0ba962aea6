"""The dashboard as a person sees it: installed as `make superset` does, opened in a browser, its
numbers compared with SQL on the published file.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, command, land_rows, query
from tests.integration import browser as browsing
from tests.integration.browser import Browser, free_port, wait_for

pytestmark = pytest.mark.long
AS_OF = "2026-07-01T00:00:00Z"
PYTHON = ROOT / ".venv-superset" / "bin" / "python"
SERVE = ROOT / "dashboards" / "superset" / "serve.py"
PASSWORD = "a-password-for-this-test"
TABS = {
    "Overview": 15,
    "Campaigns": 6,
    "Attribution models": 9,
    "Pipeline and channels": 8,
    "Assets": 6,
    "Funnel": 4,
    "Why is it not there?": 23,
    "Does HubSpot agree?": 8,
}
# The sample has no numbers of another system.
EMPTY = "Does HubSpot agree?"
CAMPAIGN = "GDP Compliance Webinars"
# A page view by a stranger that counts for the campaign by its tag.
NEW_VIEW = {
    "event_id": "browser-test-1",
    "event_type": "page_view",
    "occurred_at": "2026-06-29T08:00:00Z",
    "visitor_id": "browser-test",
    "url": "https://www.brightmoor.example/go/gdp-webinars?utm_source=x&utm_medium=y&utm_campaign=gdp-webinars",
    "_loaded_at": "2026-06-30T00:00:00Z",
}

REPORTED = {
    "source": "hubspot",
    "campaign_id": "CMP-104",
    "metric": "influenced_contacts",
    "value": 1,
    "reported_at": "2026-06-30T00:00:00Z",
    "_loaded_at": "2026-06-30T00:00:00Z",
}


@pytest.fixture(scope="module")
def installed() -> None:
    """`.venv-superset`, from its lock."""
    if lacking := browsing.missing():
        pytest.skip(f"no browser here: {lacking}")
    make = subprocess.run(
        ["make", ".venv-superset/.ready"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    if make.returncode:
        pytest.skip(f"Superset cannot be installed here: {make.stderr.strip()[-300:]}")


@pytest.fixture(scope="module")
def home(published_sample: tuple[Path, str]) -> Iterator[Path]:
    """A HOME of this module's own, with the sample published."""
    parent = Path(tempfile.mkdtemp(prefix="touchledger-superset-"))
    shutil.copytree(published_sample[0], parent / "home", symlinks=True)
    yield parent / "home"
    shutil.rmtree(parent, ignore_errors=True)


def environment(home: Path, port: int | str = 8089) -> dict[str, str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TOUCHLEDGER_", "SUPERSET_"))
    }
    own = {
        "TOUCHLEDGER_HOME": str(home),
        "TOUCHLEDGER_SUPERSET_PORT": str(port),
        "TOUCHLEDGER_SUPERSET_PASSWORD": PASSWORD,
    }
    return {**clean, **own}


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of a dashboard that serves HOME; ended by SIGTERM, cleanly."""
    port = free_port()
    server = subprocess.Popen(
        [str(PYTHON), str(SERVE)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(home, port),
        start_new_session=True,
    )
    printed = []
    try:
        for line in server.stdout:
            printed.append(line)
            if "Ctrl-C" in line:
                break
        assert any(
            f"http://127.0.0.1:{port}/superset/dashboard/touchledger/" in line for line in printed
        ), "".join(printed)
        assert any(
            f"Log in as admin; the password is in {home / 'superset' / 'password'}" in line
            for line in printed
        )
        yield f"http://127.0.0.1:{port}"
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5)
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
        server.stdout.close()


@pytest.fixture(scope="module")
def address(installed: None, home: Path) -> Iterator[str]:
    with served(home) as running:
        yield running


@pytest.fixture(scope="module")
def page(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser that has logged in."""
    with browsing.browser(tmp_path_factory.mktemp("browser"), 1600, 1400) as window:
        window.open(f"{address}/superset/dashboard/touchledger/")
        window.type("//input[@id='username']", "admin")
        window.type("//input[@id='password']", PASSWORD)
        window.click("//button[@data-test='login-button']")
        window.find("//*[@role='tab'][contains(., 'Overview')]")
        yield window


def open_tab(page: Browser, name: str) -> None:
    page.click(f"//*[@role='tab'][contains(., '{name}')]")


def big_number(page: Browser, title: str) -> str | None:
    """The number on a card, once it is there."""
    return page.run(
        """
        const cards = [...document.querySelectorAll(
            '.ant-tabs-tabpane-active [data-test=slice-container], '
            + '.ant-tabs-tabpane-active .chart-slice')];
        const card = cards.find(card => card.closest('.dashboard-component-chart-holder')
            ?.querySelector('.header-title')?.innerText.trim() === arguments[0]);
        if (!card || card.querySelector('.loading, [aria-label=Loading]')) return null;
        return card.querySelector('.header-line')?.innerText ?? null;
        """,
        title,
    )


def amount(shown: str) -> Decimal:
    """ "$ 1,261,187.73" or "193%" as a number."""
    return Decimal(re.sub(r"[^\d.-]", "", shown))


def shows(page: Browser, title: str, expected: Any) -> None:
    """Waits until a card shows a number."""

    def right() -> bool:
        shown = big_number(page, title)
        return shown is not None and amount(shown) == Decimal(expected)

    try:
        wait_for(title, right, 40)
    except AssertionError:
        raise AssertionError(f"{title} shows {big_number(page, title)}, not {expected}") from None


def errors(page: Browser) -> list[str]:
    return page.run(
        "return [...document.querySelectorAll('.ant-tabs-tabpane-active .ant-alert, "
        ".ant-tabs-tabpane-active [data-test=error-container]')]"
        ".map(each => each.innerText)"
    )


def loaded(page: Browser, charts: int) -> None:
    """Waits until every chart of the open page has come."""
    script = """
        const active = [...document.querySelectorAll(
            '.ant-tabs-tabpane-active .dashboard-component-chart-holder')]
            .filter(each => each.querySelector('.header-title'));
        return active.filter(each =>
            each.querySelector('.slice_container, [data-test=slice-container]')
            && !each.querySelector('.loading, [aria-label=Loading]')).length;
    """
    wait_for(f"{charts} charts", lambda: page.run(script) >= charts, 60)


def choose(page: Browser, filter_name: str, value: str) -> None:
    """Sets a filter of the bar on the left and applies it."""
    field = (
        f"//*[@data-test='filter-bar']//*[contains(@class, 'filter-item') or "
        f"@data-test='form-item-value' or contains(@class, 'ant-form-item')]"
        f"[.//*[contains(text(), '{filter_name}')]]//input"
    )
    page.type(f"({field})[last()]", value)
    page.click(f"//*[contains(@class, 'ant-select-item-option')][contains(., '{value}')]")
    page.click(
        "//button[@data-test='filter-bar__apply-button' or contains(., 'Apply "
        "filters')][not(@disabled)]"
    )


def filtered(address: str, span: str, campaign: str | None = None) -> str:
    """The dashboard's address with a span of days, and perhaps a campaign, chosen."""
    chosen = (
        f"NATIVE_FILTER-date:(extraFormData:(time_range:'{span}'),filterState:(value:'{span}'),"
        "id:NATIVE_FILTER-date,ownState:())"
    )
    if campaign:
        wanted = (
            f"extraFormData:(filters:!((col:campaign,op:IN,val:!('{campaign}')))),"
            f"filterState:(value:!('{campaign}'))"
        )
        chosen += f",NATIVE_FILTER-campaign:({wanted},id:NATIVE_FILTER-campaign,ownState:())"
    return f"{address}/superset/dashboard/touchledger/?native_filters=({chosen})".replace(
        " ", "%20"
    )


def sql(home: Path, text: str) -> Any:
    return query(home, text)[0][0]


OF_LIVE = "inner join marts.campaign_performance as live using (campaign_id)"
ALL = {
    "Sessions": (
        f"select count(distinct session_id) from core.fct_campaign_interactions {OF_LIVE} where "
        f"event_type = 'page_view'"
    ),
    "Influenced": f"select count(distinct contact_id) from marts.influenced_contacts {OF_LIVE}",
    "Deals won": (
        f"select count(distinct deal_id) from marts.attribution_credits {OF_LIVE} where model = "
        f"'linear'"
    ),
    "Revenue": "select sum(revenue) from marts.campaign_performance",
    "Spend": "select sum(spend) from marts.campaign_performance",
}
OF_ONE = {
    "Sessions": "sessions",
    "New, first touch": "new_contacts_first_touch",
    "New, last touch": "new_contacts_last_touch",
    "Influenced": "influenced_contacts",
    "With revenue": "contacts_with_revenue",
    "Deals won": "deals",
    "Revenue": "revenue",
    "Spend": "spend",
    "Associated deal value": "associated_deal_value",
}


def test_nobody_sees_anything_without_logging_in(address: str) -> None:
    for path in (
        "/api/v1/chart/",
        "/api/v1/dashboard/touchledger",
        "/api/v1/database/",
        "/api/v1/dataset/",
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{address}{path}", timeout=60)
        assert refused.value.code in (401, 403, 404), path
    with urllib.request.urlopen(f"{address}/superset/dashboard/touchledger/", timeout=60) as answer:
        assert "/login/" in answer.url
        policy = answer.headers["Content-Security-Policy"]
    assert "http" not in policy, "the pages ask this machine alone"


def test_what_is_kept_is_private(address: str, home: Path) -> None:
    state = home / "superset"
    assert state.stat().st_mode & 0o777 == 0o700
    for name in ("secret-key", "password"):
        assert (state / name).stat().st_mode & 0o777 == 0o600, name


@pytest.mark.parametrize("tab", TABS)
def test_every_page_shows_all_its_charts(page: Browser, tab: str, tmp_path: Path) -> None:
    page.size(1600, 6200)
    open_tab(page, tab)
    loaded(page, TABS[tab])
    assert errors(page) == []
    assert tab == EMPTY or "No results were returned" not in page.text()
    assert page.picture(tmp_path / "page.png").stat().st_size > 50_000
    page.size(1600, 1400)


def test_the_overview_counts_what_campaigns_share_once(page: Browser, home: Path) -> None:
    open_tab(page, "Overview")
    for title, asked in ALL.items():
        shows(page, title, sql(home, asked))
    assert sql(home, ALL["Deals won"]) < sql(
        home, "select sum(deals) from marts.campaign_performance"
    )


def test_dates_narrow_what_has_a_date(page: Browser, address: str, home: Path) -> None:
    page.open(filtered(address, "2026-01-01 : 2026-04-01"))
    within = "day >= date '2026-01-01' and day < date '2026-04-01'"
    for title, column in {"Revenue": "revenue", "Spend": "spend"}.items():
        shows(
            page, title, sql(home, f"select sum({column}) from marts.campaign_daily where {within}")
        )
    begun = (
        "select session_id from core.fct_sessions where started_at >= '2026-01-01' and started_at "
        "< '2026-04-01'"
    )
    shows(page, "Sessions", sql(home, f"{ALL['Sessions']} and session_id in ({begun})"))
    page.open(f"{address}/superset/dashboard/touchledger/")


def test_a_model_changes_the_chosen_models_numbers_and_no_others(page: Browser, home: Path) -> None:
    credited = (
        "select sum(revenue) from marts.attributed_revenue where campaign_id is not null and "
        "model = '{}'"
    )
    open_tab(page, "Attribution models")
    shows(page, "Credited to campaigns", sql(home, credited.format("linear")))
    choose(page, "Attribution model", "U-shaped")
    shows(page, "Credited to campaigns", sql(home, credited.format("u_shaped")))
    shows(
        page,
        "All attributed revenue",
        sql(home, "select sum(revenue) from marts.attributed_revenue where model = 'linear'"),
    )
    open_tab(page, "Overview")
    for title in ("Revenue", "Deals won"):
        shows(page, title, sql(home, ALL[title]))


def test_money_leads_to_its_deals_and_touches(page: Browser) -> None:
    """Drill to detail, by a right click."""
    open_tab(page, "Overview")
    wait_for("Revenue", lambda: big_number(page, "Revenue"), 60)
    page.run(
        """
        const open = document.querySelector('.ant-tabs-tabpane-active');
        const cards = [...open.querySelectorAll('.dashboard-component-chart-holder')];
        const title = card => card.querySelector('.header-title')?.innerText.trim();
        const line = cards.find(card => title(card) === 'Revenue').querySelector('.header-line');
        const place = line.getBoundingClientRect();
        line.dispatchEvent(new MouseEvent('contextmenu', {
            bubbles: true, cancelable: true, clientX: place.x + 5, clientY: place.y + 5,
        }));
        """
    )
    page.click("//*[contains(@class, 'ant-dropdown')]//*[contains(text(), 'Drill to detail')]")
    rows = "return document.querySelector('.ant-modal')?.innerText ?? ''"
    wait_for("deals", lambda: "D-2" in page.run(rows), 40)
    assert "Deal id" in page.run(rows) and "Contact id" in page.run(rows)
    page.click("//*[contains(@class, 'ant-modal')]//button[contains(., 'Close')]")


def test_a_filter_takes_no_value_that_is_not_there(page: Browser) -> None:
    page.type("(//*[@data-test='filter-bar']//input)[1]", "no such campaign")
    options = "return [...document.querySelectorAll('.ant-select-item-option')].length"
    wait_for("no option", lambda: page.run(options) == 0, 20)
    page.click("//*[@role='tab'][contains(., 'Overview')]")


def test_pipeline_under_the_chosen_model(page: Browser, home: Path) -> None:
    open_tab(page, "Pipeline and channels")
    shows(
        page,
        "Pipeline",
        sql(
            home,
            "select sum(amount) from marts.attributed_conversions "
            "where conversion = 'deal_created' and model = 'linear'",
        ),
    )
    open_tab(page, "Why is it not there?")
    shows(
        page,
        "All won deals",
        sql(home, "select sum(amount_home) from core.fct_deals where is_closed_won"),
    )


def test_one_campaigns_numbers_are_those_of_the_mart(page: Browser, home: Path) -> None:
    open_tab(page, "Overview")
    choose(page, "Campaign", CAMPAIGN)
    for title, column in OF_ONE.items():
        shows(
            page,
            title,
            sql(
                home,
                (
                    f"select {column} from marts.campaign_performance where campaign_name = "
                    f"'{CAMPAIGN}'"
                ),
            ),
        )


def asked(page: Browser, method: str, path: str, body: str = "") -> tuple[int, str]:
    """(status, answer) of a request that the page makes, as the person who has logged in."""
    return page.run(
        """
        const [method, path, body] = arguments;
        const token = new XMLHttpRequest();
        token.open('GET', '/api/v1/security/csrf_token/', false);
        token.send();
        const request = new XMLHttpRequest(); request.open(method, path, false);
        request.setRequestHeader('X-CSRFToken', JSON.parse(token.responseText).result);
        request.setRequestHeader('Content-Type', 'application/json'); request.send(body || null);
        return [request.status, request.responseText];
        """,
        method,
        path,
        body,
    )


@pytest.mark.parametrize(
    "statement",
    [
        "delete from marts.attribution_credits",
        "create table marts.mine (a int)",
        "from read_csv('/etc/hostname')",
    ],
)
def test_a_shell_in_the_dashboard_reads_the_published_file_and_nothing_else(
    page: Browser, home: Path, statement: str
) -> None:
    def run(text: str) -> tuple[int, str]:
        return asked(
            page,
            "POST",
            "/api/v1/sqllab/execute/",
            json.dumps({"database_id": 1, "runAsync": False, "sql": text}),
        )

    status, answer = run("select count(*) as n from marts.attribution_credits")
    assert (
        status == 200 and str(sql(home, "select count(*) from marts.attribution_credits")) in answer
    )
    status, answer = run(statement)
    assert status != 200 and re.search(
        "DML|read-only|not allowed|disabled|mutat|modify", answer, re.IGNORECASE
    ), answer


def test_a_new_run_shows_on_the_next_refresh_and_disturbs_nobody(
    page: Browser, home: Path, tmp_path: Path
) -> None:
    sessions = f"select sessions from marts.campaign_performance where campaign_name = '{CAMPAIGN}'"
    before = sql(home, sessions)
    shows(page, "Sessions", before)
    shutil.copytree(ROOT / "seeds" / "sample", tmp_path / "landing")
    land_rows(tmp_path / "landing", "events", NEW_VIEW, name="browser_test")
    land_rows(tmp_path / "landing", "reported_metrics", REPORTED, name="browser_test")

    refreshes = []

    def refresh() -> None:
        page.click("//button[@data-test='refresh-button']")
        shown = wait_for("Sessions", lambda: big_number(page, "Sessions"), 60)
        assert errors(page) == []
        refreshes.append(int(amount(shown)))

    with _running(tmp_path / "landing", home, "--var", "portal_timezone=Asia/Tokyo") as over:
        while not over():
            refresh()
    assert sql(home, sessions) == before + 1
    refresh()
    shows(page, "Sessions", before + 1)
    assert len(refreshes) > 3 and set(refreshes) <= {before, before + 1}
    open_tab(page, "Does HubSpot agree?")
    # A page that was seen before shows what it was, until it is refreshed.
    page.click("//button[@data-test='refresh-button']")
    shows(page, "Numbers that differ", 1)
    wait_for("the number that differs", lambda: "Influenced contacts" in page.text(), 40)
    open_tab(page, "Overview")


def test_days_are_those_of_the_portal_of_the_new_run(
    page: Browser, address: str, home: Path
) -> None:
    """The run before was published in Tokyo's days, while the server ran."""
    day = (
        f"from marts.campaign_daily inner join core.dim_campaigns using (campaign_id) where "
        f"campaign_name = '{CAMPAIGN}' and day = date '2026-01-14'"
    )
    page.open(filtered(address, "2026-01-14 : 2026-01-15", CAMPAIGN))
    for title, column in {"Sessions": "sessions", "Influenced": "influenced_contacts"}.items():
        shows(page, title, sql(home, f"select {column} {day}"))
    begun = (
        "select session_id from core.fct_sessions where cast(started_at as date) = date "
        "'2026-01-14'"
    )
    in_utc = sql(
        home, f"{ALL['Sessions']} and live.campaign_name = '{CAMPAIGN}' and session_id in ({begun})"
    )
    assert sql(home, f"select sessions {day}") != in_utc, (
        "a day on which the zone makes a difference"
    )


@contextmanager
def _running(landing: Path, home: Path, *more: str) -> Iterator[Callable[[], bool]]:
    """A run in the background, and whether it is over."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(
            command,
            "run",
            "--landing",
            str(landing),
            "--home",
            str(home),
            "--as-of",
            AS_OF,
            *more,
            timeout=600,
        )
        yield run.done
        done = run.result()
        assert done.returncode == 0, done.stdout + done.stderr


def counts(home: Path) -> dict[str, int]:
    """How many of everything Superset has."""
    with sqlite3.connect(home / "superset" / "superset.db") as connection:
        tables = [
            "dbs",
            "tables",
            "table_columns",
            "sql_metrics",
            "slices",
            "dashboards",
            "dashboard_slices",
            "ab_user",
        ]
        return {
            table: connection.execute(f"select count(*) from {table}").fetchone()[0]
            for table in tables
        }


def test_again_makes_nothing_twice_and_an_export_gives_the_same_files(
    address: str, home: Path, tmp_path: Path
) -> None:
    before = counts(home)
    assert before["dashboards"] == before["dbs"] == before["ab_user"] == 1 and before[
        "slices"
    ] == before["dashboard_slices"] == sum(TABS.values())
    (home / "superset" / "prepared").unlink()
    export = [str(PYTHON), str(SERVE), "export", "--into", str(tmp_path)]
    done = subprocess.run(
        export, capture_output=True, text=True, env=environment(home), timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert counts(home) == before
    kept = ROOT / "dashboards" / "superset" / "assets"
    for file in kept.rglob("*.yaml"):
        assert (tmp_path / file.relative_to(kept)).read_text(encoding="utf-8") == file.read_text(
            encoding="utf-8"
        ), file.name
    assert len(list(tmp_path.rglob("*.yaml"))) == len(list(kept.rglob("*.yaml")))


def test_what_stands_in_the_way_is_said(
    installed: None, address: str, home: Path, tmp_path: Path
) -> None:
    def said(place: Path, port: int | str) -> str:
        done = subprocess.run(
            [str(PYTHON), str(SERVE)],
            capture_output=True,
            text=True,
            env=environment(place, port),
            timeout=120,
            check=False,
        )
        assert done.returncode == 2, done.stdout
        return done.stderr

    assert "run `make run` first" in said(tmp_path, free_port())
    assert "TOUCHLEDGER_SUPERSET_PORT" in said(home, int(address.rpartition(":")[2]))
    make = subprocess.run(
        ["make", "superset"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        timeout=60,
        check=False,
    )
    assert make.returncode and "run 'make run' first" in make.stderr
