"""Pages of the documentation site that have their home elsewhere in the repository (MkDocs hooks).

The README becomes the first page; the rules, engines, decisions and the change log are taken from
where they are kept. Nothing is copied into docs/.
"""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
PAGES = {
    "index.md": ROOT / "README.md",
    "changelog.md": ROOT / "CHANGELOG.md",
    "contributing.md": ROOT / "CONTRIBUTING.md",
    "rules.md": ROOT / "dbt_project" / "docs" / "business_rules.md",
    "engines.md": ROOT / "dbt_project" / "docs" / "engines.md",
}


def page_text(source: Path) -> str:
    """The Markdown of a page without dbt's tags, its links those of the site."""
    text = source.read_text(encoding="utf-8")
    text = re.sub(r"\{%\s*(end)?docs[^%]*%\}\n?", "", text)
    if source.name == "business_rules.md":
        text = "# Rules\n\n" + re.sub(r"^\*\*(.+)\*\*$", r"## \1", text, flags=re.MULTILINE)
    text = re.sub(r"\]\(docs/", "](", text)
    text = text.replace("](CONTRIBUTING.md", "](contributing.md")
    text = text.replace("](CHANGELOG.md", "](changelog.md")
    return re.sub(r"\]\(dbt_project/docs/decisions/", "](decisions/", text)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are kept elsewhere."""
    decisions = sorted((ROOT / "dbt_project" / "docs" / "decisions").glob("*.md"))
    pages = {**PAGES, **{f"decisions/{path.name}": path for path in decisions}}
    for name, source in pages.items():
        if source.exists():
            files.append(File.generated(config, name, content=page_text(source)))
    return files
