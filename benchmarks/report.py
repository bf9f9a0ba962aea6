"""The benchmark's results as Markdown. Pure: from the figures to text."""

from __future__ import annotations

import math
from statistics import median
from typing import Any

Results = dict[str, Any]
RUNS = {
    "full": "full run",
    "unchanged": "unchanged run",
    "batch 0.0001": "0.01 % new",
    "batch 0.001": "0.1 % new",
    "batch 0.01": "1 % new",
}
PEERS = {
    "playbook": "SQL playbook, DuckDB",
    "journeys": "journeys for the packages, DuckDB",
    "channel_attribution": "ChannelAttribution 2.2.5",
    "marketing_attribution_models": "marketing-attribution-models 2.1.1",
}
# The published dbt project, and what Touchledger needs for the same tables.
DBT_PEER = {
    "dbt_playbook": "attribution playbook: dbt run",
    "dbt_landing": "same tables, Touchledger: landing",
    "dbt_credits": "same tables, Touchledger: dbt build --select +credits",
}
FLOORS = {"copy": "copy floor", "publication": "publication floor"}
MEASURED = FLOORS | RUNS | PEERS | DBT_PEER
PACKAGES = ("channel_attribution", "marketing_attribution_models")
MODELS_SHOWN = 10


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; every column but the first is right-aligned."""
    lines = [head, [":--", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def value(size: Results, name: str, figure: str) -> float | None:
    """The median of a figure over the runs that finished, or None."""
    found = [
        run[figure]
        for run in size.get(name, {}).get("runs", [])
        if run["outcome"] == "finished" and run.get(figure) is not None
    ]
    return median(found) if found else None


def step_value(size: Results, name: str, steps: tuple[str, ...]) -> float | None:
    """The median of the seconds that some steps took together, or None."""
    runs = [
        run["steps"] for run in size.get(name, {}).get("runs", []) if run["outcome"] == "finished"
    ]
    return median([sum(run.get(step, 0.0) for step in steps) for run in runs]) if runs else None


def seconds(number: float | None) -> str:
    if number is None:
        return ""
    return (
        f"{number:,.0f}" if number >= 1000 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"
    )


def gigabytes(number: float | None) -> str:
    return "" if number is None else f"{number / 1e9:,.2f}"


def whole(number: float | None) -> str:
    return "" if number is None else f"{number:,.0f}"


def ratio(one: float | None, other: float | None) -> str:
    """`one` as a multiple of `other`."""
    if one is None or not other:
        return ""
    times = one / other
    return f"{times:,.1f}" if times >= 10 else f"{times:.2f}" if times >= 0.1 else f"{times:.3f}"


def rate(rows: float | None, wall: float | None) -> str:
    return f"{rows / wall:,.0f}" if rows and wall else ""


def exponent(small: float | None, large: float | None, events_small: int, events_large: int) -> str:
    """e, where the cost grows as events to the power e: 1 is in proportion, below 1 is cheaper."""
    if not small or not large:
        return ""
    return f"{math.log(large / small) / math.log(events_large / events_small):.2f}"


def outcome(size: Results, name: str) -> str:
    """How the runs of a measurement ended, with their number."""
    runs = size.get(name, {}).get("runs", [])
    bad = [run["outcome"] for run in runs if run["outcome"] != "finished"]
    return bad[0] if bad else f"median of {len(runs)}" if len(runs) > 1 else "once"


def _sizes(results: Results) -> dict[int, Results]:
    found = {int(events): size for events, size in results.get("sizes", {}).items()}
    return {events: found[events] for events in sorted(found) if events}


def _runs(events: int, size: Results) -> str:
    rows = []
    floor = value(size, "copy", "wall")
    for name, label in (FLOORS | RUNS).items():
        if name not in size:
            continue
        wall = value(size, name, "wall")
        new = events if name in FLOORS else size[name]["runs"][0].get("rows")
        figures = [
            seconds(wall),
            seconds(value(size, name, "cpu")),
            gigabytes(value(size, name, "peak")),
            rate(new, wall),
        ]
        rows.append(
            [
                label,
                whole(new),
                *figures,
                ratio(wall, floor),
                ratio(wall, value(size, "full", "wall")),
                outcome(size, name),
            ]
        )
    head = [
        "",
        "new events",
        "wall s",
        "CPU s",
        "peak memory GB",
        "new events/s",
        "x copy floor",
        "x full run",
        "figures",
    ]
    return table(head, rows)


def _disk(size: Results) -> str:
    landing, home, grown = (
        value(size, "make", "bytes"),
        value(size, "full", "bytes"),
        value(size, "batch 0.01", "bytes"),
    )
    parts = []
    if landing:
        parts.append(
            f"The landing is {landing / 1e6:,.0f} MB (made in "
            f"{seconds(value(size, 'make', 'wall'))} s)"
        )
    if home:
        parts.append(
            f"HOME is {home / 1e6:,.0f} MB after the full run"
            + (f" and {grown / 1e6:,.0f} MB after the last batch" if grown else "")
        )
    return ", ".join(parts) + "." if parts else ""


def _steps(size: Results) -> str:
    names = [name for name in RUNS if name in size]
    order: list[str] = []
    for name in names:
        for run in size[name]["runs"]:
            order += [step for step in run["steps"] if step not in order]
    last = [step for step in order if step.startswith("report")]
    rows = [
        [step, *[seconds(step_value(size, name, (step,))) for name in names]]
        for step in [*[s for s in order if s not in last], *last]
    ]
    return table(["seconds", *[RUNS[name] for name in names]], rows)


def _model_time(number: float | None) -> str:
    return "" if number is None else f"{number:,.1f}"


def model_seconds(size: Results, name: str) -> dict[str, float]:
    """The median seconds of every model of a run."""
    runs = [
        run["models"] for run in size.get(name, {}).get("runs", []) if run["outcome"] == "finished"
    ]
    return {
        model: median([run.get(model, 0.0) for run in runs]) for model in (runs[0] if runs else {})
    }


def slowest(size: Results) -> list[str]:
    """The models that take longest in the full run, then those that take longest in the largest
    batch, without repeats.
    """
    found: list[str] = []
    for name in ("full", "batch 0.01"):
        by_model = model_seconds(size, name)
        found += [
            model
            for model in sorted(by_model, key=lambda model: -by_model[model])[:MODELS_SHOWN]
            if model not in found
        ]
    return found


def _models(size: Results) -> str:
    names = [name for name in RUNS if name in size]
    by_run = {name: model_seconds(size, name) for name in names}
    rows = [
        [f"`{model}`", *[_model_time(by_run[name].get(model)) for name in names]]
        for model in slowest(size)
    ]
    rows.append(["all models", *[_model_time(sum(by_run[name].values())) for name in names]])
    return table(["seconds", *[RUNS[name] for name in names]], rows)


def _side_by_side(sizes: dict[int, Results]) -> str:
    work = ("land", "build")
    rows = [
        [
            "full run / copy floor, wall",
            *[
                ratio(value(size, "full", "wall"), value(size, "copy", "wall"))
                for size in sizes.values()
            ],
        ],
        [
            "full run / copy floor, CPU",
            *[
                ratio(value(size, "full", "cpu"), value(size, "copy", "cpu"))
                for size in sizes.values()
            ],
        ],
        [
            "full run / publication floor, CPU",
            *[
                ratio(value(size, "full", "cpu"), value(size, "publication", "cpu"))
                for size in sizes.values()
            ],
        ],
        [
            "full run, land and build / copy floor",
            *[
                ratio(step_value(size, "full", work), value(size, "copy", "wall"))
                for size in sizes.values()
            ],
        ],
    ]
    for name, label in list(RUNS.items())[1:]:
        if any(name in size for size in sizes.values()):
            whole_runs = [
                ratio(value(size, name, "wall"), value(size, "full", "wall"))
                for size in sizes.values()
            ]
            builds = [
                ratio(step_value(size, name, work), step_value(size, "full", work))
                for size in sizes.values()
            ]
            cpu = [
                ratio(value(size, name, "cpu"), value(size, "full", "cpu"))
                for size in sizes.values()
            ]
            rows += [
                [f"{label} / full run, whole", *whole_runs],
                [f"{label} / full run, whole, CPU", *cpu],
            ]
            rows.append([f"{label} / full run, land and build", *builds])
    for peer in ("playbook", "journeys"):
        if any(peer in size for size in sizes.values()):
            against = [
                ratio(value(size, "full", "wall"), value(size, peer, "wall"))
                for size in sizes.values()
            ]
            rows.append([f"full run / {PEERS[peer]}", *against])
    if any("dbt_playbook" in size for size in sizes.values()):
        for figure, label in (("wall", "wall"), ("cpu", "CPU")):
            rows.append(
                [
                    f"same tables / attribution playbook, {label}",
                    *[
                        ratio(_same_tables(size, figure), value(size, "dbt_playbook", figure))
                        for size in sizes.values()
                    ],
                ]
            )
    return table(["", *[f"{events:,}" for events in sizes]], rows)


def _growth(sizes: dict[int, Results]) -> str:
    pairs = list(zip(list(sizes.items())[:-1], list(sizes.items())[1:], strict=True))
    rows = []
    for name, label in MEASURED.items():
        if any(name in size for size in sizes.values()):
            cells = [
                exponent(value(a, name, "wall"), value(b, name, "wall"), n, m)
                for (n, a), (m, b) in pairs
            ]
            rows.append([label, *cells])
    for figure, label in (("cpu", "full run, CPU"), ("peak", "full run, peak memory")):
        rows.append(
            [
                label,
                *[
                    exponent(value(a, "full", figure), value(b, "full", figure), n, m)
                    for (n, a), (m, b) in pairs
                ],
            ]
        )
    return table(
        ["exponent of wall, or as named", *[f"{n:,} to {m:,}" for (n, _), (m, _) in pairs]], rows
    )


def _peers(events: int, size: Results) -> str:
    rows = []
    for name, label in PEERS.items():
        if name not in size:
            continue
        wall = value(size, name, "wall")
        before = value(size, "journeys", "wall") if name in PACKAGES else 0.0
        together = None if wall is None or before is None else wall + before
        said = size[name]["runs"][-1].get("said", "")
        figures = [
            seconds(wall),
            seconds(value(size, name, "cpu")),
            gigabytes(value(size, name, "peak")),
            rate(events, together),
        ]
        rows.append([label, *figures, said, outcome(size, name)])
    wall = value(size, "full", "wall")
    if wall:
        figures = [
            seconds(wall),
            seconds(value(size, "full", "cpu")),
            gigabytes(value(size, "full", "peak")),
            rate(events, wall),
        ]
        rows.append(
            [
                "Touchledger, full run",
                *figures,
                size["full"]["runs"][-1].get("said", ""),
                outcome(size, "full"),
            ]
        )
    return table(["", "wall s", "CPU s", "peak memory GB", "events/s", "it says", "figures"], rows)


def _same_tables(size: Results, figure: str) -> float | None:
    """Touchledger's landing and build of the playbook's tables together."""
    parts = [value(size, name, figure) for name in ("dbt_landing", "dbt_credits")]
    return None if None in parts else sum(part for part in parts if part)


def _dbt_peer(size: Results) -> str:
    rows = []
    for name, label in DBT_PEER.items():
        if name in size:
            figures = [
                seconds(value(size, name, "wall")),
                seconds(value(size, name, "cpu")),
                gigabytes(value(size, name, "peak")),
            ]
            rows.append([label, *figures, outcome(size, name)])
    together = [seconds(_same_tables(size, figure)) for figure in ("wall", "cpu")]
    rows.append(["same tables, Touchledger: both", *together, "", ""])
    return table(["", "wall s", "CPU s", "peak memory GB", "figures"], rows)


def compared(it: dict[str, float]) -> str:
    """Whether the playbook and Touchledger computed the same rows: what
    `benchmarks.common_ground.compare` counted, as a table.
    """

    def row(what: str, rows: float, equal: float, how: str = "") -> list[str]:
        return [what, whole(rows), whole(equal), whole(rows - equal), how]

    def at_most(amount: float) -> str:
        return f"by at most {amount:,.4f}" if amount else ""

    credit, total = "credit (deal x event x model)", "total (campaign x model)"
    apart = f"{whole(it['only_ours'])} ours alone, {whole(it['only_theirs'])} theirs alone"
    rows = [
        row(f"{credit}: in both", it["credits"], it["common"], apart),
        row(f"{credit}: campaign", it["common"], it["same_campaign"]),
        row(f"{credit}: weight", it["common"], it["same_weight"]),
        row(
            f"{credit}: money, theirs rounded",
            it["common"],
            it["same_cents"],
            at_most(it["widest"]),
        ),
        row(f"{total}: number of credits", it["totals"], it["totals_same_credits"]),
        row(
            f"{total}: money, theirs rounded",
            it["totals"],
            it["totals_same_cents"],
            at_most(it["totals_widest"]),
        ),
        row(
            "credits of a deal and model sum to its cents: ours", it["ledgers"], it["ledgers_exact"]
        ),
        row(
            "credits of a deal and model sum to its cents: theirs, each rounded",
            it["ledgers"],
            it["ledgers_exact_rounded"],
        ),
    ]
    return table([f"of {whole(it['deals'])} deals", "rows", "equal", "not", "how far"], rows)


def _start_up(results: Results) -> str:
    size = results.get("sizes", {}).get("0", {})
    rows = [
        [
            name,
            seconds(value(size, name, "wall")),
            seconds(value(size, name, "cpu")),
            outcome(size, name),
        ]
        for name in size
    ]
    return table(
        ["process", "wall s", "CPU s", "figures"],
        sorted(rows, key=lambda row: float(row[1].replace(",", "") or 0)),
    )


def _context(results: Results) -> str:
    machine = results["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    return (
        f"Machine: {machine['cores']} cores ({machine['processor']}), "
        f"{machine['memory'] / 1e9:,.0f} GB of memory, {machine['system']}. "
        f"Versions: {versions}."
    )


def _sittings(sizes: dict[int, Results]) -> str:
    rows = []
    for events, size in sizes.items():
        for name in MEASURED:
            if name in size:
                one = size[name]
                others = (
                    median(known)
                    if (known := [run["others"] for run in one["runs"] if "others" in run])
                    else None
                )
                rows.append(
                    [
                        f"{events:,} {MEASURED[name]}",
                        one["at"],
                        "" if others is None else f"{others:.1f}",
                        one["memory_limit"] or "default",
                        str(len(one["runs"])),
                    ]
                )
    return table(["measured", "on", "cores busy with other things", "memory limit", "times"], rows)


def markdown(results: Results) -> str:
    """The whole page."""
    sizes = _sizes(results)
    commands = "\n".join(f"    {command}" for command in results["commands"])
    parts = [
        (
            "# Benchmark results\n\nWritten by `benchmarks/run.py`; what the figures mean and how "
            "to repeat them: [README.md](README.md)."
        ),
        _context(results),
        f"Made by:\n\n{commands}",
    ]
    if sizes:
        parts += ["## Side by side", _side_by_side(sizes)]
    if len(sizes) > 1:
        parts += [
            (
                "## Growth\n\nWall time grows as the number of events to this power; 1 is in "
                "proportion."
            ),
            _growth(sizes),
        ]
    for events, size in sizes.items():
        parts += [f"## {events:,} events", _runs(events, size), _disk(size)]
        if any(name in size for name in RUNS):
            parts += [
                "Where the time goes, by step:",
                _steps(size),
                f"The {MODELS_SHOWN} slowest models of the full run and of the last batch:",
            ]
            parts.append(_models(size))
        if any(name in size for name in PEERS):
            parts += [
                (
                    "Peers, on the same events and deals (events/s of a package includes making "
                    "its journeys):"
                ),
                _peers(events, size),
            ]
        if "dbt_playbook" in size:
            version = size["dbt_playbook"]["runs"][-1].get("project", "")
            parts += [
                (
                    f"A published dbt project on its own dbt, and the same tables selected from "
                    f"Touchledger's (the attribution playbook, its model's SHA-256 {version}…):"
                ),
                _dbt_peer(size),
            ]
            found = size.get("dbt_credits", {"runs": [{}]})["runs"][-1].get("compared")
            parts += ["The rows of both, compared:", compared(found)] if found else []
    if "0" in results.get("sizes", {}):
        parts += ["## Start-up\n\nProcesses that do nothing else.", _start_up(results)]
    if sizes:
        parts += ["## When", _sittings(sizes)]
    return "\n\n".join(part for part in parts if part) + "\n"
