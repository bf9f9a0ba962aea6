"""What a reader means: an id, a name or an e-mail address."""

from __future__ import annotations

import hashlib

from orchestration.ground.errors import UnknownId
from orchestration.reading.published import Published, Rows

MOST = 10
# Ids that a publication speaks of, with and without a record; a record's name finds it, too.
SUBJECTS = {
    "deal": """
        select deal_id as id, deal_name as name from core.fct_deals
        union all select deal_id, null from core.fct_deal_contacts
        union all select merged_id, null from diagnostics.merges where subject = 'deal'
    """,
    "contact": """
        select contact_id as id, email as name from core.dim_contacts
        union all select unnest(merged_contact_ids), null from core.dim_contacts
        union all select contact_id, null from core.fct_interactions
        union all select contact_id, null from core.fct_deal_contacts
        union all select merged_id, null from diagnostics.merges where subject = 'contact'
        union all select survivor_id, null from diagnostics.merges where subject = 'contact'
    """,
    "campaign": """
        select campaign_id as id, campaign_name as name from core.dim_campaigns
        union all select campaign_id, null from core.fct_asset_associations
        union all select campaign_id, null from diagnostics.asset_visibility
    """,
    "asset": """
        select asset_id as id, asset_name as name from core.dim_assets where asset_type = $type
        union all select asset_id, null from core.fct_asset_associations where asset_type = $type
        union all select asset_id, null from core.fct_interactions where asset_type = $type
        union all select asset_id, null from diagnostics.asset_visibility where asset_type = $type
    """,
}


def find_id(published: Published, subject: str, wanted: str, asset_type: str | None = None) -> str:
    """The id of the one thing that `wanted` names, by id first, then by name or address, upper and
    lower case alike. Raises UnknownId for none and for several.
    """
    known = SUBJECTS[subject]
    kind = {"type": asset_type} if asset_type is not None else {}
    if published.named(f"select 1 from ({known}) as ids where id = $wanted limit 1",
                       wanted=wanted, **kind):  # fmt: skip
        return wanted
    hits = published.named(
        f"""
        select id, min(name) as name from ({known}) as ids
        where lower(trim(name)) in (lower(trim($wanted)), $hashed)
        group by id order by id limit {MOST + 1}
        """,
        wanted=wanted,
        hashed=hashlib.sha256(wanted.strip().lower().encode()).hexdigest(),
        **kind,
    )
    if len(hits) == 1:
        return hits[0]["id"]
    what = asset_type or subject
    if hits:
        raise UnknownId(_several(what, wanted, hits))
    raise published.near(what, wanted, known, **kind)


def _several(what: str, wanted: str, hits: Rows) -> str:
    lines = [f"  {row['id']}  {row['name']}" for row in hits[:MOST]]
    more = ["  and more"] if len(hits) > MOST else []
    return "\n".join(
        [f"Several have the name {wanted!r}; ask for one {what} by its id:", *lines, *more]
    )


def check_asset_type(published: Published, asset_type: str) -> None:
    """Raises UnknownId with the types there are."""
    types = [
        row["asset_type"]
        for row in published.rows(
            """
            select asset_type from core.dim_assets union
            select asset_type from core.fct_asset_associations union
            select asset_type from core.fct_interactions where asset_type is not null
            order by 1
            """
        )
    ]
    if asset_type not in types:
        raise UnknownId(
            f"There is no asset type {asset_type!r} in the published file; there are "
            f"{', '.join(types) or 'none'}"
        )
