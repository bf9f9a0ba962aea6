"""The rule files of seeds/rules: checked before anything is built, because a wrong weight would be
wrong in every number.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from decimal import Decimal, InvalidOperation
from pathlib import Path

from orchestration.ground.errors import SettingsError
from orchestration.ground.paths import RULES

COLUMNS = {
    "asset_types": ["asset_type", "label", "is_shared", "is_social_post", "visit_match", "is_page"],
    "interaction_types": [
        "event_type", "label", "is_web_activity", "influences", "earns_revenue", "moves_with_asset",
        "needs_asset_without_form", "needs_primary_address", "asset_metric", "channel",
    ],
    "attribution_models": [
        "model", "label", "method", "first_weight", "lead_creation_weight", "deal_creation_weight",
        "last_weight", "last_non_direct_weight", "others_weight", "half_life_days",
    ],
    "traffic_sources": ["kind", "match", "value", "name"],
    "reason_codes": ["reason", "subject", "position", "label", "meaning", "rule_id", "cure"],
}  # fmt: skip
ASSET_METRICS = {
    "page_views", "form_submissions", "contacts_sent", "contacts_opened", "contacts_clicked",
    "cta_views", "cta_clicks", "social_clicks", "social_interactions", "workflow_enrollments",
    "list_additions", "registrations", "attendances",
}  # fmt: skip
# How a model weighs: by the columns of its row, or by what data tell (R78, R79).
METHODS = ("weights", "markov", "shapley")
CHANNELS = {
    "ai_referrals", "direct_traffic", "email_marketing", "offline", "organic_search",
    "organic_social", "other_campaigns", "paid_search", "paid_social", "referrals",
}  # fmt: skip
# The channel of ads hangs on their network (R111).
BY_NETWORK = "paid"
# What a row of traffic_sources.csv may be, and how its value may be matched.
TRAFFIC_KINDS = {
    "medium_paid": ("exact",),
    "medium_email": ("exact",),
    "medium_social": ("exact",),
    "source_email": ("exact",),
    "source_social": ("exact",),
    "host_search": ("exact", "label"),
    "host_social": ("exact", "label"),
    "host_ai": ("exact", "label"),
    "network_search": ("contains",),
}
# What makes a row one row, where that is more than the first column.
KEYS = {"reason_codes": ("subject", "reason"), "traffic_sources": ("kind", "value")}
VISIT_MATCHES = {"", "tracking_url", "paid_search"}
# The checks of the ledger keep a bit for each model in a 64-bit whole number with a sign.
MOST_MODELS = 62
# Days.
LONGEST_HALF_LIFE = 99_999
_FLAGS = ("is_", "influences", "earns_", "moves_", "needs_")


def _read(folder: Path, name: str) -> list[dict[str, str]]:
    path = folder / f"{name}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            header = reader.fieldnames or []
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(
            f"seeds/rules/{name}.csv cannot be read ({error}); restore it as UTF-8 CSV"
        ) from None
    if header and header[0].startswith("\ufeff"):
        raise SettingsError(
            f"seeds/rules/{name}.csv begins with a byte order mark, which spreadsheets write; save "
            f"it as CSV in plain UTF-8"
        )
    expected = COLUMNS[name]
    unknown = [column for column in header if column not in expected]
    missing = [column for column in expected if column not in header]
    if unknown or missing:
        parts = [f"unknown column {', '.join(unknown)}"] if unknown else []
        parts += [f"missing column {', '.join(missing)}"] if missing else []
        raise SettingsError(
            f"seeds/rules/{name}.csv: {' and '.join(parts)}; its columns are {', '.join(expected)}"
        )
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise SettingsError(
                f"seeds/rules/{name}.csv, line {number}: {len(expected)} fields are needed"
            )
    keys = KEYS.get(name, (expected[0],))
    key = keys[-1]
    for row in rows:
        for column in keys:
            if row[column] != row[column].strip():
                raise SettingsError(
                    f"seeds/rules/{name}.csv: {column} {row[column]!r} has a space before or "
                    f"after it; remove it"
                )
    named = Counter(tuple(row[column] for column in keys) for row in rows)
    twice = [" ".join(value) for value, count in named.items() if count > 1]
    if twice:
        raise SettingsError(
            f"seeds/rules/{name}.csv: {key} {', '.join(twice)} comes more than once; keep one row"
        )
    if any(not row[key] for row in rows):
        raise SettingsError(f"seeds/rules/{name}.csv: a row has no {key}; give it one")
    for row in rows:
        for column in expected:
            if column.startswith(_FLAGS) and row[column] not in ("true", "false"):
                raise SettingsError(
                    f"seeds/rules/{name}.csv, {row[key]}: {column} must be true or false, not "
                    f"{row[column]!r}"
                )
    return rows


def _number(text: str, most: int) -> Decimal | None:
    """A number from 0 to `most` with at most 4 decimals; None where the text is none."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    fits = number.is_finite() and 0 <= number <= most
    return number if fits and number == number.quantize(Decimal("0.0001")) else None


def _weight(model: str, column: str, text: str) -> Decimal:
    weight = _number(text, 100)
    if weight is None:
        raise SettingsError(
            f"seeds/rules/attribution_models.csv, {model}: {column} must be a number from 0 to "
            f"100 with at most 4 decimals, not {text!r}"
        )
    return weight


def _check_model(row: dict[str, str]) -> None:
    model = row["model"]
    if row["method"] not in METHODS:
        raise SettingsError(
            f"seeds/rules/attribution_models.csv, {model}: method must be "
            f"{', '.join(METHODS[:-1])} or {METHODS[-1]}, not {row['method']!r}"
        )
    weights = {
        column: _weight(model, column, row[column])
        for column in COLUMNS["attribution_models"]
        if column.endswith("_weight")
    }
    total = sum(weights.values())
    if row["method"] != "weights":
        if total or row["half_life_days"]:
            raise SettingsError(
                f"seeds/rules/attribution_models.csv, {model}: data give the weights of "
                f"{row['method']}; write 0 for each, and no half_life_days (R78, R79)"
            )
        return
    if total != 100:
        raise SettingsError(
            f"seeds/rules/attribution_models.csv, {model}: the weights add up to {total}, not to "
            f"100 (R72)"
        )
    if total == weights["lead_creation_weight"] + weights["deal_creation_weight"]:
        raise SettingsError(
            f"seeds/rules/attribution_models.csv, {model}: a path may have no lead or deal "
            f"creation, so a model needs weight on first, last, last non-direct or others"
        )
    if row["half_life_days"] and not _number(row["half_life_days"], LONGEST_HALF_LIFE):
        raise SettingsError(
            f"seeds/rules/attribution_models.csv, {model}: half_life_days must be a number above 0 "
            f"and up to {LONGEST_HALF_LIFE} with at most 4 decimals, or empty, not "
            f"{row['half_life_days']!r}"
        )


def _check_traffic_source(row: dict[str, str]) -> None:
    where = f"seeds/rules/traffic_sources.csv, {row['kind']} {row['value']}"
    matches = TRAFFIC_KINDS.get(row["kind"])
    if matches is None:
        raise SettingsError(f"{where}: kind must be one of {', '.join(TRAFFIC_KINDS)} (R110)")
    if row["match"] not in matches:
        raise SettingsError(f"{where}: match must be {' or '.join(matches)}, not {row['match']!r}")
    if row["value"] != row["value"].strip().lower():
        raise SettingsError(
            f"{where}: values are compared in lower case; write {row['value'].strip().lower()!r}"
        )


def known_event_types(folder: Path = RULES) -> list[str]:
    """The event types that interaction_types.csv lists. Raises SettingsError."""
    return [row["event_type"] for row in _read(folder, "interaction_types")]


def check_rules(folder: Path = RULES) -> None:
    """Raises SettingsError, naming file, row and cure, where a rule file cannot be used."""
    for row in _read(folder, "asset_types"):
        if row["visit_match"] not in VISIT_MATCHES:
            raise SettingsError(
                f"seeds/rules/asset_types.csv, {row['asset_type']}: visit_match must be "
                f"tracking_url, paid_search or empty, "
                f"not {row['visit_match']!r}"
            )
    for row in _read(folder, "interaction_types"):
        if row["earns_revenue"] == "true" and row["influences"] != "true":
            raise SettingsError(
                f"seeds/rules/interaction_types.csv, {row['event_type']}: what earns revenue must "
                f"influence; set influences to true (R33)"
            )
        if row["channel"] not in CHANNELS | {BY_NETWORK}:
            raise SettingsError(
                f"seeds/rules/interaction_types.csv, {row['event_type']}: channel must be "
                f"{BY_NETWORK} (by the ad's network) or one of "
                f"{', '.join(sorted(CHANNELS))}, not {row['channel']!r} (R111)"
            )
        if row["asset_metric"] and row["asset_metric"] not in ASSET_METRICS:
            raise SettingsError(
                f"seeds/rules/interaction_types.csv, {row['event_type']}: asset_metric "
                f"{row['asset_metric']!r} is no column of asset_performance; "
                f"leave it empty or use one of {', '.join(sorted(ASSET_METRICS))}"
            )
    models = _read(folder, "attribution_models")
    for row in models:
        _check_model(row)
    if len(models) > MOST_MODELS:
        raise SettingsError(
            f"seeds/rules/attribution_models.csv: {len(models)} models are too many; keep "
            f"{MOST_MODELS} of them (R77) and take out, for instance, "
            f"{', '.join(row['model'] for row in models[MOST_MODELS:])}"
        )
    linear = next((row for row in models if row["model"] == "linear"), None)
    if linear is None:
        raise SettingsError(
            "seeds/rules/attribution_models.csv: the model linear is missing; revenue is its "
            "credits (R62)"
        )
    if (
        linear["method"] != "weights"
        or Decimal(linear["others_weight"]) != 100
        or linear["half_life_days"]
    ):
        raise SettingsError(
            "seeds/rules/attribution_models.csv: linear spreads evenly over every event, because "
            "revenue is its credits (R62, R72); "
            "give it others_weight 100 without half_life_days, and your weights to a model of "
            "another name"
        )
    for row in _read(folder, "traffic_sources"):
        _check_traffic_source(row)
    for row in _read(folder, "reason_codes"):
        if not re.fullmatch(r"[0-9]{1,9}", row["position"]):
            raise SettingsError(
                f"seeds/rules/reason_codes.csv, {row['reason']}: position must be a whole number, "
                f"not {row['position']!r}"
            )
