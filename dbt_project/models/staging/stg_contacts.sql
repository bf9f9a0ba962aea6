-- One row per contact: the newest landed version.
{{ newest_version(source('raw', 'contacts'), 'contacts') }}
