"""The published file, held open between requests: opening it takes longer than most questions."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb

from orchestration.ground.settings import Settings
from orchestration.home.publication import find_published, not_opened

# Seconds without a request after which the file is let go, with the memory that it holds; a file
# that was deleted meanwhile (`forget`) is gone for good no later than that.
IDLE = 60
# Nothing but this one file can be read, and nothing that a request carries can change that.
LOCKED = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "lock_configuration": True,
}


class HeldFile:
    """The file that `settings.home` publishes, opened read-only and opened anew when another is
    published. Threads may share it.
    """

    def __init__(self, settings: Settings, idle: float = IDLE) -> None:
        self._settings, self._idle = settings, idle
        self._lock = threading.Lock()
        self._database: duckdb.DuckDBPyConnection | None = None
        self._held: tuple[object, ...] = ()
        self._waiting: threading.Timer | None = None

    def connection(self) -> tuple[Path, duckdb.DuckDBPyConnection]:
        """The published file and a connection to it, which the caller closes.

        Raises SettingsError where nothing is published or it cannot be opened.
        """
        with self._lock:
            file = find_published(self._settings)  # the link is followed: a run switches it
            try:
                found = file.stat()
                known = (file, found.st_ino, found.st_size, found.st_mtime_ns)
                if self._database is None or known != self._held:
                    self._let_go()
                    self._database = duckdb.connect(str(file), read_only=True, config=LOCKED)
                    self._held = known
                connection = self._database.cursor()
            except (OSError, duckdb.Error) as error:
                raise not_opened(file, error) from None
            self._wait()
            return file, connection

    def close(self) -> None:
        """Lets the file go; connections that are in use keep it until they are closed."""
        with self._lock:
            self._let_go()

    def _wait(self) -> None:
        if self._waiting:
            self._waiting.cancel()
        self._waiting = threading.Timer(self._idle, self.close)
        self._waiting.daemon = True
        self._waiting.start()

    def _let_go(self) -> None:
        if self._waiting:
            self._waiting.cancel()
        if self._database is not None:
            self._database.close()
        self._database, self._waiting = None, None
