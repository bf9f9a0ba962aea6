"""What a made-up HubSpot account holds at one instant, and small random worlds that move in
time.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2025, 3, 1, 8, 0, 0, tzinfo=UTC)
CONTENT = ("landing_pages", "site_pages", "blog_posts", "marketing_emails")
TYPE_OF = {
    "landing_pages": "LANDING_PAGE",
    "site_pages": "SITE_PAGE",
    "blog_posts": "BLOG_POST",
    "marketing_emails": "MARKETING_EMAIL",
}
Body = dict[str, Any]


def iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


@dataclass
class World:
    """The account as it is `now`; whoever changes it moves the clock."""

    now: datetime = START
    account: Body = field(
        default_factory=lambda: {
            "portalId": 4711,
            "accountType": "STANDARD",
            "timeZone": "Europe/Berlin",
            "companyCurrency": "EUR",
            "additionalCurrencies": ["USD"],
            "utcOffset": "+01:00",
            "utcOffsetMilliseconds": 3600000,
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "eu1",
        }
    )
    rates: list[Body] = field(default_factory=list)
    campaigns: dict[str, Body] = field(default_factory=dict)
    # By campaign and type: names by id.
    assets: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    budgets: dict[str, Body] = field(default_factory=dict)
    content: dict[str, dict[str, Body]] = field(
        default_factory=lambda: {name: {} for name in CONTENT}
    )
    revisions: dict[tuple[str, str], list[Body]] = field(default_factory=dict)
    forms: dict[str, Body] = field(default_factory=dict)
    submissions: dict[str, list[Body]] = field(default_factory=dict)
    lists: dict[str, Body] = field(default_factory=dict)
    members: dict[str, dict[str, str]] = field(default_factory=dict)
    flows: dict[str, Body] = field(default_factory=dict)
    marketing_events: dict[str, Body] = field(default_factory=dict)
    participations: dict[str, list[Body]] = field(default_factory=dict)
    contacts: dict[str, Body] = field(default_factory=dict)
    deals: dict[str, Body] = field(default_factory=dict)
    # By deal: labels (None: the unlabelled one) by contact.
    associations: dict[str, dict[str, list[str | None]]] = field(default_factory=dict)
    email_events: list[Body] = field(default_factory=list)
    occurrences: list[Body] = field(default_factory=list)
    metrics: dict[str, Body] = field(default_factory=dict)
    revenue: dict[tuple[str, str], Body] = field(default_factory=dict)
    reported: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def tick(self, **span: float) -> datetime:
        """Moves the clock on."""
        self.now += timedelta(**(span or {"seconds": 17}))
        return self.now

    def add_campaign(self, name: str, **properties: str) -> str:
        identity = str(uuid.UUID(int=random.Random(f"campaign {name}").getrandbits(128)))
        at = iso(self.now)
        self.campaigns[identity] = {
            "id": identity,
            "properties": {"hs_name": name, **properties},
            "createdAt": at,
            "updatedAt": at,
            "businessUnits": [{"id": 0}],
        }
        self.budgets[identity] = {"currencyCode": "EUR", "budgetItems": [], "spendItems": []}
        return identity

    def add_rate(self, currency: str, rate: float) -> None:
        at = iso(self.now)
        self.rates.append(
            {
                "id": str(len(self.rates) + 1),
                "fromCurrencyCode": currency,
                "toCurrencyCode": self.account["companyCurrency"],
                "conversionRate": rate,
                "effectiveAt": at,
                "createdAt": at,
                "updatedAt": at,
                "visibleInUI": True,
            }
        )

    def put(self, campaign: str, kind: str, identity: str, name: str = "An asset") -> None:
        self.assets.setdefault((campaign, kind), {})[identity] = name

    def take(self, campaign: str, kind: str, identity: str) -> None:
        self.assets[campaign, kind].pop(identity)

    def add_content(self, table: str, identity: str, **fields: Any) -> Body:
        at = iso(self.now)
        made = {
            "id": identity,
            "name": f"{table} {identity}",
            "state": "PUBLISHED",
            "createdAt": at,
            "updatedAt": at,
            "publishDate": at,
            "archived": False,
            **({"isAb": False} if table == "marketing_emails" else {}),
            **fields,
        }
        if table != "marketing_emails":
            made.setdefault("url", f"https://www.example.com/{table}/{identity}")
        self.content[table][identity] = made
        self.revise(table, identity)
        return made

    def revise(self, table: str, identity: str, **fields: Any) -> None:
        """Changes an asset and keeps the revision; a change of campaign moves it in the campaigns'
        lists, too.
        """
        made = self.content[table][identity]
        before = made.get("campaign")
        made |= {**fields, "updatedAt": iso(self.now)}
        self.revisions.setdefault((table, identity), []).insert(
            0,
            {
                "id": str(ms(self.now)),
                "object": dict(made),
                "updatedAt": iso(self.now),
                "user": {"id": "1"},
            },
        )
        after, kind = made.get("campaign"), TYPE_OF[table]
        if "campaign" in fields and before and before != after:
            self.assets.get((before, kind), {}).pop(identity, None)
        if after:
            self.put(after, kind, identity, made["name"])

    def _add_record(self, records: dict[str, Body], identity: str, properties: Body) -> Body:
        at = iso(self.now)
        changed = "lastmodifieddate" if records is self.contacts else "hs_lastmodifieddate"
        records[identity] = {
            "id": identity,
            "properties": {
                "createdate": at,
                "hs_object_id": identity,
                changed: at,
                **properties,
            },
            "history": {"email": []},
            "createdAt": at,
            "updatedAt": at,
            "archived": False,
        }
        return records[identity]

    def add_contact(self, identity: str, email: str | None, **properties: Any) -> Body:
        made = self._add_record(self.contacts, identity, {"email": email, **properties})
        made["history"]["email"].insert(0, {"value": email or "", "timestamp": iso(self.now)})
        return made

    def add_deal(self, identity: str, **properties: Any) -> Body:
        return self._add_record(self.deals, identity, properties)

    def change(self, record: Body, **properties: Any) -> None:
        """Sets properties of a contact or deal, now."""
        at = iso(self.now)
        if "email" in properties:
            record["history"]["email"].insert(0, {"value": properties["email"], "timestamp": at})
        record["properties"] |= properties
        for name in ("lastmodifieddate", "hs_lastmodifieddate"):
            if name in record["properties"]:
                record["properties"][name] = at
        record["updatedAt"] = at

    def archive(self, record: Body) -> None:
        """Puts a record in the bin, which does not count as a change."""
        record["archived"] = True
        record["archivedAt"] = iso(self.now)

    def merge(self, loser: str, winner: str, *, timed: bool = True) -> None:
        """Merges one contact into another: the loser is gone."""
        lost = self.contacts.pop(loser)["properties"]
        kept = self.contacts[winner]["properties"]
        losers = [*filter(None, (kept.get("hs_merged_object_ids") or "").split(";"))]
        losers += [*filter(None, (lost.get("hs_merged_object_ids") or "").split(";")), loser]
        changed = {"hs_merged_object_ids": ";".join(losers)}
        if timed:
            said = [kept.get("hs_calculated_merged_vids"), lost.get("hs_calculated_merged_vids")]
            said.append(f"{loser}:{ms(self.now)}")
            changed["hs_calculated_merged_vids"] = ";".join(filter(None, said))
        self.change(self.contacts[winner], **changed)
        for pairs in self.associations.values():
            if loser in pairs:
                pairs[winner] = pairs.pop(loser)

    def associate(self, deal: str, contact: str, *labels: str) -> None:
        self.associations.setdefault(deal, {})[contact] = [None, *labels]

    def dissociate(self, deal: str, contact: str) -> None:
        self.associations[deal].pop(contact)

    def add_form(self, name: str) -> str:
        identity = str(uuid.UUID(int=random.Random(f"form {name}").getrandbits(128)))
        at = iso(self.now)
        self.forms[identity] = {
            "id": identity,
            "name": name,
            "formType": "hubspot",
            "createdAt": at,
            "updatedAt": at,
            "archived": False,
        }
        return identity

    def submit(self, form: str, contact: str | None, email: str, url: str) -> Body:
        made = {
            "conversionId": str(uuid.UUID(int=random.Random(f"{form}{self.now}").getrandbits(128))),
            "submittedAt": ms(self.now),
            "values": [{"name": "email", "value": email, "objectTypeId": "0-1"}],
            "pageUrl": url,
        }
        self.submissions.setdefault(form, []).insert(0, made)
        if contact is not None:
            record = self.contacts[contact]
            said = record["properties"].get("hs_calculated_form_submissions")
            entry = f"{form}:{ms(self.now)}"
            self.change(
                record, hs_calculated_form_submissions=";".join(filter(None, [said, entry]))
            )
        return made

    def add_list(self, identity: str, processing: str = "MANUAL", object_type: str = "0-1") -> None:
        at = iso(self.now)
        self.lists[identity] = {
            "listId": identity,
            "listVersion": 1,
            "name": f"List {identity}",
            "processingType": processing,
            "processingStatus": "COMPLETE",
            "objectTypeId": object_type,
            "createdAt": at,
            "updatedAt": at,
        }
        self.members[identity] = {}

    def add_event(self, identity: str) -> None:
        at = iso(self.now)
        self.marketing_events[identity] = {
            "objectId": identity,
            "eventName": f"Event {identity}",
            "eventUrl": f"https://events.example.com/{identity}",
            "eventOrganizer": "Us",
            "customProperties": [],
            "createdAt": at,
            "updatedAt": at,
        }

    def take_part(self, event: str, contact: str, state: str) -> None:
        made = self.participations.setdefault(event, [])
        made.append(
            {
                "id": f"{event}{len(made)}",
                "createdAt": iso(self.now),
                "properties": {"attendanceState": state, "occurredAt": ms(self.now)},
                "associations": {
                    "contact": {"contactId": contact, "email": "x@example.com"},
                    "marketingEvent": {"marketingEventId": event, "name": "An event"},
                },
            }
        )

    def mail(self, kind: str, email: str, email_campaign: int, **fields: Any) -> Body:
        made = {
            "id": str(
                uuid.UUID(int=random.Random(f"mail {len(self.email_events)}").getrandbits(128))
            ),
            "created": ms(self.now),
            "type": kind,
            "recipient": email,
            "emailCampaignId": email_campaign,
            "portalId": 4711,
            "appId": 0,
            **fields,
        }
        self.email_events.append(made)
        return made

    def occur(self, kind: str, contact: str, **properties: str) -> Body:
        made = {
            "objectType": "CONTACT",
            "objectId": contact,
            "eventType": kind,
            "occurredAt": iso(self.now),
            "id": f"leviathan-{len(self.occurrences)}-{ms(self.now)}",
            "properties": properties,
        }
        self.occurrences.append(made)
        return made
