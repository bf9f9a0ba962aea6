"""What the kinds of loaders and trackers decide, on rows that look as theirs do."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime

from orchestration.connectors.kind import Source
from orchestration.connectors.kinds import kind
from orchestration.connectors.kinds.exchange_rates import read_rates
from orchestration.connectors.pull import pull_source
from orchestration.connectors.translate import translate
from orchestration.ground.settings import make_settings
from tests.connectors.extracts import at, translated

SYNCED = "2024-05-01 6:49:18"
LANDED = "2024-05-01T06:49:18.000000Z"


def picked(rows: list[dict], *columns: str) -> list[tuple]:
    return sorted((tuple(row[name] for name in columns) for row in rows), key=str)


# --- Pairs: first seen, as complete pulls saw them ---------------------------------------------


def pair(deal: str, contact: str, **more: object) -> dict:
    return {"deal_id": deal, "contact_id": contact, "type_id": "3", **more}


def deal(deal_id: str, **more: object) -> dict:
    return {
        "deal_id": deal_id,
        "property_createdate": "2024-03-01 00:00:00",
        "property_closedate": None,
        **more,
    }


CONTACT = {"id": "c", "property_createdate": "2024-04-01 00:00:00", "_fivetran_synced": SYNCED}


def test_pairs_of_the_first_pull_are_assumed_and_later_ones_seen():
    first = {
        "deal": [deal("d")],
        "contact": [CONTACT],
        "deal_contact": [pair("d", "c"), pair("d", "c")],
    }
    second = {
        "deal": [deal("d"), deal("new")],
        "contact": [CONTACT],
        "deal_contact": [pair("d", "x"), pair("new", "c"), pair("ghost", "y")],
    }
    log = translated("fivetran_hubspot", first, second)["deal_contact_log"]
    assert picked(log, "deal_id", "contact_id", "action", "occurred_at", "time_basis") == [
        ("d", "c", "associated", "2024-04-01T00:00:00.000000Z", "assumed"),
        ("d", "c", "removed", at(2), "first_seen"),
        ("d", "x", "associated", at(2), "first_seen"),
        ("ghost", "y", "associated", at(2), "first_seen"),
        ("new", "c", "associated", "2024-04-01T00:00:00.000000Z", "assumed"),
    ]
    (gone,) = (row for row in log if row["action"] == "removed")
    (came,) = (row for row in log if row["contact_id"] == "x")
    assert came["log_id"] < gone["log_id"]


def test_what_is_missing_from_an_incomplete_pull_means_nothing():
    whole = {"deal": [deal("d")], "deal_contact": [pair("d", "c")]}
    log = translated(
        "fivetran_hubspot", whole, {"deal": [deal("d")]}, whole, incomplete=[(2, "deal_contact")]
    )["deal_contact_log"]
    assert picked(log, "action", "time_basis") == [("associated", "assumed")]


def test_first_associations_may_be_first_seen():
    log = translated(
        "fivetran_hubspot",
        {"deal": [deal("d")], "deal_contact": [pair("d", "c")]},
        first_associations="first_seen",
    )["deal_contact_log"]
    assert picked(log, "occurred_at", "time_basis") == [(at(1), "first_seen")]


def test_deleted_and_inactive_pairs_are_none_and_history_mode_has_its_times():
    log = translated(
        "fivetran_hubspot",
        {
            "deal_contact": [
                pair("d", "1", _fivetran_deleted="TRUE"),
                pair("d", "2", _fivetran_active="false"),
                pair(
                    "d",
                    "3",
                    _fivetran_start="2024-01-01 00:00:00",
                    _fivetran_end="2024-02-01 00:00:00",
                    _fivetran_active="false",
                    _fivetran_synced=SYNCED,
                ),
                pair(
                    "d",
                    "3",
                    _fivetran_start="2024-02-01 00:00:00.001",
                    _fivetran_end="2050-01-01 00:00:00",
                    _fivetran_active="true",
                    _fivetran_synced=SYNCED,
                ),
                pair(
                    "d",
                    "4",
                    _fivetran_start="2024-01-01 00:00:00",
                    _fivetran_end="2024-03-01 00:00:00",
                    _fivetran_active="false",
                    _fivetran_synced=SYNCED,
                ),
            ]
        },
    )["deal_contact_log"]
    assert picked(log, "contact_id", "action", "occurred_at", "time_basis", "_loaded_at") == [
        ("3", "associated", "2024-01-01T00:00:00.000000Z", "first_seen", LANDED),
        ("4", "associated", "2024-01-01T00:00:00.000000Z", "first_seen", LANDED),
        ("4", "removed", "2024-03-01T00:00:00.000000Z", "first_seen", LANDED),
    ]


def test_airbyte_has_pairs_in_the_newest_row_of_the_deal():
    def row(contacts: list[str], hour: int) -> dict:
        return {
            "id": "d",
            "contacts": json.dumps(contacts),
            "createdAt": "2024-03-01T00:00:00Z",
            "_airbyte_extracted_at": f"2024-05-01 {hour:02}:00:00+00",
        }

    log = translated(
        "airbyte_hubspot",
        {"deals": [row(["1", "1"], 2), row(["9"], 1)]},
        {"deals": []},
        {"deals": [row(["2"], 3)]},
        partial=[(2, "deals"), (3, "deals")],
    )["deal_contact_log"]
    assert picked(log, "contact_id", "action", "occurred_at") == [
        ("1", "associated", "2024-03-01T00:00:00.000000Z"),
        ("1", "removed", at(3)),
        ("2", "associated", at(3)),
    ]


# --- Contacts ----------------------------------------------------------------------------------


def test_earlier_addresses_are_rows_as_old_as_they_are():
    history = [
        {"contact_id": "c", "name": "email", "value": value, "timestamp": time}
        for value, time in (
            ("old@x.example", "2023-01-01 00:00:00"),
            ("", "2023-02-01 00:00:00"),
            ("now@x.example", "2023-03-01 00:00:00"),
        )
    ]
    contact = {**CONTACT, "property_email": "now@x.example", "property_lifecyclestage": "lead"}
    rows = translated(
        "fivetran_hubspot", {"contact": [contact], "contact_property_history": history}
    )
    assert picked(rows["contacts"], "email", "lifecycle_stage", "_loaded_at") == [
        ("now@x.example", "lead", LANDED),
        ("old@x.example", "lead", "2023-01-01T00:00:00.000000Z"),
        (None, "lead", "2023-02-01T00:00:00.000000Z"),
    ]


def test_a_record_that_a_whole_pull_lacks_is_deleted_unless_it_was_merged_away():
    one, two, three = ({**CONTACT, "id": number} for number in "123")
    survivor = {**one, "property_hs_merged_object_ids": "3"}
    landed = translated(
        "fivetran_hubspot",
        {"contact": [one, two, three], "deal": [deal("d")]},
        {"contact": [survivor], "deal": []},
        {"contact": [survivor], "deal": []},
        partial=[(3, "contact")],
    )
    assert picked(
        [row for row in landed["contacts"] if row["_deleted"]], "contact_id", "_loaded_at"
    ) == [("2", at(2))]
    assert picked([row for row in landed["deals"] if row["_deleted"]], "deal_id") == [("d",)]


def test_merges_by_authority_and_chains_to_the_last():
    landed = translated(
        "fivetran_hubspot",
        {
            "contact": [
                {
                    **CONTACT,
                    "id": "3",
                    "property_hs_merged_object_ids": "1;2;4",
                    "property_hs_calculated_merged_vids": "2:1704067200000;4:1704067200000",
                }
            ],
            "contact_merge_audit": [
                {"vid_to_merge": "1", "canonical_vid": "2", "timestamp": "2023-01-01 00:00:00"},
                {"vid_to_merge": "4", "canonical_vid": "3", "timestamp": "2023-06-01 00:00:00"},
                {"vid_to_merge": "5", "canonical_vid": "6", "timestamp": None},
                {"vid_to_merge": "6", "canonical_vid": "5", "timestamp": None},
            ],
        },
        portal="eu",
    )
    assert picked(
        landed["contact_merges"], "loser_contact_id", "winner_contact_id", "merged_at"
    ) == [
        ("eu:1", "eu:3", "2023-01-01T00:00:00.000000Z"),
        ("eu:2", "eu:3", "2024-01-01T00:00:00.000000Z"),
        ("eu:4", "eu:3", "2023-06-01T00:00:00.000000Z"),
        ("eu:5", "eu:6", at(1)),
        ("eu:6", "eu:5", at(1)),
    ]


def test_merges_without_a_time_have_that_of_the_pull_that_first_saw_them():
    survivor = {**CONTACT, "property_hs_merged_object_ids": "1"}
    landed = translated(
        "fivetran_hubspot",
        {"contact": [survivor], "merged_deal": [{"deal_id": "a", "merged_deal_id": "b"}]},
        {"contact": [survivor], "merged_deal": [{"deal_id": "a", "merged_deal_id": "b"}]},
    )
    assert picked(landed["contact_merges"], "merged_at") == [(at(1),)]
    assert picked(landed["deal_merges"], "loser_deal_id", "winner_deal_id", "merged_at") == [
        ("b", "a", at(1))
    ]


# --- Deals -------------------------------------------------------------------------------------


def stage(stage_id: str, closed_won: object, is_closed: object, probability: object) -> dict:
    return {
        "stage_id": stage_id,
        "pipeline_id": "p",
        "closed_won": closed_won,
        "is_closed": is_closed,
        "probability": probability,
        "label": "Closed Won",
    }


def test_won_and_closed_by_the_deal_else_by_its_stage():
    stages = [
        stage("won", "TRUE", "TRUE", "1.0"),
        stage("closed", None, "true", "1"),
        stage("lost", "FALSE", "TRUE", "0.0"),
        stage("open", "false", "false", "0.4"),
        stage("old", "TRUE", None, None),
        stage("sure", "false", None, "1"),
    ]
    closing = {"property_closedate": "2024-04-01 00:00:00", "deal_pipeline_id": "p"}
    deals = [
        deal(name, deal_pipeline_stage_id=name, **closing)
        for name in (*["won", "closed", "lost", "open", "old", "sure", "unknown"],)
    ]
    deals.append(
        deal(
            "says",
            deal_pipeline_stage_id="won",
            property_hs_is_closed_won="false",
            property_hs_is_closed="false",
            **closing,
        )
    )
    landed = translated("fivetran_hubspot", {"deal": deals, "deal_pipeline_stage": stages})["deals"]
    told = {row["deal_id"]: (row["is_closed_won"], row["closed_at"] is not None) for row in landed}
    assert told == {
        "won": ("true", True),
        "closed": ("true", True),
        "lost": ("false", True),
        "open": ("false", False),
        "old": ("true", True),
        "sure": ("false", True),
        "unknown": ("false", False),
        "says": ("false", False),
    }


def test_a_stage_that_means_something_else_lands_its_deals_anew():
    one = deal("d", deal_pipeline_stage_id="s", deal_pipeline_id="p", _fivetran_synced=SYNCED)
    landed = translated(
        "fivetran_hubspot",
        {"deal": [one], "deal_pipeline_stage": [stage("s", "false", "false", "0.5")]},
        {"deal": [], "deal_pipeline_stage": [stage("s", "true", "true", "1")]},
        partial=[(2, "deal")],
    )["deals"]
    assert picked(landed, "is_closed_won", "_loaded_at") == [("false", LANDED), ("true", at(2))]


def test_a_deal_that_is_read_again_has_the_new_meaning_of_its_stage():
    """By the loader's clock both are as new, and then the greater text would win."""
    one = deal("d", deal_pipeline_stage_id="s", deal_pipeline_id="p", _fivetran_synced=SYNCED)
    landed = translated(
        "fivetran_hubspot",
        {"deal": [one], "deal_pipeline_stage": [stage("s", "true", "true", "1")]},
        {"deal": [one], "deal_pipeline_stage": [stage("s", "false", "false", "0.5")]},
        {"deal": [one], "deal_pipeline_stage": [stage("s", "false", "false", "0.5")]},
    )["deals"]
    newest = max(landed, key=lambda row: row["_loaded_at"])
    assert (newest["is_closed_won"], newest["_loaded_at"]) == ("false", at(2))


def test_sentinels_are_no_times():
    landed = translated(
        "fivetran_hubspot",
        {
            "deal": [
                deal(
                    "d",
                    property_createdate="1970-01-01 00:00:00",
                    property_closedate="2050-01-01 00:00:00",
                    property_hs_is_closed="true",
                    _fivetran_synced="2020-02-30",
                )
            ]
        },
    )["deals"]
    assert picked(landed, "created_at", "closed_at", "_loaded_at") == [(None, None, at(1))]


# --- E-mails, forms, lists ---------------------------------------------------------------------


def test_an_email_that_is_told_later_comes_to_its_events():
    event = {
        "id": "e",
        "created": SYNCED,
        "type": "OPEN",
        "email_campaign_id": "7",
        "recipient": "a@x",
    }
    none = {**event, "id": "n", "email_campaign_id": "0"}
    other = {**event, "id": "o", "type": "PROCESSED"}
    landed = translated(
        "fivetran_hubspot",
        {"email_event": [event, none, other]},
        {
            "email_campaign": [
                {"id": "7", "content_id": "55", "name": "May"},
                {"id": "0", "content_id": "1"},
            ]
        },
        partial=[(2, "email_event")],
    )
    assert picked(landed["events"], "event_id", "asset_id", "_loaded_at") == [
        ("crm:email_event:e", "55", at(2)),
        ("crm:email_event:e", None, at(1)),
        ("crm:email_event:n", None, at(1)),
    ]
    assert {
        "raw_table": "events",
        "reason": "email_event PROCESSED: not landed (1 rows)",
    } in landed["gaps"]


def test_lists_that_are_dynamic_or_of_companies_add_nobody():
    lists = [
        {"id": "1", "processing_type": "MANUAL", "object_type_id": "0-1"},
        {"id": "2", "processing_type": "DYNAMIC", "object_type_id": "0-1"},
        {"id": "3", "processing_type": "SNAPSHOT", "object_type_id": "0-2"},
    ]
    members = [
        {"contact_id": "c", "contact_list_id": one, "added_at": SYNCED, "_fivetran_deleted": "true"}
        for one in "1234"
    ]
    landed = translated("fivetran_hubspot", {"contact_list": lists, "contact_list_member": members})
    assert picked(landed["events"], "asset_id", "occurred_at") == [("1", LANDED), ("4", LANDED)]
    assert picked(landed["assets"], "asset_type", "asset_id") == [("static_list", "1")]


def test_submissions_once_by_form_and_millisecond_and_whose_they_are():
    form = "0123456789ABCDEF0123456789ABCDEF"
    dashed = "01234567-89ab-cdef-0123-456789abcdef"
    landed = translated(
        "airbyte_hubspot",
        {
            "contacts": [
                {
                    "id": "1",
                    "createdAt": SYNCED,
                    "properties": json.dumps(
                        {"hs_calculated_form_submissions": f"{dashed}::1714557600123"}
                    ),
                }
            ],
            "form_submissions": [
                {
                    "formId": form,
                    "submittedAt": 1714557600123,
                    "values": json.dumps([{"name": "email", "value": "a@x"}]),
                },
                {
                    "formId": form,
                    "submittedAt": 1714557600124,
                    "values": json.dumps([{"name": "email", "value": "b@x"}]),
                },
                {"formId": form, "submittedAt": 1714557600125, "values": "[]"},
            ],
            "contacts_form_submissions": [
                {
                    "canonical-vid": "9",
                    "form-id": dashed,
                    "timestamp": "1714557600125",
                    "conversion-id": "k",
                }
            ],
        },
    )
    assert picked(landed["events"], "contact_id", "email", "asset_id", "occurred_at") == [
        ("1", "a@x", dashed, "2024-05-01T10:00:00.123000Z"),
        ("9", None, dashed, "2024-05-01T10:00:00.125000Z"),
        (None, "b@x", dashed, "2024-05-01T10:00:00.124000Z"),
    ]
    assert all(
        row["visitor_id"] in (None, f"contact:{row['contact_id']}") for row in landed["events"]
    )


def test_drafts_are_not_published_and_campaigns_stand_in_for_emails():
    landed = translated(
        "airbyte_hubspot",
        {
            "marketing_emails": [
                {
                    "id": "1",
                    "name": "a",
                    "state": "DRAFT_AB",
                    "publishDate": "2024-05-01T00:00:00Z",
                },
                {
                    "id": "2",
                    "name": "b",
                    "state": "PUBLISHED",
                    "publishDate": "2024-05-01T00:00:00Z",
                },
            ],
            "campaigns": [
                {"id": "8", "contentId": "2", "name": "x"},
                {"id": "9", "contentId": "3", "name": "c"},
            ],
        },
    )["assets"]
    assert picked(landed, "asset_id", "asset_name", "published_at") == [
        ("1", "a", None),
        ("2", "b", "2024-05-01T00:00:00.000000Z"),
        ("3", "c", None),
    ]


# --- dlt ---------------------------------------------------------------------------------------


def test_only_loads_that_ended_count_and_children_go_by_the_newest_parent():
    def contact(load: str, row: str) -> dict:
        return {"id": "c", "createdate": SYNCED, "_dlt_load_id": load, "_dlt_id": row}

    landed = translated(
        "dlt_hubspot",
        {
            "contacts": [
                contact("1714521600.5", "r1"),
                contact("1714525200.5", "r2"),
                contact("1714528800.5", "r3"),
            ],
            "contacts__deals": [
                {"deals_id": "old", "_dlt_parent_id": "r1", "value": "c"},
                {"deals_id": "new", "_dlt_parent_id": "r2", "value": "c"},
            ],
            "finished_loads": [
                {"load_id": "1714521600.5", "status": "0"},
                {"load_id": "1714525200.5", "status": "0"},
            ],
        },
    )
    assert picked(landed["contacts"], "_loaded_at") == [("2024-05-01T00:00:00.500000Z",)]
    assert picked(landed["deal_contact_log"], "deal_id") == [("new",)]


def test_a_row_that_waits_for_its_load_leaves_the_record_as_it_was_known():
    loads = ["1714521600.5", "1714525200.5"]

    def told(place: int, ended: int, other_deals: str) -> dict:
        row = {"createdate": SYNCED, "_dlt_load_id": loads[place], "_dlt_id": f"r{place}"}
        closed = {"closedate": "2024-05-09", "hs_is_closed_won": "true", "amount": place}
        return {
            "contacts": [{"id": "c", "email": f"{place}@x.io", **row}],
            "deals": [{"hs_object_id": one, **row, **closed} for one in "de"],
            "contacts__deals": [
                {"deals_id": one, "_dlt_parent_id": f"r{place}", "value": "c"}
                for one in f"d{other_deals}"
            ],
            "finished_loads": [{"load_id": one, "status": "0"} for one in loads[:ended]],
        }

    known, waiting, ended = told(0, 1, ""), told(1, 1, "e"), told(1, 2, "e")
    landed = translated("dlt_hubspot", known, waiting, ended)
    first, second = "2024-05-01T00:00:00.500000Z", "2024-05-01T01:00:00.500000Z"
    assert picked(landed["contacts"], "email", "_deleted", "_loaded_at") == [
        ("0@x.io", None, first), ("1@x.io", None, second)
    ]  # fmt: skip
    assert picked(landed["deals"], "deal_id", "amount", "_deleted", "_loaded_at") == [
        ("d", "0", None, first),
        ("d", "1", None, second),
        ("e", "0", None, first),
        ("e", "1", None, second),
    ]
    assert picked(landed["deal_contact_log"], "deal_id", "action", "_loaded_at") == [
        ("d", "associated", at(1)), ("e", "associated", at(3))
    ]  # fmt: skip
    # One that was gone is back when its load has ended, not while it waits; and not at all where it
    # went again before.
    gone = {**known, "contacts": [], "deals": []}
    landed = translated("dlt_hubspot", known, gone, waiting)
    assert standing(landed["contacts"], "contact_id") == {"c": (at(2), True)}
    landed = translated("dlt_hubspot", known, waiting, gone, {**ended, "contacts": []})
    assert standing(landed["contacts"], "contact_id") == {"c": (at(3), True)}
    landed = translated("dlt_hubspot", known, gone, waiting, ended)
    assert standing(landed["contacts"], "contact_id") == {"c": (at(4), False)}
    assert standing(landed["deals"], "deal_id")["e"] == (at(4), False)


# --- Ads ---------------------------------------------------------------------------------------


def test_ads_are_summed_per_day_by_the_newest_row_of_a_key():
    def row(key: str, clicks: object, cost: object, synced: str) -> dict:
        return {
            "_fivetran_id": key,
            "id": "7",
            "customer_id": "1",
            "date": "2024-05-01",
            "clicks": clicks,
            "cost_micros": cost,
            "_fivetran_synced": synced,
        }

    landed = translated(
        "fivetran_google_ads",
        {
            "campaign_stats": [
                row("m", "3", "1500000", SYNCED),
                row("d", None, "1", SYNCED),
                row("m", "9", "9", "2024-04-01 00:00:00"),
            ],
            "account_history": [
                {"id": "1", "currency_code": "EUR", "updated_at": "2024-01-02"},
                {"id": "1", "currency_code": "USD", "updated_at": "2024-01-01"},
            ],
            "campaign_history": [
                {"id": "7", "name": "new", "updated_at": "2024-02-01"},
                {"id": "7", "name": "old", "updated_at": "2024-01-01"},
            ],
        },
        {"campaign_stats": [row("m", "4", "2000000", "2024-06-01 00:00:00")]},
    )
    assert picked(
        landed["ad_metrics"], "asset_id", "impressions", "clicks", "spend", "currency", "_loaded_at"
    ) == [
        ("7", None, "3", "1.500001", "EUR", LANDED),
        ("7", None, "4", "2.000001", "EUR", at(2)),
    ]
    assert picked(landed["assets"], "asset_name", "network") == [("new", "google")]


def test_facebook_by_the_ads_campaign_and_linkedin_in_dollars_where_there_is_no_other_cost():
    facebook = translated(
        "fivetran_facebook_ads",
        {
            "basic_ad": [
                {"ad_id": one, "date": "2024-05-01", "spend": "1.10", "inline_link_clicks": "1"}
                for one in "abx"
            ],
            "ad_history": [{"id": "a", "campaign_id": "k"}, {"id": "b", "campaign_id": "k"}],
        },
    )
    assert picked(facebook["ad_metrics"], "asset_id", "clicks", "spend", "currency") == [
        ("k", "2", "2.2", None)
    ]
    assert any(
        row["reason"] == "basic_ad rows without a campaign: not landed (1 rows)"
        for row in facebook["gaps"]
    )
    linkedin = translated(
        "fivetran_linkedin_ads",
        {
            "ad_analytics_by_campaign": [
                {
                    "campaign_id": "k",
                    "day": "2024-05-01 00:00:00",
                    "cost_in_local_currency": "0",
                    "cost_in_usd": "5",
                },
                {
                    "campaign_id": "k",
                    "day": "2024-05-02 00:00:00",
                    "cost_in_usd": "5",
                    "impressions": "7",
                },
            ],
            "campaign_history": [{"id": "k", "account_id": "1", "name": "n"}],
            "account_history": [{"id": "1", "currency": "SEK"}],
        },
    )
    assert picked(linkedin["ad_metrics"], "metric_date", "spend", "currency", "impressions") == [
        ("2024-05-01", "0", "SEK", None),
        ("2024-05-02", "5", "USD", "7"),
    ]


# --- Trackers, Salesforce, rates ---------------------------------------------------------------


def test_who_a_hit_is_by_setting():
    hits = {
        "pages": [
            {"id": "1", "user_id": "7", "context_traits_email": "t@x", "timestamp": SYNCED},
            {"id": "2", "user_id": "u@x", "timestamp": SYNCED},
            {"id": "3", "user_id": "7", "received_at": SYNCED},
        ],
        "identifies": [
            {"anonymous_id": "v", "user_id": "7", "email": "t@x", "timestamp": SYNCED},
            {"anonymous_id": None, "user_id": "7", "email": "t@x", "timestamp": SYNCED},
        ],
    }
    by_email = translated("segment", hits, identify="email")
    assert picked(by_email["events"], "email", "contact_id") == [
        ("t@x", None),
        ("u@x", None),
        (None, None),
    ]
    assert picked(by_email["visitor_emails"], "visitor_id", "email") == [("v", "t@x")]
    by_id = translated("segment", hits, identify="user_id", portal="eu")
    assert picked(by_id["events"], "email", "contact_id") == [
        (None, "eu:7"),
        (None, "eu:7"),
        (None, "eu:u@x"),
    ]
    assert picked(by_id["visitor_identities"], "visitor_id", "contact_id") == [("v", "eu:7")]
    assert not by_id["visitor_emails"]


def test_intraday_counts_only_for_days_without_a_table():
    def hit(table: str, visitor: str) -> dict:
        return {
            "_table": table,
            "user_pseudo_id": visitor,
            "event_name": "page_view",
            "event_timestamp": "1714557600000000",
        }

    landed = translated(
        "ga4",
        {
            "events": [
                hit("events_20240501", "a"),
                hit("events_intraday_20240501", "b"),
                hit("events_intraday_20240502", "c"),
            ]
        },
    )
    assert picked(landed["events"], "visitor_id") == [("a",), ("c",)]
    assert landed["gaps"][0]["reason"].endswith("not landed (1 rows)")


def test_intraday_hits_are_withdrawn_where_their_day_does_not_have_them():
    def hit(table: str, visitor: str) -> dict:
        return {
            "_table": table,
            "user_pseudo_id": visitor,
            "event_name": "page_view",
            "event_timestamp": "1714557600000000",
        }

    intraday = [hit("events_intraday_20240501", "stays"), hit("events_intraday_20240501", "goes")]
    day = [hit("events_20240501", "stays"), hit("events_20240501", "late")]
    landed = translated("ga4", {"events": intraday}, {"events": day})
    newest = {
        row["event_id"]: row for row in sorted(landed["events"], key=lambda r: r["_loaded_at"])
    }
    assert picked([*newest.values()], "visitor_id", "is_filtered", "_loaded_at") == [
        ("goes", "true", at(2)),
        ("late", None, at(2)),
        ("stays", None, at(1)),
    ]
    assert "filtered (1 rows)" in str(landed["gaps"])
    whole = [*day, hit("events_20240501", "goes")]
    landed = translated("ga4", {"events": intraday}, {"events": day}, {"events": whole})
    came_back = [row for row in landed["events"] if row["visitor_id"] == "goes"]
    assert max(came_back, key=lambda row: row["_loaded_at"])["is_filtered"] is None
    assert "filtered" not in str(landed["gaps"])


def test_snowplow_in_a_column_for_each_schema():
    form = "unstruct_event_com_snowplowanalytics_snowplow_submit_form_1"
    robots = "contexts_com_iab_snowplow_spiders_and_robots_1"
    hit = {"event": "unstruct", "event_name": "submit_form", "derived_tstamp": SYNCED}
    hits = [
        {form: {"formId": "f"}, robots: [{"spiderOrRobot": True}]},
        {form: {"form_id": "f"}, robots: [{"spider_or_robot": False}]},
        {form: {"form_id": "f"}, "derived_contexts": {"data": []}},
        {"unstruct_event": {"data": {"data": {"formId": "f"}}}},
    ]
    rows = [
        {"event_id": str(place), **hit, **{name: json.dumps(one) for name, one in said.items()}}
        for place, said in enumerate(hits)
    ]
    told = translated("snowplow", {"events": rows}, events={"submit_form": "form_submission"})
    assert picked(told["events"], "asset_id", "is_filtered") == [
        ("f", "false"),
        ("f", "true"),
        ("f", None),
        ("f", None),
    ]


def test_parameters_of_ga4_in_any_nesting():
    def value(**said: object) -> dict:
        return {"string_value": None, "int_value": None, "double_value": None, **said}

    listed = [
        {"key": "page_location", "value": value(string_value="https://x.example/")},
        {"key": "form_id", "value": value(int_value=5)},
        {"key": "page_referrer", "value": value()},
    ]
    shapes = [
        listed,
        json.dumps(listed),
        {one["key"]: one["value"] for one in listed},
        {"page_location": "https://x.example/", "form_id": 5, "page_referrer": None},
    ]
    for shape in shapes:
        hit = {
            "_table": "events_20240501",
            "event_name": "form_submit",
            "event_timestamp": "1714557600000000",
            "event_params": json.dumps(shape),
        }
        told = translated("ga4", {"events": [hit]}, events={"form_submit": "form_submission"})
        assert picked(told["events"], "url", "asset_id", "referrer") == [
            ("https://x.example/", "5", None)
        ]


def test_campaigns_of_newer_fivetran_connectors():
    """Documented are the names of both tables and the columns of the second."""
    campaign = {"id": "c", "property_hs_name": "Spring", "created_at": "2024-03-01 00:00:00"}
    assets = [
        {"campaign_id": "c", "asset_type": "FORM", "id": "F" * 32, "name": "Contact us"},
        {"campaign_id": "c", "asset_type": "CTA", "id": "7", "name": "Buy"},
        {"campaign_id": "c", "asset_type": "SEQUENCE", "id": "8", "name": "Calls"},
        {"campaign_id": "c", "asset_type": "OBJECT_LIST", "id": "5", "name": "All"},
    ]
    form = {"guid": "f" * 32, "created_at": "2024-04-01 00:00:00"}
    dynamic = {"id": "5", "processing_type": "DYNAMIC"}
    first = {
        "marketing_campaign": [campaign, {"id": "d", "name": "Nobody knows since when"}],
        "marketing_campaign_asset": assets,
        "form": [form],
        "contact_list": [dynamic],
    }
    landed = translated(
        "fivetran_hubspot", first, {**first, "marketing_campaign_asset": assets[:1]}
    )
    assert picked(landed["campaigns"], "campaign_id", "campaign_name") == [("c", "Spring")]
    log = landed["campaign_asset_log"]
    assert picked(log, "asset_type", "action", "occurred_at", "time_basis") == [
        ("cta", "associated", "2024-03-01T00:00:00.000000Z", "assumed"),
        ("cta", "removed", at(2), "first_seen"),
        ("form", "associated", "2024-04-01T00:00:00.000000Z", "assumed"),
    ]
    assert ("cta", "7", "Buy") in picked(landed["assets"], "asset_type", "asset_id", "asset_name")
    reasons = picked(landed["gaps"], "raw_table", "reason")
    assert ("campaign_asset_log", "no asset type: SEQUENCE (1)") in reasons
    assert any("without a time of creation: not landed (1)" in one for _, one in reasons)


def test_members_of_any_loader():
    landed = translated(
        "salesforce_members",
        {
            "campaign_member": [
                {
                    "CampaignId": "701",
                    "Id": "00v",
                    "ContactId": None,
                    "LeadId": "00Q",
                    "CreatedDate": "2024-05-01T06:49:18.000+0000",
                    "IsDeleted": "false",
                    "_airbyte_extracted_at": SYNCED,
                }
            ]
        },
    )
    raw = {
        "Id": "00v",
        "CampaignId": "701",
        "LeadId": "00Q",
        "CreatedDate": "2024-05-01T06:49:18.000+0000",
        "IsDeleted": False,
    }
    row = {"_airbyte_data": json.dumps(raw), "_airbyte_extracted_at": SYNCED}
    assert translated("salesforce_members", {"campaign_member": [row]}) == landed
    assert picked(
        landed["salesforce_campaign_members"],
        "salesforce_campaign_id",
        "member_id",
        "salesforce_id",
        "added_at",
        "_deleted",
        "_loaded_at",
    ) == [("701", "00v", "00Q", LANDED, "false", LANDED)]


def test_rates_of_the_central_bank_in_home_currency():
    rates = [
        {"date": "2024-01-02", "currency": one, "rate": rate, "base": "EUR"}
        for one, rate in (("USD", "1.25"), ("GBP", "0.5"))
    ]
    rates.append({"date": "2024-01-03", "currency": "GBP", "rate": "0.5", "base": "EUR"})
    in_dollars = translated("exchange_rates", {"rates": rates}, home_currency="USD")
    assert picked(in_dollars["exchange_rates"], "currency", "rate_to_home") == [
        ("EUR", "1.2500000000"),
        ("GBP", "2.5000000000"),
    ]
    assert in_dollars["gaps"][0]["reason"] == "no rate of USD that day: not landed (1 rates)"
    in_euros = translated("exchange_rates", {"rates": rates}, home_currency="EUR")
    assert picked(in_euros["exchange_rates"], "currency", "rate_date", "rate_to_home") == [
        ("GBP", "2024-01-02", "2.0000000000"),
        ("GBP", "2024-01-03", "2.0000000000"),
        ("USD", "2024-01-02", "0.8000000000"),
    ]


def test_rates_that_do_not_land_are_counted_once():
    def rate(day: str, currency: str, value: str) -> dict:
        return {"date": day, "currency": currency, "rate": value, "base": "EUR"}

    said = [
        rate("2024-01-02", " usd ", "1.25"),
        rate("2024-01-02", "gbp", "0.5"),
        rate("2024-01-02", "CHF", "0"),
        rate("2024-01-02", "JPY", "n.a."),
        rate("2024-01-02", "SEK", "nan"),
        rate("2024-01-03", "GBP", "0.5"),
        rate("2024-01-03", "USD", "-"),
    ]
    landed = translated(
        "exchange_rates", {"rates": said}, {"rates": said}, {"rates": said}, home_currency="USD"
    )
    assert picked(landed["exchange_rates"], "currency", "rate_to_home") == [
        ("EUR", "1.2500000000"),
        ("GBP", "2.5000000000"),
    ]
    assert [gap["reason"] for gap in landed["gaps"]] == [
        "no rate of USD that day: not landed (1 rates)",
        "rates that are no number above zero: not landed (4 rates)",
    ]
    # A day that a later file has with the home currency's rate is no gap.
    later = [*said[:-1], rate("2024-01-03", "USD", "1.3")]
    landed = translated("exchange_rates", {"rates": said}, {"rates": later}, home_currency="USD")
    assert [gap["reason"] for gap in landed["gaps"]] == [
        "rates that are no number above zero: not landed (3 rates)"
    ]


def test_the_home_currency_may_be_written_in_small_letters(tmp_path, home):
    (tmp_path / "rates.csv").write_text("Date,USD,GBP,\n2024-01-02,1.25,0.5,\n")
    source = Source("rates", kind("exchange_rates"), {"path": str(tmp_path / "rates.csv")})
    settings = make_settings(
        landing=str(tmp_path / "landing"), home=str(home), variables=["home_currency=usd"]
    )
    pull_source(source, settings)
    (row,) = translate(source, settings).coverage
    assert (row.rows, row.reason) == (2, None)


def test_events_from_a_time_on_and_of_some_types():
    hits = [{"id": day, "timestamp": f"2024-05-0{day} 00:00:00"} for day in "123"]
    tables = {"pages": hits, "tracks": [{"id": "t", "event": "F", "timestamp": SYNCED}]}
    landed = translated(
        "segment",
        tables,
        since=datetime(2024, 5, 2),
        brings=["page_view"],
        events={"F": "form_submission"},
    )
    assert picked(landed["events"], "event_id") == [("crm:pages:2",), ("crm:pages:3",)]


# --- Records that a whole pull has not ----------------------------------------------------------


def standing(rows: list[dict], *key: str) -> dict[str, tuple[str, bool]]:
    """When the newest row of each record was loaded, and whether it deletes it."""
    newest = sorted(rows, key=lambda row: row["_loaded_at"])
    return {
        " ".join(row[name] for name in key): (row["_loaded_at"], row["_deleted"] == "true")
        for row in newest
    }


def test_what_a_whole_pull_of_fivetran_has_not_is_deleted_until_it_is_back():
    named = {"name": "N", "created_at": "2024-04-01", "_fivetran_synced": SYNCED}
    kept = {
        "marketing_campaign": [{"id": "k", **named}],
        "contact_list": [{"id": "s", "processing_type": "MANUAL", **named}],
    }
    moved = {**kept["contact_list"][0], "processing_type": "DYNAMIC"}
    full = {
        "marketing_campaign": [*kept["marketing_campaign"], {"id": "gone", **named}],
        "form": [{"guid": "f", **named}],
        "contact_list": [*kept["contact_list"], {"id": "l", "processing_type": "MANUAL", **named}],
        "marketing_event": [{"id": "m", "event_name": "E", "_fivetran_synced": SYNCED}],
    }
    less = {**kept, "contact_list": [moved]}
    landed = translated("fivetran_hubspot", full, less)
    assert standing(landed["campaigns"], "campaign_id") == {
        "k": (LANDED, False), "gone": (at(2), True)
    }  # fmt: skip
    assert standing(landed["assets"], "asset_type", "asset_id") == {
        "form f": (at(2), True),
        "static_list l": (at(2), True),
        "static_list s": (LANDED, False),
        "marketing_event m": (at(2), True),
    }
    back = translated("fivetran_hubspot", full, less, full)
    assert standing(back["campaigns"], "campaign_id")["gone"] == (at(3), False)
    assert standing(back["assets"], "asset_type", "asset_id")["form f"] == (at(3), False)
    told_in_part = translated(
        "fivetran_hubspot", full, less, partial=[(2, "form"), (2, "marketing_campaign")]
    )
    assert standing(told_in_part["campaigns"], "campaign_id")["gone"] == (LANDED, False)
    assert standing(told_in_part["assets"], "asset_type", "asset_id")["form f"] == (LANDED, False)


def test_assets_that_airbyte_lands_no_more_are_deleted():
    named = {"name": "N", "createdat": "2024-04-01", "_airbyte_extracted_at": SYNCED}
    first = {
        "forms": [{"id": "f", **named}],
        "marketing_emails": [{"id": "e", "state": "PUBLISHED", **named}],
        "contact_lists": [{"listid": "l", "processingtype": "MANUAL", **named}],
    }
    landed = translated("airbyte_hubspot", first, {})
    assert standing(landed["assets"], "asset_type", "asset_id") == {
        "form f": (at(2), True),
        "marketing_email e": (at(2), True),
        "static_list l": (at(2), True),
    }


def test_members_that_a_whole_pull_has_not_are_members_no_more():
    def member(one: str) -> dict:
        return {"id": one, "campaign_id": "7", "contact_id": "c", "_fivetran_synced": SYNCED}

    full = {"campaign_member": [member("a"), member("b")]}
    landed = translated("salesforce_members", full, {"campaign_member": [member("a")]}, full)
    rows = landed["salesforce_campaign_members"]
    assert standing(rows, "salesforce_campaign_id", "member_id") == {
        "7 a": (LANDED, False), "7 b": (at(3), False)
    }  # fmt: skip
    gone = [row for row in rows if row["_deleted"] == "true"]
    assert [(row["member_id"], row["_loaded_at"]) for row in gone] == [("b", at(2))]


# --- Times of trackers --------------------------------------------------------------------------


def test_a_time_that_cannot_be_read_is_the_landings_to_refuse_and_no_other_ones():
    unread, read, instant = "2024-05-01 10:01 PDT", "2024-05-01 10:00:00", "2024-05-01T10:00:00"
    page = {"anonymous_id": "v", "url": "https://x.example/", "received_at": read}
    segment = translated(
        "segment",
        {
            "pages": [
                {"id": "1", "timestamp": unread, **page},
                {"id": "2", "timestamp": "", **page},
                {"id": "3", "timestamp": "0", "original_timestamp": unread, **page},
            ]
        },
    )
    snowplow = translated(
        "snowplow",
        {
            "events": [
                {"event_id": "1", "event": "page_view", "derived_tstamp": unread,
                 "collector_tstamp": read, "domain_userid": "v"},
            ]
        },
    )  # fmt: skip
    assert [row["occurred_at"] for row in segment["events"] + snowplow["events"]] == [
        unread, f"{instant}.000000Z", unread, unread
    ]  # fmt: skip


def test_a_pull_from_a_time_on_lands_no_older_events_and_a_later_one_the_rest():
    def pages(*days: int) -> dict:
        return {"pages": [{"id": day, "timestamp": f"2024-05-0{day} 00:00:00"} for day in days]}

    def landed(*pulls: dict, **bounds: int) -> list[str]:
        since = {int(name[1:]): datetime(2024, 5, day) for name, day in bounds.items()}
        rows = translated("segment", *pulls, bounds=since)["events"]
        return [str(row["event_id"])[-1] for row in rows]

    assert landed(pages(1, 2, 3), _1=2) == ["2", "3"]
    # What landed stays; a file that is not read again has what a later pull is to bring.
    assert landed(pages(1, 2), pages(3), _2=3) == ["1", "2", "3"]
    assert landed(pages(1, 2, 3), pages(), _1=3, _2=2) == ["2", "3"]
    assert landed(pages(1, 2, 3), pages(), _1=2, _2=3) == ["2", "3"]
    assert landed(pages(1, 2, 3), pages(), _1=3) == ["1", "2", "3"]
    assert landed(pages(1, 2, 3), pages(), pages(), _1=3, _2=2) == ["1", "2", "3"]
    # No time that can be read: the landing refuses it, and says so.
    untimed = {"pages": [{"id": 1, "timestamp": ""}, {"id": 2, "timestamp": SYNCED}]}
    assert landed(untimed, pages(), _1=9) == ["1", "2"]


# --- Numbers that cannot be read ----------------------------------------------------------------


def test_numbers_of_ads_that_cannot_be_read_are_said():
    day = {"date": "2024-05-01", "impressions": "3", "_fivetran_synced": SYNCED}
    google = [
        {"id": "7", "customer_id": "1", "device": one, "cost_micros": cost, **day}
        for one, cost in (("m", "1,500,000"), ("d", "500000"), ("t", ""))
    ]
    facebook = [{"ad_id": "a", "spend": "1.5 EUR", **day}]
    linkedin = [{"campaign_id": "k", "day": "2024-05-01", "cost_in_local_currency": "x",
                 "cost_in_usd": "1", "_fivetran_synced": SYNCED}]  # fmt: skip
    for kind_name, table, rows in (
        ("fivetran_google_ads", "campaign_stats", google),
        ("fivetran_facebook_ads", "basic_ad", facebook),
        ("fivetran_linkedin_ads", "ad_analytics_by_campaign", linkedin),
    ):
        gaps = translated(kind_name, {table: rows}, {table: rows})["gaps"]
        said = f"{table} numbers that cannot be read: counted as none (1 rows)"
        assert said in [gap["reason"] for gap in gaps], gaps


def test_events_are_mapped_whatever_their_names_are():
    names = ["", " ", 'Say "hi"', "a\\", "it's", "a.b[0]*", "Other", None]
    rows = [
        {"id": f"t{place}", "event_text": name, "anonymous_id": "a", "timestamp": "2024-01-01"}
        for place, name in enumerate(names)
    ]
    mapped = dict.fromkeys(['Say "hi"', "a\\", "it's", "a.b[0]*"], "cta_click")
    told = translated("segment", {"tracks": rows}, events=mapped)
    assert [row["event_id"] for row in told["events"]] == [f"crm:tracks:t{n}" for n in range(2, 6)]
    reasons = [row["reason"] for row in told["gaps"]]
    assert "tracks of other events: not landed (4 rows)" in reasons


def version(start: str, end: str | None = None, **values: object) -> dict:
    return {
        "_fivetran_start": start,
        "_fivetran_end": end or "9999-12-31 23:59:59.999",
        "_fivetran_active": str(end is None).lower(),
        "_fivetran_synced": SYNCED,
        **values,
    }


def test_of_a_history_the_newest_version_counts_and_one_that_ended_is_deleted():
    start, later, end = "2024-01-01 00:00:00", "2024-02-01 00:00:00", "2024-01-31 23:59:59.999"
    won = {"property_hs_is_closed_won": "true", "property_closedate": "2024-01-05"}
    person = {"property_createdate": "2024-01-01"}
    told = translated(
        "fivetran_hubspot",
        {
            "deal": [
                version(start, end, deal_id="d", property_amount="900", **won),
                version(later, deal_id="d", property_amount="100", **won),
                version(start, end, deal_id="gone", property_amount="5", **won),
                version(start, deal_id="goes", property_amount="6", **won),
            ],
            "contact": [
                version(start, end, id="c", property_email="z@x.example", **person),
                version(later, id="c", property_email="a@x.example", **person),
            ],
            "deal_pipeline_stage": [
                version(start, end, stage_id="s", probability="1", is_closed="true"),
                version(later, stage_id="s", probability="0", is_closed="true"),
            ],
        },
        {
            "deal": [
                version(start, later, deal_id="goes", property_amount="6", **won),
                deal("open", deal_pipeline_stage_id="s", _fivetran_synced=SYNCED),
            ]
        },
        partial=[(2, "deal"), (2, "contact"), (2, "deal_pipeline_stage")],
    )
    old = "2024-01-01T00:00:00.000000Z"
    assert picked(told["deals"], "deal_id", "amount", "_deleted", "_loaded_at") == [
        ("d", "100", None, LANDED),
        ("d", "900", None, old),
        ("goes", "6", "true", LANDED),
        ("goes", "6", None, LANDED),
        ("gone", "5", "true", LANDED),
        ("open", None, None, LANDED),
    ]
    assert {row["is_closed_won"] for row in told["deals"] if row["deal_id"] == "open"} == {"false"}
    assert picked(told["contacts"], "email", "_deleted", "_loaded_at") == [
        ("a@x.example", None, LANDED),
        ("z@x.example", None, old),
    ]


def test_assets_and_campaigns_of_a_history_are_what_their_newest_version_says():
    start, later, end = "2024-01-01 00:00:00", "2024-02-01 00:00:00", "2024-01-31 23:59:59.999"
    ended, now = version(start, end), version(later)
    names = {"form": "name", "contact_list": "name", "marketing_event": "event_name"}
    keys = {"form": "guid", "contact_list": "id", "marketing_event": "id"}
    tables = {
        table: [
            {**ended, keys[table]: "a", names[table]: "zebra", "processing_type": "MANUAL"},
            {**now, keys[table]: "a", names[table]: "ant", "processing_type": "MANUAL"},
            {**ended, keys[table]: "b", names[table]: "gone", "processing_type": "MANUAL"},
        ]
        for table in names
    }
    tables["contact_list"].append({**ended, "id": "c", "processing_type": "MANUAL"})
    tables["contact_list"].append({**now, "id": "c", "processing_type": "DYNAMIC"})
    mail = {"id": "9", "content_id": "m"}
    tables["email_campaign"] = [{**ended, **mail, "name": "zebra"}, {**now, **mail, "name": "ant"}]
    tables["marketing_campaign"] = [
        {**ended, "id": "k", "name": "zebra", "created_at": start},
        {**now, "id": "k", "name": "ant", "created_at": start},
    ]
    tables["marketing_campaign_asset"] = [
        {**ended, "campaign_id": "k", "asset_type": "FORM", "id": "b"},
        {**now, "campaign_id": "k", "asset_type": "FORM", "id": "a"},
    ]
    told = translated("fivetran_hubspot", tables)
    rows = picked(told["assets"], "asset_type", "asset_id", "asset_name", "_deleted")
    versions = [("a", "ant", None), ("a", "zebra", None), ("b", "gone", "true")]
    for asset_type in ("form", "marketing_event"):
        assert [row[1:] for row in rows if row[0] == asset_type] == versions
    assert [row[1:] for row in rows if row[0] == "static_list"] == [versions[0], versions[2]]
    assert [row[1:3] for row in rows if row[0] == "marketing_email"] == [
        ("m", "ant"),
        ("m", "zebra"),
    ]
    newest = {row["asset_name"] for row in told["assets"] if row["_loaded_at"] == LANDED}
    assert newest == {"ant", "gone"}
    assert picked(told["campaigns"], "campaign_name", "_loaded_at") == [
        ("ant", LANDED),
        ("zebra", "2024-01-01T00:00:00.000000Z"),
    ]
    assert picked(told["campaign_asset_log"], "asset_id", "action") == [("a", "associated")]


def test_a_member_that_salesforce_or_fivetran_calls_deleted_is():
    member = {"id": "m", "campaign_id": "c", "contact_id": "x", "created_date": "2024-01-01"}
    rows = [
        {**member, "is_deleted": "false", "_fivetran_deleted": "true", "_fivetran_synced": SYNCED},
        {**member, "id": "n", "is_deleted": "true", "_fivetran_deleted": "false"},
        version("2024-01-01", "2024-02-01", **{**member, "id": "o"}),
        version("2024-02-01", **{**member, "id": "o"}),
        version("2024-01-01", "2024-02-01", **{**member, "id": "p"}),
    ]
    told = translated("salesforce_members", {"campaign_member": rows})
    members = told["salesforce_campaign_members"]
    assert picked(members, "member_id", "_deleted", "_loaded_at") == [
        ("m", "true", LANDED),
        ("n", "true", at(1)),
        ("o", None, "2024-01-01T00:00:00.000000Z"),
        ("p", "true", LANDED),
    ]


def test_the_banks_file_of_one_day_as_it_is_packed(tmp_path):
    file = tmp_path / "eurofxref.zip"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("eurofxref.csv", "Date, USD, JPY, \n02 January 2024, 1.25, 160, \n")
        packed.writestr("__MACOSX/._eurofxref.csv", b"\x00\x05\x16\x07\xff")
    told = translated("exchange_rates", {"rates": [*read_rates(file)]})
    assert picked(told["exchange_rates"], "currency", "rate_date", "rate_to_home") == [
        ("JPY", "2024-01-02", "0.0062500000"),
        ("USD", "2024-01-02", "0.8000000000"),
    ]


def test_rates_of_any_csv_and_what_a_short_row_lacks_is_for_the_landing(tmp_path):
    file = tmp_path / "rates.csv"
    file.write_text("Date;Currency;Rate;Note\n2024-01-02;USD;0.92\n\n2024-01-03;USD\n;;;\n")
    assert [list(row.values()) for row in read_rates(file)] == [
        ["2024-01-02", "USD", "0.92"],
        ["2024-01-03", "USD", ""],
    ]


def test_a_rate_that_is_not_above_zero_lands_from_no_file():
    rates = [
        {"date": f"2024-01-0{day}", "currency": "USD", "rate": rate}
        for day, rate in enumerate(["0.92", "0", "-1", "0,94"], 1)
    ]
    told = translated("exchange_rates", {"rates": rates})
    # What is no number at all is the landing's to refuse.
    assert picked(told["exchange_rates"], "rate_to_home") == [("0,94",), ("0.92",)]
    assert [row["reason"] for row in told["gaps"]] == [
        "rates that are no number above zero: not landed (2 rates)"
    ]


def test_a_day_delivered_again_is_one_however_it_is_written():
    linkedin = {"campaign_id": "5", "cost_in_local_currency": "2.5"}
    google = {"id": "5", "cost_micros": "2500000"}
    for kind_name, table, day, row in (
        ("fivetran_linkedin_ads", "ad_analytics_by_campaign", "day", linkedin),
        ("fivetran_google_ads", "campaign_stats", "date", google),
    ):
        pulls = [{table: [{**row, day: one}]} for one in ("2024-01-01", "2024-01-01 00:00:00")]
        assert picked(translated(kind_name, *pulls)["ad_metrics"], "spend") == [("2.5",)]
