"""What a portal's pulls are to land, by plain code that reads no extract: worlds as they were at
each pull's start, in order, become rows of the raw contract.
"""

from __future__ import annotations

import hashlib
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.hubspot.world import TYPE_OF, Body, World

Row = dict[str, Any]
RAW_TYPES = {
    "LANDING_PAGE": "landing_page", "SITE_PAGE": "website_page", "BLOG_POST": "blog_post",
    "MARKETING_EMAIL": "marketing_email", "FORM": "form", "CTA": "cta",
    "SOCIAL_BROADCAST": "social_post", "AD_CAMPAIGN": "ad_campaign", "OBJECT_LIST": "static_list",
    "AUTOMATION_PLATFORM_FLOW": "workflow", "MARKETING_EVENT": "marketing_event",
}  # fmt: skip
REVISED = {TYPE_OF[table]: table for table in TYPE_OF}
MAILS = {
    "SENT": "email_sent", "DELIVERED": "email_delivered", "BOUNCE": "email_bounced",
    "OPEN": "email_open", "CLICK": "email_click",
}  # fmt: skip
STATES = {
    "REGISTERED": "marketing_event_registration", "ATTENDED": "marketing_event_attendance",
}  # fmt: skip


METRICS = {
    "sessions": "sessions", "new_contacts_first_touch": "newContactsFirstTouch",
    "new_contacts_last_touch": "newContactsLastTouch", "influenced_contacts": "influencedContacts",
}  # fmt: skip
REVENUE = {
    "revenue": "revenueAmount", "deals": "dealsNumber", "contacts_with_revenue": "contactsNumber",
    "associated_deal_value": "dealAmount",
}  # fmt: skip
LISTS = {
    "contactFirstTouch": "first_touch", "contactLastTouch": "last_touch",
    "influencedContacts": "influenced",
}  # fmt: skip


def text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def instant(given: str | int) -> datetime:
    if isinstance(given, int):
        return datetime.fromtimestamp(given / 1000, UTC)
    return datetime.fromisoformat(given)


def _static(world: World, one: str) -> bool:
    return world.lists[one]["processingType"] in ("MANUAL", "SNAPSHOT")


@dataclass
class Reference:
    """Rows by raw table, as far as the pulls so far tell."""

    source: str = "main"
    rows: dict[str, list[Row]] = field(default_factory=dict)
    # What a parent's newest look saw.
    looks: dict[tuple, dict[tuple, str]] = field(default_factory=dict)
    known: dict[tuple, Any] = field(default_factory=dict)
    at: str = ""

    def add(self, table: str, **row: Any) -> None:
        self.rows.setdefault(table, []).append({"_loaded_at": self.at, **row})

    def new(self, *what: Any) -> bool:
        """Whether that is said for the first time."""
        return self.known.setdefault(("said", *what), self.at) == self.at

    def first(self, *what: Any) -> str:
        """The pull that first said that."""
        return self.known.setdefault(("first", *what), self.at)

    def pull(self, world: World) -> None:
        """A whole pull of the world as it is."""
        self.world, self.at = deepcopy(world), text(world.now)
        self.people()
        self.sales()
        self.campaigns()
        self.assets()
        self.members_of_campaigns()
        self.events()
        self.reports()

    # --- Records --------------------------------------------------------------------------------

    def merges(self, table: str, losers: dict[str, tuple[str, str]]) -> None:
        """Losers with their winner and time; what earlier pulls told holds, chains to the last."""
        told = self.known.setdefault(("merges", table), {})
        for loser, (winner, at) in losers.items():
            told[loser] = (winner, at or self.first(table, loser))
        for loser, (winner, at) in told.items():
            end = winner
            while end in told:
                end = told[end][0]
            side = "contact" if table == "contact_merges" else "deal"
            names = {f"loser_{side}_id": loser, f"winner_{side}_id": end}
            self.add(table, **names, merged_at=at)

    def people(self) -> None:
        losers: dict[str, tuple[str, str]] = {}
        for one, body in self.world.contacts.items():
            said = body["properties"]
            row = {
                "contact_id": one,
                "additional_emails": said.get("hs_additional_emails"),
                "created_at": said["createdate"],
                "lifecycle_stage": said.get("lifecyclestage"),
                "_deleted": True if body["archived"] else None,
            }
            self.add("contacts", email=said["email"], **row)
            for version in body["history"]["email"][1:]:
                earlier = {**row, "email": version["value"], "_loaded_at": version["timestamp"]}
                self.add("contacts", **earlier)
            for loser in (said.get("hs_merged_object_ids") or "").split(";"):
                if loser:
                    losers.setdefault(loser, (one, ""))
            for entry in (said.get("hs_calculated_merged_vids") or "").split(";"):
                if entry:
                    loser, _, at = entry.partition(":")
                    losers[loser] = (one, text(instant(int(at))))
            for entry in (said.get("hs_calculated_form_submissions") or "").split(";"):
                if entry:
                    self.known.setdefault(("submitter", entry), one)
        self.merges("contact_merges", losers)

    def sales(self) -> None:
        losers: dict[str, tuple[str, str]] = {}
        for one, body in self.world.deals.items():
            said = body["properties"]
            self.add(
                "deals",
                deal_id=one,
                deal_name=said["dealname"],
                pipeline=said["pipeline"],
                stage=said["dealstage"],
                is_closed_won=said.get("hs_is_closed_won") == "true",
                amount=said.get("amount"),
                currency=said.get("deal_currency_code") or "EUR",
                created_at=said["createdate"],
                closed_at=said["closedate"] if said.get("hs_is_closed") == "true" else None,
                _deleted=True if body["archived"] else None,
            )
            for loser in (said.get("hs_merged_object_ids") or "").split(";"):
                if loser:
                    losers[loser] = (one, "")
            if not body["archived"]:
                pairs = self.world.associations.get(one, {})
                seen = {
                    (contact, label): max(said["createdate"], self.created(contact))
                    for contact, labels in pairs.items()
                    for label in labels
                }
                for pair, action, at, basis in self.look(("deal", one), seen):
                    self.log(
                        "deal_contact_log", action, at, basis, deal_id=one, contact_id=pair[0],
                        label=pair[1],
                    )  # fmt: skip
        self.merges("deal_merges", losers)
        # Of several rates on one day the last one holds.
        rates = {
            (rate["fromCurrencyCode"], rate["effectiveAt"][:10]): rate["conversionRate"]
            for rate in sorted(self.world.rates, key=lambda rate: rate["effectiveAt"])
        }
        for (currency, day), value in rates.items():
            self.add("exchange_rates", currency=currency, rate_date=day, rate_to_home=value)

    def created(self, contact: str) -> str:
        """When a contact was created, as the newest pull that had it knows; else empty."""
        body = self.world.contacts.get(contact)
        if body is not None:
            self.known["created", contact] = body["properties"]["createdate"]
        return self.known.get(("created", contact), "")

    def look(self, parent: tuple, seen: dict[tuple, str]) -> list[tuple]:
        """What a whole look at a parent's children changes: child, action, time, basis."""
        before = self.looks.get(parent)
        self.looks[parent] = seen
        if before is None:
            return [
                (child, "associated", at or self.at, "assumed" if at else "first_seen")
                for child, at in seen.items()
            ]
        came = [(one, "associated", self.at, "first_seen") for one in seen if one not in before]
        gone = [(one, "removed", self.at, "first_seen") for one in before if one not in seen]
        return came + gone

    def log(self, table: str, action: str, at: str, basis: str, **row: Any) -> None:
        moment = text(instant(at))
        # Of rows of one instant the smaller id counts first: it has to be the landed one.
        names = "|".join(value or "" for value in row.values())
        digest = hashlib.sha256(names.encode()).hexdigest()[:32]
        log_id = f"{self.source}:{instant(at):%Y%m%dT%H%M%S%f}:{action[0]}:{digest}"
        self.add(table, log_id=log_id, action=action, occurred_at=moment, time_basis=basis, **row)

    # --- Campaigns ------------------------------------------------------------------------------

    def campaigns(self) -> None:
        listed = self.known.setdefault("campaigns", {})
        for one, body in self.world.campaigns.items():
            said = body["properties"]
            listed[one] = body["createdAt"]
            self.add(
                "campaigns", campaign_id=one, campaign_name=said["hs_name"],
                created_at=body["createdAt"],
            )  # fmt: skip
            if said.get("hs_utm"):
                is_first = self.first("utm", one) == self.at
                if self.new("utm", one, said["hs_utm"]):
                    added = body["createdAt"] if is_first else self.at
                    self.add(
                        "campaign_utms", campaign_id=one, utm_campaign=said["hs_utm"],
                        added_at=added,
                    )  # fmt: skip
            self.items("budget_items", "budgeted_on", one, "budgetItems")
            self.items("spend_items", "spent_on", one, "spendItems")
        for one in listed:
            if one not in self.world.campaigns:
                self.add("campaigns", campaign_id=one, _deleted=True)

    def items(self, table: str, day: str, campaign: str, name: str) -> None:
        budget = self.world.budgets[campaign]
        before = self.known.setdefault((table, campaign), set())
        ids = set()
        for item in budget[name]:
            ids.add(item["id"])
            self.add(
                table, item_id=item["id"], campaign_id=campaign, item_name=item["name"],
                amount=item["amount"], currency=budget["currencyCode"],
                **{day: text(instant(item["createdAt"]))[:10]},
            )  # fmt: skip
        for gone in before - ids:
            self.add(table, item_id=gone, _deleted=True)
        before |= ids

    def own_assets(self) -> dict[tuple[str, str], Row]:
        """The assets that HubSpot lists, by type and id."""
        found: dict[tuple[str, str], Row] = {}

        def own(kind: str, one: str, body: Body, name: str, url: str | None = None) -> None:
            found[RAW_TYPES[kind], one] = {
                "asset_name": body[name], "url": body.get(url) if url else None,
                "created_at": body["createdAt"], "published_at": body.get("publishDate"),
            }  # fmt: skip

        for table, kind in TYPE_OF.items():
            for one, body in self.world.content[table].items():
                own(kind, one, body, "name", "url")
        for one, body in self.world.forms.items():
            own("FORM", one, body, "name")
        for one, body in self.world.lists.items():
            if _static(self.world, one):
                own("OBJECT_LIST", one, body, "name")
        for one, body in self.world.marketing_events.items():
            own("MARKETING_EVENT", one, body, "eventName", "eventUrl")
        return found

    def assets(self) -> None:
        self.own = self.own_assets()
        for (kind, one), row in self.own.items():
            self.add("assets", asset_type=kind, asset_id=one, **row)
            self.first("asset", kind, one)
        for (campaign, kind), found in self.world.assets.items():
            for one, name in found.items():
                key = (RAW_TYPES.get(kind), one)
                is_counted = kind == "OBJECT_LIST" and not _static(self.world, one)
                is_landed = campaign in self.world.campaigns and key[0] and not is_counted
                if is_landed and key not in self.own:
                    self.add("assets", asset_type=key[0], asset_id=one, asset_name=name)

    def members_of_campaigns(self) -> None:
        for campaign, body in self.world.campaigns.items():
            for kind, raw in RAW_TYPES.items():
                if kind in REVISED:
                    continue
                found = self.world.assets.get((campaign, kind), {})
                seen = {
                    (one,): max(
                        body["createdAt"], self.own.get((raw, one), {}).get("created_at", "")
                    )
                    for one in found
                    if kind != "OBJECT_LIST" or _static(self.world, one)
                }
                for child, action, at, basis in self.look((campaign, kind), seen):
                    self.log(
                        "campaign_asset_log", action, at, basis, campaign_id=campaign,
                        asset_type=raw, asset_id=child[0],
                    )  # fmt: skip
        for (table, one), revisions in self.world.revisions.items():
            before = None
            for revision in reversed(revisions):
                after = revision["object"].get("campaign")
                changes = [] if after == before else [(after, "associated"), (before, "removed")]
                for campaign, action in changes:
                    if campaign and self.new("revision", one, campaign, action, revision["id"]):
                        self.log(
                            "campaign_asset_log", action, revision["updatedAt"], "exact",
                            campaign_id=campaign, asset_type=RAW_TYPES[TYPE_OF[table]],
                            asset_id=one,
                        )  # fmt: skip
                before = after

    # --- Events ---------------------------------------------------------------------------------

    def happened(self, table: str, name: str, kind: str, at: str | int, **row: Any) -> None:
        event = f"{self.source}:{table}:{name}"
        self.add("events", event_id=event, event_type=kind, occurred_at=text(instant(at)), **row)

    def events(self) -> None:
        emails = {
            int(number): one
            for one, body in self.world.content["marketing_emails"].items()
            for number in body.get("allEmailCampaignIds", ())
        }
        for body in self.world.email_events:
            email = emails.get(body["emailCampaignId"])
            if body["type"] in MAILS:
                self.happened(
                    "email_event", body["id"], MAILS[body["type"]], body["created"],
                    email=body["recipient"], is_filtered=body["filteredEvent"], asset_id=email,
                    asset_type="marketing_email" if email else None,
                )  # fmt: skip
        for form, found in self.world.submissions.items():
            for body in found:
                contact = self.known.get(("submitter", f"{form}:{body['submittedAt']}"))
                self.happened(
                    "form_submission", body["conversionId"], "form_submission", body["submittedAt"],
                    contact_id=contact, visitor_id=f"contact:{contact}" if contact else None,
                    email=body["values"][0]["value"], asset_type="form", asset_id=form,
                    url=body["pageUrl"],
                )  # fmt: skip
        for one, members in self.world.members.items():
            for contact, at in members.items() if _static(self.world, one) else ():
                self.happened(
                    "list_addition", f"{one}:{contact}:{at}", "list_addition", at,
                    contact_id=contact, asset_type="static_list", asset_id=one,
                )  # fmt: skip
        for event, found in self.world.participations.items():
            for body in found:
                state = body["properties"]["attendanceState"]
                if state in STATES:
                    self.happened(
                        "participation", f"{event}:{body['id']}:{state}", STATES[state],
                        body["properties"]["occurredAt"],
                        contact_id=body["associations"]["contact"]["contactId"],
                        asset_type="marketing_event", asset_id=event,
                    )  # fmt: skip
        self.occurrences()

    def occurrences(self) -> None:
        pages = {
            one: kind
            for kind, one in self.own
            if kind in ("landing_page", "website_page", "blog_post")
        }
        for body in self.world.occurrences:
            said, contact = body["properties"], body["objectId"]
            if body["eventType"] == "e_visited_page":
                page = said["hs_page_id"] if said["hs_page_id"] in pages else None
                self.happened(
                    "event", body["id"], "page_view", body["occurredAt"], contact_id=contact,
                    visitor_id=f"contact:{contact}", asset_type=pages.get(page or ""),
                    asset_id=page, url=said["hs_url"], referrer=said["hs_referrer"] or None,
                )  # fmt: skip
            elif said["hs_interaction_type"] == "CLICK":
                self.happened(
                    "event", body["id"], "ad_click", body["occurredAt"], contact_id=contact,
                    asset_type="ad_campaign", asset_id=said["hs_ad_campaign_id"],
                )  # fmt: skip

    # --- HubSpot's own numbers ------------------------------------------------------------------

    def report(self, table: str, campaign: str, metric: str, **row: Any) -> None:
        self.add(
            table, source=self.source, campaign_id=campaign, metric=metric, reported_at=self.at,
            **row,
        )  # fmt: skip

    def reports(self) -> None:
        for one in self.world.campaigns:
            told = self.world.metrics.get(one, {})
            for metric, name in METRICS.items():
                self.report("reported_metrics", one, metric, value=told.get(name, 0))
            budget = self.world.budgets[one]
            total = sum(item["amount"] for item in budget["budgetItems"])
            spent = sum(item["amount"] for item in budget["spendItems"])
            money = {"budget": total, "spend": spent, "remaining_budget": total - spent}
            for metric, value in money.items():
                self.report("reported_metrics", one, metric, value=value)
            for model in ("LINEAR", "TIME_DECAY"):
                told = self.world.revenue.get((one, model), {})
                found = {"attributed_revenue": told.get("revenueAmount")}
                if model == "LINEAR":
                    found |= {metric: told.get(name) for metric, name in REVENUE.items()}
                for metric, value in found.items():
                    named = model.lower() if metric == "attributed_revenue" else None
                    if value is not None:
                        self.report("reported_metrics", one, metric, model=named, value=value)
            for name, metric in LISTS.items():
                for contact in self.world.reported.get((one, name), ()):
                    self.report("reported_contacts", one, metric, contact_id=contact)


def late(at: datetime) -> datetime:
    """When a world is judged: some days after its last pull."""
    return (at + timedelta(days=40)).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
