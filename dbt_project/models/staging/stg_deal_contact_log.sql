-- One row per change of a deal's contacts: the newest landed version.
{{ newest_version(source('raw', 'deal_contact_log'), 'deal_contact_log') }}
