copy (
    select ${columns} from landing.landed_rejects
    where
        file_id is null or file_id in (
            select file_id
            from raw.files
            where published_run_id is null
        )
    order by all
) to ${file} (format csv, header true)
