-- The pairs that each pull saw. History mode dates its versions: those are no pairs of a pull.
select filled(deal_id) as parent_id, filled(contact_id) as child_id, _pull from deal_contact
where
    known_instant(_fivetran_start) is null
    and not coalesce(truth(_fivetran_deleted), false)
    and coalesce(truth(_fivetran_active), true)
