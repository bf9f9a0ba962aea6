"""Made-up portals that move: something of everything happens between two pulls."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from tests.hubspot.world import CONTENT, World, iso, ms

OTHERS = ("CTA", "SOCIAL_BROADCAST", "AD_CAMPAIGN", "AUTOMATION_PLATFORM_FLOW", "MARKETING_EVENT")
MAILS = ("SENT", "DELIVERED", "OPEN", "OPEN", "CLICK", "BOUNCE", "PROCESSED")


class Mover:
    """Changes a world at random, always the same for a seed."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.rng = world, random.Random(seed)
        self.number = 0
        world.add_rate("USD", 0.9)
        for name in ("Spring", "Autumn", "Always"):
            world.tick(minutes=3)
            world.add_campaign(name, hs_utm=name.lower())
        for change in (self.content, self.form, self.list, self.event, self.contact, self.deal):
            for _ in range(4):
                self.tick()
                change()

    def tick(self) -> None:
        self.world.tick(seconds=self.rng.randrange(20, 4000))

    def new(self) -> str:
        self.number += 1
        return str(1000 + self.number)

    def any(self, found: object) -> str | None:
        names = sorted(found)  # type: ignore[call-overload]
        return self.rng.choice(names) if names else None

    def live(self, records: dict) -> list[str]:
        return [one for one, body in records.items() if not body["archived"]]

    def move(self, changes: int) -> None:
        """That many changes, minutes to an hour apart."""
        weighed: list[tuple[int, Callable[[], None]]] = [
            (1, self.content), (3, self.recampaign), (1, self.form), (1, self.list),
            (1, self.event), (3, self.contact), (2, self.deal), (8, self.associate),
            (4, self.dissociate), (10, self.asset), (5, self.unasset), (3, self.change_contact),
            (6, self.change_deal), (2, self.merge), (1, self.merge_deals), (1, self.archive),
            (20, self.mail), (12, self.submit), (8, self.add_member), (3, self.drop_member),
            (5, self.participate), (15, self.view), (4, self.ad), (3, self.money), (1, self.utm),
            (1, self.rate), (1, self.drop_campaign), (4, self.report),
        ]  # fmt: skip
        for _ in range(changes):
            self.tick()
            self.rng.choices([one for _, one in weighed], [weight for weight, _ in weighed])[0]()

    # --- What may happen ------------------------------------------------------------------------

    def content(self) -> None:
        number = self.new()
        table = CONTENT[self.number % 4]
        fields = {"campaign": self.any(self.world.campaigns)}
        if table == "marketing_emails":
            fields |= {"allEmailCampaignIds": [f"9{number}", f"8{number}"]}
        self.world.add_content(table, number, **fields)

    def recampaign(self) -> None:
        table = self.rng.choice(CONTENT)
        one = self.any(self.world.content[table])
        if one:
            campaign = self.any(self.world.campaigns) if self.rng.random() < 0.8 else None
            self.world.revise(table, one, campaign=campaign)

    def form(self) -> None:
        self.world.add_form(f"Form {self.new()}")

    def list(self) -> None:
        number = self.new()
        self.world.add_list(number, self.rng.choice(("MANUAL", "SNAPSHOT", "DYNAMIC")))

    def event(self) -> None:
        self.world.add_event(self.new())

    def contact(self) -> None:
        number = self.new()
        self.world.add_contact(number, f"p{number}@example.com")

    def deal(self) -> None:
        number = self.new()
        self.world.add_deal(number, dealname=f"Deal {number}", pipeline="p", dealstage="open")
        self.change_deal(number)

    def associate(self) -> None:
        deal, contact = (
            self.any(self.live(self.world.deals)),
            self.any(self.live(self.world.contacts)),
        )
        if deal and contact:
            labels = ["Decider"] if self.rng.random() < 0.3 else []
            self.world.associate(deal, contact, *labels)

    def dissociate(self) -> None:
        deal = self.any(one for one, pairs in self.world.associations.items() if pairs)
        if deal:
            self.world.dissociate(deal, self.any(self.world.associations[deal]) or "")

    def asset(self) -> None:
        campaign = self.any(self.world.campaigns)
        kind = self.rng.choice((*OTHERS, "FORM", "FORM", "OBJECT_LIST", "SEQUENCE"))
        known = {
            "FORM": self.world.forms,
            "OBJECT_LIST": self.world.lists,
            "MARKETING_EVENT": self.world.marketing_events,
        }
        one = self.any(known.get(kind, ("11", "12", "13")))
        if campaign and one:
            self.world.put(campaign, kind, one, f"{kind} {one}")

    def unasset(self) -> None:
        pair = self.any(
            (campaign, kind, one)
            for (campaign, kind), found in self.world.assets.items()
            for one in found
            if kind in (*OTHERS, "FORM", "OBJECT_LIST")
        )
        if pair:
            self.world.take(*pair)

    def change_contact(self) -> None:
        one = self.any(self.live(self.world.contacts))
        if one:
            changes = [
                {"lifecyclestage": self.rng.choice(("lead", "customer"))},
                {"email": f"new{self.new()}@example.com"},
                {"hs_additional_emails": f"other{one}@example.com"},
            ]
            self.world.change(self.world.contacts[one], **self.rng.choice(changes))

    def change_deal(self, deal: str | None = None) -> None:
        one = deal or self.any(self.live(self.world.deals))
        if one:
            won, closed = self.rng.choice((("true", "true"), ("false", "true"), ("false", "false")))
            self.world.change(
                self.world.deals[one],
                amount=f"{self.rng.randrange(1, 90000)}.{self.rng.randrange(10)}5",
                deal_currency_code=self.rng.choice((None, "EUR", "USD")),
                hs_is_closed=closed,
                hs_is_closed_won=won,
                closedate=iso(self.world.now),
            )

    def merge(self) -> None:
        live = self.live(self.world.contacts)
        if len(live) > 6:
            loser, winner = self.rng.sample(live, 2)
            self.world.merge(loser, winner, timed=self.rng.random() < 0.7)

    def merge_deals(self) -> None:
        live = self.live(self.world.deals)
        if len(live) > 4:
            loser, winner = self.rng.sample(live, 2)
            lost = self.world.deals.pop(loser)["properties"]
            kept = self.world.deals[winner]
            told = (
                kept["properties"].get("hs_merged_object_ids"),
                lost.get("hs_merged_object_ids"),
            )
            merged = ";".join(filter(None, (*told, loser)))
            self.world.change(kept, hs_merged_object_ids=merged)
            pairs = self.world.associations.pop(loser, {})
            self.world.associations.setdefault(winner, {}).update(pairs)

    def archive(self) -> None:
        records = self.rng.choice((self.world.contacts, self.world.deals))
        live = self.live(records)
        if len(live) > 5:
            self.world.archive(records[self.rng.choice(live)])

    def address(self) -> str:
        if self.rng.random() < 0.1:
            return f"nobody{self.new()}@example.com"
        one = self.any(self.world.contacts)
        return str(self.world.contacts[one]["properties"]["email"]) if one else "nobody@example.com"

    def mail(self) -> None:
        ids = [
            one
            for body in self.world.content["marketing_emails"].values()
            for one in body["allEmailCampaignIds"]
        ]
        campaign = int(self.rng.choice([*ids, "0", "77"]))
        self.world.mail(
            self.rng.choice(MAILS), self.address(), campaign,
            filteredEvent=self.rng.random() < 0.2,
        )  # fmt: skip

    def url(self) -> str:
        pages = [
            body["url"] for table in CONTENT[:3] for body in self.world.content[table].values()
        ]
        tag = self.rng.choice(("", "?utm_campaign=spring", "?utm_campaign=autumn&utm_medium=email"))
        return self.rng.choice([*pages, "https://www.example.com/elsewhere"]) + tag

    def submit(self) -> None:
        form, contact = self.any(self.world.forms), self.any(self.live(self.world.contacts))
        if form:
            known = contact if self.rng.random() < 0.8 else None
            self.world.submit(form, known, self.address(), self.url())

    def add_member(self) -> None:
        one, contact = self.any(self.world.lists), self.any(self.live(self.world.contacts))
        if one and contact:
            self.world.members[one].setdefault(contact, iso(self.world.now))

    def drop_member(self) -> None:
        one = self.any(one for one, members in self.world.members.items() if members)
        if one:
            self.world.members[one].pop(self.any(self.world.members[one]))

    def participate(self) -> None:
        event, contact = self.any(self.world.marketing_events), self.any(self.world.contacts)
        if event and contact:
            state = self.rng.choice(("REGISTERED", "ATTENDED", "CANCELLED"))
            self.world.take_part(event, contact, state)

    def view(self) -> None:
        contact = self.any(self.live(self.world.contacts))
        pages = [one for table in CONTENT[:3] for one in self.world.content[table]]
        if contact:
            self.world.occur(
                "e_visited_page", contact, hs_page_id=self.rng.choice([*pages, "1", ""]),
                hs_url=self.url(), hs_referrer=self.rng.choice(("", "https://www.google.com/")),
            )  # fmt: skip

    def ad(self) -> None:
        contact = self.any(self.live(self.world.contacts))
        if contact:
            kind = self.rng.choice(("CLICK", "CLICK", "LEAD"))
            self.world.occur(
                "e_ad_interaction", contact, hs_interaction_type=kind, hs_ad_campaign_id="11"
            )

    def money(self) -> None:
        campaign = self.any(self.world.campaigns)
        if campaign:
            name = self.rng.choice(("budgetItems", "spendItems"))
            items = self.world.budgets[campaign][name]
            if items and self.rng.random() < 0.3:
                items.pop(0)
            else:
                items.append(
                    {
                        "id": self.new(), "name": "Item", "order": 0,
                        "amount": self.rng.randrange(10, 5000) / 4,
                        "createdAt": ms(self.world.now), "updatedAt": ms(self.world.now),
                    }
                )  # fmt: skip

    def utm(self) -> None:
        campaign = self.any(self.world.campaigns)
        if campaign:
            value = self.rng.choice(("spring", "autumn", "launch"))
            self.world.campaigns[campaign]["properties"]["hs_utm"] = value

    def report(self) -> None:
        campaign = self.any(self.world.campaigns)
        if campaign:
            kind = self.rng.choice(("contactFirstTouch", "contactLastTouch", "influencedContacts"))
            size = self.rng.randrange(4)
            contacts = self.rng.sample(sorted(self.world.contacts), size)
            self.world.reported[campaign, kind] = contacts
            self.world.metrics[campaign] = {
                "sessions": self.rng.randrange(50), "newContactsFirstTouch": size,
                "newContactsLastTouch": 0, "influencedContacts": size,
            }  # fmt: skip
            self.world.revenue[campaign, self.rng.choice(("LINEAR", "TIME_DECAY"))] = {
                "revenueAmount": self.rng.randrange(9999) / 4, "dealsNumber": 2,
                "contactsNumber": 3, "dealAmount": 5000.5, "currencyCode": "EUR",
            }  # fmt: skip

    def rate(self) -> None:
        self.world.add_rate("USD", self.rng.randrange(80, 99) / 100)

    def drop_campaign(self) -> None:
        if len(self.world.campaigns) > 2:
            gone = self.any(self.world.campaigns)
            del self.world.campaigns[gone]
        else:
            self.world.add_campaign(f"Campaign {self.new()}", hs_utm=f"c{self.number}")


def a_day_later(world: World, rng: random.Random) -> None:
    """The clock moves on to the next pull."""
    world.now += timedelta(hours=rng.randrange(1, 30))
