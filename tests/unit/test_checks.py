"""Every business check can fail: the sample is broken by SQL in one place; the check of it says how
many rows, which, and what to do.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.checking.aggregates import SCHEMA, compared
from orchestration.checking.results import CheckResult, save_results
from orchestration.checking.run import run_business_checks
from orchestration.checking.suites import (
    ALL_ROWS,
    BusinessCheck,
    Instants,
    Suite,
    business_checks,
    measures,
    question,
    suites,
)
from orchestration.engines.duckdb import drop_scratch, fill_scratch
from orchestration.ground.settings import Settings, make_settings
from orchestration.home.runs import current_run
from orchestration.home.warehouse import warehouse
from tests.conftest import query

# What the sample is not: plausible in two places.
SAMPLE_WARNS = {"won_deals_have_a_rate", "alias_of_one_campaign"}
CAMPAIGN = "(select min(campaign_id) from marts.campaign_performance where revenue > 0)"
DEAL = "(select min(deal_id) from marts.attribution_credits)"
# The numbers of a contact's path and of a created deal's.
PATH = "(select min(path_number) from attribution.conversion_touches)"
PIPELINE = (
    "(select min(path_number) from attribution.conversion_touches where conversion = "
    "'deal_created' and amount_cents > 0)"
)
LOST = "(select min(deal_id) from core.fct_deals where not is_closed_won)"


@dataclass(frozen=True)
class Break:
    """What is done to the tables, how many rows then break the check, and what else must break with
    it.
    """

    statements: tuple[str, ...]
    rows: int | str = 1
    also: frozenset[str] = frozenset()
    variables: dict[str, object] = field(default_factory=dict)


def broken(*statements: str, rows: int | str = 1, also: str = "", **variables: object) -> Break:
    return Break(statements, rows, frozenset(also.split()), variables)


BREAKS: dict[tuple[str, str], Break] = {
    ("core.fct_interactions", "types_are_listed"): broken(
        (
            "update core.fct_interactions set event_type = 'smoke_signal' where event_type = "
            "'social_comment'"
        ),
        rows="select count(*) from core.fct_interactions where event_type = 'smoke_signal'",
    ),
    ("core.fct_interactions", "anonymous_share_is_plausible"): broken(
        "update core.fct_interactions set contact_id = null"
    ),
    ("core.fct_interactions", "filtered_share_is_plausible"): broken(
        "update core.fct_interactions set is_filtered = true where event_type <> 'page_view'"
    ),
    ("core.fct_interactions", "events_are_fresh"): broken(
        "update core.fct_interactions set occurred_at = least(occurred_at, timestamp '2026-06-20')"
    ),
    ("core.fct_interactions", "no_event_type_fell_silent"): broken(
        "update core.fct_interactions set occurred_at = least(occurred_at, timestamp "
        "'2026-01-01') where event_type = 'email_open'"
    ),
    ("core.fct_interactions", "no_event_after_the_landing"): broken(
        (
            "update core.fct_interactions set occurred_at = '2026-07-02' where event_id in (from "
            "(select event_id from core.fct_interactions) limit 4)"
        ),
        rows=4,
    ),
    ("core.fct_interactions", "the_mix_of_events_holds"): broken(
        """insert into core.fct_interactions select interactions.*
            from core.fct_interactions as interactions, range(20)
        where event_type = 'email_open'""",
        rows="select count(distinct event_type) from core.fct_interactions",
    ),
    ("core.fct_campaign_interactions", "flags_agree_with_the_type"): broken(
        (
            "update core.fct_campaign_interactions set influences = true where event_type = "
            "'email_sent'"
        ),
        rows="select count(*) from core.fct_campaign_interactions where event_type = 'email_sent'",
    ),
    ("core.fct_campaign_interactions", "only_page_views_count_by_utm"): broken(
        "update core.fct_campaign_interactions set basis = 'utm' where event_type = 'email_open'",
        rows="select count(*) from core.fct_campaign_interactions where event_type = 'email_open'",
    ),
    ("core.fct_sessions", "sessions_end_after_they_start"): broken(
        "update core.fct_sessions set ended_at = started_at - interval 1 second "
        "where session_id in (from (select session_id from core.fct_sessions order by session_id) "
        "limit 4)",
        rows=4,
    ),
    ("core.fct_sessions", "page_views_of_sessions_are_events"): broken(
        "update core.fct_sessions set page_views = 1000000 where session_id = (select "
        "min(session_id) from core.fct_sessions)"
    ),
    ("core.fct_sessions", "no_session_goes_on_forever"): broken(
        "update core.fct_sessions set ended_at = started_at + interval 25 hour "
        "where session_id in (from (select session_id from core.fct_sessions order by session_id) "
        "limit 4)",
        rows=4,
    ),
    ("core.dim_campaigns", "campaigns_end_after_they_start"): broken(
        f"update core.dim_campaigns set start_date = '2026-01-02', end_date = '2026-01-01' where "
        f"campaign_id = {CAMPAIGN}"
    ),
    ("core.dim_campaigns", "campaigns_have_a_record"): broken(
        f"delete from core.dim_campaigns where campaign_id = {CAMPAIGN}"
    ),
    ("core.dim_assets", "types_are_listed"): broken(
        "insert into core.dim_assets (asset_type, asset_id) values ('podcast', 'cast')"
    ),
    ("core.dim_assets", "assets_have_a_record"): broken(
        "delete from core.dim_assets where asset_id = (select min(asset_id) from "
        "core.fct_asset_associations)"
    ),
    ("core.dim_contacts", "no_merges_in_a_circle"): broken(
        "update associations.contact_survivors set is_in_cycle = true "
        "where contact_id in (from (select contact_id from associations.contact_survivors order "
        "by contact_id) limit 2)",
        rows=2,
    ),
    ("core.dim_contacts", "merges_end_at_a_record"): broken(
        "update associations.contact_survivors set survivor_contact_id = 'nobody' "
        "where contact_id in (from (select contact_id from associations.contact_survivors order "
        "by contact_id) limit 2)"
    ),
    ("core.dim_contacts", "no_contact_from_the_future"): broken(
        "update core.dim_contacts set created_at = '2026-07-02' where contact_id = (select "
        "min(contact_id) from core.dim_contacts)"
    ),
    ("core.fct_asset_associations", "exclusive_asset_in_one_campaign"): broken(
        """insert into core.fct_asset_associations select * replace ('CMP-999' as campaign_id)
            from core.fct_asset_associations
        where asset_type = 'landing_page' and ended_by is null""",
        "insert into core.dim_campaigns (campaign_id, is_deleted) values ('CMP-999', true)",
        rows="select count(*) from core.fct_asset_associations where campaign_id = 'CMP-999'",
    ),
    ("core.fct_asset_associations", "social_posts_within_the_cap"): broken(
        rows="""with posts as (from core.fct_asset_associations where asset_type = 'social_post'),
        changes as (select campaign_id, valid_from as instant from posts union select campaign_id,
            valid_to from posts where valid_to is not null)
        select count(distinct (changes.campaign_id, instant)) from changes inner join posts
        on changes.campaign_id = posts.campaign_id and instant >= valid_from
            and instant < coalesce(valid_to, timestamp '9999-01-01')""",
        social_post_cap=0,
    ),
    ("core.fct_asset_associations", "intervals_have_length"): broken(
        "update core.fct_asset_associations set valid_to = valid_from where ended_by = 'removed'",
        rows="select count(*) from core.fct_asset_associations where ended_by = 'removed'",
    ),
    ("core.fct_deals", "home_currency_needs_no_rate"): broken(
        f"update core.fct_deals set currency = null, amount = 5.005, amount_home = 5.00 where "
        f"deal_id = {LOST}"
    ),
    ("core.fct_deals", "won_deals_have_a_rate"): broken(
        f"""update core.fct_deals set is_closed_won = true, is_deleted = false, amount = 5,
            currency = 'XXX', amount_home = null,
        created_at = '2026-01-01', closed_at = '2026-02-01' where deal_id = {LOST}""",
        rows=5,
    ),
    ("core.fct_deals", "deals_close_after_they_begin"): broken(
        f"update core.fct_deals set created_at = closed_at + interval 1 second where deal_id = "
        f"{DEAL}"
    ),
    ("core.fct_deals", "won_deals_have_contacts"): broken(
        "update core.fct_deal_contacts set deal_id = 'no ' || deal_id"
    ),
    ("core.fct_deals", "no_deals_merged_in_a_circle"): broken(
        f"insert into associations.deal_survivors values ({DEAL}, {DEAL}, true)"
    ),
    ("core.fct_deal_contacts", "intervals_are_apart"): broken(
        (
            "insert into core.fct_deal_contacts from (from core.fct_deal_contacts where valid_to "
            "is null order by all limit 4)"
        ),
        rows=4,
    ),
    ("marts.attribution_credits", "credits_sum_to_the_deal"): broken(
        """update core.fct_deals set amount_home = amount_home + 0.01 where deal_id = (
            select min(deal_id) from core.fct_deals where currency <> 'USD'
                and deal_id in (select deal_id from marts.attribution_credits)
        )""",
        rows="select count(distinct model) from marts.attribution_credits",
    ),
    ("marts.attribution_credits", "every_model_credits_every_deal"): broken(
        "insert into rules.attribution_models (model) values ('mine')",
        rows="select count(distinct deal_id) from marts.attribution_credits",
        also="every_model_credits_every_conversion",
    ),
    ("marts.attribution_credits", "no_credit_below_zero"): broken(
        """create temp table two as select rowid as id, row_number() over (order by rowid) as place
            from marts.attribution_credits
        where (deal_id, campaign_id, model) = (
            select (deal_id, campaign_id, model) from marts.attribution_credits
                where model = 'linear' and campaign_id is not null
            group by all having count(*) > 1 order by all limit 1
        )""",
        (
            "update marts.attribution_credits set credit = credit - 1000000 where rowid = (select "
            "id from two where place = 1)"
        ),
        (
            "update marts.attribution_credits set credit = credit + 1000000 where rowid = (select "
            "id from two where place = 2)"
        ),
    ),
    ("marts.attribution_credits", "weights_sum_to_one"): broken(
        f"update marts.attribution_credits set weight = weight * 2 where deal_id = {DEAL} and "
        f"model = 'linear'"
    ),
    ("marts.attribution_credits", "nothing_after_the_close"): broken(
        """update marts.attribution_credits set occurred_at = closed_at + interval 1 second
            where model = 'linear' and (deal_id, campaign_id) = (
            select (deal_id, campaign_id) from marts.attribution_credits
                where campaign_id is not null
            group by all having count(*) >= 18 order by all limit 1
        )""",
        rows="select count(*) from marts.attribution_credits where occurred_at > closed_at",
    ),
    ("marts.attribution_credits", "only_won_deals_earn"): broken(
        f"update core.fct_deals set is_closed_won = false where deal_id = {DEAL}"
    ),
    ("marts.attributed_revenue", "revenue_equals_the_ledger"): broken(
        f"update marts.attributed_revenue set revenue = revenue - 0.01 where model = 'u_shaped' "
        f"and campaign_id = {CAMPAIGN}"
    ),
    ("marts.attributed_revenue", "revenue_within_deal_amount"): broken(
        f"update marts.attributed_revenue set deal_amount = revenue - 0.01 where model = "
        f"'u_shaped' and campaign_id = {CAMPAIGN}"
    ),
    ("marts.conversion_credits", "one_credit_each"): broken(
        f"update attribution.conversion_ledger set credit = credit * 0.999 where model = 'linear' "
        f"and path_number = {PATH}",
        also="credits_are_those_of_the_subjects channels_share_what_is_credited",
    ),
    ("marts.conversion_credits", "amounts_agree_between_models"): broken(
        f"update attribution.conversion_ledger set amount = null where model = 'u_shaped' and "
        f"path_number = {PIPELINE}",
        also="credits_are_those_of_the_subjects channels_share_what_is_credited",
    ),
    ("marts.conversion_credits", "every_model_credits_every_conversion"): broken(
        f"delete from attribution.conversion_ledger where model = 'u_shaped' and path_number = "
        f"{PIPELINE}",
        also="every_share_has_its_touch credits_are_those_of_the_subjects "
        "channels_share_what_is_credited",
    ),
    ("marts.conversion_credits", "no_share_below_zero"): broken(
        """create temp table two as
        select min(touch_number) as one, max(touch_number) as other
        from attribution.conversion_touches
        where conversion = 'deal_created' and campaign_id is not null
        group by path_number, campaign_id, channel having count(*) > 1 order by all limit 1""",
        "update attribution.conversion_ledger set credit = credit - 2 where model = 'linear' and "
        "touch_number = (select one from two)",
        "update attribution.conversion_ledger set credit = credit + 2 where model = 'linear' and "
        "touch_number = (select other from two)",
    ),
    ("marts.conversion_credits", "weights_sum_to_one"): broken(
        f"update attribution.conversion_ledger set weight = weight * 2 where model = 'linear' and "
        f"path_number = {PIPELINE}"
    ),
    ("marts.conversion_credits", "every_share_has_its_touch"): broken(
        "delete from marts.conversion_credits where (conversion, subject_id, event_id) = (select "
        "min((conversion, subject_id, event_id)) from marts.conversion_credits)",
        rows="""select (select count(*) from attribution.conversion_shares)
            - (select count(*) from marts.conversion_credits)""",
    ),
    ("marts.attributed_conversions", "credits_are_those_of_the_subjects"): broken(
        """update marts.attributed_conversions set credit = credit - 0.000001
            where (conversion, campaign_id, model) = (
            select (conversion, campaign_id, model) from marts.attributed_conversions
                where campaign_id is not null order by all limit 1
        )"""
    ),
    ("marts.attributed_conversions", "credit_within_subjects"): broken(
        f"update marts.attributed_conversions set subjects = 0 where conversion = 'deal_created' "
        f"and model = 'u_shaped' and campaign_id = {CAMPAIGN}"
    ),
    ("marts.removal_effects", "effects_are_shares"): broken(
        "update marts.removal_effects set effect = 1.5 where campaign_id = (select "
        "min(campaign_id) from marts.removal_effects)"
    ),
    ("marts.removal_effects", "one_chain"): broken(
        "update marts.removal_effects set conversions = conversions - 1 where campaign_id = "
        "(select min(campaign_id) from marts.removal_effects)"
    ),
    ("marts.channel_performance", "channels_share_what_is_credited"): broken(
        "update marts.channel_performance set pipeline = pipeline + 0.01 where model = 'u_shaped' "
        "and channel = 'paid_search'"
    ),
    ("marts.channel_performance", "sessions_are_in_a_channel"): broken(
        "update marts.channel_performance set sessions = sessions + 1 where channel = 'paid_search'"
    ),
    ("marts.campaign_performance", "revenue_is_the_linear_ledger"): broken(
        f"""update marts.campaign_daily set revenue = revenue - 0.01 where (campaign_id, day) = (
            select (campaign_id, day) from marts.campaign_daily where campaign_id = {CAMPAIGN}
                and revenue > 0 order by all limit 1
        )""",
        f"""update marts.revenue_contacts set revenue = revenue - 0.01
            where campaign_id = {CAMPAIGN} and contact_id = (
            select min(contact_id) from marts.revenue_contacts where campaign_id = {CAMPAIGN}
        )""",
        (
            f"update marts.campaign_performance set revenue = revenue - 0.01 where campaign_id = "
            f"{CAMPAIGN}"
        ),
    ),
    ("marts.campaign_performance", "funnel_in_order"): broken(
        (
            f"update marts.campaign_performance set contacts_with_revenue = influenced_contacts + "
            f"1 where campaign_id = {CAMPAIGN}"
        ),
        also="every_number_is_a_list",
    ),
    ("marts.campaign_performance", "every_number_is_a_list"): broken(
        f"update marts.campaign_performance set contacts_with_revenue = contacts_with_revenue - 1 "
        f"where campaign_id = {CAMPAIGN}"
    ),
    ("marts.campaign_performance", "revenue_within_deal_value"): broken(
        f"update marts.campaign_performance set associated_deal_value = revenue - 0.01 where "
        f"campaign_id = {CAMPAIGN}"
    ),
    ("marts.campaign_performance", "money_is_known"): broken(
        f"update marts.campaign_performance set spend = null where campaign_id = {CAMPAIGN}"
    ),
    ("marts.campaign_daily", "days_add_up"): broken(
        "update marts.campaign_daily set sessions = sessions + 1 where rowid = (select min(rowid) "
        "from marts.campaign_daily)"
    ),
    ("marts.asset_performance", "exclusive_asset_is_shown_once"): broken(
        """insert into marts.asset_performance select * replace ('CMP-999' as campaign_id)
            from marts.asset_performance
        where asset_type = 'landing_page'""",
        rows="select count(*) from marts.asset_performance where campaign_id = 'CMP-999'",
    ),
    ("marts.asset_performance", "emails_are_sent_before_they_are_opened"): broken(
        """update marts.asset_performance set contacts_opened = contacts_sent + 1
        where asset_id = (select min(asset_id) from marts.asset_performance
            where asset_type = 'marketing_email')"""
    ),
    ("marts.first_touch_contacts", "one_primary_campaign"): broken(
        "update marts.first_touch_contacts set is_primary = false where contact_id = (select "
        "min(contact_id) from marts.first_touch_contacts)"
    ),
    ("marts.last_touch_contacts", "one_primary_campaign"): broken(
        "update marts.last_touch_contacts set is_primary = false where contact_id = (select "
        "min(contact_id) from marts.last_touch_contacts)"
    ),
    ("marts.influenced_contacts", "revenue_contacts_are_influenced"): broken(
        """update marts.influenced_contacts set contact_id = (
            select min(contact_id) from core.dim_contacts
            where not is_deleted and contact_id not in (select contact_id
                from marts.influenced_contacts)
        ) where (campaign_id, contact_id) = (select (campaign_id, contact_id)
            from marts.revenue_contacts order by all limit 1)"""
    ),
    ("marts.influenced_contacts", "influenced_contacts_are_somebody"): broken(
        (
            "update core.dim_contacts set is_deleted = true where contact_id = (select "
            "max(contact_id) from marts.influenced_contacts)"
        ),
        rows=(
            "select count(*) from marts.influenced_contacts where contact_id = (select "
            "max(contact_id) from marts.influenced_contacts)"
        ),
        also="every_contact_has_one_reason_per_metric",
    ),
    ("marts.revenue_contacts", "contacts_share_the_revenue"): broken(
        f"""update marts.revenue_contacts set revenue = revenue + 0.01
            where campaign_id = {CAMPAIGN} and contact_id = (
            select min(contact_id) from marts.revenue_contacts where campaign_id = {CAMPAIGN}
        )"""
    ),
    ("diagnostics.asset_visibility", "visible_or_reasoned"): broken(
        "update diagnostics.asset_visibility set reasons = ['BECAUSE'] where not is_visible",
        rows="select count(*) from diagnostics.asset_visibility where not is_visible",
    ),
    ("diagnostics.asset_visibility", "no_social_post_is_kept_out"): broken(
        "update diagnostics.asset_visibility set reasons = ['SOCIAL_CAP'] where not is_visible",
        rows="select count(*) from diagnostics.asset_visibility where not is_visible",
    ),
    ("diagnostics.deal_inclusion", "included_or_reasoned"): broken(
        "update diagnostics.deal_inclusion set reason = 'BECAUSE' where reason = 'NOT_CLOSED_WON'",
        rows="select count(*) from diagnostics.deal_inclusion where reason = 'BECAUSE'",
    ),
    ("diagnostics.deal_status", "every_deal_has_one_reason"): broken(
        f"update diagnostics.deal_status set status = 'NO_CONTACT' where deal_id = {DEAL}",
        "update diagnostics.deal_status set status = 'BECAUSE' where status = 'NOT_CLOSED_WON'",
        rows="select count(*) + 1 from diagnostics.deal_status where status = 'BECAUSE'",
    ),
    ("diagnostics.contact_status", "every_contact_has_one_reason_per_metric"): broken(
        "update diagnostics.contact_status set status = 'BECAUSE' where contact_id = (select "
        "min(contact_id) from diagnostics.contact_status)"
    ),
    ("diagnostics.parity", "difference_is_ours_less_theirs"): broken(
        """insert into diagnostics.parity (source, metric, ours, reported, difference) values
        ('crm', 'deals', 5, 3, 2), ('crm', 'sessions', 5, 3, 3), ('crm', 'revenue', null, 3, 3)""",
        rows=2,
    ),
    ("diagnostics.parity_contacts", "every_difference_has_a_reason"): broken(
        """insert into diagnostics.parity_contacts (source, metric, contact_id, reason) values
        ('crm', 'influenced', 'c1', 'NOT_REPORTED'), ('crm', 'influenced', 'c2', 'BECAUSE')"""
    ),
    ("diagnostics.merges", "merges_end"): broken(
        "insert into diagnostics.merges values ('contact', 'loop', 'loop')"
    ),
    ("diagnostics.utm_audit", "tagged_traffic_is_matched"): broken(
        "update diagnostics.utm_audit set page_views = 1000000 where status = 'unmatched'"
    ),
    ("diagnostics.utm_audit", "alias_of_one_campaign"): broken(
        """update diagnostics.utm_audit set status = 'shared'
        where status = 'matched' and campaign_id = (select min(campaign_id)
            from diagnostics.utm_audit)""",
        rows="select count(*) from diagnostics.utm_audit where status = 'shared'",
    ),
    ("diagnostics.utm_audit", "every_value_has_its_campaign"): broken(
        "update diagnostics.utm_audit set campaign_id = null where status = 'never_seen'",
        rows="select count(*) from diagnostics.utm_audit where status = 'never_seen'",
    ),
    ("diagnostics.rejected_records", "no_file_is_left_out"): broken(
        "insert into landing.landed_rejects values (null, 'events', 'events/bad.parquet', 'the "
        "file is not readable as Parquet', null, 0)"
    ),
    ("diagnostics.unread_values", "unread_rate"): broken(
        "update raw.files set published_run_id = null",
        (
            "insert into raw.unread_values select min(file_id), 'events', 'events/a.csv', "
            "'is_filtered', 1000000, ['x'] from raw.files"
        ),
        rows=1,
    ),
    ("diagnostics.run_log", "sources_are_fresh"): broken(
        "update raw.deals set _loaded_at = _loaded_at - interval 100 day",
        "update raw.events set _loaded_at = _loaded_at - interval 100 day",
        rows=2,
    ),
    ("diagnostics.run_log", "tables_keep_their_rows"): broken(
        "delete from diagnostics.asset_visibility where asset_id > (select median(asset_id) from "
        "diagnostics.asset_visibility)"
    ),
}


@pytest.fixture
def settings(published_sample: tuple[Path, str], home: Path) -> Settings:
    """A HOME with a copy of the sample's warehouse, to break, beside the published sample."""
    (home / ".touchledger").mkdir(parents=True)
    for name in ("warehouse.duckdb", ".touchledger/to_publish.duckdb"):
        shutil.copy(published_sample[0] / name, home / name)
    (home / "published").symlink_to((published_sample[0] / "published").resolve())
    return make_settings(home=str(home), as_of="2026-07-01T00:00:00Z")


def _make_tables(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    """Makes a table of every published view that `text` names, so that it can be changed."""
    views = connection.execute(
        "select schema_name || '.' || view_name from duckdb_views() where schema_name in ('core', "
        "'marts', 'diagnostics', 'associations')"
    ).fetchall()
    for (view,) in views:
        if view in text:
            connection.execute(f"create temp table kept as from {view}")
            connection.execute(f"drop view {view}")
            connection.execute(f"create table {view} as from temp.kept")
            connection.execute("drop table temp.kept")


def _break(connection: duckdb.DuckDBPyConnection, case: Break) -> int:
    """Breaks the tables; returns how many rows the check is to count."""
    _make_tables(connection, " ".join(case.statements))
    for statement in case.statements:
        connection.execute(statement)
    return case.rows if isinstance(case.rows, int) else connection.execute(case.rows).fetchone()[0]


def _failing(
    connection: duckdb.DuckDBPyConnection, settings: Settings
) -> dict[tuple[str, str], list[dict]]:
    """The rows that each failing check shows, asked in DuckDB directly with the query that Great
    Expectations sends.
    """
    instants = Instants.of(connection)
    queries = measures(settings, suites(), instants)
    fill_scratch(connection, SCHEMA, compared(settings, instants.as_of), queries)
    found = {}
    for check in business_checks():
        sql = question(check, instants, settings.variables).replace(
            "{batch}", f"(select * from {check.table})"
        )
        rows = connection.execute(sql)
        names = [column[0] for column in rows.description]
        found[check.table, check.name] = [
            dict(zip(names, row, strict=True)) for row in rows.fetchall()
        ]
    return {key: rows for key, rows in found.items() if rows}


@pytest.mark.parametrize(("table", "name"), BREAKS)
def test_each_check_fails_where_its_rule_is_broken(
    settings: Settings, table: str, name: str
) -> None:
    case = BREAKS[table, name]
    settings = replace(settings, variables={**settings.variables, **case.variables})
    with warehouse(settings) as connection:
        rows = _break(connection, case)
        failing = _failing(connection, settings)
    assert {found for _, found in failing} - SAMPLE_WARNS == ({name} | case.also) - SAMPLE_WARNS
    shown = failing[table, name]
    assert shown[0][ALL_ROWS] == rows > 0
    assert 1 <= len(shown) <= 3 and len(shown[0]) > 1


@pytest.mark.parametrize("campaign", [f"campaign_id = {CAMPAIGN}", "campaign_id is null"])
def test_the_deals_of_every_model_are_counted_from_the_ledger(
    settings: Settings, campaign: str
) -> None:
    """R63, R75: one deal too many is found under every model, for the interactions of no campaign
    too.
    """
    wrong = f"update marts.attributed_revenue set deals = deals + 1 where {campaign}"
    with warehouse(settings) as connection:
        _make_tables(connection, wrong)
        connection.execute(wrong)
        connection.execute(
            "create table checked as select credits.campaign_id, credits.model, count(distinct "
            "credits.deal_id) as deals, "
            "from marts.attribution_credits as credits group by all"
        )
        ledger = connection.execute(
            f"select model, deals from checked where {campaign} order by all"
        ).fetchall()
        rows = _failing(connection, settings)[
            "marts.attributed_revenue", "revenue_equals_the_ledger"
        ]
    assert rows[0][ALL_ROWS] == len(ledger) > 1
    assert [(row["model"], row["deals_credited"]) for row in rows] == ledger[: len(rows)]


def test_there_is_a_break_for_every_check() -> None:
    assert set(BREAKS) == {(check.table, check.name) for check in business_checks()}


def test_great_expectations_says_what_is_broken(settings: Settings) -> None:
    """R75: count, three sample rows, rule and cure, and all of it is kept for the report."""
    raised = "update core.fct_deals set amount_home = amount_home + 0.01 where currency <> 'USD'"
    with warehouse(settings) as connection:
        _make_tables(connection, raised)
        connection.execute(raised)
    results = {
        (result.check.table, result.check.name): result for result in run_business_checks(settings)
    }
    assert list(results) == [(check.table, check.name) for check in business_checks()]
    ledger = results["marts.attribution_credits", "credits_sum_to_the_deal"]
    assert (
        not ledger.passed and ledger.rows > 9 and len(ledger.sample) == 3 and ledger.error is None
    )
    assert set(ledger.sample[0]) == {"deal_id", "model", "credited", "amount_home"}
    assert (
        ledger.check.rule == "R75"
        and ledger.check.blocking
        and "Do not publish" in ledger.check.cure
    )


def test_a_check_that_cannot_be_asked_has_failed(settings: Settings) -> None:
    wrong = Suite(
        "core.fct_deals",
        (
            BusinessCheck(
                "core.fct_deals", "wrong", "R65", "", "select nothing from {batch}", "", True
            ),
        ),
    )
    (result,) = run_business_checks(settings, [wrong])
    assert not result.passed and "nothing" in result.error
    assert result.finding.startswith("It could not be asked: ")


def test_results_are_kept_once_per_run(settings: Settings) -> None:
    check = business_checks()[0]
    result = CheckResult(
        check,
        False,
        7,
        [{"deal_id": "ü", "amount": Decimal("1.10"), "at": datetime(2026, 1, 1), "none": None}],
    )
    with warehouse(settings) as connection:
        run_id = current_run(connection)
        for _ in range(2):
            save_results(connection, run_id, [result])
        kept = connection.execute(
            "select * exclude (checked_at) from raw.check_results where run_id = ?", [run_id]
        ).fetchall()
    ((_, table, name, rule, says, severity, passed, rows, sample, cure),) = kept
    assert (table, name, rule, says, severity, passed, rows, cure) == (
        check.table, check.name, check.rule, check.says, check.severity, False, 7, check.cure,
    )  # fmt: skip
    assert json.loads(sample) == [
        {"deal_id": "ü", "amount": "1.10", "at": "2026-01-01 00:00:00", "none": None}
    ]


def test_the_results_of_the_published_run_are_published(published_sample: tuple[Path, str]) -> None:
    home, printed = published_sample
    rows = query(
        home,
        (
            "select run_id, table_name, check_name, severity, passed, rows_failing, sample from "
            "diagnostics.check_results"
        ),
    )
    assert len(rows) == len(business_checks()) + 1
    assert {row[0] for row in rows} == {
        query(home, "select max(run_id) from diagnostics.run_log")[0][0]
    }
    assert {row[2] for row in rows if not row[4]} == SAMPLE_WARNS and {
        row[3] for row in rows if not row[4]
    } == {"warning"}
    assert all((rows_failing > 0) != passed for *_, passed, rows_failing, _ in rows)
    assert all(1 <= len(json.loads(row[6])) <= 3 for row in rows if not row[4])
    for name in SAMPLE_WARNS:
        assert name in printed


def test_a_first_run_has_nothing_to_compare_with(settings: Settings) -> None:
    settings.published.unlink()
    with warehouse(settings) as connection:
        assert {name for _, name in _failing(connection, settings)} == SAMPLE_WARNS
        assert connection.execute("select count(*) from checks.volume").fetchone() == (0,)
        drop_scratch(connection, SCHEMA)
        assert connection.execute(
            "select count(*) from duckdb_tables() where schema_name = 'checks'"
        ).fetchone() == (0,)


def test_what_is_backdated_may_be_more_than_the_cap(settings: Settings) -> None:
    """R22: the posts that a what-if backdates were never in the campaign together."""
    capped = {**settings.variables, "social_post_cap": 0}
    check = ("core.fct_asset_associations", "social_posts_within_the_cap")
    with warehouse(settings) as connection:
        assert check in _failing(connection, replace(settings, variables=capped))
        assert check not in _failing(
            connection,
            replace(settings, variables={**capped, "backdate_associations": True}),
        )


def test_a_source_that_is_not_watched_is_never_late(settings: Settings) -> None:
    variables = {**settings.variables, "freshness_days_deals": "none"}
    with warehouse(settings) as connection:
        connection.execute("update raw.deals set _loaded_at = _loaded_at - interval 100 day")
        assert ("diagnostics.run_log", "sources_are_fresh") in _failing(connection, settings)
        assert ("diagnostics.run_log", "sources_are_fresh") not in _failing(
            connection, replace(settings, variables=variables)
        )


@pytest.mark.parametrize("entry", ["severity: fatal", "severity: warning\n    colour: red", ""])
def test_a_check_that_is_not_complete_is_refused(tmp_path: Path, entry: str) -> None:
    text = (
        f"table: core.fct_deals\nexpectations:\n  - name: a\n    rule: R65\n    says: b\n    sql: "
        f"c\n    cure: d\n    {entry}\n"
    )
    (tmp_path / "fct_deals.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"fct_deals\.yml, a: needs"):
        suites(tmp_path)


def test_large_tables_are_read_once() -> None:
    """Of the tables that grow with the events, only the measures read all; what else names them
    must not need to.
    """
    large = (
        "core.fct_interactions",
        "core.fct_campaign_interactions",
        "core.fct_sessions",
        "marts.attribution_credits",
        "marts.conversion_credits",
    )
    measured = {suite.table for suite in suites() if suite.measures}
    assert measured == set(large)
    readers = {
        check.name for check in business_checks() if any(table in check.sql for table in large)
    }
    readers |= {
        check.name for check in business_checks() if check.table in large and "{batch}" in check.sql
    }
    # Those of sessions show rows that the measures have found, that of merges counts events of
    # contacts it has found; where there are none, nothing is joined and nothing is read. Shares are
    # published by the numbers of their touches, which the last of them counts.
    assert readers == {
        "every_share_has_its_touch",
        "no_event_after_the_landing",
        "merges_end_at_a_record",
        "sessions_end_after_they_start",
        "no_session_goes_on_forever",
    }, "ask the measures"
    assert all(
        "inner join {measures}" in check.sql
        for check in business_checks()
        if check.name in readers and check.table == "core.fct_sessions"
    )
    assert all("distinct" not in suite.measures for suite in suites() if suite.measures)
