"""A small published file made by hand in DuckDB: one of everything for each text, and the text in
every field.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

# Rows of each table.
Rows = dict[str, list[tuple]]
AS_OF = datetime(2024, 7, 1)
MODELS = ("linear", "u_shaped")
PLAIN = "Spring"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; drop table x; --",
    "{{ 7 * 7 }}{% for x in y %}",
    "=cmd|' /C calc'!A0",
    "../../etc/passwd?a=b&c#d%2F",
    "\U0001f600 שלום \u202eevil\u202c \x1b[31m",
    "long " * 120,
)
# Columns as the published contract has them.
TABLES = {
    "core.dim_campaigns": (
        "campaign_id text, campaign_name text, created_at timestamp, start_date date, end_date "
        "date, status text, owner text, currency text, utm_aliases text[], is_deleted boolean"
    ),
    "core.dim_assets": (
        "asset_type text, asset_id text, asset_name text, url text, network text, has_form "
        "boolean, created_at timestamp, published_at timestamp, is_deleted boolean"
    ),
    "core.dim_contacts": (
        "contact_id text, email text, created_at timestamp, lifecycle_stage text, "
        "salesforce_campaign_ids text[], merged_contact_ids text[], is_deleted boolean"
    ),
    "core.fct_asset_associations": (
        "campaign_id text, asset_type text, asset_id text, valid_from timestamp, valid_to "
        "timestamp, ended_by text, time_basis text"
    ),
    "core.fct_deals": (
        "deal_id text, deal_name text, pipeline text, stage text, is_closed_won boolean, amount "
        "decimal(18, 6), currency text, amount_home decimal(18, 2), created_at timestamp, "
        "closed_at timestamp, is_deleted boolean, merged_into text"
    ),
    "core.fct_deal_contacts": (
        "deal_id text, contact_id text, valid_from timestamp, valid_to timestamp, time_basis "
        "text, is_at_close boolean, reason text"
    ),
    "core.fct_sessions": (
        "session_id text, visitor_id text, contact_id text, started_at timestamp, ended_at "
        "timestamp, page_views bigint, utm_source text, utm_medium text, utm_campaign text, "
        "channel text, source text"
    ),
    "core.fct_interactions": (
        "event_id text, event_type text, occurred_at timestamp, visitor_id text, contact_id text, "
        "session_id text, asset_type text, asset_id text, url text, utm_source text, utm_medium "
        "text, utm_campaign text, is_filtered boolean, channel text, influences boolean, "
        "earns_revenue boolean"
    ),
    "core.fct_campaign_interactions": (
        "event_id text, campaign_id text, contact_id text, session_id text, event_type text, "
        "occurred_at timestamp, basis text, influences boolean, earns_revenue boolean"
    ),
    "marts.first_touch_contacts": (
        "campaign_id text, contact_id text, contact_created_at timestamp, event_id text, basis "
        "text, is_primary boolean"
    ),
    "marts.last_touch_contacts": (
        "campaign_id text, contact_id text, contact_created_at timestamp, conversion_event_id "
        "text, basis text, is_primary boolean"
    ),
    "marts.influenced_contacts": (
        "campaign_id text, contact_id text, influenced_at timestamp, event_id text, event_type "
        "text, is_new_contact boolean, interactions bigint"
    ),
    "marts.revenue_contacts": "campaign_id text, contact_id text, deals bigint, revenue "
    "decimal(18, 2)",
    "marts.attribution_credits": (
        "deal_id text, event_id text, campaign_id text, contact_id text, event_type text, "
        "occurred_at timestamp, closed_at timestamp, model text, weight double, credit "
        "decimal(18, 2), channel text"
    ),
    "marts.attributed_revenue": (
        "campaign_id text, model text, contacts bigint, deals bigint, deal_amount decimal(18, 2), "
        "revenue decimal(18, 2)"
    ),
    "marts.campaign_performance": (
        "campaign_id text, campaign_name text, sessions bigint, new_contacts_first_touch bigint, "
        "new_contacts_last_touch bigint, influenced_contacts bigint, contacts_with_revenue "
        "bigint, deals bigint, revenue decimal(18, 2), associated_deal_value decimal(18, 2), "
        "budget decimal(18, 2), spend decimal(18, 2), remaining_budget decimal(18, 2), ad_spend "
        "decimal(18, 2), roi double, total_cost decimal(18, 2), roas double"
    ),
    "marts.conversion_credits": (
        "conversion text, subject_id text, event_id text, campaign_id text, contact_id text, "
        "event_type text, occurred_at timestamp, converted_at timestamp, model text, weight "
        "double, credit decimal(18, 6), amount decimal(18, 2), channel text"
    ),
    "marts.attributed_conversions": (
        "conversion text, campaign_id text, model text, subjects bigint, credit decimal(18, 6), "
        "amount decimal(18, 2)"
    ),
    "marts.removal_effects": "model text, campaign_id text, paths bigint, conversions bigint, "
    "effect double",
    "marts.channel_performance": (
        "channel text, model text, sessions bigint, new_contacts bigint, contacts_created "
        "decimal(18, 6), deals bigint, revenue decimal(18, 2), pipeline decimal(18, 2)"
    ),
    "marts.campaign_daily": (
        "campaign_id text, day date, sessions bigint, new_contacts_first_touch bigint, "
        "new_contacts_last_touch bigint, influenced_contacts bigint, deals bigint, revenue "
        "decimal(18, 2), spend decimal(18, 2)"
    ),
    "marts.asset_performance": (
        "campaign_id text, asset_type text, asset_id text, page_views bigint, form_submissions "
        "bigint, contacts_sent bigint, contacts_opened bigint, contacts_clicked bigint, cta_views "
        "bigint, cta_clicks bigint, social_clicks bigint, social_interactions bigint, "
        "ad_impressions bigint, ad_clicks bigint, ad_spend decimal(18, 2), workflow_enrollments "
        "bigint, list_additions bigint, registrations bigint, attendances bigint"
    ),
    "diagnostics.asset_visibility": "campaign_id text, asset_type text, asset_id text, is_visible "
    "boolean, reasons text[]",
    "diagnostics.deal_inclusion": "deal_id text, campaign_id text, is_included boolean, reason "
    "text",
    "diagnostics.deal_status": "deal_id text, status text, campaigns bigint, amount_home "
    "decimal(18, 2)",
    "diagnostics.contact_status": "contact_id text, metric text, status text, event_id text",
    "diagnostics.merges": "subject text, merged_id text, survivor_id text",
    "diagnostics.utm_audit": (
        "utm_campaign text, campaign_id text, page_views bigint, sessions bigint, status text, "
        "similar_alias text"
    ),
    "diagnostics.parity": (
        "source text, campaign_id text, metric text, model text, period_start date, period_end "
        "date, ours double, reported double, difference double, share double"
    ),
    "diagnostics.parity_contacts": "source text, campaign_id text, metric text, contact_id text, "
    "is_ours boolean, reason text",
    "diagnostics.unread_values": (
        'table_name text, file_name text, column_name text, "rows" bigint, examples text[]'
    ),
    "diagnostics.rejected_records": "table_name text, file_name text, reason text, record text",
    "diagnostics.coverage": (
        'source text, raw_table text, "rows" bigint, oldest text, newest text, not_exact '
        "double, reason text"
    ),
    "diagnostics.run_log": (
        "run_id text, as_of timestamp, started_at timestamp, finished_at timestamp, status text, "
        "rows_landed bigint, rows_accepted bigint, rows_rejected bigint"
    ),
    "diagnostics.restatements": (
        "run_id text, previous_run_id text, campaign_id text, metric text, model text, change "
        "text, old_value decimal(38, 6), new_value decimal(38, 6), difference decimal(38, 6), "
        "campaign_causes text, run_causes text"
    ),
    "diagnostics.restatement_causes": "run_id text, kind text, detail text, changes bigint",
    "diagnostics.check_results": (
        "run_id text, table_name text, check_name text, rule_id text, says text, severity text, "
        "passed boolean, rows_failing bigint, sample text, cure text, checked_at timestamp"
    ),
}


def _rows(number: int, text: str) -> Rows:
    """One of everything, with `text` wherever text may be: a won deal of 100.00 with two touches,
    one of them in the campaign.
    """
    key = f"{number}{text}"
    campaign, asset, contact, deal = f"c{key}", f"a{key}", f"p{key}", f"d{key}"
    session, first, second = f"s{key}", f"e{key}", f"f{key}"
    day = date(2024, 6, 1 + number)
    at = datetime.combine(day, datetime.min.time()) + timedelta(hours=9)
    created, closed = at + timedelta(minutes=3), at + timedelta(days=2)
    amount = Decimal("100.00")
    page = "landing_page"
    credits = [
        (
            deal,
            event,
            owner,
            contact,
            "page_view",
            when,
            closed,
            model,
            weight,
            amount * Decimal(str(weight)),
            "paid_search",
        )
        for model, weights in (("linear", (0.5, 0.5)), ("u_shaped", (0.8, 0.2)))
        for (event, owner, when), weight in zip(
            ((first, campaign, at), (second, None, at + timedelta(hours=1))), weights, strict=True
        )
    ]
    return {
        "core.dim_campaigns": [
            (campaign, text, at, day, None, text, text, "USD", [text.lower()], False)
        ],
        "core.dim_assets": [(page, asset, text, text, text, False, at, at, False)],
        "core.dim_contacts": [(contact, text, created, text, [text], [f"m{key}"], False)],
        "core.fct_asset_associations": [
            (campaign, page, asset, at - timedelta(1), None, None, "assumed")
        ],
        "core.fct_deals": [
            (deal, text, text, text, True, amount, "USD", amount, at, closed, False, None),
            (f"x{key}", text, text, text, False, amount, "XXX", None, at, closed, False, None),
        ],
        "core.fct_deal_contacts": [
            (deal, contact, at, None, "exact", True, None),
            (f"x{key}", contact, closed, None, "exact", False, "CONTACT_ASSOCIATED_AFTER_CLOSE"),
        ],
        "core.fct_sessions": [
            (
                session,
                text,
                contact,
                at,
                at + timedelta(hours=1),
                2,
                text,
                text,
                text,
                "paid_search",
                text,
            )
        ],
        "core.fct_interactions": [
            (
                first,
                "page_view",
                at,
                text,
                contact,
                session,
                page,
                asset,
                text,
                text,
                text,
                text,
                False,
                "paid_search",
                True,
                True,
            ),
            (
                second,
                "page_view",
                at + timedelta(hours=1),
                text,
                contact,
                session,
                None,
                None,
                text,
                None,
                None,
                None,
                False,
                "paid_search",
                True,
                True,
            ),
            (
                f"g{key}",
                "email_open",
                at + timedelta(hours=2),
                None,
                contact,
                None,
                "marketing_email",
                asset,
                None,
                None,
                None,
                None,
                True,
                "email_marketing",
                True,
                False,
            ),
        ],
        "core.fct_campaign_interactions": [
            (first, campaign, contact, session, "page_view", at, "asset", True, True)
        ],
        "marts.first_touch_contacts": [(campaign, contact, created, first, "asset", True)],
        "marts.last_touch_contacts": [(campaign, contact, created, first, "utm", True)],
        "marts.influenced_contacts": [(campaign, contact, at, first, "page_view", True, 1)],
        "marts.revenue_contacts": [(campaign, contact, 1, amount / 2)],
        "marts.attribution_credits": credits,
        "marts.attributed_revenue": [
            (campaign, "linear", 1, 1, amount, Decimal(50)),
            (campaign, "u_shaped", 1, 1, amount, Decimal(80)),
        ],
        "marts.campaign_performance": [
            (
                campaign,
                text,
                1,
                1,
                1,
                1,
                1,
                1,
                Decimal(50),
                amount,
                amount,
                Decimal(25),
                Decimal(75),
                Decimal(0),
                1.0,
                Decimal(25),
                2.0,
            )
        ],
        "marts.conversion_credits": [
            (
                "contact_created",
                contact,
                first,
                campaign,
                contact,
                "page_view",
                at,
                created,
                "linear",
                1.0,
                Decimal(1),
                None,
                "paid_search",
            )
        ],
        "marts.attributed_conversions": [
            ("contact_created", campaign, "linear", 1, Decimal(1), None)
        ],
        "marts.removal_effects": [("markov", campaign, 2, 1, 0.5)],
        "marts.campaign_daily": [
            (campaign, day, 1, 1, 1, 1, 0, Decimal(0), Decimal(25)),
            (campaign, closed.date(), 0, 0, 0, 0, 1, Decimal(50), Decimal(0)),
        ],
        "marts.asset_performance": [(campaign, page, asset, *[1] * 11, Decimal(0), *[1] * 4)],
        "diagnostics.asset_visibility": [
            (campaign, page, asset, False, ["OUTSIDE_CAMPAIGN_DATES"])
        ],
        "diagnostics.deal_inclusion": [
            (deal, campaign, True, None),
            (f"x{key}", campaign, False, "NOT_CLOSED_WON"),
        ],
        "diagnostics.deal_status": [
            (deal, "COUNTED", 1, amount),
            (f"x{key}", "NOT_CLOSED_WON", 0, None),
        ],
        "diagnostics.contact_status": [
            (contact, "first_touch", "COUNTED", first),
            (contact, "last_touch", "CONVERSION_IN_NO_CAMPAIGN", first),
            (contact, "influenced", "NO_INTERACTION", None),
        ],
        "diagnostics.merges": [("contact", f"m{key}", contact)],
        "diagnostics.utm_audit": [
            (text.lower(), campaign, 1, 1, "matched", None),
            (f"{text}x", None, 1, 1, "unmatched", text),
        ],
        "diagnostics.parity": [
            ("hubspot", campaign, "influenced_contacts", None, None, None, 1.0, 2.0, -1.0, -0.5)
        ],
        "diagnostics.parity_contacts": [
            ("hubspot", campaign, "influenced", contact, True, "NOT_REPORTED")
        ],
        "diagnostics.unread_values": [(text, text, text, 1, [text])],
        "diagnostics.rejected_records": [(text, text, text, text)],
        "diagnostics.coverage": [(text, text, 1, text, text, 0.5, text)],
        "diagnostics.restatements": [
            (
                "r2",
                "r1",
                campaign,
                "sessions",
                None,
                "changed",
                Decimal(1),
                Decimal(2),
                Decimal(1),
                "new_event 1",
                "new_event 1",
            )
        ],
        "diagnostics.check_results": [
            ("r2", text, text, "R1", text, "blocking", True, 0, text, text, at)
        ],
    }


SHARED: Rows = {
    "marts.channel_performance": [
        ("paid_search", model, 9, 9, Decimal(9), 9, Decimal(900), Decimal(900)) for model in MODELS
    ],
    "diagnostics.run_log": [
        (name, AS_OF, AS_OF - timedelta(day), AS_OF - timedelta(day), "published", 1, 1, 0)
        for name, day in (("r1", 3), ("r2", 1))
    ],
    "diagnostics.restatement_causes": [("r2", "new_event", None, 1)],
}


def publish(
    home: Path,
    texts: tuple[str, ...] = (PLAIN, *HOSTILE),
    without: tuple[str, ...] = (),
    more: Rows | None = None,
) -> Path:
    """A HOME whose published file has one of everything for each text, and the rows of `more`, but
    no table of `without`.
    """
    folder = home / ".touchledger" / "runs" / f"r2-{len(texts)}-{len(without)}"
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "touchledger.duckdb")) as connection:
        for schema in ("core", "marts", "diagnostics"):
            connection.execute(f"create schema {schema}")
        filled = [_rows(number, text) for number, text in enumerate(texts)] + [SHARED, more or {}]
        for table, columns in TABLES.items():
            if table in without:
                continue
            connection.execute(f"create table {table} ({columns})")
            rows = [row for one in filled for row in one.get(table, [])]
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                connection.executemany(f"insert into {table} values ({marks})", rows)
    link = home / ".new"
    link.symlink_to(Path(".touchledger") / "runs" / folder.name)
    link.rename(home / "published")
    return home
