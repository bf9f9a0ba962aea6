"""`make docs`: dbt's documentation as one page that opens without a server, and beside it the
rules, with links both ways.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from orchestration.building import dbt as dbt_build
from orchestration.building.project import ignore_other_projects
from orchestration.checking.suites import business_checks
from orchestration.ground.errors import BuildFailed, SettingsError
from orchestration.ground.paths import DBT_PROJECT, PUBLISHED_SCHEMAS
from orchestration.ground.settings import Settings, make_settings
from orchestration.home.lock import locked
from orchestration.terminal.failures import answered

SITE = DBT_PROJECT / "target" / "docs"
RULE = re.compile(r"(?<![\w\[#])R\d{2,3}\b")
TEXTS = ("description", "block_contents")
# What dbt's page has in place of the data; `dbt docs generate --static` replaces the same.
PLACES = {
    "manifest.json": '"MANIFEST.JSON INLINE DATA"',
    "catalog.json": '"CATALOG.JSON INLINE DATA"',
}
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #222; background: #fff}
h2 { margin-top: 3rem}
section { border-top: 1px solid #ddd; padding: .5rem 0}
section:target { background: #fff7d6}
h3 { margin: .5rem 0}
dl { display: grid; grid-template-columns: 9rem 1fr; gap: .2rem 1rem; font-size: .9rem}
dt { color: #555}
dd { margin: 0}
a { color: #0a58a8 } code { background: #f3f3f3 }
"""


def linked(text: str) -> str:
    """Markdown in which every rule id leads to the rule."""
    return RULE.sub(lambda found: f"[{found[0]}](rules.html#{found[0]})", text)


def link_descriptions(node: Any) -> Any:
    """A part of the manifest in which every description has its rules linked."""
    if isinstance(node, dict):
        return {
            name: linked(value)
            if name in TEXTS and isinstance(value, str)
            else link_descriptions(value)
            for name, value in node.items()
        }
    return [link_descriptions(entry) for entry in node] if isinstance(node, list) else node


def rule_texts(manifest: dict) -> dict[str, list[tuple[str, str]]]:
    """Rules in order, by the title of their group: (id, Markdown)."""
    groups = {}
    for doc in manifest["docs"].values():
        if doc["name"].startswith("rules_"):
            title, *rules = re.split(r"(?m)^- \*\*(R\d{2,3})\*\* ", doc["block_contents"])
            groups[title.strip().strip("*")] = list(zip(rules[::2], rules[1::2], strict=True))
    return dict(sorted(groups.items(), key=lambda group: int(group[1][0][0][1:])))


def _anchor(node: dict, column: str | None = None) -> str:
    name = node["name"] if column is None else f"{node['name']}.{column}"
    return (
        f"<a "
        f'href="index.html#!/{node["resource_type"]}/{node["unique_id"]}">{html.escape(name)}</a>'
    )


def uses(manifest: dict) -> dict[str, dict[str, list[str]]]:
    """By rule: where it is decided, shown, proved and checked, as HTML."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))

    def note(text: str, kind: str, what: str) -> None:
        for rule in sorted(set(RULE.findall(text))):
            found[rule][kind].append(what)

    for node in sorted(manifest["nodes"].values(), key=lambda node: node["name"]):
        if node["resource_type"] not in ("model", "seed"):
            continue
        header = "\n".join(re.findall(r"(?m)^--.*$", node.get("raw_code") or ""))
        layer = node["config"]["schema"]
        if layer != "metrics":  # they decide nothing
            note(f"{header}\n{node['description'].partition('**')[0]}", "Decided in", _anchor(node))
        for column in node["columns"].values() if layer in PUBLISHED_SCHEMAS else ():
            note(column["description"], "Shown by", _anchor(node, column["name"]))
    for test in sorted(manifest["unit_tests"].values(), key=lambda test: test["name"]):
        note(test["description"] or "", "Proved by", f"<code>{html.escape(test['name'])}</code>")
    for check in business_checks():
        note(
            check.rule,
            "Checked by",
            f"<code>{html.escape(check.table)}: {html.escape(check.name)}</code>",
        )
    return found


def _places(used: dict[str, list[str]]) -> Iterable[str]:
    for kind in ("Decided in", "Shown by", "Proved by", "Checked by"):
        if kind in used:
            yield f"<dt>{kind}</dt><dd>{', '.join(used[kind])}</dd>"


def rules_page(manifest: dict) -> str:
    """The page of all rules, as HTML."""
    markdown = MarkdownIt("commonmark", {"html": False})
    used = uses(manifest)
    parts = []
    for title, rules in rule_texts(manifest).items():
        parts.append(f"<h2>{html.escape(title)}</h2>")
        for rule, text in rules:
            body = markdown.render(RULE.sub(lambda found: f"[{found[0]}](#{found[0]})", text))
            places = "".join(_places(used[rule]))
            parts.append(
                f'<section id="{rule}"><h3><a '
                f'href="#{rule}">{rule}</a></h3>{body}<dl>{places}</dl></section>'
            )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        "<title>Touchledger: the rules</title>"
        f'<style>{STYLE}</style></head><body><p><a href="index.html">Tables and lineage</a></p>'
        f"<h1>The rules</h1>{''.join(parts)}</body></html>"
    )


def _generate(settings: Settings) -> Path:
    """Runs `dbt docs generate` on the warehouse of the last run; returns the folder of its files.

    Raises BuildFailed.
    """
    ignore_other_projects()
    from dbt.cli.main import dbtRunner

    with locked(settings):
        outcome = dbtRunner().invoke(dbt_build.arguments("docs", settings, "generate"))
        dbt_build.close_connections()
    if not outcome.success:
        raise BuildFailed(f"dbt could not write the documentation: {outcome.exception}")
    return settings.compiled


def _embedded(data: Any, places: dict[Path, str]) -> str:
    """JSON to stand in a page, without the folders of this machine."""
    text = json.dumps(data).replace("</", "<\\/")
    for folder, name in places.items():
        text = text.replace(json.dumps(str(folder))[1:-1], name)
    return text


def write(settings: Settings, site: Path = SITE) -> Path:
    """Writes index.html and rules.html into `site`; returns the page to open.

    Raises SettingsError, HomeBusy, BuildFailed.
    """
    if not settings.warehouse.exists():
        raise SettingsError(
            f"There is no warehouse in {settings.home} to document; run `make run` first, or name "
            f"another with TOUCHLEDGER_HOME"
        )
    generated = _generate(settings)
    manifest = json.loads((generated / "manifest.json").read_text(encoding="utf-8"))
    page = (generated / "index.html").read_text(encoding="utf-8")
    data = {
        "manifest.json": link_descriptions(manifest),
        "catalog.json": json.loads((generated / "catalog.json").read_text(encoding="utf-8")),
    }
    for name, place in PLACES.items():
        if place not in page:
            raise BuildFailed(
                f"dbt's page has no place for {name}; use `dbt docs generate --static` until this "
                f"is mended"
            )
        page = page.replace(
            place, _embedded(data[name], {settings.home: "HOME", DBT_PROJECT: DBT_PROJECT.name})
        )
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    (site / "index.html").write_text(page, encoding="utf-8")
    (site / "rules.html").write_text(rules_page(manifest), encoding="utf-8")
    return site / "index.html"


def main() -> int:
    """Writes the documentation and says where it is.

    Exit status: 0 written, 1 dbt failed, 2 no warehouse to document, or no place to write.
    """
    # The pages are the same for every target; the catalogue is that of the warehouse file, which
    # knows what another engine built.
    return answered(lambda: print(f"Open {write(make_settings(target='duckdb'))}"))


if __name__ == "__main__":
    sys.exit(main())
