"""What each command does where a place that it stands on is not as it must be.

OUTCOMES is the one list: the tests bring every cell about, and docs/operations.md shows it.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.faults.places import CONDITIONS, IMPOSSIBLE, READING

BEGIN, END = (
    "<!-- outcomes: written by `python -m tests.faults.cells` -->",
    "<!-- /outcomes -->",
)


@dataclass(frozen=True)
class Outcome:
    """What a command says of a cell: its exit status, and a pattern for what it prints."""

    status: int
    says: str


_NO_HOME = r"HOME .*home cannot be written \(Permission denied\); give yourself the right"
_UNREACHED = r"published/touchledger.duckdb cannot be reached \(Permission denied\)"
_NOTHING = "Nothing is published in .*home yet"
_LOOPED = "cannot be reached .*links lead in a circle"
_BUSY = "Another run .* is working on .*home"
_DENIED = r"cannot be used \(Permission denied\); give this user the right"
_FULL = "No space left on device.*free some space"
_PART = "dbt_project.* cannot be used .*it is a part of this program; install it again"
_WELL = Outcome(0, "")
_NO_WAREHOUSE = "There is no warehouse in .*home to "
# Dagster's page opens, and shows why it has no assets.
_UNLOADED = Outcome(0, "Error occurred during the loading of Dagster definitions.*dbt_project")
# What other systems report is another number than ours: status 1 says so.
_ANSWERED = {name: _WELL for name in READING} | {"compare --reported": Outcome(1, "")}


def _reading(status: int, says: str, compare: str) -> dict[str, Outcome]:
    """The same of all commands that read what is published; of `compare` in words of its own."""
    found = {name: Outcome(status, says) for name in READING}
    return found | {"compare": Outcome(status, compare)}


def _all(says: str, *commands: str, status: int = 2) -> dict[str, Outcome]:
    """One outcome of several commands."""
    return dict.fromkeys(commands, Outcome(status, says))


def _source(status: int, says: str) -> dict[str, Outcome]:
    """What asks a source says the same of it; `init` has written it all the same."""
    check = Outcome(2, says) if status else _WELL
    return {"pull": Outcome(status, says), "sources check": check, "init": Outcome(0, says)}


def _made(docs: Outcome, data_docs: Outcome | None = None) -> dict[str, Outcome]:
    """What `make` writes says about the same of HOME; Dagster's page opens whatever HOME is."""
    return {"make docs": docs, "make data-docs": data_docs or docs, "make dev": _WELL}


# By place and condition. A command that is not named does not stand on the place, or was not tried.
OUTCOMES: dict[tuple[str, str], dict[str, Outcome]] = {
    ("landing", "missing"): {
        **_all("The landing .* is not a folder", "run", "forget"),
        "pull": _WELL,
    },
    ("landing", "unreadable"): {
        **_all(r"The landing .* may not be read \(Permission denied\)", "run", "forget"),
        "pull": Outcome(2, f"landing.* {_DENIED}"),
    },
    ("landing", "read-only"): {
        "run": _WELL,
        "forget": _WELL,
        "pull": Outcome(2, f"landing.* {_DENIED}"),
    },
    ("landing", "full"): {"run": _WELL, "pull": Outcome(2, f"landing.*{_FULL}")},
    ("landing", "a loop of links"): {
        **_all("The landing .* is a link that leads back to itself", "run", "forget"),
        "pull": Outcome(2, "landing.* cannot be used .*its links lead in a circle"),
    },
    ("landing", "damaged"): {
        "run": Outcome(2, r"events/broken.parquet is cut off before its end"),
        "pull": _WELL,
    },
    ("landing", "replaced by a file"): {
        **_all("The landing .* is not a folder", "run", "forget"),
        "pull": Outcome(2, "landing.* cannot be used .*a file stands where a folder must"),
    },
    ("landing", "held by another process"): {"run": _WELL, "pull": _WELL},
    ("source tree", "missing"): {
        **_all(_PART, "run", "sql", "explain", "sources", "make docs"),
        "make dev": _UNLOADED,
    },
    ("source tree", "unreadable"): {
        **_all(f"dbt_project.* {_DENIED}", "run", "sql", "explain", "sources", "make docs"),
        "make dev": _UNLOADED,
    },
    ("source tree", "read-only"): {
        **_all("", "run", "sql", "explain", "sources", "make dev", status=0),
        "make docs": Outcome(2, f"target.* {_DENIED}"),
    },
    ("source tree", "a loop of links"): {
        **_all(_PART, "run", "sql", "explain", "sources", "make docs"),
        "make dev": _UNLOADED,
    },
    ("source tree", "damaged"): {
        "run": Outcome(1, "The dbt project cannot be parsed: .*fct_deals.sql"),
        **_all("", "sql", "explain", "sources", status=0),
        "make docs": Outcome(1, "Compilation Error in model fct_deals"),
        "make dev": Outcome(0, "The dbt project cannot be parsed: .*fct_deals.sql"),
    },
    ("source tree", "replaced by a file"): {
        **_all(_PART, "run", "sql", "explain", "sources", "make docs"),
        "make dev": _UNLOADED,
    },
    ("source tree", "held by another process"): _all(
        "", "run", "sql", "explain", "sources", "make docs", "make dev", status=0
    ),
    ("a source's folder", "missing"): _source(1, "There is no folder .*web for source"),
    ("a source's folder", "unreadable"): {
        **_source(1, f"web {_DENIED}"),
        "run": Outcome(0, f"web {_DENIED}"),
    },
    ("a source's folder", "read-only"): _source(0, ""),
    ("a source's folder", "full"): _source(0, ""),
    ("a source's folder", "a loop of links"): _source(1, "There is no folder .*web for source"),
    ("a source's folder", "damaged"): {
        **_source(1, "pages.csv"),
        "run": Outcome(0, "pages.csv"),
    },
    ("a source's folder", "replaced by a file"): _source(1, "There is no folder .*web for source"),
    ("a source's folder", "held by another process"): _source(0, ""),
    ("HOME", "missing"): {
        **_reading(2, _NOTHING, "home is not a publication"),
        "forget": Outcome(2, "Nothing has landed in .*home"),
        "what-if": Outcome(2, _NOTHING),
        **_all("", "run", "pull", status=0),
        **_made(Outcome(2, _NO_WAREHOUSE)),
    },
    ("HOME", "unreadable"): {
        **_reading(2, _UNREACHED, r"home cannot be reached \(Permission denied\)"),
        "forget": Outcome(2, rf"warehouse.duckdb {_DENIED}"),
        "what-if": Outcome(2, _UNREACHED),
        **_all(_NO_HOME, "run", "pull"),
        **_made(Outcome(2, rf"warehouse.duckdb {_DENIED}")),
    },
    ("HOME", "read-only"): {
        **_ANSWERED,
        "what-if": Outcome(2, rf"what_if {_DENIED}"),
        **_all(_NO_HOME, "run", "pull", "forget"),
        **_made(Outcome(2, _NO_HOME)),
    },
    ("HOME", "full"): {
        **_ANSWERED,
        "run": Outcome(1, "No space left on device.*The disk is full: free some space in .*home"),
        **_all(_FULL, "pull", "what-if", "forget"),
        **_made(Outcome(1, "No space left on device"), Outcome(2, _FULL)),
    },
    ("HOME", "a loop of links"): {
        **_reading(2, _LOOPED, "home is not a publication"),
        "what-if": Outcome(2, _LOOPED),
        "forget": Outcome(2, "Nothing has landed in .*home"),
        **_all("HOME .*home cannot be written .*it is a link that leads nowhere", "run", "pull"),
        **_made(Outcome(2, _NO_WAREHOUSE)),
    },
    ("HOME", "damaged"): {
        **_ANSWERED,
        **_all("warehouse.duckdb cannot be opened .*--full-refresh", "run", "forget", "what-if"),
        "pull": _WELL,
        **_made(
            Outcome(1, "warehouse.duckdb.* not a valid DuckDB database"),
            Outcome(2, "warehouse.duckdb cannot be opened .*--full-refresh"),
        ),
    },
    ("HOME", "replaced by a file"): {
        **_reading(2, "HOME .*home is a file", "cannot be opened|is not a publication"),
        "forget": Outcome(2, "Nothing has landed in .*home"),
        "what-if": Outcome(2, "HOME .*home is a file"),
        **_all("HOME .*home cannot be written .*it is a file", "run", "pull"),
        **_made(Outcome(2, _NO_WAREHOUSE)),
    },
    ("HOME", "held by another process"): {
        **_ANSWERED,
        **_all(_BUSY, "run", "pull", "forget", "what-if"),
        **_made(Outcome(2, _BUSY)),
    },
    ("published", "missing"): {
        **_reading(2, _NOTHING, "home is not a publication"),
        "what-if": Outcome(2, _NOTHING),
        "run": _WELL,
    },
    ("published", "unreadable"): {
        **_reading(2, _UNREACHED, r"home cannot be reached \(Permission denied\)"),
        "what-if": Outcome(2, _UNREACHED),
        "run": Outcome(0, "what was published is damaged .*it is published anew"),
    },
    ("published", "read-only"): {**_ANSWERED, "run": _WELL},
    ("published", "full"): {
        **_ANSWERED,
        "run": Outcome(1, "No space left on device.*The disk is full: free some space in .*home"),
        "forget": Outcome(1, "what is published still shows it. Cure what is named above"),
    },
    ("published", "a loop of links"): {
        **_reading(2, _LOOPED, "home is not a publication"),
        "what-if": Outcome(2, _LOOPED),
        "run": _WELL,
    },
    ("published", "damaged"): {
        **_reading(2, "cannot be (read|opened) .*publish it anew", "cannot be (read|opened)"),
        "run": Outcome(0, "what was published is damaged .*it is published anew"),
    },
    ("published", "replaced by a file"): {
        **_reading(2, _NOTHING, "home is not a publication"),
        "what-if": Outcome(2, _NOTHING),
        "run": Outcome(2, "published is not the link that this program makes; move it away"),
    },
    ("published", "held by another process"): {**_ANSWERED, "run": _WELL},
    ("extracts", "missing"): _all("", "pull", "run", status=0),
    ("extracts", "unreadable"): _all(rf"extracts.* {_DENIED}", "pull", "forget"),
    ("extracts", "read-only"): {"pull": Outcome(2, rf"extracts.* {_DENIED}"), "forget": _WELL},
    ("extracts", "full"): {"pull": Outcome(2, _FULL)},
    ("extracts", "a loop of links"): {
        "pull": Outcome(2, "extracts.* it is a link that leads nowhere")
    },
    ("extracts", "damaged"): _all("extracts.*parquet", "pull", "forget"),
    ("extracts", "replaced by a file"): {
        "pull": Outcome(2, "extracts.* a file stands where a folder must"),
    },
    ("extracts", "held by another process"): {"pull": _WELL},
    **{
        ("cache", condition): _all("", "run", "explain", "make docs", "make dev", status=0)
        for condition in CONDITIONS
    },
    **{
        ("TMPDIR", condition): _all("", "run", "pull", "compare", "sql", "make dev", status=0)
        for condition in CONDITIONS
        if ("TMPDIR", condition) not in IMPOSSIBLE
    },
}


def table() -> str:
    """OUTCOMES for people: a row per cell and outcome."""
    lines = ["| what | is | command | status | says |", "|---|---|---|---|---|"]
    for (place, condition), outcomes in OUTCOMES.items():
        by_outcome: dict[Outcome, list[str]] = {}
        for command, outcome in outcomes.items():
            by_outcome.setdefault(outcome, []).append(f"`{command}`")
        for outcome, commands in by_outcome.items():
            words = outcome.says.replace(".*", " ... ").replace("\\", "").replace("|", " or ")
            says = " ".join(words.split())
            cells = (place, condition, " ".join(commands), str(outcome.status), says or "-")
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def with_table(page: str) -> str:
    """docs/operations.md with the table as OUTCOMES has it."""
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


if __name__ == "__main__":
    from tests.conftest import ROOT

    operations = ROOT / "docs" / "operations.md"
    operations.write_text(with_table(operations.read_text(encoding="utf-8")), encoding="utf-8")
