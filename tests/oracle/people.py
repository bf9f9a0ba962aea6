"""Who is who: merges (R10), who did an event (R11), who counts (R12), Salesforce (R06)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from .merges import survivors
from .rules import Row, World

PRIMARY, ADDITIONAL, FORMER = range(3)


def split_list(text: str | None) -> list[str]:
    """A `;`-separated text as its parts."""
    return [part.strip() for part in (text or "").split(";") if part.strip()]


def address(text: str | None) -> str | None:
    """An address as it is compared (R11)."""
    return (text or "").strip().lower() or None


def addresses(row: Row) -> tuple[set[str], set[str]]:
    """The primary address of a version of a contact, and its additional ones."""
    primary = address(row.get("email"))
    additional = {address(part) for part in split_list(row.get("additional_emails"))}
    return ({primary} if primary else set()), additional


class People:
    """The contacts of a world: `records` are current, `versions` all accepted rows of contacts."""

    def __init__(self, records: World, versions: list[Row]) -> None:
        self._survivors = survivors(
            {row["loser_contact_id"]: row["winner_contact_id"] for row in records["contact_merges"]}
        )
        self.landed = {row["contact_id"]: row for row in records["contacts"]}
        self._versions: dict[str, list[Row]] = defaultdict(list)
        for row in versions:
            self._versions[row["contact_id"]].append(row)
        self.members: dict[str, set[str]] = defaultdict(set)
        for contact_id in {*self.landed, *self._survivors}:
            self.members[self.survivor(contact_id)].add(contact_id)
        self.contacts = self._contacts(records["salesforce_campaign_members"])
        self._owner_of_address = self._owners()
        self._identities = self._identifications(records)

    def survivor(self, contact_id: str) -> str:
        """R10 for one landed id."""
        return self._survivors.get(contact_id, contact_id)

    def counts(self, contact_id: str | None) -> bool:
        """R12: has a record and is not deleted."""
        return contact_id in self.contacts and not self.contacts[contact_id]["is_deleted"]

    def created_at(self, contact_id: str) -> datetime:
        """Creation of a surviving contact."""
        return self.contacts[contact_id]["created_at"]

    def was_primary_address(self, contact_id: str | None, email: str) -> bool:
        """R35: whether an address is, or once was, the primary one of the contact's own record."""
        if contact_id not in self.contacts:
            return False
        versions = [self.landed[contact_id], *self._versions[contact_id]]
        return address(email) in {address(row.get("email")) for row in versions}

    def _contacts(self, memberships: list[Row]) -> dict[str, Row]:
        campaigns = self._salesforce_campaigns(memberships)
        contacts = {}
        for contact_id, row in self.landed.items():
            if self.survivor(contact_id) != contact_id:
                continue
            members = self.members[contact_id]
            contacts[contact_id] = {
                "contact_id": contact_id,
                "email": row["email"],
                "created_at": min(
                    self.landed[member]["created_at"] for member in members if member in self.landed
                ),
                "lifecycle_stage": row["lifecycle_stage"],
                "salesforce_campaign_ids": sorted(campaigns[contact_id]),
                "merged_contact_ids": sorted(members - {contact_id}),
                "is_deleted": row["_deleted"],
            }
        return contacts

    def _salesforce_campaigns(self, memberships: list[Row]) -> dict[str, set[str]]:
        """R06: surviving contact -> the ids of its Salesforce campaigns."""
        found: dict[str, set[str]] = defaultdict(set)
        of_salesforce_id: dict[str, set[str]] = defaultdict(set)
        for contact_id, row in self.landed.items():
            survivor = self.survivor(contact_id)
            found[survivor].update(split_list(row["salesforce_campaign_ids"]))
            for salesforce_id in split_list(row["salesforce_ids"]):
                of_salesforce_id[salesforce_id[:15]].add(survivor)
        for row in memberships:
            if row["_deleted"]:
                continue
            if row["contact_id"] is not None:
                members = {self.survivor(row["contact_id"])}
            else:
                members = of_salesforce_id.get((row["salesforce_id"] or "").strip()[:15], set())
            for contact_id in members:
                found[contact_id].add(row["salesforce_campaign_id"])
        return found

    def _owners(self) -> dict[str, str]:
        """Address -> landed contact id (R11)."""
        claims: dict[str, list[tuple[int, bool, str]]] = defaultdict(list)
        for contact_id, row in self.landed.items():
            primary, additional = addresses(row)
            former = set()
            for version in self._versions[contact_id]:
                former.update(*addresses(version))
            for rank, held in (
                (PRIMARY, primary),
                (ADDITIONAL, additional),
                (FORMER, former - primary - additional),
            ):
                for one in held:
                    claims[one].append((rank, row["_deleted"], contact_id))
        return {one: min(candidates)[2] for one, candidates in claims.items()}

    def _identifications(self, records: World) -> dict[str, list[tuple[datetime, str]]]:
        """Visitor -> instants and landed contact ids."""
        found: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
        for row in records["visitor_identities"]:
            found[row["visitor_id"]].append((row["identified_at"], row["contact_id"]))
        for row in records["visitor_emails"]:
            owner = self._owner_of_address.get(address(row["email"]))
            if owner is not None:
                found[row["visitor_id"]].append((row["identified_at"], owner))
        return found

    def who(self, event: Row) -> str | None:
        """The surviving contact of an event; None is anonymous (R11)."""
        landed = event["contact_id"]
        if landed is None:
            landed = self._owner_of_address.get(address(event["email"]))
        if landed is None and event["visitor_id"] is not None:
            landed = self._identified(event["visitor_id"], event["occurred_at"])
        return None if landed is None else self.survivor(landed)

    def _identified(self, visitor_id: str, at: datetime) -> str | None:
        identities = self._identities.get(visitor_id, [])
        if not identities:
            return None
        before = [instant for instant, _ in identities if instant <= at]
        chosen = max(before) if before else min(instant for instant, _ in identities)
        return min(contact_id for instant, contact_id in identities if instant == chosen)
