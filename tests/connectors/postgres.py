"""A PostgreSQL of its own on loopback, by Debian's or any other server that is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

USER, PASSWORD = "reader", "not a secret"


def server_programs() -> Path:
    """The folder with initdb and pg_ctl. Skips the test where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if found:
        return found[-1].parent
    program = shutil.which("pg_ctl")
    if program:
        return Path(program).resolve().parent
    pytest.skip("no PostgreSQL server is installed; on Debian: apt-get install postgresql")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def _as_server(*command: str) -> None:
    """Runs a program of the server, which refuses to run as root."""
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*user, *command], capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == 0, done.stderr or done.stdout


@contextmanager
def running_postgres() -> Iterator[str]:
    """The URL, without its password, of a database on a server that ends with the block."""
    programs = server_programs()
    folder = Path(tempfile.mkdtemp(prefix="touchledger-postgres-"))
    try:
        secret = folder / "secret"
        secret.write_text(PASSWORD)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
            shutil.chown(secret, "postgres", "postgres")
        data, port = folder / "data", _free_port()
        _as_server(
            f"{programs}/initdb",
            "-D",
            f"{data}",
            "-U",
            USER,
            f"--pwfile={secret}",
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c "
            f"fsync=off -c timezone=Europe/Berlin"
        )
        start = (f"{programs}/pg_ctl", "-D", f"{data}", "-w", "-l", f"{folder}/log", "-o", options)
        _as_server(*start, "start")
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
        finally:
            _as_server(f"{programs}/pg_ctl", "-D", f"{data}", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
