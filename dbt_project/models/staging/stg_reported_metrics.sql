-- One row per reported number: the newest landed version.
{{ newest_version(source('raw', 'reported_metrics'), 'reported_metrics') }}
