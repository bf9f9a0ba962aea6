"""Histories: a world that arrives in several landings, with late changes, another as-of and other
variables between the runs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.oracle.contract import RAW
from tests.oracle.rules import Parameters, Row, World, read_rules

from .changes import Changes, columns, kinds
from .edits import EDITS, Edit
from .make import make_world
from .splits import SPLITS, joined, split
from .vocabulary import AS_OF

Variables = dict[str, object]

# How a run goes: done once; done twice; not at all (the next one lands its rows); built and then
# not published; killed while it
# builds; from scratch with --full-refresh.
RUNS = ("once", "twice", "skipped", "failed", "killed", "refreshed")


_DEFAULTS: Variables = {"social_post_cap": 3}
_VARIABLES: dict[str, tuple[object, ...]] = {
    "session_gap_minutes": (30, 7, 45),
    "conversion_tolerance_minutes": (5, 60, 0),
    "attribution_lookback_days": (None, 10, 1),
    "portal_timezone": ("UTC", "America/New_York", "Asia/Kolkata"),
    "home_currency": ("USD", "EUR"),
    "social_post_cap": (3, 1, 2, 10_000),
}
_LOADED = datetime(2024, 6, 25)


@dataclass(frozen=True)
class Step:
    """One landing and the run after it."""

    rows: World
    as_of: datetime = AS_OF
    variables: Variables = field(default_factory=lambda: dict(_DEFAULTS))
    run: str = "once"
    changes: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()

    def parameters(self) -> Parameters:
        return Parameters(as_of=self.as_of, **self.variables)

    def __str__(self) -> str:
        counts = ", ".join(f"{table} {len(rows)}" for table, rows in self.rows.items() if rows)
        what = f"changes {', '.join(self.changes)}; " if self.changes else ""
        variables = " ".join(f"{name}={value}" for name, value in self.variables.items())
        what += f"rules {list(self.edits)}; " if self.edits else ""
        how = f"run {self.run}; as of {self.as_of.isoformat()}; {variables}"
        return f"{what}{how}; landed {counts or 'nothing'}"


@dataclass(frozen=True)
class History:
    """Steps of one seed. `split` is how the world was dealt out to the first landings."""

    seed: int
    size: int
    split: str
    steps: tuple[Step, ...]

    def landed(self, upto: int) -> World:
        """All rows of the steps before `upto`."""
        return joined(step.rows for step in self.steps[:upto])


def _boundaries(world: World) -> list[datetime]:
    """Instants at which something is associated, removed or published."""
    found = [row["occurred_at"] for row in world["campaign_asset_log"]]
    found += [row["published_at"] for row in world["assets"] if row["published_at"] is not None]
    return sorted(set(found))


def _as_ofs(world: World, count: int, rng: random.Random) -> list[datetime]:
    """One as-of per run: mostly the same; else moving on over boundaries, and at times back
    once."""
    if rng.random() < 0.55:
        return [AS_OF] * count
    offsets = (
        timedelta(0),
        timedelta(microseconds=1),
        timedelta(microseconds=-1),
        timedelta(days=1),
    )
    # A deal's close and the like may be later than now; what lies in the last third of all
    # boundaries is crossed most.
    boundaries = _boundaries(world)
    chosen = sorted(
        rng.choice(boundaries[len(boundaries) // 3 :]) + rng.choice(offsets) for _ in range(count)
    )
    if count > 1 and rng.random() < 0.3:
        at = rng.randrange(count - 1)
        chosen[at], chosen[at + 1] = chosen[at + 1], chosen[at]
    return chosen


def _settings(count: int, rng: random.Random) -> list[Variables]:
    """The variables of each run: mostly the same; else one changes between two runs, and may change
    back."""
    found = [dict(_DEFAULTS) for _ in range(count)]
    if count > 1 and rng.random() < 0.25:
        name = rng.choice(sorted(_VARIABLES))
        start = rng.randrange(1, count)
        end = rng.choice((count, rng.randrange(start + 1, count + 1)))
        for variables in found[start:end]:
            variables[name] = rng.choice(_VARIABLES[name][1:])
    return found


def _runs(count: int, rng: random.Random, kills: bool) -> list[str]:
    """How each run goes; the last is always a whole one, and not from scratch."""
    choices = (
        ["once"] * 12
        + ["twice", "skipped", "failed", "refreshed"]
        + ["killed"] * (6 if kills else 0)
    )
    runs = [rng.choice(choices) for _ in range(count)]
    return [*runs[:-1], runs[-1] if runs[-1] in ("twice", "failed") else "once"]


def _edits(count: int, rng: random.Random, rules: bool) -> list[tuple[Edit, ...]]:
    """The edits before each run: none before the first, one or two of them altogether where there
    may be any."""
    found: list[tuple[Edit, ...]] = [()] * count
    if rules and count > 1:
        for edit in rng.sample(EDITS, rng.choice((1, 1, 2))):
            at = rng.randrange(1, count)
            found[at] = (*found[at], edit)
    return found


def make_history(
    seed: int,
    *,
    size: int | None = None,
    batches: int | None = None,
    how: str | None = None,
    kind: str | None = None,
    kills: bool = False,
    rules: bool = False,
) -> History:
    """The history of a seed, the same for the same arguments.

    `batches` is how many landings (2 to 6 where not given), `how` one of SPLITS, `kind` the only
    kind of change, with the same as-of and variables, `kills` whether runs may be killed, `rules`
    whether seeds/rules changes.
    """
    rng = random.Random(seed)
    size = size or rng.choice((40, 80, 120, 200))
    drawn_batches = rng.choice((2, 3, 3, 4, 4, 5, 6))
    drawn_how = rng.choice([*SPLITS, "trickle", "trickle"])
    count, how = batches or drawn_batches, how or drawn_how
    base = 1 if kind else min(count, rng.choice((1, 2, 2, 3, count)))
    world = make_world(seed, size)
    parts = split(world, how, base, rng)
    as_ofs, variables, runs = (
        _as_ofs(world, count, rng),
        _settings(count, rng),
        _runs(count, rng, kills),
    )
    edits = _edits(count, rng, rules)
    if kind:
        as_ofs, variables, runs = (
            [AS_OF] * count,
            [dict(_DEFAULTS) for _ in range(count)],
            runs if kills else ["once"] * count,
        )
    steps: list[Step] = []
    for number in range(count):
        rows = parts[number] if number < base else {}
        names = _names_of_changes(rng, kind, number, base)
        for name in names:
            landed = joined([*(step.rows for step in steps), rows])
            rows = joined(
                [
                    rows,
                    Changes(rng, landed, _LOADED + timedelta(hours=number), read_rules()).make(
                        name
                    ),
                ]
            )
        steps.append(
            Step(rows, as_ofs[number], variables[number], runs[number], tuple(names), edits[number])
        )
    return History(seed, size, how, tuple(steps))


def history_of(seed: int, size: int, landings: list[list[str]]) -> History:
    """A world at once, then landings of the named kinds of change."""
    rng = random.Random(seed)
    steps = [Step(make_world(seed, size))]
    for number, names in enumerate(landings):
        rows: World = {}
        for name in names:
            landed = joined([*(step.rows for step in steps), rows])
            rows = joined(
                [
                    rows,
                    Changes(rng, landed, _LOADED + timedelta(hours=number), read_rules()).make(
                        name
                    ),
                ]
            )
        steps.append(Step(rows, changes=tuple(names)))
    return History(seed, size, "at once", tuple(steps))


def _names_of_changes(rng: random.Random, kind: str | None, number: int, base: int) -> list[str]:
    """The kinds of the changes in a landing: none in the first, some beside the parts of the world,
    one to three in all later ones."""
    if number == 0:
        return []
    if kind:
        return [kind]
    many = rng.choice((0, 1, 1, 2)) if number < base else rng.choice((0, 1, 1, 1, 1, 2, 3))
    return [rng.choice(kinds()) for _ in range(many)]


def column_histories(seed: int, size: int = 60) -> Iterator[tuple[str, History]]:
    """For each raw table a history in which every column changes in turn, one landing each."""
    for table in RAW:
        rng = random.Random(f"{seed} {table}")
        steps = [Step(make_world(seed, size))]
        for number, (name, column) in enumerate(one for one in columns() if one[0] == table):
            landed = joined([step.rows for step in steps])
            rows = joined(
                [
                    {where: [row]}
                    for where, row in Changes(
                        rng, landed, _LOADED + timedelta(hours=number), read_rules()
                    ).column(name, column)
                ]
            )
            steps.append(Step(rows, changes=(f"{table}.{column}",)))
        yield table, History(seed, size, "columns", tuple(steps))


def changed_rows(
    history: History, publish: Callable[[World, Parameters], World]
) -> Iterator[tuple[Step, dict[str, list[Row]]]]:
    """Per step after the first: the rows of each published table that come or go with it, by the
    reference."""
    before: World | None = None
    for number, step in enumerate(history.steps):
        now = publish(history.landed(number + 1), step.parameters())
        if before is not None:
            yield (
                step,
                {table: rows for table in now if (rows := _unequal(before[table], now[table]))},
            )
        before = now


def _unequal(before: list[Row], now: list[Row]) -> list[Row]:
    old, new = ({str(sorted(row.items(), key=str)): row for row in rows} for rows in (before, now))
    return [
        row
        for left, right in ((old, new), (new, old))
        for text, row in left.items()
        if text not in right
    ]
