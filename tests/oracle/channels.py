"""Where a session comes from (R110), and the channel of an event (R111)."""

from __future__ import annotations

from .rules import Rules
from .urls import UTM_NAMES, host, utm

DIRECT, OFFLINE = "direct_traffic", "offline"
SEARCH_CLICK_IDS = ("gclid", "gbraid", "wbraid", "msclkid")
SOCIAL_CLICK_IDS = ("li_fat_id", "ttclid")
# What `interaction_types.csv` says of events on ads: it depends on the asset.
PAID = "paid"
SEARCH_NETWORKS = ("google", "bing", "microsoft")
# The kinds of host rows, in the order in which they are asked, and the channel of each.
HOST_CHANNELS = {
    "host_ai": "ai_referrals",
    "host_search": "organic_search",
    "host_social": "organic_social",
}


class Channels:
    """The rules of R110, with `traffic_sources.csv`."""

    def __init__(self, rules: Rules) -> None:
        self._rows = rules.traffic_sources
        self._of_type = rules.channels

    def _name(self, kind: str, value: str | None) -> str | None:
        """The name of the row of a kind that a value equals or, as a host, matches."""
        if value is None:
            return None
        for row in self._rows:
            if row.kind == kind and (
                value == row.value or (kind in HOST_CHANNELS and _matches(value, row))
            ):
                return row.name
        return None

    def _is(self, kind: str, value: str | None) -> bool:
        return self._name(kind, value) is not None

    def of_view(self, url: str | None, referrer: str | None) -> str:
        """R110: the channel of a session that begins with a page view, the first that holds."""
        source, medium = utm(url, "utm_source"), utm(url, "utm_medium")
        coming_from = host(referrer)
        if any(utm(url, name) for name in SEARCH_CLICK_IDS):
            return "paid_search"
        if any(utm(url, name) for name in SOCIAL_CLICK_IDS):
            return "paid_social"
        if self._is("medium_paid", medium):
            is_social = (
                self._is("host_social", coming_from)
                if source is None
                else self._is("source_social", source)
            )
            return "paid_social" if is_social else "paid_search"
        if self._is("medium_email", medium) or self._is("source_email", source):
            return "email_marketing"
        if self._is("medium_social", medium) or self._is("source_social", source):
            return "organic_social"
        if medium == "organic":
            return "organic_search"
        if medium == "referral":
            return "referrals"
        if any(utm(url, name) for name in UTM_NAMES[:3]):
            return "other_campaigns"
        if coming_from is None or coming_from == (host(url) or ""):
            return DIRECT
        for kind, channel in HOST_CHANNELS.items():
            if self._is(kind, coming_from):
                return channel
        return "referrals"

    def source_of_view(self, url: str | None, referrer: str | None) -> str | None:
        """R110: the source of a session that begins with a page view."""
        value = utm(url, "utm_source")
        if value is None:
            value = host(referrer) or None
            if value is None or value == host(url):
                return None
        names = [
            self._name(kind, value) for kind in ("source_social", "source_email", *HOST_CHANNELS)
        ]
        return next((name for name in names if name is not None), value)

    def of_type(self, event_type: str, asset_type: str | None, network: str | None) -> str:
        """R111: the channel of an event without a session that is no page view."""
        channel = self._of_type.get(event_type) or OFFLINE
        if channel == PAID:
            names_search = any(name in (network or "").lower() for name in SEARCH_NETWORKS)
            is_search = asset_type == "paid_search_campaign" or names_search
            return "paid_search" if is_search else "paid_social"
        return channel


def _matches(value: str, row: object) -> bool:
    """R110: a host ends in a dot and the row's value; a label starts it or follows a dot, too."""
    if value.endswith(f".{row.value}"):
        return True
    return row.match == "label" and (value.startswith(f"{row.value}.") or f".{row.value}." in value)
