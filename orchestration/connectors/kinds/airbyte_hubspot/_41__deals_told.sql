-- One row per deal and version; one that is there again is as new as the pull that saw it.
select * from with_returns('deal_versions', 'deals')
