"""What other systems report: numbers and lists of contacts (R120)."""

from __future__ import annotations

from decimal import Decimal

from .drawing import Draw
from .vocabulary import (
    CONTACTS,
    ELDER,
    GHOST_CONTACTS,
    REPORTED_METRICS,
    SOURCES_OF_REPORTS,
)

METRICS_OF_CONTACTS = ("first_touch", "last_touch", "influenced", "revenue")


class Reported(Draw):
    """Numbers that are right by chance at best, and lists near the contacts that there are."""

    def reported_metrics(self) -> None:
        models = [*(model.name for model in self.rules.models), "no such model", None]
        for _ in range(self.rng.randrange(25)):
            metric = self.rng.choice(REPORTED_METRICS)
            start, end = sorted((self.day(), self.day()))
            self.versions(
                "reported_metrics",
                0,
                source=self.rng.choice(SOURCES_OF_REPORTS),
                campaign_id=self.campaign() if self.chance(0.9) else "k-nowhere",
                metric=metric,
                model=self.rng.choice(models) if metric == "attributed_revenue" else None,
                period_start=self.maybe(start, 0.5),
                period_end=self.maybe(end, 0.5),
                value=Decimal(self.rng.choice(("0", "1", "3", "12.5", "1000"))),
                reported_at=self.instant(),
            )

    def reported_contacts(self) -> None:
        known = [row["contact_id"] for row in self.tables["contacts"]]
        for _ in range(self.rng.randrange(1, 8)):
            source, campaign_id = self.rng.choice(SOURCES_OF_REPORTS), self.campaign()
            metric = self.rng.choice(METRICS_OF_CONTACTS)
            for reported_at in sorted(self.instant() for _ in range(self.rng.choice((1, 1, 2)))):
                pool = (*CONTACTS, *GHOST_CONTACTS, ELDER, *known)
                for contact_id in sorted(set(self.rng.choices(pool, k=self.rng.randrange(1, 9)))):
                    self.add(
                        "reported_contacts",
                        source=source,
                        campaign_id=campaign_id,
                        metric=metric,
                        contact_id=contact_id,
                        reported_at=reported_at,
                    )
