"""Pages, posts, e-mails with their revisions, forms, lists, workflows and marketing events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orchestration.connectors.kinds.hubspot.problems import Refused
from orchestration.connectors.kinds.hubspot.reading import Reader, row, text
from orchestration.connectors.ledger import Asked


@dataclass(frozen=True)
class Content:
    """A kind of asset that HubSpot lists, live and archived; `revised` where each has revisions."""

    table: str
    path: str
    revised: bool = False
    limit: int = 100


CONTENT = (
    Content("landing_pages", "/cms/pages/{v}/landing-pages", True),
    Content("site_pages", "/cms/pages/{v}/site-pages", True),
    Content("blog_posts", "/cms/blogs/{v}/posts", True),
    Content("marketing_emails", "/marketing/emails/{v}", True),
)
LIVE, ARCHIVED = "live", "archived"
LIST_PAGE = 250
FORM_TYPES = ("hubspot", "captured", "flow", "blog_comment")


def read_content(reader: Reader) -> None:
    """Pages, posts and e-mails, and the revisions of those that changed since theirs were read."""
    for content in CONTENT:
        for kind in (LIVE, ARCHIVED):
            reader.read(
                Asked(content.table, None, kind),
                content.path,
                lambda item, kind=kind: row(item, kind=kind),
                params={"limit": content.limit, "archived": str(kind == ARCHIVED).lower()},
                is_look=True,
            )
        _read_revisions(reader, content)
    reader.report(*(content.table for content in CONTENT), "revisions")


def _revised(reader: Reader, content: Content) -> list[str]:
    """The records whose last change is not the one at which their revisions were last read
    whole.
    """
    with reader.pull.extracts(content.table) as connection:
        rows = connection.execute(
            f"""
            with versions as (
                select
                    id, _pull,
                    coalesce(
                        json_extract_string(payload, '$.updatedAt'),
                            json_extract_string(payload, '$.updated'), ''
                    ) as updated_at
                from {content.table}
                where id is not null
                qualify row_number() over (partition by id, _pull order by _load desc,
                    _row desc) = 1
            ),

            looked as (
                select parent_id, max(_pull) as _pull from ledger
                where table_name = 'revisions' and asset_type = $table and is_complete
                group by all
            ),

            looked_at as (
                select versions.id, versions.updated_at
                from versions
                inner join looked on versions.id = looked.parent_id
                    and versions._pull = looked._pull
            )

            select versions.id
            from versions
            left join looked_at on versions.id = looked_at.id
            where versions._pull = $pull and versions.updated_at is distinct from
                looked_at.updated_at
            order by length(versions.id), versions.id
            """,
            {"table": content.table, "pull": reader.pull.number},
        ).fetchall()
    return [identity for (identity,) in rows]


def _read_revisions(reader: Reader, content: Content) -> None:
    for identity in _revised(reader, content):
        reader.read(
            Asked("revisions", identity, content.table),
            f"{content.path}/{identity}/revisions",
            lambda item, identity=identity: row(item, parent=identity, kind=content.table),
            params={"limit": 100},
        )


def read_forms(reader: Reader) -> None:
    """Forms of all types, live and archived."""
    for kind in (LIVE, ARCHIVED):
        reader.read(
            Asked("forms", None, kind),
            "/marketing/v3/forms",
            lambda item, kind=kind: row(item, kind=kind),
            params={
                "limit": 100,
                "archived": str(kind == ARCHIVED).lower(),
                "formTypes": list(FORM_TYPES),
            },
            is_look=True,
        )
    reader.report("forms")


def read_flows(reader: Reader) -> None:
    """Workflows."""
    reader.read(
        Asked("flows"),
        "/automation/v4/flows",
        lambda item: row(item, identity=item.get("id") or item.get("flowId")),
        params={"limit": 100},
        is_look=True,
    )
    reader.report("flows")


def read_marketing_events(reader: Reader) -> None:
    """Marketing events."""
    reader.read(
        Asked("marketing_events"),
        "/marketing/marketing-events/{v}",
        lambda item: row(item, identity=item.get("objectId") or item.get("id")),
        params={"limit": 100},
        is_look=True,
    )
    reader.report("marketing_events")


def _list_row(item: Any) -> dict[str, str | None]:
    return row(item, identity=item.get("listId") or item.get("id"), kind=LIVE)


def read_lists(reader: Reader) -> None:
    """All lists, and those that campaigns name and the search does not."""
    reader.read(
        Asked("lists", None, LIVE),
        "/crm/lists/{v}/search",
        _list_row,
        body={"count": LIST_PAGE, "offset": 0},
        results="lists",
        cursor=("offset", "offset"),
        goes_on=lambda body: bool(body.get("hasMore")),
        is_look=True,
    )
    for identity in _undescribed(reader):
        asked = Asked("lists", identity, "described")
        if reader.pull.settled(asked):
            continue
        try:
            page = reader.api.call(f"list {identity}", f"/crm/lists/{{v}}/{identity}")
        except Refused as error:
            reader.refuse(asked, error.problem)
            continue
        body = page.body.get("list") if isinstance(page.body.get("list"), dict) else page.body
        if text(body.get("listId")) is None:
            body = {**body, "listId": identity}
        reader.pull.add("lists", [{**_list_row(body), "kind": "described"}])
        reader.settle_read(asked, rows=1)
    reader.report("lists")


def _undescribed(reader: Reader) -> list[str]:
    with reader.pull.extracts("campaign_assets", "lists") as connection:
        rows = connection.execute(
            """
            select distinct id from campaign_assets
            where kind = 'OBJECT_LIST' and _pull = $pull
                and id not in (select id from lists where id is not null)
            order by all
            """,
            {"pull": reader.pull.number},
        ).fetchall()
    return [identity for (identity,) in rows]
