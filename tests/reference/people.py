"""Who is who: merges (R10), who did an event (R11) and who counts (R12)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from .records import Row, World


def survivors(merges: list[Row]) -> dict[str, str]:
    """Every contact id that a merge names -> the id that survives; of a cycle the smallest."""
    winner = {row["loser_contact_id"]: row["winner_contact_id"] for row in merges}
    found = {}
    for start in {*winner, *winner.values()}:
        seen = [start]
        while seen[-1] in winner:
            following = winner[seen[-1]]
            if following in seen:
                found[start] = min(seen[seen.index(following) :])
                break
            seen.append(following)
        else:
            found[start] = seen[-1]
    return found


def split_list(text: str | None) -> list[str]:
    """A `;`-separated text as its parts."""
    return [part.strip() for part in (text or "").split(";") if part.strip()]


class People:
    """The contacts of a world of current records."""

    def __init__(self, records: World) -> None:
        self._survivors = survivors(records["contact_merges"])
        self.landed = {row["contact_id"]: row for row in records["contacts"]}
        self.members: dict[str, set[str]] = defaultdict(set)
        for contact_id in {*self.landed, *self._survivors}:
            self.members[self.survivor(contact_id)].add(contact_id)
        self.contacts = self._contacts(records["salesforce_campaign_members"])
        self._owner_of_address = self._owners()
        self._identities: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
        for row in records["visitor_identities"]:
            self._identities[row["visitor_id"]].append((row["identified_at"], row["contact_id"]))

    def survivor(self, contact_id: str) -> str:
        """R10 for one landed id."""
        return self._survivors.get(contact_id, contact_id)

    def counts(self, contact_id: str | None) -> bool:
        """R12: has a record and is not deleted."""
        return contact_id in self.contacts and not self.contacts[contact_id]["is_deleted"]

    def created_at(self, contact_id: str) -> datetime:
        """Creation of a surviving contact."""
        return self.contacts[contact_id]["created_at"]

    def _contacts(self, memberships: list[Row]) -> dict[str, Row]:
        salesforce: dict[str, set[str]] = defaultdict(set)
        for row in memberships:
            if not row["_deleted"] and row["contact_id"] is not None:
                salesforce[self.survivor(row["contact_id"])].add(row["salesforce_campaign_id"])
        for contact_id, row in self.landed.items():
            salesforce[self.survivor(contact_id)].update(split_list(row["salesforce_campaign_ids"]))
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
                "salesforce_campaign_ids": sorted(salesforce[contact_id]),
                "merged_contact_ids": sorted(members - {contact_id}),
                "is_deleted": row["_deleted"],
            }
        return contacts

    def _owners(self) -> dict[str, str]:
        """Address in lower case -> landed contact id (R11)."""
        claims: dict[str, list[tuple[int, bool, str]]] = defaultdict(list)
        for contact_id, row in self.landed.items():
            if row["email"] is not None:
                claims[row["email"].lower()].append((0, row["_deleted"], contact_id))
            for address in split_list(row["additional_emails"]):
                claims[address.lower()].append((1, row["_deleted"], contact_id))
        return {address: min(candidates)[2] for address, candidates in claims.items()}

    def who(self, event: Row) -> str | None:
        """The surviving contact of an event; None is anonymous (R11)."""
        landed = event["contact_id"]
        if landed is None and event["email"] is not None:
            landed = self._owner_of_address.get(event["email"].lower())
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
