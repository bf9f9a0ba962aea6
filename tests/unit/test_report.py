"""The report on small published files made by hand: what it says of empty, unknown and hostile
data, how large it is, and how long it takes.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser

import duckdb
import pytest
from rich.cells import cell_len
from rich.console import Console

from orchestration.building.project import ensure_manifest
from orchestration.ground.errors import SettingsError
from orchestration.ground.paths import PUBLISHED_SCHEMAS
from orchestration.ground.settings import make_settings
from orchestration.ground.variables import default_variables
from orchestration.publishing import report
from orchestration.publishing.report import (
    changes,
    charts,
    credit,
    quality,
    queries,
    reasons,
    timeline,
    words,
)
from orchestration.publishing.report.numbers import MOST_ROWS, Formats, shown
from orchestration.publishing.report.rankings import MODEL_ROWS
from orchestration.terminal.summary import HEADS, KEPT_FIRST, _campaign_table, fitting

AS_OF = datetime(2024, 7, 1)
HOSTILE = [
    "<script>alert(1)</script>",
    "{{ 7 * 7 }} {% for x in y %}",
    '"><img src=x onerror=alert(1)>',
    "\x1b[31mred\x1b[0m \u202eevil\u202c",
    "</style><style>*{display:none}",
    "שלום \u202eabc",
    "long" * 500,
    "\x00\x7f",
]


@pytest.fixture(scope="module")
def schema() -> list[str]:
    """Statements that make the published tables, empty, as their contracts say."""
    nodes = json.loads(ensure_manifest().read_text(encoding="utf-8"))["nodes"].values()
    statements = [f"create schema {name}" for name in PUBLISHED_SCHEMAS]
    for node in nodes:
        if node["resource_type"] == "model" and node["config"]["schema"] in PUBLISHED_SCHEMAS:
            columns = ", ".join(
                f'"{column["name"]}" {column["data_type"]}' for column in node["columns"].values()
            )
            statements.append(f"create table {node['schema']}.{node['name']} ({columns})")
    return statements


@pytest.fixture
def published(schema: list[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty published file with one run."""
    with duckdb.connect() as connection:
        for statement in schema:
            connection.execute(statement)
        add(
            connection,
            "diagnostics.run_log",
            run_id="r1",
            as_of=AS_OF,
            started_at=AS_OF,
            finished_at=AS_OF,
            status="published",
            rows_landed=1,
            rows_accepted=1,
            rows_rejected=0,
        )
        yield connection


def add(connection: duckdb.DuckDBPyConnection, table: str, **values: object) -> None:
    """Inserts one row."""
    connection.execute(
        f"insert into {table} ({', '.join(values)}) values ({', '.join('?' * len(values))})",
        list(values.values()),
    )


def add_campaign(
    connection: duckdb.DuckDBPyConnection, campaign_id: str, name: str | None, **numbers: object
) -> None:
    """A campaign with its performance: zeros where nothing is given."""
    add(
        connection,
        "core.dim_campaigns",
        campaign_id=campaign_id,
        campaign_name=name,
        is_deleted=False,
    )
    counts = (
        "sessions",
        "new_contacts_first_touch",
        "new_contacts_last_touch",
        "influenced_contacts",
        "contacts_with_revenue",
        "deals",
    )
    money = ("revenue", "associated_deal_value", "budget", "spend", "remaining_budget", "ad_spend")
    add(
        connection,
        "marts.campaign_performance",
        campaign_id=campaign_id,
        campaign_name=name,
        **{**dict.fromkeys((*counts, *money), 0), **numbers},
    )


def render(connection: duckdb.DuckDBPyConnection, **variables: object) -> str:
    return report.render(connection, {**default_variables(), **variables})


class Page(HTMLParser):
    """What a browser would see: elements and text, `cells` being the texts of table cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.values: dict[str, str] = {}
        self._term, self._reads = "", ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "dt":
            self._reads = "dt"
        if tag == "dd" and dict(attrs).get("class") in ("value", "small exact"):
            self._reads = dict(attrs)["class"] or ""

    def handle_endtag(self, tag: str) -> None:
        self._reads = ""

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self._reads == "dt":
            self._term = data
        elif self._reads == "value":
            self.values[self._term] = data
        elif self._reads:
            self.values[f"{self._term} exact"] = data


def assert_offline(page: str) -> None:
    """Nothing in the page can make a browser ask anyone for anything."""
    tags = Page(page).tags
    assert {tag for tag, _ in tags} & {
        "script",
        "iframe",
        "object",
        "embed",
        "img",
        "image",
        "base",
        "form",
        "audio",
        "video",
        "foreignobject",
    } == set()
    loads = [
        given[name] or ""
        for _, given in tags
        for name in ("src", "href", "xlink:href", "data", "srcset", "action", "ping")
        if name in given
    ]
    assert [target for target in loads if not target.startswith(("#", "data:"))] == []
    assert [name for _, given in tags for name in given if name.startswith("on")] == []
    assert "url(" not in page and "@import" not in page
    assert "default-src 'none'" in page


def test_an_empty_warehouse_says_so(published: duckdb.DuckDBPyConnection) -> None:
    page = render(published)
    assert (
        "There is no campaign yet" in page
        and "No deal has landed" in page
        and "Nothing has happened in a campaign yet" in page
    )
    assert Page(page).values["Sessions"] == "0" and Page(page).values["ROI"] == "–"
    assert_offline(page)
    published.execute("delete from diagnostics.run_log")
    assert "There is no campaign yet" in render(published)


def test_names_from_data_are_harmless(published: duckdb.DuckDBPyConnection) -> None:
    for number, name in enumerate(HOSTILE):
        add_campaign(published, f"k{number}", name, revenue=number)
        for model in ("linear", name):
            add(
                published,
                "marts.attributed_revenue",
                campaign_id=f"k{number}",
                model=model,
                contacts=1,
                deals=1,
                deal_amount=9,
                revenue=number,
            )
        add(
            published,
            "diagnostics.utm_audit",
            utm_campaign=name,
            page_views=number,
            sessions=1,
            status="unmatched",
        )
        add(
            published,
            "diagnostics.rejected_records",
            table_name=name,
            file_name=name,
            reason=name,
            record=name,
        )
        add(
            published,
            "diagnostics.deal_inclusion",
            deal_id="d",
            campaign_id=f"k{number}",
            is_included=False,
            reason=name,
        )
        add(
            published,
            "diagnostics.asset_visibility",
            campaign_id=f"k{number}",
            asset_type=name,
            asset_id=name,
            is_visible=False,
            reasons=[name],
        )
    page = render(published)
    assert_offline(page)
    assert "&lt;script&gt;alert(1)" in page and "{{ 7 * 7 }}" in page
    assert not set("\x1b\x00\u202e\u202c") & set(page)
    assert page.count("<style>") == 1 and "<bdi>" in page
    text = "".join(Page(page).texts)
    assert "long" * 30 in text and "long" * 80 not in text


def test_unknown_amounts_are_unknown_and_no_campaign_has_a_row(
    published: duckdb.DuckDBPyConnection,
) -> None:
    """R83: a spend with an amount that has no rate is unknown, and so is every sum with it.

    R74: what no campaign won is shown as such.
    """
    add_campaign(published, "k1", None, revenue=Decimal("70.10"), spend=None, budget=None)
    add_campaign(
        published, "k2", "Known", revenue=Decimal("20.05"), spend=50, budget=40, roi=-0.599
    )
    add(published, "core.dim_campaigns", campaign_id="k3", campaign_name="Gone", is_deleted=True)
    for campaign, first, linear in (
        ("k1", 0, "70.10"),
        ("k2", 90, "20.05"),
        ("k3", 5, "5.00"),
        (None, 5, "4.85"),
    ):
        for model, revenue in (("first_interaction", first), ("linear", Decimal(linear))):
            if revenue:
                add(
                    published,
                    "marts.attributed_revenue",
                    campaign_id=campaign,
                    model=model,
                    contacts=1,
                    deals=1,
                    deal_amount=100,
                    revenue=revenue,
                )
    add(
        published,
        "core.fct_deals",
        deal_id="d1",
        is_closed_won=True,
        amount=100,
        amount_home=100,
        is_deleted=False,
    )
    add(
        published,
        "core.fct_deals",
        deal_id="d2",
        is_closed_won=True,
        amount=100,
        amount_home=None,
        currency="XAU",
        is_deleted=False,
    )
    add(
        published,
        "core.fct_deals",
        deal_id="d3",
        is_closed_won=True,
        amount=50,
        amount_home=50,
        is_deleted=False,
    )
    add(
        published,
        "diagnostics.deal_inclusion",
        deal_id="d2",
        campaign_id="k1",
        is_included=False,
        reason="NO_EXCHANGE_RATE",
    )
    page = render(published)
    shown_page = Page(page)
    assert (
        shown_page.values["Spend"] == "unknown"
        and "Spend exact" not in shown_page.values
        and shown_page.values["ROI"] == "–"
    )
    assert shown_page.values["Revenue exact"] == "$90.15"
    assert "their spend is unknown" in page
    assert queries.won_money(published) == {
        "deals": 3, "not_converted": 1, "won": Decimal("150.00"), "campaigns": Decimal("90.15"),
        "no_campaign": Decimal("4.85"), "deleted": Decimal("5.00"), "nobody": Decimal("50.00"),
    }  # fmt: skip
    assert "<bdi>k1</bdi>" in page, "a campaign without a name is shown by its id"
    assert "<i>No campaign</i>" in page and "deleted</span>" in page
    names, rows = queries.models(published)
    assert names == ["first_interaction", "linear"]
    assert [(row.campaign_id, row.spread, row.high) for row in rows] == [
        ("k1", Decimal("70.10"), "linear"),
        ("k2", Decimal("69.95"), "first_interaction"),
        ("k3", Decimal("0.00"), "linear"),
        (None, Decimal("0.15"), "first_interaction"),
    ]
    assert "All 3 won deals" in page and "1 of them in no sum, without an exchange rate" in page
    assert [(row["reason"], row["deals"]) for row in quality.deal_reasons(published)] == [
        ("NO_EXCHANGE_RATE", 1)
    ]


def test_numbers_follow_locale_and_currency(published: duckdb.DuckDBPyConnection) -> None:
    add_campaign(
        published,
        "k1",
        "One",
        sessions=1,
        revenue=Decimal("1234567.89"),
        spend=Decimal("1000.00"),
        roi=1233.6,
    )
    german = render(published, report_locale="de_DE", home_currency="eur")
    assert "1.234.567,89\u00a0€" in german and "1,23\u00a0Mio.\u00a0€" in german
    assert "$1,234,567.89" in render(published)
    indian = Formats("en_IN", "INR", "Asia/Kolkata")
    assert indian.money(Decimal("1234567.5")) == "₹12,34,567.50" and indian.instant(
        datetime(2024, 6, 30, 20)
    ).startswith("1 Jul 2024")
    assert Formats("de_DE", "EUR", "UTC").short_money(Decimal("54321.6")) == "54.322\u00a0€"
    assert (
        Formats("en_US", "USD", "UTC").short_money(Decimal("999.4")) == "$999"
        and Formats("en_US", "USD", "UTC").change(-0.001) == "0%"
    )
    assert Formats("ja_JP", "JPY", "UTC").money(Decimal("5")) == "￥5"


def test_a_locale_that_is_none_says_what_would_do() -> None:
    assert make_settings(variables=["report_locale=pt-BR"]).variables["report_locale"] == "pt_BR"
    for text in ("klingon", "../../etc/passwd", "", "xx_YY"):
        with pytest.raises(SettingsError, match="write one such as en_US or de_DE"):
            make_settings(variables=[f"report_locale={text}"])


def test_two_hundred_campaigns_are_small_and_quick(published: duckdb.DuckDBPyConnection) -> None:
    """Below 2 MiB and 2 s of computing; a busy machine takes longer by the clock."""
    published.execute(
        """
        insert into core.dim_campaigns by name
        select printf('k%03d', n) as campaign_id,
            printf('Campaign %d of a large portfolio, with a name as long as names are',
            n) as campaign_name,
            'An Owner' as owner, date '2024-01-01' as start_date, date '2024-12-31' as end_date,
                false as is_deleted
        from range(200) as r(n)
        """
    )
    published.execute(
        """
        insert into marts.campaign_performance by name
        select campaign_id, campaign_name, n * 97 as sessions, n * 13 as new_contacts_first_touch,
            n * 11 as new_contacts_last_touch,
            n * 31 as influenced_contacts, n as contacts_with_revenue, n as deals,
            n * 12345.67 as revenue, n * 90 as budget, n * 100 as spend, 0.5 as roi
        from (select campaign_id, campaign_name, row_number() over (order by campaign_id) as n
            from core.dim_campaigns)
        """
    )
    published.execute(
        """
        insert into marts.attributed_revenue by name
        select campaign_id, if(m = 0, 'linear', 'model_' || m) as model, 1 as contacts, 1 as deals,
            9 as deal_amount, revenue * (m + 1) as revenue
        from marts.campaign_performance, range(9) as r(m)
        """
    )
    published.execute(
        "insert into marts.campaign_daily (campaign_id, day, revenue, spend) "
        "select 'k001', date '2023-01-01' + cast(n as integer), n, n from range(540) as r(n)"
    )
    seconds = []
    for _ in range(2):
        started = time.process_time()
        page = render(published)
        seconds.append(time.process_time() - started)
    assert min(seconds) < 2
    assert len(page.encode()) < 2 * 1024 * 1024
    assert page.count('role="rowheader"><bdi>') == 200 + MODEL_ROWS
    assert "192 more campaigns" in page
    assert_offline(page)


def test_more_campaigns_than_a_page_holds_are_left_to_the_table(
    published: duckdb.DuckDBPyConnection,
) -> None:
    for number in range(MOST_ROWS + 7):
        add_campaign(published, f"k{number}", "One of many")
    assert "7 more in <code>marts.campaign_performance</code>" in render(published)


def test_checks_of_the_run_are_shown_where_the_file_has_them(
    published: duckdb.DuckDBPyConnection,
) -> None:
    published.execute("delete from diagnostics.check_results")
    assert "Business checks" not in render(published)
    for name, passed in (("holds", True), ("fails", False)):
        check = {
            "table_name": "marts.campaign_performance",
            "check_name": name,
            "rule_id": "R53",
            "says": f"It {name} <b>.",
            "cure": "Look.",
        }
        outcome = {
            "severity": "warning",
            "passed": passed,
            "rows_failing": 0 if passed else 1234,
            "sample": "{'a': 1}",
        }
        add(published, "diagnostics.check_results", run_id="r1", **check, **outcome)
    page = render(published)
    assert (
        "1 of 2 checks passed" in page
        and "Not so for 1,234 rows. Look." in page
        and "It fails &lt;b&gt;." in page
    )


def test_old_data_is_said(published: duckdb.DuckDBPyConnection) -> None:
    add(
        published,
        "core.fct_interactions",
        event_id="e",
        event_type="page_view",
        occurred_at=AS_OF - timedelta(9, 3600),
        is_filtered=False,
    )
    assert "The data is old:" in render(published)
    assert "9 days before this run" in render(published)
    assert "The data is old:" not in render(published, freshness_warning_days=10)


def test_the_trend_is_of_whole_weeks_up_to_the_newest_day() -> None:
    newest = date(2024, 6, 29)
    days = {newest - timedelta(n): {"sessions": 1, "revenue": Decimal("0.10")} for n in range(100)}
    days[newest + timedelta(5)] = {"sessions": 1000}
    days[newest - timedelta(10)]["spend"] = None
    periods = timeline.periods(days, until=date(2024, 7, 1))
    assert (
        len(periods) == 15
        and periods[-1].last == newest
        and periods[-1].first == newest - timedelta(6)
    )
    assert [period.numbers["sessions"] for period in periods] == [2, *[7] * 14]
    assert periods[-1].numbers["revenue"] == Decimal("0.70")
    assert [n for n, period in enumerate(periods) if period.numbers["spend"] is None] == [13]
    now, before = timeline.latest(days, until=date(2024, 7, 1))
    assert (now.numbers["sessions"], before.numbers["sessions"], now.first) == (
        30,
        30,
        newest - timedelta(29),
    )
    few = timeline.periods(
        {newest: {"sessions": 3}, newest - timedelta(2): {"sessions": 1}}, until=newest
    )
    assert [period.numbers["sessions"] for period in few] == [1, 0, 3]
    assert timeline.periods({}, until=newest) == [] and timeline.latest({}, until=newest) is None


def test_each_thing_counts_once_and_on_its_portal_day(published: duckdb.DuckDBPyConnection) -> None:
    """R41, R53, R84: a session and a contact of two campaigns are one; days are the portal's; what
    only a deleted campaign has is not there.
    """
    for campaign in ("k1", "k2"):
        add_campaign(published, campaign, campaign)
    late = datetime(2024, 3, 1, 23, 30)
    add(published, "core.dim_contacts", contact_id="c1", is_deleted=False)
    add(published, "core.dim_contacts", contact_id="c2", is_deleted=True)
    for session, campaigns in (("s1", ("k1", "k2")), ("s2", ("deleted",))):
        add(published, "core.fct_sessions", session_id=session, started_at=late)
        for campaign in campaigns:
            add(
                published,
                "core.fct_campaign_interactions",
                event_id=session,
                campaign_id=campaign,
                session_id=session,
                event_type="page_view",
            )
    for campaign in ("k1", "k2", "deleted"):
        add(
            published,
            "marts.influenced_contacts",
            campaign_id=campaign,
            contact_id="c1",
            influenced_at=late,
        )
    totals = queries.totals(published, timeline.daily(published, "UTC"))
    assert (totals["sessions"], totals["influenced"], totals["campaigns"]) == (1, 1, 2)
    assert timeline.daily(published, "UTC") == {date(2024, 3, 1): {"sessions": 1, "influenced": 1}}
    assert timeline.daily(published, "Asia/Tokyo") == {
        date(2024, 3, 2): {"sessions": 1, "influenced": 1}
    }
    assert queries.funnel(published) == [1, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (276, [0, 100, 200, 300]),
        (55_000, [0, 20_000, 40_000, 60_000]),
    ],
)
def test_ticks_are_round(highest: float, ticks: list[float]) -> None:
    assert charts.nice_ticks(highest) == ticks


def test_a_chart_takes_its_colours_from_the_page() -> None:
    drawn = charts.svg(charts.trend_spec([1, 2, 3], [1, None, 5], [1], str, str))
    assert (
        drawn.startswith('<svg aria-hidden="true"')
        and "var(--series)" in drawn
        and "<script" not in drawn
    )


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        (None, ""),
        ("a\tb\nc", "a b c"),
        ("\x1b[1mx", "\ufffd[1mx"),
        ("\u202ex", "\ufffdx"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("x" * 161, "x" * 159 + "…"),
    ],
)
def test_text_is_one_harmless_line(text: str | None, harmless: str) -> None:
    assert shown(text) == harmless


def test_a_narrow_terminal_keeps_the_columns_that_matter_most() -> None:
    widths = {head: 10 for head in HEADS}
    assert fitting(widths, 27, 160) == [head for head in HEADS if head in KEPT_FIRST[:9]]
    assert fitting(widths, 27, 80) == ["Revenue", "Spend", "ROI"]
    assert fitting(widths, 27, 30) == []
    assert fitting(widths, 27, 1000) == list(HEADS)


@pytest.mark.parametrize("width", [60, 80, 120, 160])
@pytest.mark.parametrize(
    "name",
    [
        "A",
        "A campaign with a name longer than any column for it",
        "\x1b[31mred",
        "冷链合规网络研讨会与审计季节二零二五年春季特别活动",
    ],
)
def test_the_campaign_table_is_never_wider_than_the_terminal(width: int, name: str) -> None:
    money = (Decimal("251631.35"), Decimal("250869.33"), None, Decimal("35282.10"))
    table, left_out = _campaign_table(
        [(name, 1447, 244, 230, 1126, 78, *money, 6.13)], "USD", width
    )
    out = io.StringIO()
    Console(file=out, width=width, soft_wrap=True, color_system=None).print(table)
    lines = out.getvalue().splitlines()
    assert max(cell_len(line) for line in lines) <= width
    assert (
        "251,631.35" in out.getvalue()
        and "+613%" in out.getvalue()
        and "\x1b" not in out.getvalue()
    )
    assert {*left_out} == {head for head in HEADS if head not in lines[2]}


def test_every_deal_and_contact_has_a_reason_and_the_rows_are_the_sum(
    published: duckdb.DuckDBPyConnection,
) -> None:
    """R97, R98: all won deals are the counted ones and those of each reason, in number and money;
    deals that cannot be converted stand beside the sum.
    """
    add_campaign(published, "k1", "One")
    deals = (("d1", "COUNTED", 100), ("d2", "NO_CONTACT", 30), ("d3", "NO_EXCHANGE_RATE", None))
    for deal, status, amount in deals:
        add(
            published,
            "diagnostics.deal_status",
            deal_id=deal,
            status=status,
            campaigns=int(status == "COUNTED"),
            amount_home=amount,
        )
        add(
            published,
            "core.fct_deals",
            deal_id=deal,
            is_closed_won=True,
            amount=9,
            amount_home=amount,
            is_deleted=False,
        )
    add(published, "diagnostics.deal_status", deal_id="d4", status="NOT_CLOSED_WON", campaigns=0)
    add(published, "core.fct_deals", deal_id="d4", is_closed_won=False, amount=7, amount_home=7)
    for metric in ("first_touch", "last_touch", "influenced"):
        add(
            published,
            "diagnostics.contact_status",
            contact_id="c1",
            metric=metric,
            status="COUNTED",
        )
    add(
        published,
        "diagnostics.contact_status",
        contact_id="c2",
        metric="influenced",
        status="NO_INTERACTION",
    )
    found = reasons.reasons_part(published, Formats("en_US", "USD", "UTC"))
    shown_deals = [
        (row["label"], row["deals"], row["won"], row["amount"], row["not_converted"])
        for row in found["deals"]["rows"]
    ]
    assert shown_deals == [
        ("Counted", "1", "1", "100.00", ""),
        ("No contact", "1", "1", "30.00", ""),
        ("No exchange rate", "1", "1", "–", "1 deal not converted"),
        ("Not closed-won", "1", "0", "–", ""),
    ]
    assert [found["deals"][name] for name in ("deals", "won", "amount")] == ["4", "3", "130.00"]
    contacts = [(row["label"], row["numbers"]) for row in found["contacts"]["rows"]]
    assert contacts == [("Counted", ["1", "1", "1"]), ("No interaction", ["–", "–", "1"])]
    assert found["contacts"]["all"] == ["1", "1", "2"]
    assert "1 campaign ·" in render(published)


def test_a_reason_has_the_words_of_its_subject() -> None:
    listed = words.Reasons()
    labels = {
        subject: listed.words("CONTACT_DELETED", subject)["label"]
        for subject in ("deal", "deal_contact", "parity", "asset")
    }
    assert labels == {
        "deal": "Contacts deleted",
        "deal_contact": "Contact deleted",
        "parity": "Deleted contact",
        "asset": "Contacts deleted",
    }
    assert listed.words("Y", "deal")["label"] == "Y"
    cures = [
        words.Reasons(days).words("NO_REVENUE_INTERACTION", "deal")["cure"] for days in (None, 7)
    ]
    assert cures[0] == "Nothing: these interactions earn no revenue."
    assert "widen it: the variable is attribution_lookback_days" in cures[1]
    assert listed.place("CONTACT_DELETED", "deal") < listed.place("Y", "deal")


def test_the_status_of_a_utm_value_is_told_with_what_to_do(
    published: duckdb.DuckDBPyConnection,
) -> None:
    """R95, R31."""
    for status in ("shared", "another"):
        add(published, "diagnostics.utm_audit", utm_campaign=status, page_views=1, status=status)
    found = reasons.utms_part(published, Formats("en_US", "USD", "UTC"))["rows"]
    assert [(row["label"], row["help"]) for row in found] == [
        ("another", ""),
        (
            "Shared",
            "Several campaigns have this alias. Each counts the visits since the campaign and its "
            "own alias began, so one visit may count for several. Remove the alias from all "
            "campaigns but one.",
        ),
    ]


def test_near_misses_parity_and_unread_values_are_said(
    published: duckdb.DuckDBPyConnection,
) -> None:
    """R95, R120."""
    add_campaign(published, "k1", "Summer <i>")
    add(
        published,
        "diagnostics.utm_audit",
        utm_campaign="sumer-sale",
        page_views=300,
        sessions=213,
        status="unmatched",
        similar_alias="summer-sale",
    )
    for ours, theirs in ((5, 5), (7, 9)):
        add(
            published,
            "diagnostics.parity",
            source="hubspot",
            campaign_id="k1",
            metric="influenced",
            ours=ours,
            reported=theirs,
            difference=ours - theirs,
            share=(ours - theirs) / theirs,
        )
    add(
        published,
        "diagnostics.parity_contacts",
        source="hubspot",
        campaign_id="k1",
        metric="influenced",
        contact_id="c1",
        is_ours=False,
        reason="CONTACT_MERGED",
    )
    add(
        published,
        "diagnostics.unread_values",
        table_name="deals",
        file_name="f",
        column_name="amount",
        rows=3,
        examples=["1.000,00"],
    )
    text = " ".join("".join(Page(render(published)).texts).split())
    assert "213 visits say sumer-sale; did you mean summer-sale?" in text
    assert "Summer <i>: 7 here, 9 there" in text and "Merged contact" in text
    assert "Who differs most, and why" in text and "−2 (-22.2%)" in text
    assert "0 rows left out, 3 values left empty" in text and "1.000,00" in text


def test_what_changed_in_seven_days_is_told_with_its_causes(
    published: duckdb.DuckDBPyConnection,
) -> None:
    add_campaign(published, "k1", "One")
    for run, days in (("r2", 3), ("r3", 10)):
        add(
            published,
            "diagnostics.run_log",
            run_id=run,
            as_of=AS_OF,
            started_at=AS_OF + timedelta(days),
            status="published",
        )
    for run, metric, model, by in (
        ("r1", "revenue", None, 500), ("r2", "deals", None, 9), ("r3", "revenue", None, -20),
        ("r3", "revenue", "linear", -20), ("r3", "sessions", None, 2),
    ):  # fmt: skip
        add(
            published,
            "diagnostics.restatements",
            run_id=run,
            campaign_id="k1",
            metric=metric,
            model=model,
            change="changed",
            difference=by,
            campaign_causes="late_event 2, deal_edit 1",
        )
    add(
        published,
        "diagnostics.restatement_causes",
        run_id="r3",
        kind="variable",
        detail="home_currency USD -> EUR",
        changes=1,
    )
    found = changes.changes_part(published, Formats("en_US", "USD", "UTC"))
    assert [(row["name"], row["told"]) for row in found["rows"]] == [
        ("One", ["Revenue −$20.00", "Sessions +2"])
    ]
    assert found["rows"][0]["why"] == "2 late events, 1 edited deal"
    assert found["causes"] == ["changed setting home_currency USD → EUR"]


def test_how_much_rests_on_times_that_are_not_exact(published: duckdb.DuckDBPyConnection) -> None:
    """R96: revenue and influenced contacts that only a doubtful interval makes count; a utm is
    none.
    """
    formats = Formats("en_US", "USD", "UTC")
    add_campaign(published, "k1", "One")
    for asset, basis in (("a1", "first_seen"), ("a2", "exact"), ("a3", "assumed")):
        add(
            published,
            "core.fct_asset_associations",
            campaign_id="k1",
            asset_type="form",
            asset_id=asset,
            valid_from=AS_OF - timedelta(9),
            time_basis=basis,
        )
    counted = (
        ("e1", "a1", "asset", "c1", 10),
        ("e2", "a2", "asset", "c1", 20),
        ("e3", "a3", "both", "c1", 30),
        ("e4", "a2", "asset", "c2", 40),
    )
    for event, asset, basis, contact, share in counted:
        add(
            published,
            "core.fct_interactions",
            event_id=event,
            occurred_at=AS_OF - timedelta(5),
            asset_type="form",
            asset_id=asset,
        )
        add(
            published,
            "core.fct_campaign_interactions",
            event_id=event,
            campaign_id="k1",
            basis=basis,
            occurred_at=AS_OF - timedelta(5),
        )
        add(
            published,
            "marts.attribution_credits",
            deal_id="d",
            event_id=event,
            campaign_id="k1",
            contact_id=contact,
            model="linear",
            closed_at=AS_OF,
            credit=share,
        )
    for contact, basis in (("c1", "exact"), ("c2", "assumed")):
        add(
            published,
            "core.fct_deal_contacts",
            deal_id="d",
            contact_id=contact,
            valid_from=AS_OF - timedelta(3),
            is_at_close=True,
            time_basis=basis,
        )
    for event in ("e1", "e2"):
        add(
            published,
            "marts.influenced_contacts",
            campaign_id="k1",
            contact_id=event,
            event_id=event,
            influenced_at=AS_OF - timedelta(5),
        )
    part = changes.times_part(published, formats)
    assert (part["revenue"], part["revenue_share"], part["influenced"]) == ("$50.00", "50.0%", "1")
    assert [numbers for _, numbers in part["rows"]] == [["1", "1", "1"], ["1", "0", "1"]]
    published.execute("update core.fct_asset_associations set time_basis = 'exact'")
    published.execute("update core.fct_deal_contacts set time_basis = 'exact'")
    assert changes.times_part(published, formats)["all_exact"]


def test_a_model_and_a_conversion_are_chosen_without_a_script(
    published: duckdb.DuckDBPyConnection,
) -> None:
    add_campaign(published, "k1", "One")
    for model, revenue in (("linear", 70), ("markov", 30)):
        add(
            published,
            "marts.attributed_revenue",
            campaign_id="k1",
            model=model,
            contacts=1,
            deals=1,
            deal_amount=100,
            revenue=revenue,
        )
        add(
            published,
            "marts.attributed_revenue",
            campaign_id=None,
            model=model,
            contacts=1,
            deals=1,
            deal_amount=100,
            revenue=100 - revenue,
        )
        add(
            published,
            "marts.attributed_conversions",
            conversion="contact_created",
            campaign_id="k1",
            model=model,
            subjects=3,
            credit=Decimal("2.25"),
        )
        add(
            published,
            "marts.channel_performance",
            channel="ai_referrals",
            model=model,
            sessions=4,
            new_contacts=1,
            contacts_created=1,
            deals=1,
            revenue=revenue,
            pipeline=9,
        )
    part = credit.credit_part(published, Formats("en_US", "USD", "UTC"))
    assert [code for code, *_ in part["conversions"]] == ["deal_won", "contact_created"]
    assert [(model["label"], model["first"]) for model in part["models"]] == [
        ("Linear", True),
        ("Markov (removal effect)", False),
    ]
    won, created = (table for *_, table in part["models"][1]["tables"])
    assert [(row["name"], row["credit"], row["share"]) for row in won["rows"]] == [
        ("One", "30.00", "30.0%"),
        ("", "70.00", "70.0%"),
    ]
    assert (created["whole"], won["whole"]) == ("2.2", "100.00")
    assert part["models"][0]["channels"][0]["name"] == "AI referrals"
    page = render(published)
    assert page.count('type="radio"') == 4 and page.count(" checked>") == 2
    assert ".switch:has(#model2:checked) .model2" in page
    assert_offline(page)


def test_kept_answers_are_told(published: duckdb.DuckDBPyConnection) -> None:
    answer = {
        "name": "lookback30",
        "settings": ["attribution_lookback_days none -> 30.0"],
        "as_of": "2026-07-01T00:00:00Z",
        "totals": [{"metric": "revenue", "published": "1200.50", "answer": "900.25"}],
        "campaigns": [
            {
                "campaign": "Summer <i>",
                "metric": "revenue",
                "published": "700.00",
                "answer": "399.75",
                "why": "a variable differs",
                "rule_id": "R60",
            }
        ],
    }
    assert "What if?" not in render(published)
    page = report.render(published, default_variables(), [answer])
    text = " ".join("".join(Page(page).texts).split())
    assert "lookback30 attribution_lookback_days none -> 30.0, as of Jul 1, 2026" in text
    for told in ("$1,200.50", "$900.25", "−$300.25", "Summer <i>", "$399.75", "a variable differs"):
        assert told in text, told
