-- What these looks saw.
select told.*
from deal_contacts_told as told
semi join fresh_deal_looks_told as looks
    on told.parent_id = looks.parent_id and told._pull = looks._pull
