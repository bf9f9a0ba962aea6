"""Measures Touchledger, its floor and its peers on made data, prints the table and stores it.

    python -m benchmarks.run --events 1000000 10000000 --repeat 3

Everything measured is a process of its own. Results are written after every process, so nothing
that was measured is lost; a later call replaces only what it measures anew. See README.md beside
this file.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import shlex
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import dbt_peer, report, steps
from benchmarks.make_data import AS_OF
from benchmarks.measure import Measured, clean_environment, measure

ROOT = Path(__file__).parent.parent
HERE = Path(__file__).parent
PARTS = ("floor", "full", "incremental", "peers", "dbt-peer", "start-up")
FRACTIONS = (0.0001, 0.001, 0.01)
ONCE_FROM = 100_000_000  # events from which everything is run once
PACKAGES = ("channel_attribution", "marketing_attribution_models")
LEDGER = """
select printf('%d deals, %d credits of %d models, revenue %.2f', count(distinct deal_id), count(*),
    count(distinct model),
    cast(sum(credit) filter (where model = 'linear') as double)) as said
from marts.attribution_credits
"""
START_UP = {
    "Python alone": ["-c", "pass"],
    "touchledger --help": ["-m", "orchestration.cli", "--help"],
    "import dbt": ["-c", "import dbt.cli.main"],
    "import Dagster": ["-c", "import dagster, dagster_dbt"],
    "import Great Expectations": ["-c", "import great_expectations"],
    "import the whole program, its asset graph and parsed project": [
        "-c",
        "import orchestration.definitions",
    ],
}


@dataclass
class Bench:
    """One call: where it works, what it measures, and the results so far."""

    work: Path
    out: Path
    parts: tuple[str, ...]
    repeat: int
    memory_limit: str | None
    time_limit: float
    peer_memory: int
    peer_project: Path | None = None
    results: dict[str, Any] = field(default_factory=dict)
    begun: set[tuple[str, str]] = field(default_factory=set)

    def landing(self, events: int) -> Path:
        return self.work / f"landing-{events}"

    def repeats(self, events: int) -> int:
        return 1 if events >= ONCE_FROM else self.repeat

    def say(self, text: str) -> None:
        print(f"{datetime.now():%H:%M:%S}  {text}", flush=True)

    def keep(self, events: int, name: str, one: Measured, **more: object) -> Measured:
        """Adds one process to the results and writes them; the first of this call replaces what an
        earlier call left.
        """
        size = self.results.setdefault("sizes", {}).setdefault(str(events), {})
        if (str(events), name) not in self.begun:
            self.begun.add((str(events), name))
            size[name] = {
                "at": f"{datetime.now(UTC):%Y-%m-%d}",
                "memory_limit": self.memory_limit,
                "runs": [],
            }
        entry = {
            "wall": one.wall,
            "cpu": one.cpu,
            "peak": one.peak,
            "others": one.others,
            "outcome": one.outcome,
        } | more
        size[name]["runs"].append(entry)
        self.store()
        self.say(
            f"{events:,} {name}: {one.wall:,.1f} s, CPU {one.cpu:,.1f} s, {one.peak / 1e9:.2f} "
            f"GB, {one.outcome}"
        )
        return one

    def store(self) -> None:
        self.out.with_suffix(".json").write_text(
            json.dumps(self.results, indent=1) + "\n", encoding="utf-8"
        )
        self.out.write_text(report.markdown(self.results), encoding="utf-8")

    def process(
        self, command: list[str], *, capped: bool = False, limited: bool = False, show: bool = False
    ) -> Measured:
        """One process of this interpreter's programs: `limited` in time, `capped` in memory,
        `show`ing its steps.
        """
        return measure(
            command,
            environment=clean_environment(ROOT),
            folder=self.work,
            time_limit=self.time_limit if limited else None,
            address_space=self.peer_memory if capped else None,
            on_line=_show_step if show else None,
        )

    def python(self, *arguments: object, **options: bool) -> Measured:
        return self.process([sys.executable, *map(str, arguments)], **options)

    def duck(self, what: str, events: int, *more: object) -> Measured:
        """One of `duck.py`, into a database file that is gone afterwards."""
        database = self.work / "duck.duckdb"
        _remove_database(database)
        limit = ["--memory-limit", self.memory_limit] if self.memory_limit else []
        arguments = ["--landing", self.landing(events), "--database", database, *limit, *more]
        one = self.python("-m", "benchmarks.duck", what, *arguments, limited=True)
        _remove_database(database)
        return one

    def touchledger(self, events: int, home: Path) -> Measured:
        limit = ["--var", f"memory_limit={self.memory_limit}"] if self.memory_limit else []
        arguments = [
            "run",
            "--landing",
            self.landing(events),
            "--home",
            home,
            "--as-of",
            AS_OF,
            *limit,
        ]
        return self.python("-m", "orchestration.cli", *arguments, show=True)


def _show_step(line: str) -> None:
    if steps.step_of(line):
        print(f"            {line}", flush=True)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _remove_database(file: Path) -> None:
    """A DuckDB file with its log and spill folder."""
    for path in (file, Path(f"{file}.wal"), Path(f"{file}.tmp")):
        _remove(path)


def _bytes(folder: Path) -> int:
    """Bytes of the files below a folder, each counted once however many names it has."""
    found = {
        (stat.st_dev, stat.st_ino): stat.st_size
        for path in folder.rglob("*")
        if path.is_file()
        for stat in [path.stat()]
    }
    return sum(found.values())


def make_landing(bench: Bench, events: int) -> bool:
    """The landing of this size, made unless it is there. Says whether it is."""
    if not (bench.landing(events) / ".made").exists():
        _remove(bench.landing(events))
        made = bench.python(
            "-m", "benchmarks.make_data", "--events", events, "--out", bench.landing(events)
        )
        if not bench.keep(events, "make", made, bytes=_bytes(bench.landing(events))).finished:
            return False
        (bench.landing(events) / ".made").touch()
    drop_batches(bench, events)
    return True


def drop_batches(bench: Bench, events: int) -> None:
    """The landing as it was before the first batch."""
    for file in bench.landing(events).glob("*/batch-*.parquet"):
        file.unlink()


def run_floor(bench: Bench, events: int) -> None:
    """DuckDB copies the events into a file database, nothing else."""
    for _ in range(bench.repeats(events)):
        bench.keep(events, "copy", bench.duck("copy", events))


def batch_name(fraction: float) -> str:
    return f"batch {fraction:g}"


def run_sequence(bench: Bench, events: int) -> None:
    """A full run into a new HOME, and a copy of what it published; then on that HOME an unchanged
    run and one for every batch, each on top of the one before.
    """
    for _ in range(bench.repeats(events)):
        home = bench.work / "home"
        _remove(home)
        drop_batches(bench, events)
        is_built = _keep_run(bench, events, "full", home, events).finished
        if is_built:
            copied = bench.duck("publication", events, "--published", home / "published")
            bench.keep(events, "publication", copied, said=copied.said)
        if is_built and "incremental" in bench.parts:
            _keep_run(bench, events, "unchanged", home, 0)
            for fraction in FRACTIONS:
                made = bench.python(
                    "-m",
                    "benchmarks.make_data",
                    "--batch",
                    fraction,
                    "--out",
                    bench.landing(events),
                )
                if made.finished:
                    _keep_run(
                        bench, events, batch_name(fraction), home, max(round(events * fraction), 1)
                    )
                else:
                    bench.say(f"no batch of {fraction:g}: {made.outcome}")
        _remove(home)
        drop_batches(bench, events)


def _keep_run(bench: Bench, events: int, name: str, home: Path, rows: int) -> Measured:
    one = bench.touchledger(events, home)
    more = {
        "steps": steps.steps(one.lines, one.wall),
        "models": steps.models(one.lines),
        "bytes": _bytes(home),
    }
    asked = (
        bench.python(
            "-m", "orchestration.cli", "sql", "--csv", "--home", home, LEDGER, limited=True
        )
        if one.finished
        else None
    )
    return bench.keep(events, name, one, rows=rows, said=asked.said if asked else "", **more)


def run_peers(bench: Bench, events: int) -> None:
    """The SQL playbook, and the packages on the journeys that DuckDB makes for them."""
    for _ in range(bench.repeats(events)):
        one = bench.duck("playbook", events)
        bench.keep(events, "playbook", one, said=one.said)
    paths = bench.work / "journeys.parquet"
    for _ in range(bench.repeats(events)):
        _remove(paths)
        made = bench.duck("journeys", events, "--out", paths)
        bench.keep(events, "journeys", made, said=made.said)
        if not made.finished:
            return
    for package in PACKAGES:
        interpreter, why = environment_of(bench, package)
        if interpreter is None:
            failed = Measured(0.0, 0.0, 0, 1, stopped=why)
            bench.keep(events, package, failed)
            continue
        for _ in range(bench.repeats(events)):
            one = bench.process(
                [str(interpreter), str(HERE / "peers" / f"{package}.py"), str(paths)],
                capped=True,
                limited=True,
            )
            bench.keep(events, package, one, said=one.said)
            if not one.finished:
                break
    _remove(paths)


def run_dbt_peer(bench: Bench, events: int) -> None:
    """The attribution playbook and the same tables of Touchledger, where a checkout was named."""
    if bench.peer_project:
        dbt_peer.run(bench, events, bench.peer_project)
    else:
        bench.say("no dbt peer: name its checkout with --peer-project DIR (benchmarks/README.md)")


def environment_of(bench: Bench, package: str) -> tuple[Path | None, str]:
    """The interpreter of a package's own virtual environment, made unless it is there; or None and
    why.
    """
    folder = bench.work / f"venv-{package}"
    interpreter = folder / "bin" / "python"
    if (folder / ".ready").exists():
        return interpreter, ""
    bench.say(f"installing {package} into an environment of its own")
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [
            str(interpreter),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--requirement",
            str(HERE / "peers" / f"{package}.txt"),
        ],
    ):
        one = bench.process(command, limited=True)
        if not one.finished:
            print("\n".join(text for _, text in one.lines[-20:]), flush=True)
            return None, f"could not be installed: {one.outcome}"
    (folder / ".ready").touch()
    return interpreter, ""


def run_start_up(bench: Bench) -> None:
    """What a run pays before it lands the first file."""
    for name, arguments in START_UP.items():
        for _ in range(bench.repeat):
            bench.keep(0, name, bench.python(*arguments, limited=True))


def machine() -> dict[str, object]:
    """Cores, memory (bytes) and processor as the operating system tells them."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    names = [
        line.split(":", 1)[1].strip()
        for line in _lines("/proc/cpuinfo")
        if line.startswith("model name")
    ]
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory": memory,
        "processor": names[0] if names else platform.machine(),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
    }


def _lines(file: str) -> list[str]:
    try:
        return Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def versions() -> dict[str, str]:
    """Of what decides the figures."""
    names = ["duckdb", "dbt-core", "dbt-duckdb", "dagster", "great-expectations"]
    return {"Python": platform.python_version()} | {
        name: importlib.metadata.version(name) for name in names
    }


def _parts(text: str) -> tuple[str, ...]:
    wanted = tuple(part.strip() for part in text.split(","))
    if unknown := set(wanted) - set(PARTS):
        raise argparse.ArgumentTypeError(
            f"{', '.join(sorted(unknown))}: choose from {', '.join(PARTS)}"
        )
    return wanted


def _project(text: str) -> Path:
    try:
        return dbt_peer.checked(Path(text).resolve())
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def memory_bytes(text: str) -> int:
    """Bytes of a size such as 8GB, 512 MB or 4GiB. Raises ValueError."""
    units = {"KB": 1e3, "MB": 1e6, "GB": 1e9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
    clean = text.strip().upper()
    for unit in sorted(units, key=len, reverse=True):
        if clean.endswith(unit):
            return int(float(clean.removesuffix(unit)) * units[unit])
    raise ValueError(f"{text!r} is no size; write one such as 8GB")


def build_parser() -> argparse.ArgumentParser:
    """The arguments of the benchmark."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.run", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "--events",
        type=int,
        nargs="+",
        default=[1_000_000],
        metavar="N",
        help="sizes (default: 1000000)",
    )
    parser.add_argument(
        "--repeat",
        type=int,
        default=3,
        metavar="N",
        help="times each is run; figures are medians (default: 3; from 100 million events once)",
    )
    parser.add_argument(
        "--only",
        type=_parts,
        default=PARTS,
        metavar="PARTS",
        help=f"comma-separated, of {', '.join(PARTS)} (default: all)",
    )
    parser.add_argument(
        "--memory-limit",
        metavar="SIZE",
        help="DuckDB's limit in every run, floor and SQL peer, e.g. 8GB (default: theirs)",
    )
    parser.add_argument(
        "--time-limit",
        type=float,
        default=1200,
        metavar="SECONDS",
        help="after which a floor or peer is stopped (default: 1200)",
    )
    parser.add_argument(
        "--peer-memory",
        type=memory_bytes,
        metavar="SIZE",
        help="address space of a Python peer (default: 80 %% of the machine)",
    )
    parser.add_argument(
        "--peer-project",
        type=_project,
        metavar="DIR",
        help="the attribution playbook that dbt-peer measures (default: none, and no dbt-peer)",
    )
    parser.add_argument(
        "--work",
        type=Path,
        metavar="DIR",
        help="folder for everything made on the way (default: a temporary one)",
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="leave landings and the peers' environments in DIR for the next call",
    )
    parser.add_argument(
        "--fresh",
        action="store_true",
        help="begin a new table instead of renewing parts of the stored one",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=HERE / "results.md",
        metavar="FILE",
        help="the table; its figures go beside it as .json",
    )
    return parser


def command_line(arguments: argparse.Namespace) -> str:
    """The command that repeats this one, without the places it worked in."""
    words = [
        "python",
        "-m",
        "benchmarks.run",
        "--events",
        *map(str, arguments.events),
        "--repeat",
        str(arguments.repeat),
    ]
    words += ["--only", ",".join(arguments.only)] if tuple(arguments.only) != PARTS else []
    words += ["--memory-limit", arguments.memory_limit] if arguments.memory_limit else []
    words += ["--time-limit", f"{arguments.time_limit:g}"] if arguments.time_limit != 1200 else []
    words += ["--peer-project", "DIR"] if arguments.peer_project else []
    return shlex.join(words)


def run(bench: Bench, sizes: list[int]) -> None:
    """Every part that was asked for, size by size; one that fails does not keep the others from
    running.
    """
    # What the first run on a new machine does once: compiled modules and dbt's parsed project.
    bench.say("warming up")
    bench.python("-c", "import orchestration.definitions, great_expectations", limited=True)
    if "start-up" in bench.parts:
        run_start_up(bench)
    for events in sizes:
        if not make_landing(bench, events):
            continue
        for part, work in (
            ("floor", run_floor),
            ("full", run_sequence),
            ("peers", run_peers),
            ("dbt-peer", run_dbt_peer),
        ):
            wanted = part in bench.parts or (part == "full" and "incremental" in bench.parts)
            try:
                if wanted:
                    work(bench, events)
            except OSError as error:
                bench.say(f"{events:,} {part} stopped: {error}")


def main() -> None:
    """Reads the arguments, measures, and prints the table."""
    parser = build_parser()
    arguments = parser.parse_args()
    if arguments.only == ("dbt-peer",) and not arguments.peer_project:
        parser.error(
            "dbt-peer needs --peer-project DIR; benchmarks/README.md says where it is from"
        )
    work = (
        arguments.work.resolve() / "touchledger-benchmark"
        if arguments.work
        else Path(tempfile.mkdtemp(prefix="touchledger-benchmark-"))
    )
    work.mkdir(parents=True, exist_ok=True)
    bench = Bench(
        work=work,
        out=arguments.out.resolve(),
        parts=arguments.only,
        repeat=arguments.repeat,
        memory_limit=arguments.memory_limit,
        time_limit=arguments.time_limit,
        peer_memory=arguments.peer_memory or int(machine()["memory"] * 0.8),
        peer_project=arguments.peer_project,
    )
    earlier = bench.out.with_suffix(".json")
    if earlier.exists() and not arguments.fresh:
        bench.results = json.loads(earlier.read_text(encoding="utf-8"))
    commands = [
        text for text in bench.results.get("commands", []) if text != command_line(arguments)
    ]
    bench.results |= {
        "machine": machine(),
        "versions": versions(),
        "commands": [*commands, command_line(arguments)],
    }
    started = time.monotonic()
    try:
        run(bench, sorted(arguments.events))
    finally:
        if not arguments.keep:
            shutil.rmtree(work, ignore_errors=True)
    print()
    print(report.markdown(bench.results))
    bench.say(f"done in {(time.monotonic() - started) / 60:,.1f} minutes")


if __name__ == "__main__":
    main()
