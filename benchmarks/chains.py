"""Removal effects (R78) beside the packages that compute them: time, memory, and how far each is
from the exact value.

    python -m benchmarks.chains                       # 20, 100 and 2,000 campaigns
    python -m benchmarks.chains --work DIR --keep     # keeps the packages' environments

The packages are installed into environments of their own (`peers/*.txt`). All read the same made
journeys, won and lost. Touchledger's effects are the exact ones: tests/unit/test_chain.py holds
them against elimination in fractions.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks.measure import Measured, clean_environment, measure

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PACKAGES = {
    "channel_attribution": "ChannelAttribution",
    "marketing_attribution_models": "marketing-attribution-models",
}
SIZES = ((20, 20_000), (100, 50_000), (2_000, 200_000))
STEPS = """
with states as (
    select number, won, unnest(string_split(path, ' > ')) as state,
        generate_subscripts(string_split(path, ' > '), 1) as place
    from (select row_number() over () as number, * from read_parquet($paths))
),

moves as (
    select
        coalesce(lag(state) over one, 'start') as before,
        state,
        lead(state) over one is null as is_last,
        won
    from states
    window one as (partition by number order by place)
)

select before, state, count(*) from moves group by all
union all
select state, if(won = 1, 'conversion', 'null'), count(*) from moves where is_last group by all
"""


def make_paths(file: Path, campaigns: int, journeys: int) -> None:
    """Journeys of 1 to 8 touches; some campaigns are met far more often, some convert better."""
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        connection.execute(
            f"""
            copy (
                with touches as (
                    select
                        journey,
                        touch,
                        floor(
                            {campaigns} * pow(hash(journey, touch, 1) % 1000003 / 1000003.0, 2)
                        )::int as campaign
                    from range({journeys}) as journeys (journey), range(8) as touches (touch)
                    where touch <= hash(journey, 2) % 8
                )

                select
                    string_agg('c' || campaign, ' > ' order by touch) as path,
                    (hash(journey, 3) % 100 < 5 + 20 * avg(campaign % 2))::int as won
                from touches
                group by journey
                order by journey
            ) to '{file}'
            """
        )


def answer(paths: Path, out: Path) -> None:
    """Writes Touchledger's removal effects of journeys as the packages' scripts write theirs."""
    from orchestration.building.chain import removal_effects

    with duckdb.connect() as connection:
        steps = connection.execute(STEPS, {"paths": str(paths)}).fetchall()
    chain = removal_effects(steps)
    effects = {state: billionths / 1e9 for state, billionths in chain.effects.items()}
    out.write_text(json.dumps({"effects": effects}), encoding="utf-8")


def environment_of(package: str, work: Path) -> Path:
    """The interpreter of a package's own virtual environment, made unless it is there.

    Raises CalledProcessError where it cannot be installed.
    """
    folder = work / f"venv-{package}"
    interpreter = folder / "bin" / "python"
    if not (folder / ".ready").exists():
        wanted = ["--requirement", str(HERE / "peers" / f"{package}.txt")]
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [str(interpreter), "-m", "pip", "install", "--quiet", *wanted],
        ):
            subprocess.run(command, check=True, capture_output=True, text=True)
        (folder / ".ready").touch()
    return interpreter


def ask(package: str, work: Path, paths: Path, limit: float | None = None) -> tuple[Measured, dict]:
    """What a package, or `touchledger`, says of journeys, and what it cost."""
    out = work / f"{package}.json"
    out.unlink(missing_ok=True)
    if package == "touchledger":
        command = [sys.executable, "-m", "benchmarks.chains", "--answer", str(paths), str(out)]
    else:
        script = HERE / "peers" / f"{package}_chain.py"
        command = [str(environment_of(package, work)), str(script), str(paths), str(out)]
    one = measure(command, environment=clean_environment(ROOT), folder=work, time_limit=limit)
    found = json.loads(out.read_text(encoding="utf-8")) if one.finished and out.exists() else {}
    return one, found


def widest(exact: dict[str, float], told: dict[str, float]) -> float:
    """The largest distance from the exact effects."""
    return max(abs(effect - told.get(state, 0.0)) for state, effect in exact.items())


def compare(work: Path, sizes: tuple[tuple[int, int], ...], limit: float) -> None:
    """Prints the table, a row per size and program."""
    print("| campaigns | journeys | | wall s | CPU s | peak memory MB | widest error |")
    print("| --: | --: | :-- | --: | --: | --: | --: |")
    for campaigns, journeys in sizes:
        paths = work / "paths.parquet"
        make_paths(paths, campaigns, journeys)
        exact: dict[str, float] = {}
        for package, label in {"touchledger": "Touchledger", **PACKAGES}.items():
            one, found = ask(package, work, paths, limit)
            told = found.get("effects", {})
            exact = exact or told
            error = f"{widest(exact, told):.1e}" if told else one.outcome
            figures = f"{one.wall:.1f} | {one.cpu:.1f} | {one.peak / 1e6:,.0f}"
            print(f"| {campaigns:,} | {journeys:,} | {label} | {figures} | {error} |", flush=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, help="folder for journeys and environments")
    parser.add_argument("--keep", action="store_true", help="leave --work as it is")
    parser.add_argument("--time-limit", type=float, default=120, help="seconds for one program")
    parser.add_argument("--campaigns", type=int, nargs="*", help="sizes of 20, 100 and 2000")
    parser.add_argument("--answer", type=Path, nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.answer:
        answer(*arguments.answer)
        return
    sizes = tuple(
        size for size in SIZES if not arguments.campaigns or size[0] in arguments.campaigns
    )
    with tempfile.TemporaryDirectory() as scratch:
        work = (arguments.work if arguments.keep and arguments.work else Path(scratch)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        compare(work, sizes, arguments.time_limit)


if __name__ == "__main__":
    main()
