-- One row per contact and version.
from contact_rows('contact_versions', 'contact_claims', 'contacts')
