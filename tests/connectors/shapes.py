"""A world of raw rows written as loaders and trackers have it: the reverse of what the kinds
translate, and what must come back.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from tests.oracle.rules import Row, World

Shape = dict[str, list[Row]]
EMAIL_KINDS = {
    "email_sent": "SENT",
    "email_delivered": "DELIVERED",
    "email_bounced": "BOUNCE",
    "email_open": "OPEN",
    "email_click": "CLICK",
}
FORECAST = datetime(2031, 1, 1)


class Spelling:
    """Values as loaders spell them, drawn anew for each."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def time(self, value: object) -> str | None:
        """UTC by convention: naive with an hour of one or two digits, or with a zone."""
        if not isinstance(value, datetime):
            return None
        hour = str(value.hour) if self.rng.random() < 0.5 else f"{value.hour:02}"
        naive = f"{value:%Y-%m-%d} {hour}:{value:%M:%S.%f}"
        iso = value.isoformat()
        return self.rng.choice((naive, naive, naive + " UTC", iso + "Z", iso + "+00:00"))

    def truth(self, value: object) -> str | None:
        if value is None:
            return None
        return self.rng.choice(("TRUE", "true") if value else ("FALSE", "false"))


def milliseconds(value: datetime) -> int:
    """Epoch milliseconds; what is finer is lost."""
    return int(value.replace(tzinfo=UTC).timestamp() * 1000)


def text(value: object) -> str | None:
    return None if value is None else str(value)


def newest(rows: Iterable[Row], *key: str) -> dict[tuple, Row]:
    """The newest row of each key; of equal ones any."""
    found: dict[tuple, Row] = {}
    for row in sorted(rows, key=lambda row: str(row["_loaded_at"])):
        found[tuple(row[name] for name in key)] = row
    return found


def mails(world: World) -> list[Row]:
    """The e-mail events that name an address; an asset only where it is an e-mail."""
    return [one for one in world["events"] if one["event_type"] in EMAIL_KINDS and one["email"]]


def submissions(world: World) -> list[Row]:
    return [
        one
        for one in world["events"]
        if one["event_type"] == "form_submission" and one["contact_id"]
    ]


def additions(world: World) -> list[Row]:
    return [
        one
        for one in world["events"]
        if one["event_type"] == "list_addition" and one["contact_id"] and one["asset_id"]
    ]


def mail_asset(event: Row) -> object:
    return event["asset_id"] if event["asset_type"] == "marketing_email" else None


def form_of(event: Row) -> object:
    return event["asset_id"] if event["asset_type"] == "form" else None


def fivetran_hubspot(world: World, seed: int) -> Shape:
    say = Spelling(seed)
    emails = {mail_asset(one) for one in mails(world)} - {None}
    lists = {one["asset_id"] for one in additions(world)}
    return {
        "contact": [
            {
                "id": row["contact_id"],
                "property_email": row["email"],
                "property_hs_additional_emails": row["additional_emails"],
                "property_createdate": say.time(row["created_at"]),
                "property_lifecyclestage": row["lifecycle_stage"],
                "property_salesforcecampaignids": row["salesforce_campaign_ids"],
                "_fivetran_deleted": say.truth(row["_deleted"]),
                "_fivetran_synced": say.time(row["_loaded_at"]),
            }
            for row in world["contacts"]
        ],
        "contact_merge_audit": [
            {
                "vid_to_merge": row["loser_contact_id"],
                "canonical_vid": row["winner_contact_id"],
                "timestamp": say.time(row["merged_at"]),
                "_fivetran_synced": say.time(row["_loaded_at"]),
            }
            for row in world["contact_merges"]
        ],
        "deal": [
            {
                "deal_id": row["deal_id"],
                "property_dealname": row["deal_name"],
                "deal_pipeline_id": row["pipeline"],
                "deal_pipeline_stage_id": row["stage"],
                "property_hs_is_closed_won": say.truth(row["is_closed_won"]),
                "property_hs_is_closed": say.truth(row["closed_at"] is not None),
                "property_amount": text(row["amount"]),
                "property_deal_currency_code": row["currency"],
                "property_createdate": say.time(row["created_at"]),
                "property_closedate": say.time(row["closed_at"] or FORECAST),
                "_fivetran_deleted": say.truth(row["_deleted"]),
                "_fivetran_synced": say.time(row["_loaded_at"]),
            }
            for row in world["deals"]
        ],
        "email_campaign": [{"id": f"c{one}", "content_id": one, "name": "n"} for one in emails],
        "email_event": [
            {
                "id": row["event_id"],
                "created": say.time(row["occurred_at"]),
                "type": EMAIL_KINDS[str(row["event_type"])],
                "recipient": row["email"],
                "filtered_event": say.truth(row["is_filtered"]),
                "email_campaign_id": f"c{mail_asset(row)}" if mail_asset(row) else "0",
                "_fivetran_synced": say.time(row["_loaded_at"]),
            }
            for row in mails(world)
        ],
        "contact_form_submission": [
            {
                "conversion_id": row["event_id"],
                "contact_id": row["contact_id"],
                "form_id": form_of(row),
                "timestamp": say.time(row["occurred_at"]),
                "page_url": row["url"],
                "_fivetran_synced": say.time(row["_loaded_at"]),
            }
            for row in submissions(world)
        ],
        "contact_list": [{"id": one, "processing_type": "MANUAL"} for one in lists],
        "contact_list_member": [
            {
                "contact_id": row["contact_id"],
                "contact_list_id": row["asset_id"],
                "added_at": say.time(row["occurred_at"]),
            }
            for row in additions(world)
        ],
    }


def _airbyte(rows: list[Row], generation: int) -> list[Row]:
    """Rows with `properties` as the generation has them: nested, flat, or all in one raw record, as
    object or as text.
    """
    shaped = []
    for row in rows:
        row = dict(row)
        clock = {"_airbyte_extracted_at": row.pop("_at")}
        properties = row.pop("properties", None)
        if properties is not None:
            if generation == 1:
                row |= {f"properties_{name}": value for name, value in properties.items()}
            else:
                row["properties"] = properties
        if generation >= 2:
            record = json.dumps({name: value for name, value in row.items() if value is not None})
            row = {"_airbyte_data": record if generation == 2 else json.dumps(record)}
            clock = {"_airbyte_emitted_at": clock["_airbyte_extracted_at"]}
        else:
            row = {
                name: json.dumps(value) if isinstance(value, (dict, list)) else value
                for name, value in row.items()
            }
        shaped.append({**row, **clock})
    return shaped


def airbyte_hubspot(world: World, seed: int) -> Shape:
    say = Spelling(seed)
    generation = seed % 4
    emails = {mail_asset(one) for one in mails(world)} - {None}
    tables = {
        "contacts": [
            {
                "id": row["contact_id"],
                "createdAt": say.time(row["created_at"]),
                "archived": bool(row["_deleted"]),
                "properties": {
                    "email": row["email"],
                    "hs_additional_emails": row["additional_emails"],
                    "createdate": say.time(row["created_at"]),
                    "lifecyclestage": row["lifecycle_stage"],
                    "salesforcecampaignids": row["salesforce_campaign_ids"],
                },
                "_at": say.time(row["_loaded_at"]),
            }
            for row in world["contacts"]
        ],
        "contacts_merged_audit": [
            {
                "vid-to-merge": row["loser_contact_id"],
                "canonical-vid": row["winner_contact_id"],
                "timestamp": say.time(row["merged_at"]),
                "_at": say.time(row["_loaded_at"]),
            }
            for row in world["contact_merges"]
        ],
        "deals": [
            {
                "id": row["deal_id"],
                "archived": bool(row["_deleted"]),
                "properties": {
                    "dealname": row["deal_name"],
                    "pipeline": row["pipeline"],
                    "dealstage": row["stage"],
                    "hs_is_closed_won": row["is_closed_won"],
                    "hs_is_closed": row["closed_at"] is not None,
                    "amount": text(row["amount"]),
                    "deal_currency_code": row["currency"],
                    "createdate": say.time(row["created_at"]),
                    "closedate": say.time(row["closed_at"] or FORECAST),
                },
                "_at": say.time(row["_loaded_at"]),
            }
            for row in world["deals"]
        ],
        "marketing_emails": [
            {"id": one, "allEmailCampaignIds": [f"c{one}"], "_at": None} for one in emails
        ],
        "email_events": [
            {
                "id": row["event_id"],
                "created": say.time(row["occurred_at"]),
                "type": EMAIL_KINDS[str(row["event_type"])],
                "recipient": row["email"],
                "filteredEvent": row["is_filtered"],
                "emailCampaignId": f"c{mail_asset(row)}" if mail_asset(row) else 0,
                "_at": say.time(row["_loaded_at"]),
            }
            for row in mails(world)
        ],
        "contacts_form_submissions": [
            {
                "conversion-id": row["event_id"],
                "canonical-vid": row["contact_id"],
                "form-id": form_of(row),
                "timestamp": say.time(row["occurred_at"]),
                "page-url": row["url"],
                "_at": say.time(row["_loaded_at"]),
            }
            for row in submissions(world)
        ],
        "contacts_list_memberships": [
            {
                "static-list-id": row["asset_id"],
                "canonical-vid": row["contact_id"],
                "timestamp": say.time(row["occurred_at"]),
                "_at": None,
            }
            for row in additions(world)
        ],
    }
    return {name: _airbyte(rows, generation) for name, rows in tables.items()}


def dlt_hubspot(world: World, seed: int) -> Shape:
    say = Spelling(seed)

    def load(row: Row) -> str:
        at = row["_loaded_at"]
        assert isinstance(at, datetime)
        return f"{at.replace(tzinfo=UTC).timestamp():.6f}"

    return {
        "contacts": [
            {
                "id": row["contact_id"],
                "email": row["email"],
                "hs_additional_emails": row["additional_emails"],
                "createdate": say.time(row["created_at"]),
                "lifecyclestage": row["lifecycle_stage"],
                "salesforcecampaignids": row["salesforce_campaign_ids"],
                "is_deleted": say.truth(row["_deleted"]),
                "_dlt_load_id": load(row),
            }
            for row in world["contacts"]
        ],
        "deals": [
            {
                "id": row["deal_id"],
                "dealname": row["deal_name"],
                "pipeline": row["pipeline"],
                "dealstage": row["stage"],
                "hs_is_closed_won": say.truth(row["is_closed_won"]),
                "hs_is_closed": say.truth(row["closed_at"] is not None),
                "amount": text(row["amount"]),
                "deal_currency_code": row["currency"],
                "createdate": say.time(row["created_at"]),
                "closedate": say.time(row["closed_at"] or FORECAST),
                "is_deleted": say.truth(row["_deleted"]),
                "_dlt_load_id": load(row),
            }
            for row in world["deals"]
        ],
    }


def web_events(world: World) -> list[Row]:
    """What a tracker sees: page views, and submissions of forms."""
    return [
        one
        for one in world["events"]
        if one["visitor_id"] and one["event_type"] in ("page_view", "form_submission")
    ]


def segment(world: World, seed: int) -> Shape:
    say = Spelling(seed)
    shape: Shape = {"pages": [], "tracks": [], "own_events": [], "identifies": []}
    for row in web_events(world):
        hit = {
            "id": row["event_id"],
            "anonymous_id": row["visitor_id"],
            "user_id": row["contact_id"],
            "uuid_ts": say.time(row["_loaded_at"]),
            say.rng.choice(("timestamp", "original_timestamp")): say.time(row["occurred_at"]),
        }
        if row["event_type"] == "page_view":
            url = say.rng.choice(("url", "context_page_url"))
            shape["pages"].append({**hit, url: row["url"], "referrer": row["referrer"]})
        else:
            shape["tracks"].append(
                {
                    **hit,
                    "event": "form_submitted",
                    "event_text": "Form Submitted",
                    "context_page_url": row["url"],
                    "context_page_referrer": row["referrer"],
                }
            )
            shape["own_events"].append({"id": row["event_id"], "form_id": form_of(row)})
    for row in world["visitor_identities"]:
        shape["identifies"].append(
            {
                "anonymous_id": row["visitor_id"],
                "user_id": row["contact_id"],
                "timestamp": say.time(row["identified_at"]),
                "received_at": say.time(row["_loaded_at"]),
            }
        )
    return shape


def snowplow(world: World, seed: int) -> Shape:
    say = Spelling(seed)
    events = []
    for row in web_events(world):
        is_view = row["event_type"] == "page_view"
        form = {"schema": "s", "data": {"schema": "f", "data": {"formId": form_of(row)}}}
        robot = {
            "schema": "iglu:com.iab.snowplow/spiders_and_robots/jsonschema/1-0-0",
            "data": {"spiderOrRobot": bool(row["is_filtered"])},
        }
        events.append(
            {
                "event_id": row["event_id"],
                "event": "page_view" if is_view else "unstruct",
                "event_name": "page_view" if is_view else "submit_form",
                say.rng.choice(("domain_userid", "network_userid")): row["visitor_id"],
                "user_id": row["contact_id"],
                say.rng.choice(("derived_tstamp", "collector_tstamp")): say.time(
                    row["occurred_at"]
                ),
                "page_url": row["url"],
                "page_referrer": row["referrer"],
                "unstruct_event": None if is_view else json.dumps(form),
                "derived_contexts": json.dumps({"schema": "c", "data": [robot]}),
                "load_tstamp": say.time(row["_loaded_at"]),
            }
        )
    return {"events": events}


def ga4(world: World, seed: int) -> Shape:
    events = []
    for number, row in enumerate(web_events(world)):
        at = row["occurred_at"]
        assert isinstance(at, datetime)
        is_view = row["event_type"] == "page_view"
        values = {
            "page_location": row["url"],
            "page_referrer": row["referrer"],
            "form_id": None if is_view else form_of(row),
            "traffic_type": "internal" if row["is_filtered"] else None,
        }
        event: Row = {
            "_table": f"events_{at:%Y%m%d}",
            "user_pseudo_id": row["visitor_id"],
            "user_id": row["contact_id"],
            "event_name": "page_view" if is_view else "form_submit",
            "event_timestamp": int((at - datetime(1970, 1, 1)).total_seconds() * 1_000_000 + 0.5),
            "batch_event_index": number,
        }
        if (seed + number) % 2:
            event |= {f"param_{name}": value for name, value in values.items()}
        else:
            event["event_params"] = json.dumps(
                [
                    {"key": name, "value": {"string_value": value, "int_value": None}}
                    for name, value in values.items()
                    if value is not None
                ]
            )
        events.append(event)
    return {"events": events}


SHAPES: dict[str, Callable[[World, int], Shape]] = {
    "fivetran_hubspot": fivetran_hubspot,
    "airbyte_hubspot": airbyte_hubspot,
    "dlt_hubspot": dlt_hubspot,
    "segment": segment,
    "snowplow": snowplow,
    "ga4": ga4,
}
