"""Makes extracts of a HubSpot account of any size, as pulls would leave them; times translating.


    python -m benchmarks.extracts --contacts 1000000 --events 10000000 --out /some/empty/folder
    python -m benchmarks.extracts --pull 0.01 --out /that/folder
    python -m benchmarks.extracts --translate --out /that/folder

The first makes the first pull; the second adds a later one, with that share of contacts changed and
of events new; the third translates what is there in a process of its own, and says what it cost.
Deterministic: every value is made of a row's number.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.bodies import CAMPAIGN, CONTACT, EMAIL, EVENT, Portal
from benchmarks.measure import Measured, clean_environment, measure
from orchestration.connectors.loads import LEDGER, LEDGER_COLUMNS, WHOLE_PULL

SOURCE = "main"
START = "timestamp '2025-01-01 05:00:00'"  # pull n starts n days later
ROWS_PER_LOAD = 100_000
EMAILS, CAMPAIGNS = 500, 50
ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Writer:
    """Writes one pull as loads, the way dlt leaves them; `loads` counts them over all pulls."""

    folder: Path
    pull: int
    loads: int

    def load(
        self, rows: dict[str, str], entries: list[dict[str, object]], looks: str | None = None
    ) -> None:
        """One load: SQL of rows by table, and its part of the ledger; `looks` is SQL of more
        entries (table_name, parent_id, asset_type), all answered whole.
        """
        self.loads += 1
        load = f"17000{self.loads:05d}.5"
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            for table, sql in rows.items():
                _copy(connection, sql, self.folder / table / f"{load}.made.parquet")
            ledger = self._ledger(entries)
            if looks is not None:
                entry = self._ledger([{"status": "200", "is_complete": True}])
                ledger += (
                    " union all by name select * replace (looks.table_name as table_name, "
                    "looks.parent_id as parent_id, looks.asset_type::varchar as asset_type) "
                    f"from ({entry}) cross join ({looks}) as looks (table_name, parent_id, "
                    "asset_type)"
                )
            _copy(connection, ledger, self.folder / LEDGER / f"{load}.made.parquet")
        told = self.folder / "_dlt_loads" / f"{load}.jsonl"
        told.parent.mkdir(parents=True, exist_ok=True)
        told.write_text(json.dumps({"load_id": load, "status": 0}) + "\n", encoding="utf-8")

    def _ledger(self, entries: list[dict[str, object]]) -> str:
        started = f"strftime({START} + interval '{self.pull - 1} days', '%Y-%m-%dT%H:%M:%S')"
        rows = []
        for seq, entry in enumerate(entries):
            given = {"_pull": self.pull, "seq": seq, "pages": 1, "rows": 1, **entry}
            values = [
                started if name in ("started_at", "ended_at") else _literal(given.get(name))
                for name in LEDGER_COLUMNS
            ]
            columns = zip(values, LEDGER_COLUMNS.items(), strict=True)
            rows.append(
                "select " + ", ".join(f"{v}::{kind} as {name}" for v, (name, kind) in columns)
            )
        return " union all ".join(rows)


def _literal(value: object) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, (bool, int)) else f"'{value}'"


def _copy(connection: duckdb.DuckDBPyConnection, sql: str, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"copy ({sql}) to '{file}' (format parquet)")


def _whole(table: str, asset_type: str | None = None) -> dict[str, object]:
    return {
        "table_name": table,
        "asset_type": asset_type,
        "status": "200",
        "is_complete": True,
    }


def _numbers(first: int, last: int, every: int = 1) -> str:
    return f"(select range as i from range({first}, {last + 1}, {every}))"


def make(out: Path, contacts: int, events: int) -> None:
    """The first pull: all contacts, all events, the e-mails and campaigns."""
    _make_pull(out, 1, contacts, 1, (1, events), contacts)
    _note(out, {"contacts": contacts, "events": events, "pulls": 1})


def make_pull(out: Path, share: float) -> None:
    """One more pull: that share of the contacts changed, that share of the events new."""
    made = _noted(out)
    contacts, events = made["contacts"], made["events"]
    new = max(1, int(events * share))
    # Three days of events are read again.
    overlap = max(1, events - new // 2)
    every = max(1, round(1 / share))
    _make_pull(out, made["pulls"] + 1, contacts, every, (overlap, events + new), contacts)
    _note(out, {"contacts": contacts, "events": events + new, "pulls": made["pulls"] + 1})


def _make_pull(
    out: Path, pull: int, contacts: int, every: int, events: tuple[int, int], people: int
) -> None:
    folder = out / "home" / "extracts" / SOURCE
    loads = len([*(folder / "_dlt_loads").glob("*.jsonl")]) if folder.is_dir() else 0
    writer = Writer(folder, pull, loads)
    # E-mails come a little at a time, so that later pulls know more of them.
    emails = min(EMAILS, EMAILS * 9 // 10 + pull)
    writer.load(
        {
            "campaigns": f"select {CAMPAIGN.format()} from {_numbers(1, CAMPAIGNS)}",
            "marketing_emails": f"select {EMAIL.format()} from {_numbers(0, emails - 1)}",
        },
        [
            {"table_name": WHOLE_PULL, "status": "begun", "reason": "full=False;since="},
            _whole("campaigns"),
            _whole("marketing_emails", "live"),
        ],
    )
    kind = "listing" if pull == 1 else "changed"
    portal = Portal(people)
    writer.load(
        portal.whole(pull) | portal.grown(pull), [_whole("deals", kind)], looks=portal.looks()
    )
    contact = CONTACT.format(kind=f"'{kind}'", stage=f"'stage {pull}'")
    event = EVENT.format(contacts=people, emails=EMAILS)
    for first in range(1, contacts + 1, ROWS_PER_LOAD * every):
        last = min(contacts, first + ROWS_PER_LOAD * every - 1)
        rows = f"select {contact} from {_numbers(first, last, every)}"
        writer.load({"contacts": rows}, [_whole("contacts", kind)])
    for first in range(events[0], events[1] + 1, ROWS_PER_LOAD):
        last = min(events[1], first + ROWS_PER_LOAD - 1)
        rows = f"select {event} from {_numbers(first, last)}"
        writer.load({"email_events": rows}, [{**_whole("email_events"), "parent_id": "ever/now"}])
    ended = {"table_name": WHOLE_PULL, "status": "finished", "is_complete": True}
    writer.load({}, [ended])


def _note(out: Path, made: dict[str, int]) -> None:
    (out / "made.json").write_text(json.dumps(made), encoding="utf-8")


def _noted(out: Path) -> dict[str, int]:
    return json.loads((out / "made.json").read_text(encoding="utf-8"))


TRANSLATION = """
from orchestration.connectors.kind import Source
from orchestration.connectors.kinds import kind
from orchestration.connectors.translate import translate
from orchestration.ground.settings import make_settings
done = translate(Source("main", kind("hubspot"), {}), make_settings())
print({name: rows for name, rows in done.new_rows.items() if rows})
for row in done.coverage:
    print(row.raw_table, row.rows, row.oldest, row.newest)
"""


def translate(out: Path, memory_limit: str = "2GB") -> Measured:
    """Translates what is there in a process of its own."""
    places = {
        "TOUCHLEDGER_HOME": str(out / "home"),
        "TOUCHLEDGER_LANDING": str(out / "landing"),
        "TOUCHLEDGER_VARS": json.dumps({"memory_limit": memory_limit}),
    }
    environment = clean_environment(ROOT, places)
    command = [sys.executable, "-c", TRANSLATION]
    return measure(command, environment=environment, folder=out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--pull", type=float, help="the share of one more pull")
    parser.add_argument("--translate", action="store_true")
    parser.add_argument("--memory-limit", default="2GB")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    if asked.translate:
        cost = translate(asked.out, asked.memory_limit)
        print("\n".join(text for _, text in cost.lines))
        print(
            f"{cost.outcome}: {cost.wall:.0f} s, CPU {cost.cpu:.0f} s, "
            f"peak {cost.peak / 2**20:,.0f} MiB"
        )
    elif asked.pull:
        make_pull(asked.out, asked.pull)
    else:
        make(asked.out, asked.contacts, asked.events)


if __name__ == "__main__":
    main()
