"""What people did: e-mail events, form submissions, additions to lists, participation in marketing
events, and, with Enterprise, page views and ad clicks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestration.connectors.kind import NOT_IN_PLAN
from orchestration.connectors.kinds.hubspot.problems import Problem
from orchestration.connectors.kinds.hubspot.reading import Reader, row
from orchestration.connectors.kinds.hubspot.records import CONTACTS, read_since
from orchestration.connectors.ledger import Asked

# What happened may become known some days later.
LATE = timedelta(days=3)
WINDOW = timedelta(days=30)
EMAIL_PAGE, SUBMISSION_PAGE, PAGE = 1000, 50, 100
OCCURRENCES = ("e_visited_page", "e_ad_interaction", "e_submitted_form")
# Of these, what HubSpot keeps of a visitor and gives to the contact that it becomes.
OF_VISITORS = ("e_visited_page", "e_ad_interaction")
_WITHOUT_ENTERPRISE = ("free", "starter", "professional")


def milliseconds(instant: datetime) -> int:
    """Naive UTC as epoch milliseconds."""
    return int(instant.replace(tzinfo=UTC).timestamp() * 1000)


def _goes_on_from(
    reader: Reader, table: str, *, kind: str | None = None, parent: str | None = None
) -> tuple[datetime | None, int | None]:
    """From when events are wanted: some days before the newest pull that read them whole; else what
    was asked; else all (None). And the number of that pull, None where all are read anew.

    Where more is asked now than any pull before reached back to, it is all read anew.
    """
    wanted = reader.pull.since
    if reader.pull.full:
        return wanted, None
    with reader.pull.extracts() as connection:
        newest, lowest, number = connection.execute(
            """
            with whole as (
                select ledger._pull, ledger.started_at,
                    coalesce(pulls_begun.since, '-infinity'::timestamp) as since
                from ledger
                inner join _pulls as pulls_begun on ledger._pull = pulls_begun._pull
                where
                    table_name = $table
                    and asset_type is not distinct from $kind
                    and ($parent is null or parent_id = $parent)
                    and ledger._pull < $pull
                group by all
                -- A contact that is gone, or cannot be asked about, holds nothing up.
                having bool_and(
                    is_complete
                    or (
                        table_name = 'event_occurrences' and parent_id is not null
                        and status in ('400', '404')
                    )
                )
            )

            select max(started_at), nullif(min(since), '-infinity'::timestamp), max(_pull)
            from whole
            """,
            {"table": table, "kind": kind, "parent": parent, "pull": reader.pull.number},
        ).fetchone() or (None, None, None)
    if number is None or (lowest is not None and (wanted is None or wanted < lowest)):
        return wanted, None
    return newest - LATE, number


def windows(
    since: datetime | None, first: datetime | None, until: datetime
) -> Iterator[tuple[datetime | None, datetime | None]]:
    """Spans of 30 days that follow one another; the first is open at its beginning where `since`
    is, the last at its end.

    `first` is the earliest time at which anything is known to have been there.
    """
    start, edge = since, since or first
    while edge is not None and edge + WINDOW < until:
        edge += WINDOW
        yield start, edge
        start = edge
    yield start, None


def _earliest_email(reader: Reader) -> datetime | None:
    with reader.pull.extracts("marketing_emails") as connection:
        row = connection.execute(
            """
            select min(try_cast(json_extract_string(payload,
                '$.createdAt') as timestamptz) at time zone 'UTC')
            from marketing_emails
            where json_extract_string(payload, '$.createdAt') > '2005'
            """
        ).fetchone()
    return row[0] if row else None


def _goes_on(body: Mapping[str, Any]) -> bool:
    return str(body.get("hasMore", "")).lower() == "true"


def read_email_events(reader: Reader) -> None:
    """E-mail events in windows of 30 days. The parent in the ledger is the window."""
    since, _ = _goes_on_from(reader, "email_events")
    for start, end in windows(since, _earliest_email(reader), reader.pull.started_at):
        bounds = {}
        if start is not None:
            bounds["startTimestamp"] = milliseconds(start)
        if end is not None:
            bounds["endTimestamp"] = milliseconds(end) + 1  # whichever way the bounds are meant
        reader.read(
            Asked("email_events", f"{start or 'ever'}/{end or 'now'}"),
            "/email/public/v1/events",
            row,
            params={"limit": EMAIL_PAGE, **bounds},
            results="events",
            cursor=("offset", "offset"),
            goes_on=_goes_on,
        )
    reader.report("email_events")


def _ids(reader: Reader, table: str, sql: str, *, is_own: bool = True) -> list[str]:
    with reader.pull.extracts(table, is_own=is_own) as connection:
        rows = connection.execute(sql, {"pull": reader.pull.number}).fetchall()
    return [identity for (identity,) in rows]


def read_submissions(reader: Reader) -> None:
    """The submissions of every form, newest first, down to those that are known."""
    forms = _ids(
        reader,
        "forms",
        "select distinct id from forms where _pull = $pull and id is not null order by all",
    )
    for form in forms:
        if reader.pull.settled(Asked("form_submissions", form)):
            continue
        floor, _ = _goes_on_from(reader, "form_submissions", parent=form)

        def enough(found: Sequence[Any], floor: datetime | None = floor) -> bool:
            times = [one.get("submittedAt") for one in found if isinstance(one, dict)]
            numbers = [int(at) for at in times if isinstance(at, (int, float)) or str(at).isdigit()]
            return floor is not None and bool(numbers) and min(numbers) < milliseconds(floor)

        reader.read(
            Asked("form_submissions", form),
            f"/form-integrations/v1/submissions/forms/{form}",
            lambda item, form=form: row(item, identity=item.get("conversionId"), parent=form),
            params={"limit": SUBMISSION_PAGE},
            enough=enough,
        )
    reader.report("form_submissions")


def read_members(reader: Reader) -> None:
    """Who is in each static list of contacts, and since when."""
    lists = _ids(
        reader,
        "lists",
        """
        select id from lists
        where
            _pull = $pull
            and json_extract_string(payload, '$.processingType') in ('SNAPSHOT', 'MANUAL')
            and coalesce(json_extract_string(payload, '$.objectTypeId'), '0-1') = '0-1'
        group by id
        order by length(id), id
        """,
    )
    for one in lists:
        reader.read(
            Asked("list_members", one),
            f"/crm/lists/{{v}}/{one}/memberships/join-order",
            lambda item, one=one: row(item, identity=item.get("recordId"), parent=one),
            params={"limit": 250},
        )
    reader.report("list_members")


def read_participations(reader: Reader) -> None:
    """Who registered for, attended, cancelled or missed each marketing event."""
    events = _ids(
        reader,
        "marketing_events",
        (
            "select distinct id from marketing_events where _pull = $pull and id is not null "
            "order by all"
        ),
    )
    for event in events:
        reader.read(
            Asked("event_participations", event),
            f"/marketing/v3/marketing-events/participations/{event}/breakdown",
            lambda item, event=event: row(item, parent=event),
            params={"limit": PAGE},
        )
    reader.report("event_participations")


def _identified(reader: Reader, since: datetime, number: int) -> list[str]:
    """Contacts with page views that came after a pull, and were made or filled in a form since."""
    known = read_since(reader, CONTACTS)
    since = since if known is None else min(since, known - LATE)
    found: set[str] = set()
    for one in range(number + 1, reader.pull.number + 1):
        with reader.pull.extracts("contacts", of=one) as connection:
            rows = connection.execute(
                """
                with told as (
                    select
                        id,
                        json_extract_string(payload, [
                            '$.properties.hs_analytics_num_page_views', '$.properties.createdate',
                            '$.createdAt', '$.properties.hs_calculated_form_submissions'
                        ]) as fields
                    from contacts
                    where _pull = $pull and id is not null
                )

                select distinct id from told
                where
                    try_cast(fields[1] as double) > 0
                    and (
                        try_cast(coalesce(fields[2], fields[3]) as timestamptz)
                            >= make_timestamptz($since * 1000)
                        or list_max(list_transform(
                            regexp_extract_all(fields[4], ':(\\d+)', 1),
                            lambda told: try_cast(told as bigint)
                        )) >= $since
                    )
                """,
                {"pull": one, "since": milliseconds(since)},
            ).fetchall()
        found |= {identity for (identity,) in rows}
    return sorted(found, key=lambda identity: (len(identity), identity))


def _after(since: datetime | None, name: str = "occurredAfter") -> dict[str, str]:
    return {name: since.strftime("%Y-%m-%dT%H:%M:%S.000Z")} if since else {}


def _read_before(reader: Reader, kind: str, since: datetime, number: int) -> None:
    """What contacts had done before HubSpot knew them, which it tells once it does: older than what
    is read of all.
    """
    wanted = reader.pull.since
    if wanted is not None and wanted >= since:
        return
    for contact in _identified(reader, since, number):
        reader.read(
            Asked("event_occurrences", contact, kind),
            "/events/event-occurrences/{v}",
            lambda item: row(item, kind=kind),
            params={
                "eventType": kind,
                "objectType": "contact",
                "objectId": contact,
                "limit": PAGE,
                **_after(wanted),
                **_after(since, "occurredBefore"),
            },
        )


def read_occurrences(reader: Reader) -> None:
    """Page views and ad clicks of contacts, and submissions, which stand in for those of forms that
    the forms API does not give (deleted ones, say), where the plan has events.
    """
    plan = str(reader.pull.source.options.get("plan", "")).lower()
    for kind in OCCURRENCES:
        asked = Asked("event_occurrences", None, kind)
        if plan in _WITHOUT_ENTERPRISE:
            if not reader.pull.settled(asked):
                reader.refuse(asked, Problem(0, NOT_IN_PLAN))
            continue
        since, number = _goes_on_from(reader, "event_occurrences", kind=kind)
        is_whole = reader.read(
            asked,
            "/events/event-occurrences/{v}",
            lambda item, kind=kind: row(item, kind=kind),
            params={"eventType": kind, "limit": PAGE, **_after(since)},
        )
        if is_whole and since is not None and number is not None and kind in OF_VISITORS:
            _read_before(reader, kind, since, number)
    reader.report("event_occurrences")
