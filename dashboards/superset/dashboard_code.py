"""The dashboard as code: the YAML in `assets/` is what Superset exports, with a few things left
open that only an installation knows.

| written in the YAML | stands for |
|---|---|
| `${published_file}` | the absolute path of the published file |
| `${home_currency}` | the home currency of the last run |
| `${campaigns}` | `shared/campaigns.sql`: how a campaign is named |
| `${contact_funnel}` | the report's `contact_funnel.sql`: who reached which step |
| `${models}`, `${event_types}`, `${asset_types}` | the labels in `seeds/rules` |
| `${reasons}`, `${contact_reasons}`, `${parity_reasons}` | likewise, of their subjects |
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ASSETS = HERE / "assets"
RULES = ROOT / "seeds" / "rules"
# Queries that datasets share, and one that they share with the report.
SHARED = {
    "campaigns": HERE / "shared" / "campaigns.sql",
    "contact_funnel": ROOT / "orchestration" / "publishing" / "report" / "contact_funnel.sql",
}
# The columns of the rule files that people read.
LABELS = {
    "models": ("attribution_models", ["model", "label"]),
    "event_types": ("interaction_types", ["event_type", "label"]),
    "asset_types": ("asset_types", ["asset_type", "label"]),
    "reasons": ("reason_codes", ["reason", "label", "cure"]),
    "contact_reasons": ("reason_codes", ["reason", "label", "cure"]),
    "parity_reasons": ("reason_codes", ["reason", "label", "cure"]),
}
# What the reasons of a placeholder are about.
SUBJECTS = {"contact_reasons": {"contact"}, "parity_reasons": {"parity"}}
PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
# What Superset adds by itself and an export need not keep.
VOLATILE = {
    "advanced_data_type",
    "always_filter_main_dttm",
    "cache_timeout",
    "catalog",
    "certification_details",
    "certified_by",
    "chartsInScope",
    "css",
    "currency_code_column",
    "dashboards",
    "datasource",
    "datetime_format",
    "default_endpoint",
    "default_filters",
    "external_url",
    "extra_form_data",
    "fetch_values_predicate",
    "filter_select_enabled",
    "folders",
    "is_managed_externally",
    "normalize_columns",
    "offset",
    "python_date_format",
    "query_context",
    "slice_id",
    "source_db_engine",
    "tabsInScope",
    "template_params",
    "theme_uuid",
    "timestamp",
    "warning_text",
}


def _rows(name: str) -> list[list[str]]:
    file, columns = LABELS[name]
    subjects = SUBJECTS.get(name, {"asset", "deal", None})
    with (RULES / f"{file}.csv").open(encoding="utf-8", newline="") as opened:
        # A reason may stand for several subjects.
        return [
            [row[column] for column in columns]
            for row in csv.DictReader(opened)
            if row.get("subject") in subjects
        ]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def labels_as_sql(name: str) -> str:
    """A query of the rows of a rule file, with their place in it as `position`."""
    columns = LABELS[name][1]
    rows = ",\n".join(
        f"    ({', '.join(map(_quoted, row))}, {place})" for place, row in enumerate(_rows(name), 1)
    )
    return f"select * from (values\n{rows}\n) as labels ({', '.join(columns)}, position)"


def placeholders(published_file: str, home_currency: str) -> dict[str, str]:
    """By name, what stands in for each placeholder in an installation."""
    shared = {name: file.read_text(encoding="utf-8").strip() for name, file in SHARED.items()}
    labels = {name: labels_as_sql(name) for name in LABELS}
    return {"published_file": published_file, "home_currency": home_currency, **shared, **labels}


def each_text(value: Any, change: Callable[[str], str]) -> Any:
    """A part of a YAML file with every text changed."""
    if isinstance(value, dict):
        return {key: each_text(entry, change) for key, entry in value.items()}
    if isinstance(value, list):
        return [each_text(entry, change) for entry in value]
    return change(value) if isinstance(value, str) else value


def filled(value: Any, known: dict[str, str]) -> Any:
    """A part of a YAML file with its placeholders filled in.

    Raises KeyError on one that nobody knows.
    """
    return each_text(value, lambda text: PLACEHOLDER.sub(lambda found: known[found[1]], text))


def opened(value: Any, known: dict[str, str]) -> Any:
    """The reverse of `filled`: a part of an export with the placeholders put back."""

    def put_back(text: str) -> str:
        if text == known["home_currency"]:  # three letters: only where they stand alone
            return "${home_currency}"
        for name in known.keys() - {"home_currency"}:
            text = text.replace(known[name], f"${{{name}}}")
        return text

    return each_text(value, put_back)


def load_assets(folder: Path = ASSETS) -> dict[str, Any]:
    """By path below `assets/`, what every YAML file says."""
    return {
        str(file.relative_to(folder)): yaml.safe_load(file.read_text(encoding="utf-8"))
        for file in sorted(folder.rglob("*.yaml"))
    }


def _lean(value: Any, keep_empty: bool) -> Any:
    """A part of an export without what Superset fills in by itself and, where that may go, without
    what is empty.
    """
    if isinstance(value, list):
        return [_lean(entry, keep_empty) for entry in value]
    if not isinstance(value, dict):
        return value
    kept = {
        key: _lean(entry, keep_empty)
        for key, entry in value.items()
        if key not in VOLATILE and (key, entry) != ("annotation_layers", [])
    }
    return (
        kept
        if keep_empty
        else {
            key: entry
            for key, entry in kept.items()
            if entry is not None and entry != "" and entry != {}
        }
    )


def _renumbered(dashboard: dict[str, Any]) -> dict[str, Any]:
    """A dashboard whose charts are numbered by their uuids, not by the installation that exported
    them.
    """
    places = [
        entry["meta"]
        for entry in dashboard["position"].values()
        if isinstance(entry, dict) and entry.get("type") == "CHART"
    ]
    numbers = {
        meta["chartId"]: number
        for number, meta in enumerate(sorted(places, key=lambda meta: meta["uuid"]), 1)
    }
    for meta in places:
        meta["chartId"] = numbers[meta["chartId"]]
    for each in dashboard["metadata"].get("native_filter_configuration", []):
        excluded = each.get("scope", {}).get("excluded", [])
        each["scope"]["excluded"] = sorted(numbers[chart] for chart in excluded if chart in numbers)
    dashboard["metadata"].pop("chart_configuration", None)
    dashboard["metadata"].pop("global_chart_configuration", None)
    return dashboard


def file_name(title: str) -> str:
    """A chart's or dataset's title as the name of its file."""
    return re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_") + ".yaml"


def normalised(exported: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    """An export as it is kept in `assets/`: lean, with placeholders, in an order and under names
    that do not change by themselves.
    """
    kept: dict[str, Any] = {}
    for path, content in exported.items():
        content = opened(_lean(content, keep_empty=path.startswith("dashboards/")), known)
        if path.startswith("charts/"):
            path = f"charts/{file_name(content['slice_name'])}"
        elif path.startswith("datasets/"):
            path = f"datasets/{file_name(content['table_name'])}"
            content["columns"].sort(key=lambda column: column["column_name"])
            content["metrics"].sort(key=lambda metric: metric["metric_name"])
        elif path.startswith("databases/"):
            path = f"databases/{file_name(content['database_name'])}"
        elif path.startswith("dashboards/"):
            path = f"dashboards/{file_name(content['dashboard_title'])}"
            content = _renumbered(content)
        kept[path] = content
    return dict(sorted(kept.items()))


class _Readable(yaml.SafeDumper):
    """YAML in which texts of several lines stand as they are, and lists are indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    )


_Readable.add_representer(str, _text)


def as_yaml(content: Any) -> str:
    """The text of one file of `assets/`."""
    return yaml.dump(content, Dumper=_Readable, sort_keys=True, allow_unicode=True, width=140)


def write_assets(contents: dict[str, Any], folder: Path = ASSETS) -> list[str]:
    """Makes `folder` hold exactly these files; returns the names of those that changed."""
    changed = []
    before = {str(file.relative_to(folder)): file for file in folder.rglob("*.yaml")}
    for name, content in contents.items():
        file, text = folder / name, as_yaml(content)
        if name not in before or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            changed.append(name)
    for name in sorted(set(before) - set(contents)):
        before[name].unlink()
        changed.append(name)
    return changed
