-- One row per deal and export.
select * from deal_rows('deal_versions', 'stages')
