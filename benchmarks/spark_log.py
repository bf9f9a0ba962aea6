"""What Spark's event log says of a run: time, shuffle, spill and skew by model.

    python -m benchmarks.spark_log /tmp/events [--top 15]

The log is written where the cluster has `spark.eventLog.enabled=true` and `spark.eventLog.dir`.
Times are of executors (seconds of a core), bytes are compressed as they are written; *skew* is the
longest task of a model's largest stage as a multiple of the median one.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_NODE = re.compile(r'"node_id": "(?P<kind>\w+)\.\w+\.(?P<name>\w+)')
_BACK = re.compile(r"insert overwrite directory .* from \S+\.(?P<name>\w+)\s*$", re.DOTALL)
# Summed columns of the table, each with its unit.
_COLUMNS = {"seconds": 1, "tasks": 1, "shuffled": 1e6, "spilled": 1e6}


@dataclass
class Work:
    """What the tasks of one model did: counts, seconds of a core, bytes."""

    tasks: int = 0
    seconds: float = 0.0
    shuffled: int = 0
    spilled: int = 0
    stages: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, stage: int, metrics: dict[str, Any]) -> None:
        seconds = metrics.get("Executor Run Time", 0) / 1000
        self.tasks += 1
        self.seconds += seconds
        self.shuffled += metrics.get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
        self.spilled += metrics.get("Disk Bytes Spilled", 0)
        self.stages[stage].append(seconds)

    def skew(self) -> float:
        """Longest task by median task, of the stage that took longest; 1 where it has one task or
        takes no time.
        """
        tasks = max(self.stages.values(), key=sum, default=[])
        middle = statistics.median(tasks) if len(tasks) > 1 else 0
        return max(tasks) / middle if middle else 1.0


def _events(folder: Path) -> Iterator[dict[str, Any]]:
    """Events of all applications below a folder, or of one file.

    Raises ValueError, naming the cure, for what cannot be read.
    """
    files = (
        [folder]
        if folder.is_file()
        else sorted(path for path in folder.rglob("*") if path.is_file())
    )
    for file in files:
        if file.name.startswith((".", "appstatus")):
            continue
        if file.suffix in (".zstd", ".lz4", ".snappy"):
            raise ValueError(
                f"{file} is compressed; start the cluster with spark.eventLog.compress=false"
            )
        with file.open(encoding="utf-8") as lines:
            try:
                yield from map(json.loads, lines)
            except ValueError as error:
                raise ValueError(
                    f"{file} is no event log, or is still written to ({error}); stop the cluster "
                    f"and ask again"
                ) from None


def _label(description: str) -> str:
    """What a statement is for: a model by its name, all tests, a table that comes back, or anything
    else.
    """
    if found := _NODE.search(description):
        return found["name"] if found["kind"] in ("model", "seed") else f"{found['kind']}s of data"
    if found := _BACK.search(description):
        return f"bringing back {found['name']}"
    return "checks and other statements"


def work_by_label(events: Iterable[dict[str, Any]]) -> dict[str, Work]:
    """What was done for every model, test and statement."""
    labels: dict[int, str] = {}
    done: dict[str, Work] = defaultdict(Work)
    for event in events:
        if event["Event"] == "SparkListenerJobStart":
            label = _label((event.get("Properties") or {}).get("spark.job.description", ""))
            labels.update(dict.fromkeys(event["Stage IDs"], label))
        elif event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
            stage = event["Stage ID"]
            done[labels.get(stage, _label(""))].add(stage, event["Task Metrics"])
    return done


def table(done: dict[str, Work], top: int) -> str:
    """A markdown table of those that took longest, of all others together, and of everything."""
    ranked = sorted(done.items(), key=lambda pair: -pair[1].seconds)
    lines = [
        "| model | core s | tasks | shuffled MB | spilled MB | skew |",
        "| :-- | --: | --: | --: | --: | --: |",
    ]
    groups = [(f"`{name}`" if " " not in name else name, [work]) for name, work in ranked[:top]]
    groups += (
        [(f"{len(ranked) - top} others", [work for _, work in ranked[top:]])]
        if len(ranked) > top
        else []
    )
    for name, works in [*groups, ("everything", list(done.values()))]:
        sums = [
            sum(getattr(work, what) for work in works) / unit for what, unit in _COLUMNS.items()
        ]
        skew = f"{works[0].skew():.1f}" if len(works) == 1 else ""
        lines.append(f"| {' | '.join([name, *(f'{value:,.0f}' for value in sums), skew])} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Prints the table. Exit status: 0 printed, 2 no log of tasks there."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.spark_log", description=__doc__.splitlines()[0]
    )
    parser.add_argument("log", type=Path, help="the folder of spark.eventLog.dir, or a file of it")
    parser.add_argument("--top", type=int, default=15, help="models to show (default: 15)")
    options = parser.parse_args(arguments)
    if not options.log.exists():
        print(f"{options.log} is not there; name the folder of spark.eventLog.dir", file=sys.stderr)
        return 2
    try:
        done = work_by_label(_events(options.log))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if not done:
        print(
            (
                f"{options.log} tells of no task; the log is complete when its application has "
                f"ended or written its first events"
            ),
            file=sys.stderr,
        )
        return 2
    print(table(done, options.top))
    return 0


if __name__ == "__main__":
    sys.exit(main())
