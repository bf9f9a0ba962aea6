"""Changes that arrive later: rows which land after a world and rewrite its past, one kind at a
time.

A kind is a method of `Changes` that gives the rows of one landing, or none where the world has
nothing to change that way.
"""

from __future__ import annotations

from .changes_of_activity import OfActivity
from .changes_of_campaigns import OfCampaigns
from .changes_of_deals import OfDeals
from .changes_of_people import OfPeople
from .changes_of_records import OfRecords
from .changing import columns

__all__ = ["Changes", "columns", "kinds"]


class Changes(OfRecords, OfCampaigns, OfPeople, OfActivity, OfDeals):
    """Every kind of change."""


def kinds() -> list[str]:
    """The names of all kinds of change."""
    return sorted(name.removeprefix("do_") for name in dir(Changes) if name.startswith("do_"))
