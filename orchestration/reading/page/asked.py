"""One request: the publication it sees, its choices, and what every page is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request

from orchestration.publishing.report.numbers import Formats
from orchestration.publishing.words import in_order
from orchestration.reading.page import words
from orchestration.reading.page.cells import Cells
from orchestration.reading.page.listing import Listing, base_of, order_of
from orchestration.reading.page.publication import NotPublished, Publication, query
from orchestration.reading.page.selection import (
    CONVERSIONS,
    BadRequest,
    Selection,
    presets,
    read,
)
from orchestration.reading.page.showing import Shown, facets, number_of, show

# Channels where no table of them is published yet.
CHANNELS = (
    "direct_traffic", "organic_search", "paid_search", "organic_social", "paid_social",
    "email_marketing", "referrals", "ai_referrals", "other_campaigns", "offline",
)  # fmt: skip


# Conditions of interactions of one campaign: what counts for it, by instant, and its conversions.
OF_CAMPAIGN = (
    "occurred_at in (select occurred_at from @core.fct_campaign_interactions "
    "where campaign_id = $key)"
)
OF_CONVERSIONS = (
    "event_id in (select conversion_event_id from @marts.last_touch_contacts "
    "where campaign_id = $key)"
)


@dataclass
class Asked:
    """A request and the publication that answers it."""

    request: Request
    publication: Publication

    @property
    def query(self):
        return self.request.query_params

    @property
    def formats(self) -> Formats:
        return self.publication.formats

    @cached_property
    def models(self) -> list[str]:
        found = self.publication.rows("select distinct model from @marts.attributed_revenue")
        return in_order({row["model"] for row in found})

    @cached_property
    def channels(self) -> list[str]:
        if "channel" not in self.publication.columns.get("marts.attribution_credits", ()):
            return []
        try:
            rows = self.publication.rows("select distinct channel from @marts.channel_performance")
        except NotPublished:
            return list(CHANNELS)
        return sorted({*CHANNELS, *(row["channel"] for row in rows if row["channel"])})

    @cached_property
    def selection(self) -> Selection:
        """The choices of the query string. Raises BadRequest."""
        return read(self.query, self.models, self.channels, self.formats.timezone)

    @cached_property
    def cells(self) -> Cells:
        return Cells(self.formats, self.selection, self.publication.lookback)

    @property
    def values(self) -> dict[str, object]:
        return self.selection.values

    def key(self, name: str, what: str) -> str:
        """An id that the request must give. Raises BadRequest."""
        found = self.query.get(name, "")
        if not found:
            raise BadRequest(f"No {what} is named. Search for one by its name or ID.")
        return found

    @cached_property
    def today(self) -> date:
        """The day that counts as now, in the portal's time zone."""
        as_of = self.publication.run.as_of or self.publication.run.finished_at
        if as_of is None:
            return date(1970, 1, 1)
        return as_of.replace(tzinfo=UTC).astimezone(ZoneInfo(self.formats.timezone)).date()

    def _with(self, given: dict[str, str]) -> Selection:
        """The request's choices with other filters."""
        return replace(self.selection, given=given)

    def show(self, listing: Listing, *, limit: int | None = None, **given: str) -> Shown:
        """A list with other filters than the request's, its first `limit` rows."""
        return show(self.publication, listing, self._with(given), limit=limit)

    def count(self, listing: Listing, **given: str) -> int:
        """How many rows that list has."""
        return number_of(self.publication, listing, self._with(given))

    def facets(self, listing: Listing, **given: str) -> dict[str, Any]:
        """The sums by reason of that list."""
        return facets(self.publication, self.cells, listing, self._with(given))

    def narrow_to_campaign(self, key: str) -> None:
        """Reads a campaign's interactions once, where a channel is chosen and each list would look
        for it.
        """
        if not self.selection.channel:
            return
        own = {"key": key}
        # Parts of the table that lie before or after all of them are not read.
        span = self.publication.one(query(__file__, "span_of_campaign"), own)
        condition = OF_CAMPAIGN
        # A conversion may be of a session that counts without counting itself. Where there is none
        # such, an instant is looked for alone, which is much cheaper than an id.
        if self.publication.one(query(__file__, "uncounted_conversions"), own):
            condition = f"({OF_CAMPAIGN} or {OF_CONVERSIONS})"
        self.publication.narrow(
            "core.fct_interactions",
            f"channel = $channel and occurred_at between $first and $last and {condition}",
            own | {"channel": self.selection.channel} | (span or {}),
            columns=(
                "event_id, event_type, occurred_at, asset_type, asset_id, null::varchar as url, "
                "channel"
            ),
        )

    def show_people(self, listings: Iterable[Listing], limit: int, **given: str) -> list[Shown]:
        """The first rows of lists of contacts, who are looked up for all of them at once: contacts
        are in no order that a few could be found by.
        """
        chosen, values, ids = self._with(given), dict[str, object](), []
        for listing in listings:
            base, needed = base_of(listing, chosen)
            order = order_of(listing, chosen)
            ids.append(f"(select contact_id from ({base}) order by {order} limit {limit + 1})")
            values |= needed
        try:
            with self.publication.narrowed(
                "core.dim_contacts", f"contact_id in ({' union all '.join(ids)})", values
            ):
                return [self.show(listing, limit=limit, **given) for listing in listings]
        except NotPublished:
            return [self.show(listing, limit=limit, **given) for listing in listings]

    def period_of(self, chosen: Selection) -> str:
        """The chosen days in words."""
        if not chosen.has_period:
            return "the whole time"
        first = self.formats.day(chosen.first) if chosen.first else "the beginning"
        return f"{first} to {self.formats.day(chosen.last) if chosen.last else 'the end'}"

    def context(self) -> dict[str, Any]:
        """What every page shows around its own."""
        chosen, run = self.selection, self.publication.run
        return {
            "path": self.request.url.path,
            "chosen": chosen,
            "link": chosen.link,
            "period": self.period_of(chosen),
            "presets": [
                {
                    "label": label,
                    "from": first.isoformat(),
                    "to": last.isoformat(),
                    "is_chosen": (first, last) == (chosen.first, chosen.last),
                }
                for label, first, last in presets(self.today)
            ],
            "models": [(code, words.model(code)) for code in self.models],
            "model_name": words.model(chosen.model),
            "channels": [(code, words.spelled(code)) for code in self.channels],
            "channel_name": words.spelled(chosen.channel) if chosen.channel else "",
            "conversions": list(CONVERSIONS.items()),
            "currency": self.formats.currency,
            "run": {
                "id": run.run_id,
                "as_of": self.formats.instant(run.as_of),
                "finished": self.formats.instant(run.finished_at),
                "timezone": self.formats.timezone,
            },
        }
