"""The report of the published sample, in a browser: its key numbers against SQL on the file beside
it, and what it asks of the network.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import pytest

from orchestration.building.project import ensure_manifest
from tests.conftest import command, query
from tests.integration import browser as browsing
from tests.structure.test_documentation import manifest
from tests.unit.test_report import Page, assert_offline

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))),
    None,
)
QUIET = (*browsing.FLAGS, "--virtual-time-budget=5000")
PHONE, TABLET = 390, 700
# Written by a script of the frame around the page: the page itself runs none.
FRAME = """<!doctype html><title>frame</title>
<iframe width="{width}" height="3000" src="report.html"></iframe><output></output>
<script>
const frame = document.querySelector('iframe');
frame.onload = () => {{
    const root = frame.contentDocument.documentElement;
    document.querySelector('output').textContent = 'wide=' + root.scrollWidth;
}};
</script>"""


@pytest.fixture(scope="module")
def published(published_sample: tuple[Path, str]) -> Path:
    """HOME with the shipped sample published."""
    return published_sample[0]


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The folder over HTTP on this machine alone: its address, and the paths that were asked
    for.
    """
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *arguments: object) -> None:
            asked.append(self.path)

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def browse(address: str, profile: Path) -> str:
    """The document that the browser made of the page."""
    done = subprocess.run(
        [str(BROWSER), *QUIET, f"--user-data-dir={profile}", "--dump-dom", address],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_published_with_the_tables_and_loads_nothing(published: Path) -> None:
    file = published / "published" / "report.html"
    assert file.stat().st_mode & 0o777 == 0o444
    assert file.stat().st_size < 2 * 1024 * 1024
    page = file.read_text(encoding="utf-8")
    assert_offline(page)
    assert os.readlink(published / "published").rsplit("/", 1)[-1] in page, "it names its run"
    assert str(published) not in page


def test_every_table_has_heads_and_every_chart_has_words(published: Path) -> None:
    page = (published / "published" / "report.html").read_text(encoding="utf-8")
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        head = re.search(r"<thead.*?</thead>", table, re.DOTALL).group()
        assert head.count("<th ") == head.count('scope="col"') >= 2
        body = table[table.index("<tbody") :]
        assert body.count("<tr") == body.count('scope="row"')
    charts = re.findall(r'<figure role="img" aria-label="([^"]+)">', page)
    assert len(charts) == page.count("<svg ") == page.count('<svg aria-hidden="true"') == 6
    assert all("newest" in words and "In all" in words for words in charts)
    assert page.count("<h1") == 1 and '<html lang="en">' in page
    assert set(re.findall(r'aria-labelledby="(\w+)"', page)) <= set(re.findall(r'id="(\w+)"', page))


@pytest.mark.skipif(BROWSER is None, reason="needs chromium")
def test_key_numbers_in_a_browser_equal_sql_and_nothing_else_is_asked_for(
    published: Path, tmp_path: Path
) -> None:
    with serving(published / "published") as (address, asked):
        browsed = browse(f"{address}/report.html", tmp_path)
    page = Page(browsed)
    assert asked == ["/report.html"]

    def one(sql: str) -> object:
        ((value,),) = query(published, sql)
        return value

    def people(table: str) -> int:
        return one(
            f"select count(distinct contact_id) from marts.{table} semi join "
            f"marts.campaign_performance using (campaign_id)"
        )

    revenue, spend = query(
        published, "select sum(revenue), sum(spend) from marts.campaign_performance"
    )[0]
    sessions = one(
        "select count(distinct session_id) from core.fct_campaign_interactions semi join "
        "marts.campaign_performance using (campaign_id) "
        "where event_type = 'page_view'"
    )
    deals = one(
        "select count(distinct deal_id) from marts.attribution_credits semi join "
        "marts.campaign_performance using (campaign_id) "
        "where model = 'linear'"
    )
    assert page.values == {
        "Sessions": f"{sessions:,}",
        "New contacts, first touch": f"{people('first_touch_contacts'):,}",
        "New contacts, last touch": f"{people('last_touch_contacts'):,}",
        "Influenced contacts": f"{people('influenced_contacts'):,}",
        "Deals": f"{deals:,}",
        "Revenue": f"${revenue / 1_000_000:.2f}M",
        "Revenue exact": f"${revenue:,.2f}",
        "Spend": f"${spend / 1_000:.0f}K",
        "Spend exact": f"${spend:,.2f}",
        "ROI": f"{(revenue - spend) / spend:+.0%}",
        "ROI exact": f"gain ${revenue - spend:,.2f}",
    }
    text = "".join(page.texts)
    for name, amount in query(
        published, "select campaign_name, revenue from marts.campaign_performance"
    ):
        assert name in text and f"{amount:,.2f}" in text
    for (amount,) in query(published, "select revenue from marts.attributed_revenue"):
        assert f"{amount:,.2f}" in text
    won = one(
        "select sum(deals.amount_home) from diagnostics.deal_status inner join core.fct_deals as "
        "deals using (deal_id) where is_closed_won"
    )
    assert f"${won:,.2f}" in text
    rejected = one("select count(*) from diagnostics.rejected_records")
    (listed,) = re.findall(r"Reasons for rejecting a row.*?</table>", browsed, re.DOTALL)
    assert sum(map(int, re.findall(r'data-label="Rows">(\d+)<', listed))) == rejected
    assert f"{rejected} rows left out" in text


def test_sessions_counted_for_all_are_those_of_the_campaigns(published: Path) -> None:
    """R41: the same count, campaign by campaign, is the one of campaign_performance."""
    assert (
        query(
            published,
            """
            select campaign_id, performance.sessions, count(distinct counted.session_id) as found
            from marts.campaign_performance as performance
            left join core.fct_campaign_interactions as counted using (campaign_id)
            where counted.event_type = 'page_view' or counted.event_type is null
            group by all having found <> performance.sessions
            """,
        )
        == []
    )


@pytest.mark.skipif(BROWSER is None, reason="needs chromium")
@pytest.mark.parametrize("width", [PHONE, TABLET])
def test_it_fits_a_phone_and_a_tablet(published: Path, tmp_path: Path, width: int) -> None:
    site = tmp_path / "site"
    site.mkdir()
    shutil.copy(published / "published" / "report.html", site)
    (site / "frame.html").write_text(FRAME.format(width=width), encoding="utf-8")
    with serving(site) as (address, _):
        found = re.search(r"wide=(\d+)", browse(f"{address}/frame.html", tmp_path / "profile"))
    assert found and int(found[1]) <= width


@pytest.mark.skipif(browsing.missing() is not None, reason="needs chromium and its driver")
def test_model_and_conversion_are_switched_in_the_file_itself(
    published: Path, tmp_path: Path
) -> None:
    """From the disk, without a server and without a script of the page."""
    seen = (
        "return [...document.querySelectorAll('section.switch h3')]"
        ".filter(head => head.getClientRects().length).map(head => head.innerText)"
    )
    with browsing.browser(tmp_path, 1280, 1000) as page:
        page.open((published / "published" / "report.html").resolve().as_uri())
        first = page.run(seen)
        assert len(first) == 2 and all(head.endswith(", Linear") for head in first)
        page.click("//fieldset//label[contains(., 'Markov')]")
        page.click("(//section[@class='switch']//fieldset)[2]//label[2]")
        after = page.run(seen)
    assert len(after) == 2 and all("Markov" in head for head in after)
    assert after[0].split(",")[0] != first[0].split(",")[0]


def test_the_exposure_names_what_the_report_reads(published: Path) -> None:
    package = Path(__file__).parents[2] / "orchestration" / "publishing" / "report"
    files = [*package.glob("*.py"), *package.rglob("*.sql")]
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    read = set(re.findall(r"\b(?:core|marts|diagnostics)\.(\w+)", source))
    assert ensure_manifest().exists()
    exposure = manifest()["exposures"]["exposure.touchledger.campaign_report"]
    named = {node.rsplit(".", 1)[-1] for node in exposure["depends_on"]["nodes"]}
    models = {
        node["name"] for node in manifest()["nodes"].values() if node["resource_type"] == "model"
    }
    assert read & models == named


def test_a_page_that_cannot_be_drawn_does_not_keep_the_tables_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.ground.settings import make_settings
    from orchestration.publishing import publish as publishing
    from orchestration.publishing import report

    said = []
    monkeypatch.setattr(publishing.progress, "note", said.append)
    monkeypatch.setattr(report, "write", lambda *arguments: 1 / 0)
    with duckdb.connect() as connection:
        publishing._write_report(connection, tmp_path / "touchledger.duckdb", make_settings())
    assert said == [
        (
            "report.html could not be written (ZeroDivisionError: division by zero); the tables "
            "are published without it"
        )
    ]


def test_a_run_ends_with_the_page_and_what_to_do_next(published_sample: tuple[Path, str]) -> None:
    home, printed = published_sample
    lines = printed.splitlines()
    assert f"Report:    {home}/published/report.html" in lines
    following = [
        line.split("touchledger ", 1)[-1].strip() for line in lines[lines.index("Next:") + 1 :]
    ]
    assert following[0].startswith("serve")
    assert following[1].startswith("explain deal D-") and following[2].startswith("sql 'select ")
    assert following[3].endswith("dagster dev")
    for line, said in zip(following[1:3], ("The path (R70)", "NOT_CLOSED_WON"), strict=True):
        done = command(*shlex.split(line))
        assert done.returncode == 0 and said in done.stdout, done.stderr
