-- One row per change of a deal's contacts: the newest landed version.
{{ newest_version(
    source('raw', 'deal_contact_log'),
    key=['log_id'],
    columns=['deal_id', 'contact_id', 'action', 'occurred_at', 'label', 'time_basis']
) }}
