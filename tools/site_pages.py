"""Pages of the documentation site that have their home elsewhere in the repository (MkDocs hooks).

The README becomes the first page; the rules, engines, decisions, security, benchmarks and the
change log are taken from where they are kept. Nothing is copied into docs/.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
PAGES = {
    "index.md": ROOT / "README.md",
    "changelog.md": ROOT / "CHANGELOG.md",
    "contributing.md": ROOT / "CONTRIBUTING.md",
    "security.md": ROOT / "SECURITY.md",
    "benchmarks.md": ROOT / "benchmarks" / "README.md",
    "rules.md": ROOT / "dbt_project" / "docs" / "business_rules.md",
    "engines.md": ROOT / "dbt_project" / "docs" / "engines.md",
}
DOCS = ROOT / "docs"
DECISIONS = ROOT / "dbt_project" / "docs" / "decisions"
LINK = re.compile(r"\]\(([^)#:\s]+)(#[^)\s]+)?\)")


def pages() -> dict[str, Path]:
    """Pages that are kept outside docs/, by their place on the site."""
    return {**PAGES, **{f"decisions/{path.name}": path for path in sorted(DECISIONS.glob("*.md"))}}


def site_links(text: str, source: Path, place: str) -> str:
    """Links of a page between files of the repository as links between pages of the site.

    A link to a file that is not on the site becomes plain text.
    """
    places = {path: name for name, path in pages().items()}

    def moved(link: re.Match[str]) -> str:
        target = (source.parent / link[1]).resolve()
        if target in places:
            found = places[target]
        elif target.is_relative_to(DOCS) and target.exists():
            found = target.relative_to(DOCS).as_posix()
        else:
            return "](" + (link[1] if not target.exists() else "#") + ")"
        return f"]({os.path.relpath(found, Path(place).parent)}{link[2] or ''})"

    text = LINK.sub(moved, text)
    return re.sub(r"(?<!!)\[([^\]]+)\]\(#\)", r"\1", text)


def page_text(source: Path, place: str) -> str:
    """The Markdown of a page without dbt's tags, its links those of the site."""
    text = source.read_text(encoding="utf-8")
    text = re.sub(r"\{%\s*(end)?docs[^%]*%\}\n?", "", text)
    if source.name == "business_rules.md":
        text = "# Rules\n\n" + re.sub(r"^\*\*(.+)\*\*$", r"## \1", text, flags=re.MULTILINE)
    return site_links(text, source, place)


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """The links of a page of docs/ that lead to pages kept elsewhere."""
    source = page.file.abs_src_path
    return site_links(markdown, Path(source), page.file.src_uri) if source else markdown


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are kept elsewhere."""
    for name, source in pages().items():
        files.append(File.generated(config, name, content=page_text(source, name)))
    return files
