-- Contacts merged into another, as of each pull that told of one.
select * from merges('contact_merges_told')
