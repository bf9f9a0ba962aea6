"""The Thrift server of a run: where it is, whether it answers, and questions to it.

Host, port and user come from TOUCHLEDGER_SPARK_HOST, _PORT and _USER.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

import yaml

from orchestration.ground.errors import BuildFailed, SettingsError
from orchestration.ground.paths import DBT_PROJECT
from orchestration.ground.settings import Settings

EXTRA = (
    ".venv/bin/pip install -r requirements-spark.lock (or make spark-setup, with a Spark to try it)"
)
STARTED_BY = (
    "in a checkout `make spark-cluster` starts one on this machine; docs/spark.md says how to run "
    "one"
)
# Seconds to wait for a connection.
PATIENCE = 10
_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,50}")


@dataclass(frozen=True)
class Server:
    """Where the Thrift server listens and as whom it is asked."""

    host: str
    port: int
    user: str

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def answers(self) -> bool:
        """Whether something listens there."""
        try:
            socket.create_connection((self.host, self.port), timeout=PATIENCE).close()
        except OSError:
            return False
        return True


def server() -> Server:
    """The server that the environment names. Raises SettingsError."""
    port = os.environ.get("TOUCHLEDGER_SPARK_PORT") or "17100"
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise SettingsError(
            f"TOUCHLEDGER_SPARK_PORT {port!r} is no port; write a number such as 10000"
        )
    return Server(
        os.environ.get("TOUCHLEDGER_SPARK_HOST") or "127.0.0.1",
        int(port),
        os.environ.get("TOUCHLEDGER_SPARK_USER") or "touchledger",
    )


def prefix(settings: Settings) -> str:
    """The prefix of this HOME's databases: TOUCHLEDGER_SPARK_PREFIX, or a name made from the path
    of HOME. Raises SettingsError.
    """
    given = os.environ.get("TOUCHLEDGER_SPARK_PREFIX")
    if given and not _PREFIX.fullmatch(given):
        raise SettingsError(
            f"TOUCHLEDGER_SPARK_PREFIX {given!r} is no name; write lower-case letters, digits and "
            f"_, such as touchledger"
        )
    path = str(settings.home).encode("utf-8", "surrogateescape")
    return given or f"touchledger_{hashlib.blake2b(path, digest_size=4).hexdigest()}"


def database(settings: Settings, layer: str) -> str:
    """The database of a layer, such as `core`."""
    return f"{prefix(settings)}_{layer}"


def check_ready(settings: Settings) -> None:
    """Raises SettingsError where a run on Spark cannot begin: the packages are missing or no server
    answers.
    """
    if find_spec("dbt.adapters.spark") is None or find_spec("pyhive") is None:
        raise SettingsError(f"--target spark needs packages that are not installed; run: {EXTRA}")
    prefix(settings)
    there = server()
    if not there.answers:
        raise SettingsError(
            f"No Spark Thrift server answers at {there} (TOUCHLEDGER_SPARK_HOST, "
            f"TOUCHLEDGER_SPARK_PORT); start it and run again: {STARTED_BY}. "
            "Nothing was done."
        )


def lost(said: object) -> BuildFailed:
    """The error for a server that went away in the middle of a run."""
    return BuildFailed(
        f"The Spark Thrift server at {server()} was lost in the middle of the run "
        f"({_first_line(said)}). Start it again and run again: "
        "what was being built is built anew"
    )


# What a failed statement says where there was nobody to ask.
_GONE = (
    "TSocket",
    "Connection refused",
    "Could not connect",
    "Connection reset",
    "Broken pipe",
    "TTransport",
    "NoneType: None",
)


def explained(failed: BuildFailed) -> BuildFailed:
    """A failure of dbt, or, where the server went away, that."""
    messages = [str(failed), *(failure.message for failure in failed.failures)]
    gone = next((message for message in messages if any(sign in message for sign in _GONE)), None)
    if gone is None and server().answers:
        return BuildFailed(
            str(failed),
            [
                replace(failure, message=without_trace(failure.message))
                for failure in failed.failures
            ],
        )
    return lost(gone or messages[-1])


def _first_line(said: object) -> str:
    return (str(said).strip().splitlines() or [type(said).__name__])[0][:300]


def _session_settings() -> dict[str, str]:
    """What every session sets, from dbt's profile, its one home."""
    profiles = yaml.safe_load((DBT_PROJECT / "profiles.yml").read_text(encoding="utf-8"))
    return {
        name: str(value)
        for name, value in profiles["touchledger"]["outputs"]["spark"][
            "server_side_parameters"
        ].items()
    }


class Session:
    """Questions to the server, one after another."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def run(self, sql: str) -> list[tuple]:
        """The rows of one statement; dates and lists come as text.

        Raises BuildFailed with what Spark says, or that the server was lost.
        """
        return self.ask(sql)[1]

    def ask(self, sql: str) -> tuple[list[str], list[tuple]]:
        """The names of the columns and the rows of one statement. Raises BuildFailed."""
        from pyhive.exc import Error
        from thrift.Thrift import TException

        try:
            with contextlib.closing(self._connection.cursor()) as cursor:
                cursor.execute(sql)
                return [
                    column[0] for column in cursor.description or []
                ], cursor.fetchall() if cursor.description else []
        except (OSError, TException, EOFError) as error:
            raise lost(error) from error
        except Error as error:
            raise BuildFailed(f"Spark could not do it: {spark_message(error)}") from error


def spark_message(error: BaseException) -> str:
    """What Spark says in an error of its server, without the trace."""
    status = getattr(error.args[0] if error.args else None, "status", None)
    said = str(getattr(status, "errorMessage", None) or error)
    return without_trace(said)


def without_trace(said: str) -> str:
    """An error of the server without the lines of Java that it came from."""
    return re.split(r"\s+at (?:org|java|scala|com|jdk)\.", said, maxsplit=1)[0].strip()


@contextlib.contextmanager
def session(settings: Settings) -> Iterator[Session]:
    """A session on the server, in UTC. Raises BuildFailed where there is none."""
    connection = connect()
    try:
        yield Session(connection)
    finally:
        with contextlib.suppress(Exception):
            connection.close()


def connect() -> Any:
    """A connection of the DB-API. Raises BuildFailed."""
    from pyhive import hive
    from thrift.Thrift import TException

    there = server()
    try:
        return hive.connect(
            host=there.host, port=there.port, username=there.user, configuration=_session_settings()
        )
    except (OSError, TException, EOFError) as error:
        raise lost(error) from error
    except hive.OperationalError as error:
        raise BuildFailed(
            f"The Spark Thrift server at {there} opens no session: {spark_message(error)}"
        ) from error


def text(value: str) -> str:
    """A string literal of Spark."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
