"""The subcommands about sources: init, sources, sources check, pull."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from rich.table import Table
from rich.text import Text

from orchestration.connectors.arguments import use_config
from orchestration.connectors.checks import check_source, show_checks
from orchestration.connectors.config import Config, find_config
from orchestration.connectors.coverage import CoverageRow
from orchestration.connectors.init import init
from orchestration.connectors.kind import Source
from orchestration.connectors.kinds import kind, kind_names
from orchestration.connectors.precedence import doubles
from orchestration.connectors.steps import pull_all, translate_all
from orchestration.connectors.urls import shown
from orchestration.ground.errors import HomeBusy, SettingsError
from orchestration.ground.settings import make_settings, parse_as_of
from orchestration.home.lock import locked
from orchestration.terminal import progress
from orchestration.terminal.advice import said_of
from orchestration.terminal.console import make_console, plain
from orchestration.terminal.failures import print_error
from orchestration.terminal.screen import shown_progress

DONE, FAILED, UNUSABLE = 0, 1, 2


def run_command(arguments: argparse.Namespace) -> int:
    """Does `init`, `sources` or `pull`; returns the exit status."""
    use_config(arguments)
    work: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "init": _init,
        "sources": _check if getattr(arguments, "action", None) == "check" else _sources,
        "pull": _pull,
    }
    try:
        return work[arguments.command](arguments)
    except (SettingsError, HomeBusy) as error:
        print_error(str(error))
        return UNUSABLE
    except OSError as error:
        print_error(said_of(error))
        return UNUSABLE


def _init(arguments: argparse.Namespace) -> int:
    init(arguments)
    return DONE


# --- pull -----------------------------------------------------------------------------------------


def _chosen(config: Config, names: list[str]) -> list[Source]:
    if not config.sources:
        raise SettingsError("No source is configured; make one with touchledger init")
    return [config.source(name) for name in names] if names else list(config.sources)


def _pull(arguments: argparse.Namespace) -> int:
    settings = make_settings(landing=arguments.landing, home=arguments.home)
    chosen = _chosen(find_config(), arguments.names)
    since = parse_as_of(arguments.since, "--since") if arguments.since else None
    with shown_progress() as screen, locked(settings):
        progress.step("pull")
        outcomes = pull_all(chosen, settings, since=since, full=arguments.full)
        progress.step("translate")
        rows = translate_all(chosen, settings)
        screen.stop()
        show_coverage(rows)
    failed = any(outcome.failed for outcome in outcomes)
    if any(row.rows for row in rows):
        print("Next: touchledger run --no-pull")
    else:  # There is nothing to run on.
        print(f"Next: {'repair what is named above, then: ' if failed else ''}touchledger run")
    return FAILED if failed else DONE


def show_coverage(rows: list[CoverageRow]) -> None:
    """The coverage as a table on the terminal."""
    console = make_console()
    table = Table(title="Coverage", title_justify="left", title_style="bold")
    for head in (
        "Source",
        "Raw table",
        "Rows",
        "Oldest",
        "Newest",
        "Not exact",
        "Not there, and why",
    ):
        table.add_column(
            head, justify="right" if head in ("Rows", "Not exact") else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(
            *(
                Text(plain(cell))
                for cell in (
                    row.source,
                    row.raw_table,
                    f"{row.rows:,}",
                    (row.oldest or "")[:19],
                    (row.newest or "")[:19],
                    "" if row.not_exact is None else f"{row.not_exact:.0%}",
                    row.reason or "",
                )
            )
        )
    console.print(table)


# --- sources --------------------------------------------------------------------------------------


def _sources(arguments: argparse.Namespace) -> int:
    config = find_config()
    console = make_console()
    console.print(Text("Kinds", style="bold"))
    for name in kind_names():
        console.print(Text(f"  {name:<22} {kind(name).summary}"))
    console.print(Text("Configured", style="bold"))
    for source in config.sources:
        stated = ", ".join(f"{name}: {_shown(source, name)}" for name in source.options)
        console.print(Text(f"  {source.name:<22} {source.kind.name}  {plain(stated)}"))
    if not config.sources:
        console.print(Text("  none; make one with touchledger init"))
    return DONE


def _shown(source: Source, name: str) -> str:
    option, value = source.kind.options.get(name), str(source.options[name])
    return shown(value) if option is not None and option.url_like else value


def _check(arguments: argparse.Namespace) -> int:
    config = find_config()
    status = DONE
    for source in _chosen(config, [arguments.name] if arguments.name else []):
        print(f"{source.name} ({source.kind.name})")
        checks = check_source(source)
        show_checks(checks)
        if checks and not any(check.allowed for check in checks):
            status = UNUSABLE
    for warning in doubles(config.sources):
        print(f"! {warning}")
    return status
