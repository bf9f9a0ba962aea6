"""Many runs on one HOME give the tables of one run: histories of many seeds, from the shell.

A line per seed, faults in full; what is compared with what is said in `tests/golden/many_runs.py`.

    python -m tools.increments --seeds 1 50 [--kind merge] [--kills] [--rules] [--command] [--help]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

from tests.golden.many_runs import Differs, check_history
from tests.worlds.changes import kinds
from tests.worlds.histories import History, make_history
from tests.worlds.splits import SPLITS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.increments",
        description="Histories of many seeds, one line each.",
    )
    parser.add_argument(
        "--seeds",
        type=int,
        nargs="+",
        default=[1],
        metavar="SEED",
        help="one seed, or the first and the last",
    )
    parser.add_argument("--batches", type=int, help="how many landings (2 to 6 by the seed)")
    parser.add_argument("--size", type=int, help="about how many events (40 to 200 by the seed)")
    parser.add_argument(
        "--split", choices=list(SPLITS), help="how the world is dealt out to the first landings"
    )
    parser.add_argument(
        "--kind",
        choices=["each", *kinds()],
        help="one world at once, then only changes of this kind, one a landing; or each in turn",
    )
    parser.add_argument(
        "--kills", action="store_true", help="some runs are killed while they build"
    )
    parser.add_argument(
        "--rules",
        action="store_true",
        help="seeds/rules changes between runs, in a copy of the project",
    )
    parser.add_argument(
        "--each",
        choices=("oracle", "full", "none"),
        default="oracle",
        help="what every run is compared with",
    )
    parser.add_argument(
        "--deep",
        action="store_true",
        help="no layer may hold a row that a single run does not have",
    )
    parser.add_argument(
        "--command",
        action="store_true",
        help="touchledger run itself, checks and publishing included",
    )
    parser.add_argument(
        "--show", action="store_true", help="say what would happen, and build nothing"
    )
    parser.add_argument("--stop", action="store_true", help="stop at the first seed that differs")
    return parser


def _again(given: argparse.Namespace, seed: int) -> str:
    values = {name: getattr(given, name) for name in ("batches", "size", "split", "kind", "each")}
    texts = [
        f"--{name} {value!r}" if " " in str(value) else f"--{name} {value}"
        for name, value in values.items()
        if value is not None
    ]
    flags = [f"--{name}" for name in ("kills", "rules", "deep", "command") if getattr(given, name)]
    return " ".join(["python -m tools.increments --seeds", str(seed), *texts, *flags])


def _histories(given: argparse.Namespace) -> Iterator[tuple[History, str]]:
    """Every history that was asked for, and the command that builds it alone."""
    for seed in range(given.seeds[0], given.seeds[-1] + 1):
        for kind in kinds() if given.kind == "each" else [given.kind]:
            history = make_history(
                seed,
                size=given.size,
                batches=given.batches,
                how=given.split,
                kind=kind,
                kills=given.kills,
                rules=given.rules,
            )
            yield history, _again(argparse.Namespace(**{**vars(given), "kind": kind}), seed)


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0: all the same; 1: a seed differs or could not be built."""
    given = _parser().parse_args(arguments)
    failed = []
    for history, again in _histories(given):
        if given.show:
            print(
                f"seed {history.seed} (split {history.split}, size {history.size})",
                *(f"  {step}" for step in history.steps),
                sep="\n",
            )
            continue
        started = time.monotonic()
        try:
            check_history(
                history,
                each=given.each,
                via="command" if given.command else "process",
                deep=given.deep,
                again=again,
            )
            outcome = "same"
        except Exception as error:
            failed.append(history.seed)
            outcome = (
                f"DIFFERS\n{error}"
                if isinstance(error, Differs)
                else f"FAILED\n{type(error).__name__}: {error}\nagain: {again}"
            )
        kinds_of = ", ".join(name for step in history.steps for name in step.changes)
        runs = " ".join(step.run for step in history.steps)
        print(
            f"seed {history.seed}: {len(history.steps)} landings, split {history.split}, "
            f"size {history.size}, runs {runs}, "
            f"changes {kinds_of or 'none'}, {time.monotonic() - started:.1f} s: {outcome}",
            flush=True,
        )
        if failed and given.stop:
            break
    if failed:
        print(f"{len(failed)} seed(s) differ: {' '.join(map(str, failed))}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
