-- One row per campaign: the newest landed version.
{{ newest_version(source('raw', 'campaigns'), 'campaigns') }}
