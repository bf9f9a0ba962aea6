"""The arguments of every command, with their help."""

from __future__ import annotations

import argparse

from orchestration.connectors.arguments import add_commands, add_config
from orchestration.ground.arguments import add_run_arguments
from orchestration.reading.page.arguments import add_serve


def version() -> str:
    """The installed version, as pyproject.toml has it."""
    from importlib.metadata import version as installed

    return installed("touchledger")


def build_parser() -> argparse.ArgumentParser:
    """The arguments of every command, with their help."""
    parser = argparse.ArgumentParser(
        prog="touchledger",
        description=(
            "An open warehouse that answers, to the cent and with reasons, which campaign earned "
            "what."
        ),
    )
    parser.add_argument("--version", action="version", version=f"touchledger {version()}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="land new files, build, check and publish")
    add_run_arguments(run)
    add_config(run)
    add_commands(commands)
    explain = commands.add_parser("explain", help="say what was credited and why, or why not")
    subjects = explain.add_subparsers(
        dest="subject", required=True, metavar="deal|asset|contact|campaign"
    )
    for subject in ("deal", "asset", "contact", "campaign"):
        one = subjects.add_parser(subject, help=f"explain one {subject}")
        if subject == "asset":
            one.add_argument("type", metavar="TYPE", help="such as landing_page")
        named = "an e-mail address" if subject == "contact" else "its name"
        one.add_argument("id", metavar="ID", help=f"its id, or {named}")
        one.add_argument(
            "--home", metavar="DIR", help="folder of the warehouse (default: warehouse)"
        )
        one.add_argument("--json", action="store_true", help="as JSON")
    sql = commands.add_parser(
        "sql", help="ask the published file in SQL, or open a SQL shell on it, read-only"
    )
    sql.add_argument(
        "query",
        nargs="?",
        metavar="QUERY",
        help="statements (default: standard input; on a terminal, a shell)",
    )
    sql.add_argument("--home", metavar="DIR", help="folder of the warehouse (default: warehouse)")
    sql.add_argument(
        "--csv",
        nargs="?",
        const="-",
        metavar="FILE.csv",
        help="all rows as CSV, to standard output or to a file outside HOME",
    )
    sql.add_argument(
        "--parquet", metavar="FILE.parquet", help="all rows as Parquet, to a file outside HOME"
    )
    forget = commands.add_parser(
        "forget", help="erase a person from everything below HOME (the right to erasure)"
    )
    whom = forget.add_subparsers(dest="subject", required=True, metavar="contact|email")
    for subject, argument, by in (
        ("contact", "ID", "contact id"),
        ("email", "ADDRESS", "e-mail address"),
    ):
        one = whom.add_parser(subject, help=f"by {by}")
        one.add_argument("id", metavar=argument)
        one.add_argument("--yes", action="store_true", help="do not ask for confirmation")
        add_run_arguments(one)
    compare = commands.add_parser(
        "compare", help="two publications side by side: what differs, and why"
    )
    for side in ("a", "b"):
        compare.add_argument(
            side,
            nargs="?",
            metavar=side.upper(),
            help="a HOME, or a folder or file that was published",
        )
    compare.add_argument(
        "--reported", action="store_true", help="compare our numbers with what other systems report"
    )
    compare.add_argument("--home", metavar="DIR", help="with --reported: folder of the warehouse")
    what_if = commands.add_parser(
        "what-if",
        help="the same landed rows under other variables, compared with what is published",
    )
    what_if.add_argument(
        "--var", dest="variables", action="append", default=[], metavar="NAME=VALUE",
        help="a variable to change, repeatable",
    )  # fmt: skip
    what_if.add_argument("--name", metavar="NAME", help="keep the answer under this name")
    what_if.add_argument("--list", action="store_true", help="list the kept answers")
    what_if.add_argument("--remove", metavar="NAME", help="remove the answer kept under this name")
    what_if.add_argument("--home", metavar="DIR", help="folder of the warehouse")
    add_config(what_if)
    for one in (compare, what_if):
        one.add_argument("--metric", metavar="NAME", help="only this number or list of contacts")
        one.add_argument("--campaign", metavar="ID", help="only this campaign")
        formats = one.add_mutually_exclusive_group()
        formats.add_argument("--json", action="store_true", help="everything as JSON")
        formats.add_argument("--csv", action="store_true", help="everything as CSV")
    add_serve(commands)
    return parser
