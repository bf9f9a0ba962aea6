"""What a team may change in `seeds/rules` between two runs."""

from __future__ import annotations

import csv
from pathlib import Path

from .changing import UNLISTED

Edit = tuple[str, str, dict[str, str] | None]

_PODCAST_LISTEN = {
    "label": "Podcast listen",
    "is_web_activity": "false",
    "influences": "true",
    "earns_revenue": "true",
    "moves_with_asset": "true",
    "needs_asset_without_form": "false",
    "needs_primary_address": "false",
    "asset_metric": "",
    "channel": "offline",
}
_GOLDEN = {
    "label": "Golden",
    "method": "weights",
    "first_weight": "75",
    "lead_creation_weight": "0",
    "deal_creation_weight": "0",
    "last_weight": "0",
    "last_non_direct_weight": "0",
    "others_weight": "25",
    "half_life_days": "",
}
# What may change in seeds/rules between two runs: file, key, and other values, a new row (all of
# them), or no row any more.
EDITS: tuple[Edit, ...] = (
    ("interaction_types", "email_open", {"earns_revenue": "true"}),
    ("interaction_types", "cta_click", {"earns_revenue": "false"}),
    ("interaction_types", "page_view", {"earns_revenue": "false"}),
    ("interaction_types", "page_view", {"earns_revenue": "false", "influences": "false"}),
    ("interaction_types", "email_sent", {"influences": "true"}),
    ("interaction_types", "social_click", {"moves_with_asset": "false"}),
    ("interaction_types", "cta_click", {"moves_with_asset": "true"}),
    ("interaction_types", "cta_click", {"is_web_activity": "false"}),
    ("interaction_types", "cta_view", {"needs_asset_without_form": "false"}),
    ("interaction_types", "email_click", {"needs_primary_address": "false"}),
    ("interaction_types", "social_share", None),
    ("interaction_types", UNLISTED, _PODCAST_LISTEN),
    ("asset_types", "form", {"is_shared": "true"}),
    ("asset_types", "workflow", {"is_shared": "false"}),
    (
        "asset_types",
        "podcast",
        {
            "label": "Podcast",
            "is_shared": "false",
            "is_social_post": "false",
            "visit_match": "",
            "is_page": "false",
        },
    ),
    ("asset_types", "landing_page", {"is_social_post": "true"}),
    ("attribution_models", "golden", _GOLDEN),
    ("attribution_models", "u_shaped", {"first_weight": "60", "lead_creation_weight": "20"}),
    ("attribution_models", "time_decay", {"half_life_days": "3"}),
    ("attribution_models", "j_shaped", None),
    ("attribution_models", "markov", None),
    (
        "attribution_models",
        "last_non_direct",
        {"last_non_direct_weight": "60", "first_weight": "40"},
    ),
    ("interaction_types", "social_click", {"channel": "referrals"}),
    ("interaction_types", "form_submission", {"channel": "direct_traffic"}),
    ("asset_types", "blog_post", {"is_page": "false"}),
)


def edited(folder: Path, edit: Edit) -> None:
    """Makes an edit in a project's seeds/rules, at `folder`; a new row goes to the end."""
    name, key, values = edit
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = list(csv.reader(file))
    rows = {line[0]: dict(zip(header, line, strict=True)) for line in lines}
    if values is None:
        rows.pop(key, None)
    else:
        rows[key] = {header[0]: key, **rows.get(key, {}), **values}
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows.values())
