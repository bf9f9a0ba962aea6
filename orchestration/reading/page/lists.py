"""The lists of the page by name."""

from __future__ import annotations

from orchestration.reading.page.listing import Listing
from orchestration.reading.page.lists_associations import ASSOCIATION_LISTS
from orchestration.reading.page.lists_campaigns import CAMPAIGN_LISTS
from orchestration.reading.page.lists_channels import CHANNEL_LISTS
from orchestration.reading.page.lists_credit import CREDIT_LISTS
from orchestration.reading.page.lists_facts import FACT_LISTS
from orchestration.reading.page.lists_reasons import REASON_LISTS
from orchestration.reading.page.lists_runs import RUN_LISTS
from orchestration.reading.page.lists_touches import TOUCH_LISTS

LISTS: dict[str, Listing] = {
    one.name: one
    for lists in (
        CAMPAIGN_LISTS,
        TOUCH_LISTS,
        CREDIT_LISTS,
        CHANNEL_LISTS,
        FACT_LISTS,
        ASSOCIATION_LISTS,
        REASON_LISTS,
        RUN_LISTS,
    )
    for one in lists
}
