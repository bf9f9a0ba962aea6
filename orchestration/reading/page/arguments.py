"""The options of `touchledger serve`."""

from __future__ import annotations

PORT = 8090


def add_serve(commands) -> None:
    """Adds `serve` to the commands of a parser."""
    parser = commands.add_parser(
        "serve", help="what is published as pages in a browser, on this machine only"
    )
    parser.add_argument(
        "--home", metavar="DIR", help="folder of the warehouse (default: warehouse)"
    )
    parser.add_argument(
        "--port", default=str(PORT), metavar="N", help=f"port on this machine (default: {PORT})"
    )
    parser.add_argument(
        "--host-name",
        action="append",
        default=[],
        metavar="NAME",
        help="host name under which a proxy serves the page",
    )
