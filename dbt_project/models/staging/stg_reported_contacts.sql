-- One row per reported list and contact: the newest landed version.
{{ newest_version(source('raw', 'reported_contacts'), 'reported_contacts') }}
