"""Why a contact's time on a deal is not in the deal's path, from the facts that decide."""

from __future__ import annotations

# SQL over `spans` (core.fct_deal_contacts), `contacts` and `deals`; null where it is in the path.
LEFT_OUT = """case
                when spans.is_at_close then null
                when contacts.contact_id is null then 'no contact record has this id (R12)'
                when contacts.is_deleted then 'the contact is deleted (R12)'
                when deals.deal_id is null then 'the deal has no record'
                when deals.closed_at is null then 'the deal has no close time (R60)'
                when spans.valid_from >= deals.closed_at
                    then 'associated only at or after the close (R60)'
                else 'removed before the close or at it (R60)'
            end"""
