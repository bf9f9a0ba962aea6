"""`touchledger serve`: the page on this machine."""

from __future__ import annotations

import argparse
import re
import signal
import socket
import sys

from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import make_settings

HOST = "127.0.0.1"


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536:
        return int(text)
    raise SettingsError(f"--port {text!r} is no port; write a number from 1 to 65535")


def _host_name(text: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?", text):
        return text
    raise SettingsError(f"--host-name {text!r} is no host name; write one such as reports.example")


def _listening(port: int) -> socket.socket:
    """A socket of this machine alone. Raises SettingsError where the port is taken."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((HOST, port))
    except OSError as error:
        made.close()
        raise SettingsError(
            f"Port {port} cannot be used ({error.strerror}); choose another with --port N"
        ) from None
    return made


def serve(arguments: argparse.Namespace) -> int:
    """Serves the page until interrupted; returns the exit status: 0 ended, 2 bad arguments or
    nothing published.
    """
    from orchestration.reading.page import publication
    from orchestration.reading.page.app import application
    from orchestration.terminal.failures import print_error

    try:
        settings = make_settings(home=arguments.home)
        names = tuple(map(_host_name, arguments.host_name))
        publication.check(settings)
        listening = _listening(_port(arguments.port))
    except SettingsError as error:
        print_error(str(error))
        return 2
    import uvicorn

    port = listening.getsockname()[1]
    print(f"The page of {settings.home} is on http://{HOST}:{port}/ (Ctrl-C ends it)", flush=True)
    config = uvicorn.Config(
        application(settings, names),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    for number in (signal.SIGINT, signal.SIGTERM):  # what uvicorn raises again when it has ended
        signal.signal(number, signal.default_int_handler)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()
    sys.stdout.flush()
    return 0
