"""What HubSpot lets a source read: one small request per endpoint."""

from __future__ import annotations

from typing import Any

from orchestration.connectors.kind import Check, Source
from orchestration.connectors.kinds.hubspot.client import ACCOUNT, Api
from orchestration.connectors.kinds.hubspot.problems import Refused
from orchestration.connectors.kinds.hubspot.reading import items, text
from orchestration.ground.settings import make_settings

# What may be read, by which path, and the scope that gives it.
ENDPOINTS = (
    ("campaigns", "/marketing/campaigns/{v}", "marketing.campaigns.read", {"limit": 1}),
    ("exchange rates", "/settings/currencies/{v}/exchange-rates", "settings.currencies.read", {}),
    ("landing pages", "/cms/pages/{v}/landing-pages", "content", {"limit": 1}),
    ("website pages", "/cms/pages/{v}/site-pages", "content", {"limit": 1}),
    ("blog posts", "/cms/blogs/{v}/posts", "content", {"limit": 1}),
    ("marketing e-mails", "/marketing/emails/{v}", "content", {"limit": 1}),
    ("forms and their submissions", "/marketing/v3/forms", "forms", {"limit": 1}),
    ("workflows", "/automation/v4/flows", "automation", {"limit": 1}),
    (
        "marketing events",
        "/marketing/marketing-events/{v}",
        "crm.objects.marketing_events.read",
        {"limit": 1},
    ),
    ("contacts", "/crm/objects/{v}/contacts", "crm.objects.contacts.read", {"limit": 1}),
    ("deals", "/crm/objects/{v}/0-3", "crm.objects.deals.read", {"limit": 1}),
    ("e-mail events", "/email/public/v1/events", "content", {"limit": 1}),
    (
        "page views and ad clicks",
        "/events/event-occurrences/{v}",
        "an Enterprise subscription",
        {"eventType": "e_visited_page", "limit": 1},
    ),
)
CAMPAIGN_ENDPOINTS = (
    ("budget and spend", "budget/totals", "marketing.campaigns.read", {}),
    ("campaign reports", "reports/metrics", "marketing.campaigns.read", {}),
    (
        "attributed revenue",
        "reports/revenue",
        "marketing.campaigns.revenue.read",
        {"attributionModel": "LINEAR"},
    ),
)


def _account(api: Api) -> list[Check]:
    body = api.call("account", ACCOUNT).body
    zone, currency = text(body.get("timeZone")), text(body.get("companyCurrency"))
    checks = [
        Check(
            "account",
            True,
            f"portal {text(body.get('portalId'))}, time zone {zone}, home currency {currency}",
        )
    ]
    variables = make_settings().variables
    stated = {"portal_timezone": zone, "home_currency": currency}
    for name, value in stated.items():
        if value and str(variables[name]).upper() != value.upper():
            checks.append(
                Check(
                    name,
                    None,
                    (
                        f"differs: the variable is {variables[name]}, the account has {value}; "
                        f"write vars: {{{name}: {value}}} to touchledger.yml"
                    ),
                    (name, value),
                )
            )
    return checks


def _asked(api: Api, what: str, path: str, scope: str, **named: Any) -> tuple[Check, list[Any]]:
    try:
        page = api.call(what, path, **named)
    except Refused as error:
        problem = error.problem
        cure = f"; needs {scope}" if problem.is_refusal else ""
        return Check(what, False, f"{problem.reason}{cure}"), []
    return Check(what, True), items(page.body)


def check(source: Source) -> list[Check]:
    """Asks once per endpoint.

    Raises SettingsError or SourceFailed where nothing can be asked at all.
    """
    memory = make_settings().private / "pace" / f"{source.name}.json"
    api = Api(source, memory=memory, attempts=2)
    checks: list[Check] = []
    try:
        checks += _account(api)
    except Refused as error:
        checks.append(Check("account", False, error.problem.reason))
    campaigns: list[Any] = []
    for what, path, scope, params in ENDPOINTS:
        one, found = _asked(api, what, path, scope, params=params)
        checks.append(one)
        if what == "campaigns":
            campaigns = found
        api.forgive()
    one, _ = _asked(
        api, "lists", "/crm/lists/{v}/search", "crm.lists.read", body={"count": 1, "offset": 0}
    )
    checks.append(one)
    if campaigns and isinstance(campaigns[0], dict):
        for what, path, scope, params in CAMPAIGN_ENDPOINTS:
            whole = f"/marketing/campaigns/{{v}}/{campaigns[0].get('id')}/{path}"
            checks.append(_asked(api, what, whole, scope, params=params)[0])
            api.forgive()
    api.close()
    return checks
