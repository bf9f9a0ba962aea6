-- Addresses that a contact had.
from earlier_addresses_of('address_entries', 'contact_versions')
