"""The arguments of the subcommands about sources; what they do is in `commands`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from orchestration.connectors.kinds import kind_names
from orchestration.ground.configuration import FILE_NAME, VARIABLE

COMMANDS = ("init", "sources", "pull")


def add_config(parser: argparse.ArgumentParser) -> None:
    """`--config` of any command."""
    parser.add_argument(
        "--config",
        metavar="FILE",
        help=f"places, variables and sources (default: {FILE_NAME} here, if there is one)",
    )


def use_config(arguments: argparse.Namespace) -> None:
    """Makes `--config` the configuration of this process and of those it starts."""
    if getattr(arguments, "config", None):
        os.environ[VARIABLE] = str(Path(arguments.config).expanduser().absolute())


def _add_places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--landing", metavar="DIR", help="folder of landed files")
    parser.add_argument("--home", metavar="DIR", help="folder of the warehouse and the extracts")


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Adds `init`, `sources` and `pull` to the command line."""
    init = commands.add_parser("init", help=f"write {FILE_NAME}: where your data comes from")
    init.add_argument("--kind", choices=kind_names(), help="what the source is")
    init.add_argument("--name", help="its name (default: main)")
    init.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="OPTION=VALUE",
        dest="options",
        help="an option of the source, repeatable",
    )
    init.add_argument("--yes", action="store_true", help="do not ask; use the defaults")
    sources = commands.add_parser("sources", help="kinds of source, and what is configured")
    actions = sources.add_subparsers(dest="action", metavar="check")
    check = actions.add_parser("check", help="ask each source what may be read")
    check.add_argument("name", nargs="?", metavar="NAME", help="default: all")
    pull = commands.add_parser("pull", help="pull from the sources into the landing")
    pull.add_argument("names", nargs="*", metavar="NAME", help="sources to pull (default: all)")
    pull.add_argument("--since", metavar="TIME", help="pull events from then on")
    pull.add_argument("--full", action="store_true", help="read full listings, not only changes")
    pull.add_argument(
        "--strict",
        action="store_true",
        help="no difference: pull always exits 1 if a source fails",
    )
    _add_places(pull)
    for parser in (init, sources, check, pull):
        add_config(parser)
