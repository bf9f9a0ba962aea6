"""What HubSpot's pages export as CSV or XLSX, for those without API rights: times in the account's
zone, labels in its language.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, tee
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from orchestration.connectors.kind import (
    Check,
    Kind,
    Option,
    Source,
    SourceFailed,
    failure_within,
)
from orchestration.connectors.kinds.hubspot_export.reading import (
    OTHERS,
    REPORTED,
    export_files,
    exports_of,
    file_time,
    languages,
    says_of_unknown,
    sheets,
)
from orchestration.connectors.ledger import UNREADABLE, Asked, Entry
from orchestration.connectors.tables import loader_table, text_table
from orchestration.ground.errors import SettingsError
from orchestration.terminal import progress

if TYPE_CHECKING:
    from orchestration.connectors.pull import Pull

_ROWS_AT_ONCE = 20_000
_TIME = ("file_time",)
READ, UNKNOWN = "read file", "unknown export"

TABLES = {
    "contacts": loader_table(
        feeds=("contacts", "contact_merges"),
        required=("record_id", "created_at"),
        optional=(
            "email",
            "additional_emails",
            "lifecycle_stage",
            "salesforce_campaign_ids",
            ("merged_ids", "merged_vids"),
        ),
        clock=_TIME,
        only={"contact_merges": ("merged_ids or merged_vids",)},
    ),
    "deals": loader_table(
        feeds=("deals", "deal_contact_log"),
        required=("record_id", "close_date", ("is_closed_won", "probability")),
        optional=(
            "deal_name",
            "pipeline",
            "stage",
            "is_closed",
            "amount",
            "currency",
            "created_at",
            "contact_ids",
        ),
        silent=("merged_ids",),
        clock=_TIME,
        only={"deal_contact_log": ("contact_ids",)},
    ),
    "campaigns": loader_table(
        feeds=("campaigns", "campaign_utms"),
        required=("campaign_id", "campaign_name", "created_at"),
        optional=("start_date", "end_date", "status", "owner", "currency", "utm_campaign"),
        clock=_TIME,
        only={"campaign_utms": ("utm_campaign",)},
    ),
    "campaign_reports": loader_table(
        feeds=("reported_metrics",),
        required=(("campaign_id", "campaign_name"), REPORTED),
        silent=("currency",),
        clock=_TIME,
    ),
    "email_recipients": loader_table(
        feeds=("events",),
        required=("email",),
        optional=("email_id", "sent", "delivered", "opened", "clicked", "bounced"),
        clock=_TIME,
    ),
    "form_submissions": loader_table(
        feeds=("events",),
        required=("submitted_at", ("email", "contact_id")),
        optional=("form_id", "page_url"),
        clock=_TIME,
    ),
}


def _timezone(value: object) -> str:
    if str(value) in available_timezones():
        return str(value)
    raise ValueError("write the account's time zone, such as Europe/Berlin")


def _language(value: object) -> str:
    if str(value).lower() in languages():
        return str(value).lower()
    raise ValueError(f"write one of {', '.join(languages())}")


def _model(value: object) -> str:
    text = str(value).strip()
    if not text:
        raise ValueError("write a model of attribution_models.csv, such as linear or u_shaped")
    return text


def pull(source: Source, pull: Pull) -> None:
    """Reads every export that is new or changed; a file that is no export, or is damaged, is named
    in the ledger.
    """
    folder = Path(str(source.options["path"]))
    language = str(source.options["language"]) if "language" in source.options else None
    with pull.extracts() as connection:
        known = dict(
            connection.execute(
                "select parent_id, arg_max(cursor, _pull) from ledger "
                "where parent_id is not null group by all"
            ).fetchall()
        )
        unknown = connection.execute(
            "select parent_id, asset_type, reason, cursor from ledger where status = ? "
            "qualify _pull = max(_pull) over (partition by parent_id)",
            [UNKNOWN],
        ).fetchall()
    files = export_files(folder)
    if not files:
        raise SettingsError(
            f"Source {source.name}: {folder} has no CSV or XLSX; export contacts, deals and "
            "campaigns in HubSpot and put the files there"
        )
    for file in files:
        name = file.relative_to(folder).as_posix()
        stat = file.stat()
        mark = f"{stat.st_size}:{stat.st_mtime_ns}"
        if not pull.full and known.get(name) == mark:
            # Said by every pull, as long as the file is there.
            for told in unknown:
                if (told[0], told[3]) == (name, mark):
                    pull.note(_unknown(*told))
            continue
        try:
            entries = _pull_file(file, name, mark, language, pull)
        except Exception as raised:
            failed = failure_within(raised)
            if failed is None:
                raise
            # Without a mark: the next pull reads it again.
            entries = [Entry(Asked("contacts", name), status=UNREADABLE, reason=str(failed))]
        for entry in entries:
            pull.note(entry)
    pull.write()


def _pull_file(file: Path, name: str, mark: str, language: str | None, pull: Pull) -> list[Entry]:
    """Loads all sheets of a file; returns how they came out, to be noted once all of them are."""
    import dlt

    def unknown(sheet: str | None, says: str) -> Entry:
        progress.note(f"{pull.source.name}: {name}: {says}")
        return _unknown(name, sheet, says, mark)

    if (says := OTHERS.get(file.suffix.lower())) is not None:
        return [unknown(None, says)]
    entries = []
    for sheet in sheets(file):
        found = exports_of(sheet.header, language)
        if not found:
            entries.append(unknown(sheet.title, says_of_unknown(sheet.header)))
            continue
        copies = tee(sheet.rows, len(found))
        for (table, places), copy in zip(found.items(), copies, strict=True):
            batches = _batches(table, places, copy, file_time(file))
            pull.load([dlt.resource(batches, name=table)], [Entry(Asked(table), True, READ)])
            entries.append(Entry(Asked(table, name), True, READ, cursor=mark))
    return entries or [_unknown(name, None, says_of_unknown([]), mark)]


def _unknown(name: str, sheet: str | None, says: str, mark: str) -> Entry:
    return Entry(Asked("contacts", name, sheet), True, UNKNOWN, says, cursor=mark)


def _batches(
    table: str, places: dict[str, int], rows: Iterator[list[str | None]], at: str
) -> Iterator[object]:
    columns = TABLES[table].columns
    while chunk := list(islice(rows, _ROWS_AT_ONCE)):
        texts: dict[str, list[str | None]] = {
            name: [row[place] or "" if place < len(row) else "" for row in chunk]
            for name, place in places.items()
        }
        texts["file_time"] = [at] * len(chunk)
        yield text_table(columns, texts, len(chunk))


def _checks_of(file: Path, language: str | None) -> list[Check]:
    if (says := OTHERS.get(file.suffix.lower())) is not None:
        return [Check(file.name, False, says)]
    checks = []
    for sheet in sheets(file):
        found = exports_of(sheet.header, language)
        if not found:
            what = f"{file.name}, sheet {sheet.title}" if sheet.title else file.name
            checks.append(Check(what, False, says_of_unknown(sheet.header)))
        for table, places in found.items():
            lacking = TABLES[table].lacking(places.keys())
            needed = [one for one in TABLES[table].required if one in lacking]
            says = f"{table}, without {', '.join(lacking)}" if lacking else table
            checks.append(Check(file.name, not needed, says))
    return checks or [Check(file.name, False, says_of_unknown([]))]


def check(source: Source) -> list[Check]:
    """Which export each file is."""
    language = str(source.options["language"]) if "language" in source.options else None
    checks = []
    for file in export_files(Path(str(source.options["path"]))):
        try:
            checks += _checks_of(file, language)
        except SourceFailed as failed:
            checks.append(Check(file.name, False, str(failed)))
    return checks


KIND = Kind(
    name="hubspot_export",
    summary="CSV and XLSX that HubSpot's pages export, in any of its languages",
    folder=Path(__file__).parent,
    tables=TABLES,
    pull=pull,
    check=check,
    options={
        "path": Option("the folder of the exports", required=True, asked=True, is_path=True),
        "timezone": Option(
            "the account's time zone, in which exports tell times",
            _timezone,
            required=True,
            asked=True,
        ),
        "attribution_model": Option(
            "the model that the account's attributed revenue is by; linear unless stated", _model
        ),
        "language": Option("the account's language, where labels could be of several", _language),
    },
    lacks=dict.fromkeys(
        (
            "assets",
            "budget_items",
            "campaign_asset_log",
            "exchange_rates",
            "spend_items",
            "visitor_identities",
        ),
        "no such table",
    ),
    needs=("contacts", "deals"),
    event_types=(
        "email_sent",
        "email_delivered",
        "email_bounced",
        "email_open",
        "email_click",
        "form_submission",
    ),
    cure="add the property to the columns of the view and export it again",
)
