{#- What makes a landed record: its key, its other columns in the contract's order, in which they
    settle ties (R14), those it needs, and whether it can be deleted. As `_sources.yml` has them,
    which unit tests do not see; a test compares. -#}
{% macro record_of(table) -%}
    {{ return({
        'contacts': {
            'key': ['contact_id'],
            'columns': [
                'email', 'additional_emails', 'created_at', 'lifecycle_stage',
                'salesforce_campaign_ids', 'salesforce_ids',
            ],
            'required': ['created_at'],
            'is_deletable': true,
        },
        'contact_merges': {
            'key': ['loser_contact_id'],
            'columns': ['winner_contact_id', 'merged_at'],
            'required': [],
            'is_deletable': false,
        },
        'visitor_identities': {
            'key': ['visitor_id', 'contact_id', 'identified_at'],
            'columns': [],
            'required': [],
            'is_deletable': false,
        },
        'visitor_emails': {
            'key': ['visitor_id', 'email', 'identified_at'],
            'columns': [],
            'required': [],
            'is_deletable': false,
        },
        'deals': {
            'key': ['deal_id'],
            'columns': [
                'deal_name', 'pipeline', 'stage', 'is_closed_won', 'amount', 'currency',
                'created_at', 'closed_at',
            ],
            'required': ['is_closed_won'],
            'is_deletable': true,
        },
        'deal_contact_log': {
            'key': ['log_id'],
            'columns': ['deal_id', 'contact_id', 'action', 'occurred_at', 'label', 'time_basis'],
            'required': [],
            'is_deletable': false,
        },
        'deal_merges': {
            'key': ['loser_deal_id'],
            'columns': ['winner_deal_id', 'merged_at'],
            'required': [],
            'is_deletable': false,
        },
        'campaigns': {
            'key': ['campaign_id'],
            'columns': [
                'campaign_name', 'created_at', 'start_date', 'end_date', 'status', 'owner',
                'currency',
            ],
            'required': ['campaign_name', 'created_at'],
            'is_deletable': true,
        },
        'campaign_utms': {
            'key': ['campaign_id', 'utm_campaign'],
            'columns': ['added_at'],
            'required': [],
            'is_deletable': false,
        },
        'assets': {
            'key': ['asset_type', 'asset_id'],
            'columns': ['asset_name', 'url', 'network', 'has_form', 'created_at', 'published_at'],
            'required': [],
            'is_deletable': true,
        },
        'campaign_asset_log': {
            'key': ['log_id'],
            'columns': [
                'campaign_id', 'asset_type', 'asset_id', 'action', 'occurred_at', 'time_basis',
            ],
            'required': [],
            'is_deletable': false,
        },
        'budget_items': {
            'key': ['item_id'],
            'columns': ['campaign_id', 'item_name', 'amount', 'currency', 'budgeted_on'],
            'required': ['campaign_id', 'amount'],
            'is_deletable': true,
        },
        'spend_items': {
            'key': ['item_id'],
            'columns': ['campaign_id', 'item_name', 'amount', 'currency', 'spent_on'],
            'required': ['campaign_id', 'amount', 'spent_on'],
            'is_deletable': true,
        },
        'ad_metrics': {
            'key': ['asset_type', 'asset_id', 'metric_date'],
            'columns': ['impressions', 'clicks', 'spend', 'currency'],
            'required': [],
            'is_deletable': false,
        },
        'exchange_rates': {
            'key': ['currency', 'rate_date'],
            'columns': ['rate_to_home'],
            'required': [],
            'is_deletable': false,
        },
        'salesforce_campaign_members': {
            'key': ['salesforce_campaign_id', 'member_id'],
            'columns': ['contact_id', 'added_via', 'added_at', 'salesforce_id'],
            'required': [],
            'is_deletable': true,
        },
        'reported_metrics': {
            'key': ['source', 'campaign_id', 'metric', 'model', 'period_start', 'period_end'],
            'columns': ['value', 'reported_at'],
            'required': [],
            'is_deletable': false,
        },
        'reported_contacts': {
            'key': ['source', 'campaign_id', 'metric', 'contact_id'],
            'columns': ['reported_at'],
            'required': [],
            'is_deletable': false,
        },
        'events': {
            'key': ['event_id'],
            'columns': [
                'event_type', 'occurred_at', 'visitor_id', 'contact_id', 'email', 'asset_type',
                'asset_id', 'url', 'referrer', 'is_filtered',
            ],
            'required': [],
            'is_deletable': false,
        },
    }[table]) }}
{%- endmacro %}
