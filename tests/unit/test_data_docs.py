"""Pages of the checks: readable without a network, safe whatever the data holds."""

from __future__ import annotations

import re
from pathlib import Path

from orchestration.checking.data_docs import finish, without_network
from orchestration.checking.results import CheckResult
from orchestration.checking.suites import BusinessCheck
from orchestration.ground.settings import make_settings

CHECK = BusinessCheck(
    "core.fct_deals",
    "deals_close",
    "R71",
    "No deal closes <early>.",
    "",
    "Correct it & land it again.",
    True,
)
GX_PAGE = """<html><head><link rel="stylesheet" href="https://cdn.example.com/a.css">
<script src="https://cdn.example.com/a.js"></script>
<style>@font-face { src: url(x.otf); }
 p { background: url('https://cdn.example.com/a.png'); }</style>
</head><body>
<img src="https://cdn.example.com/logo.png"/><i class="fas fa-check-circle text-success"></i>
<i class="fas fa-times text-danger" ></i>
<p>R71: says</p><footer>newsletter <a href="https://example.com">x</a></footer></body></html>"""


def test_a_page_fetches_nothing_and_says_what_its_icons_said() -> None:
    page = without_network(GX_PAGE)
    assert not re.search(r"https?:|<script|<link|<img|url\(", page)
    assert "passed</span>" in page and "failed</span>" in page and "R71: says" in page


def test_the_first_page_shows_what_failed_first_and_escapes_the_data(tmp_path: Path) -> None:
    place = tmp_path / "validations" / "core" / "fct_deals" / "one" / "result.html"
    place.parent.mkdir(parents=True)
    place.write_text(GX_PAGE, encoding="utf-8")
    passed = CheckResult(
        BusinessCheck("core.dim_assets", "assets", "R02", "Listed.", "", "", False), True
    )
    failed = CheckResult(
        CHECK, False, 1234, [{"deal_id": "<script>alert(1)</script>", "closed_at": None}]
    )
    page = finish(tmp_path, [passed, failed]).read_text(encoding="utf-8")
    assert page.index("core.fct_deals") < page.index("core.dim_assets")
    assert (
        "1 of 2 passed" in page
        and "1,234 row(s) break it" in page
        and "Correct it &amp; land it again." in page
    )
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert 'href="validations/core/fct_deals/one/result.html"' in page
    assert "https:" not in place.read_text(encoding="utf-8")


def test_pages_lie_in_home(tmp_path: Path) -> None:
    from orchestration.checking.data_docs import docs_folder

    assert docs_folder(make_settings(home=str(tmp_path))) == tmp_path / "data_docs"
