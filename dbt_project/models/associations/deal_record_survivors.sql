-- One row per merged-away deal that has a record: the last one of its chain that has one, in a
-- cycle the smallest id (R66).
{{ follow_merges(ref('deal_record_merges'), 'deal') }}
