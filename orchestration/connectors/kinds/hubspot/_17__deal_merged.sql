-- Deals merged into another, as of each pull that told of one.
select * from merges('deal_merges_told')
