"""Data Docs of Great Expectations: the suites and how they came out, as pages that open without a
network.

Great Expectations writes a page per suite and result; they ask the network for their scripts,
styles and first page. Here they lose what is remote, and the first page is a plain list of all
checks with counts, sample rows and cures.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable
from html import escape
from pathlib import Path

from orchestration.checking.results import CheckResult
from orchestration.checking.run import run_business_checks
from orchestration.checking.suites import suites
from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import Settings, make_settings
from orchestration.home.lock import locked
from orchestration.terminal.failures import answered

STYLE = Path(__file__).with_name("data_docs.css")
# What a page fetches or needs a fetched script for.
_REMOTE = [
    re.compile(r"<script\b.*?</script>", re.DOTALL),
    re.compile(r"<link\b[^>]*>"),
    re.compile(r"<img\b[^>]*>"),
    re.compile(r"<footer\b.*?</footer>", re.DOTALL),
    re.compile(r"[^{};]*url\('?https?:[^)]*\);?"),
    re.compile(r"@font-face\s*{.*?}", re.DOTALL),
]
_ICONS = {"fa-check-circle": "passed", "fa-times": "failed", "fa-exclamation-triangle": "failed"}


def _style() -> str:
    return STYLE.read_text(encoding="utf-8")


def docs_folder(settings: Settings) -> Path:
    """Where the pages of a HOME are."""
    return settings.home / "data_docs"


def without_network(page: str) -> str:
    """A page of Great Expectations that fetches nothing: icons become words, and our style is in
    it.
    """
    for icon, word in _ICONS.items():
        page = re.sub(
            rf'<i\b[^>]*class="[^"]*{icon}[^"]*"[^>]*>\s*</i>',
            f'<span class="{word}">{word}</span>',
            page,
        )
    for remote in _REMOTE:
        page = remote.sub("", page)
    return page.replace("</head>", f'<meta charset="utf-8"><style>{_style()}</style></head>', 1)


def _status(result: CheckResult) -> str:
    word = "passed" if result.passed else "failed" if result.check.blocking else "warned"
    return f'<td class="{word}">{word}</td>'


def _row(result: CheckResult) -> str:
    check = result.check
    rows = "".join(
        f"<br><code>{escape(', '.join(f'{name}={value}' for name, value in row.items()))}</code>"
        for row in result.sample
    )
    details = (
        ""
        if result.passed
        else "<br>"
        + escape(result.error or f"{result.rows:,} row(s) break it.")
        + f"{rows}<br>{escape(check.cure)}"
    )
    return (
        f"<tr>{_status(result)}<td>{escape(check.rule)}</td><td>{escape(check.name)}</td>"
        f"<td>{escape(check.says)}{details}</td></tr>"
    )


def overview(results: Iterable[CheckResult], links: dict[str, str]) -> str:
    """The first page: all checks by table, what failed with counts, sample rows and cures.

    `links` lead to the page of each table.
    """
    tables: dict[str, list[CheckResult]] = {}
    for result in sorted(results, key=lambda one: (one.passed, not one.check.blocking)):
        tables.setdefault(result.check.table, []).append(result)
    total = sum(map(len, tables.values()))
    passed = sum(result.passed for members in tables.values() for result in members)
    parts = [f"<h1>Business checks</h1><p>{passed} of {total} passed.</p>"]
    for table, members in tables.items():
        name = (
            f'<a href="{escape(links[table])}">{escape(table)}</a>'
            if table in links
            else escape(table)
        )
        parts.append(
            f"<h2>{name}</h2><table><tr><th>Result</th><th>Rule</th><th>Check</th><th>It "
            f"says</th></tr>{''.join(map(_row, members))}</table>"
        )
    title = "<title>Business checks</title>"
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta '
        f'charset="utf-8">{title}<style>{_style()}</style></head><body>{"".join(parts)}</body></html>'
    )


def finish(folder: Path, results: Iterable[CheckResult]) -> Path:
    """Makes the pages of `folder` readable without a network and writes the first one; returns
    it.
    """
    shutil.rmtree(folder / "static", ignore_errors=True)
    links = {}
    for file in folder.rglob("*.html"):
        place = file.relative_to(folder)
        if place.parts[0] == "validations":
            links[f"{place.parts[1]}.{place.parts[2]}"] = str(place)
        file.write_text(without_network(file.read_text(encoding="utf-8")), encoding="utf-8")
    page = folder / "index.html"
    page.write_text(overview(results, links), encoding="utf-8")
    return page


def write_data_docs(settings: Settings, tables: Iterable[str] | None = None) -> Path:
    """Runs the checks of `tables` (all by default) on the warehouse as it is and writes their pages
    into HOME; returns the first one.
    """
    chosen = [suite for suite in suites() if tables is None or suite.table in set(tables)]
    folder = docs_folder(settings)
    return finish(folder, run_business_checks(settings, chosen, docs=folder))


def _write() -> None:
    settings = make_settings()
    if not settings.warehouse.exists():
        raise SettingsError(
            f"There is no warehouse in {settings.home} to check; run `make run` first, or name "
            f"another with TOUCHLEDGER_HOME"
        )
    with locked(settings):
        print(f"Open {write_data_docs(settings)}")


def main() -> int:
    """Writes the pages and says where they are.

    Exit status: 0 written, 2 nothing to check, or no place to write.
    """
    return answered(_write)


if __name__ == "__main__":
    sys.exit(main())
