"""The account, rates, campaigns and what hangs on each of them: assets by type, budget, HubSpot's
own reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.connectors.kind import SourceFailed
from orchestration.connectors.kinds.hubspot.client import ACCOUNT
from orchestration.connectors.kinds.hubspot.problems import Refused
from orchestration.connectors.kinds.hubspot.reading import Reader, items, row, text
from orchestration.connectors.ledger import Asked, Entry
from orchestration.ground.errors import SettingsError

CAMPAIGN_PROPERTIES = (
    "hs_name",
    "hs_start_date",
    "hs_end_date",
    "hs_campaign_status",
    "hs_owner",
    "hs_currency_code",
    "hs_utm",
)
# Types of asset that land, and those that only the coverage counts.
LANDED_TYPES = (
    "LANDING_PAGE",
    "SITE_PAGE",
    "BLOG_POST",
    "MARKETING_EMAIL",
    "FORM",
    "CTA",
    "WEB_INTERACTIVE",
    "SOCIAL_BROADCAST",
    "AD_CAMPAIGN",
    "OBJECT_LIST",
    "AUTOMATION_PLATFORM_FLOW",
    "MARKETING_EVENT",
)
COUNTED_TYPES = (
    "EXTERNAL_WEB_URL",
    "MARKETING_SMS",
    "SEQUENCE",
    "MEETING_EVENT",
    "PLAYBOOK",
    "FEEDBACK_SURVEY",
    "PODCAST_EPISODE",
    "SALES_DOCUMENT",
    "EMAIL",
    "CASE_STUDY",
    "KNOWLEDGE_ARTICLE",
    "CALL",
    "FILE_MANAGER_FILE",
    "MEDIA",
)
# Where the list of types may be asked: the source's own version, and the one that brought it.
ASSET_TYPES = (
    "/marketing/campaigns/{v}/asset-types",
    "/marketing/campaigns/2026-09-beta/asset-types",
)
CONTACT_LISTS = ("contactFirstTouch", "contactLastTouch", "influencedContacts")
MODELS = (
    "LINEAR",
    "FIRST_INTERACTION",
    "LAST_INTERACTION",
    "FULL_PATH",
    "U_SHAPED",
    "W_SHAPED",
    "TIME_DECAY",
    "J_SHAPED",
    "INVERSE_J_SHAPED",
)


def read_account(reader: Reader) -> None:
    """The account, whose answer's time is the pull's start; and the rates to its currency."""
    account = Asked("account")
    if not reader.pull.settled(account):
        try:
            page = reader.api.call("account", ACCOUNT)
            reader.pull.add("account", [row(page.body, identity=page.body.get("portalId"))])
            entry = Entry(account, True, str(page.status), pages=1, rows=1)
        except Refused as error:
            entry = Entry(account, status=str(error.problem.status), reason=error.problem.reason)
        if reader.api.started_at is not None:
            reader.pull.begin(reader.api.started_at)
        reader.settle(entry)
    reader.read(
        Asked("exchange_rates"),
        "/settings/currencies/{v}/exchange-rates",
        row,
        params={"limit": 100},
    )
    reader.report("account", "exchange_rates")


def read_campaigns(reader: Reader) -> list[str]:
    """Reads the list of campaigns; returns the ids of all that this pull saw.

    Raises SettingsError where they may not be read.
    """
    asked = Asked("campaigns")
    ids: dict[str, None] = {}

    def seen(found: Any) -> None:
        for item in found:
            if isinstance(item, dict) and (identity := text(item.get("id"))):
                ids[identity] = None

    if reader.pull.settled(asked) or reader.pull.cursor(asked):
        with reader.pull.extracts("campaigns", is_own=True) as connection:
            for (identity,) in connection.execute(
                "select id from campaigns where _pull = ? order by _load, _row",
                [reader.pull.number],
            ).fetchall():
                ids[identity] = None
    try:
        reader.read(
            asked,
            "/marketing/campaigns/{v}",
            row,
            params={"limit": 100, "properties": ",".join(CAMPAIGN_PROPERTIES)},
            seen=seen,
            is_look=True,
        )
    finally:
        entry = reader.pull.entries.get(asked)
    if entry is not None and entry.status in ("401", "403", "404"):
        reader.pull.forget(asked)
        raise SettingsError(
            f"Source {reader.pull.source.name}: campaigns may not be read ({entry.reason}), and "
            f"everything hangs on them; give the service key the scope "
            "marketing.campaigns.read (campaigns need Marketing Hub Professional), then see "
            "touchledger sources check"
        )
    if entry is not None and not entry.is_complete and not ids:
        reader.pull.forget(asked)
        raise SourceFailed(
            f"campaigns could not be read ({entry.reason}); the next pull goes on there"
        )
    reader.note_unknown("campaigns")
    reader.report("campaigns")
    return list(ids)


def _named(value: object) -> str | None:
    """The name of a type of asset, which may stand alone or in an object."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        for key in ("assetType", "type", "name", "id", "value", "key"):
            if isinstance(value.get(key), str):
                return str(value[key])
    return None


def _asset_types(reader: Reader) -> list[str]:
    """The types of asset to ask for: what the API says there are, else all known names."""
    asked = Asked("asset_types")
    if not reader.pull.settled(asked):
        entry = Entry(asked)
        for path in ASSET_TYPES:
            try:
                page = reader.api.call("asset_types", path)
            except Refused as error:
                # Not there in most versions: no gap.
                entry.status, entry.is_complete = str(error.problem.status), True
                continue
            found = items(page.body) or items(page.body, "assetTypes")
            names = [name for one in found if (name := _named(one))]
            if names:
                reader.pull.add(
                    "asset_types", [row({"type": name}, identity=name) for name in names]
                )
                entry.status, entry.is_complete = str(page.status), True
                entry.pages, entry.rows = 1, len(names)
                break
        reader.settle(entry)
    with reader.pull.extracts("asset_types", is_own=True) as connection:
        known = [
            name
            for (name,) in connection.execute(
                "select distinct id from asset_types where _pull = ? order by all",
                [reader.pull.number],
            ).fetchall()
        ]
    if not known:
        return [*LANDED_TYPES, *COUNTED_TYPES]
    order = {name: at for at, name in enumerate((*LANDED_TYPES, *COUNTED_TYPES))}
    return sorted(known, key=lambda name: (order.get(name, len(order)), name))


def _counted(reader: Reader) -> set[tuple[str, str]]:
    """The campaigns and types, of those that do not land, that an earlier pull counted."""
    if reader.pull.full:
        return set()
    with reader.pull.extracts() as connection:
        return set(
            connection.execute(
                (
                    "select distinct parent_id, asset_type from _entries where table_name = "
                    "'campaign_assets' and is_complete and _pull < ?"
                ),
                [reader.pull.number],
            ).fetchall()
        )


def read_assets(reader: Reader, campaigns: list[str]) -> None:
    """The assets of every campaign, type by type."""
    types = _asset_types(reader)
    counted = _counted(reader)
    for campaign in campaigns:
        for kind in types:
            if kind not in LANDED_TYPES and (campaign, kind) in counted:
                continue
            reader.read(
                Asked("campaign_assets", campaign, kind),
                f"/marketing/campaigns/{{v}}/{campaign}/assets/{kind}",
                lambda item, campaign=campaign, kind=kind: row(item, parent=campaign, kind=kind),
                params={"limit": 100},
                is_look=True,
            )
    reader.report("campaign_assets")


def read_budgets(reader: Reader, campaigns: list[str]) -> None:
    """Budget and spend of every campaign."""
    for campaign in campaigns:
        reader.read_one(
            Asked("budget_totals", campaign),
            f"/marketing/campaigns/{{v}}/{campaign}/budget/totals",
            lambda body, campaign=campaign: row(body, identity=campaign, parent=campaign),
        )
    reader.report("budget_totals")


def read_reports(reader: Reader, campaigns: list[str]) -> None:
    """HubSpot's own answers for every campaign: metrics, contacts by type, revenue by model."""
    for campaign in campaigns:
        base = f"/marketing/campaigns/{{v}}/{campaign}/reports"
        reader.read_one(
            Asked("report_metrics", campaign),
            f"{base}/metrics",
            lambda body, campaign=campaign: row(body, identity=campaign, parent=campaign),
        )
        for kind in CONTACT_LISTS:
            reader.read(
                Asked("report_contacts", campaign, kind),
                f"{base}/contacts/{kind}",
                lambda item, campaign=campaign, kind=kind: row(item, parent=campaign, kind=kind),
                params={"limit": 100},
            )
        for model in MODELS:
            reader.read_one(
                Asked("report_revenue", campaign, model),
                f"{base}/revenue",
                lambda body, campaign=campaign, model=model: row(
                    body, identity=campaign, parent=campaign, kind=model
                ),
                params={"attributionModel": model},
            )
    reader.report("report_metrics", "report_contacts", "report_revenue")
