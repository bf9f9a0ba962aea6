-- What an export of recipients says of each, kind by kind.
select email, email_id, kind, told, file_time, _pull, _pulled_at
from (
    select
        email, email_id, file_time, _pull, _pulled_at,
        unnest(
            [
                {kind: 'email_sent', told: sent},
                {kind: 'email_delivered', told: delivered},
                {kind: 'email_open', told: opened},
                {kind: 'email_click', told: clicked},
                {kind: 'email_bounced', told: bounced},
            ],
            recursive := true
        )
    from email_recipients
)
where filled(told) is not null
