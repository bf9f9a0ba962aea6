-- One row per contact and version, and one per earlier address of it.
from contact_rows('contact_versions', 'contact_claims', 'contact')
union all by name
from earlier_contact_rows('earlier_addresses', 'contact_versions')
