"""What an engine does for a run besides what dbt's adapters and dispatched macros do.

An engine stores tables and reads them. It knows the layers of the warehouse, and nothing of what
the tables mean.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, ClassVar

import duckdb

from orchestration.ground.errors import BuildFailed
from orchestration.ground.settings import Settings

if TYPE_CHECKING:
    import sqlalchemy

# Makes tables of a scratch schema in the warehouse file.
MakeTables = Callable[[duckdb.DuckDBPyConnection], None]
# Answers a query on the built tables: its columns and up to three rows.
Ask = Callable[[str], tuple[list[str], list[tuple]]]


class Engine(ABC):
    """One engine in one run."""

    # What a built table is in the warehouse file, as the information schema calls it.
    table_type: ClassVar[str]
    # Whether the warehouse file has the keys that an increment changed.
    has_changed_keys: ClassVar[bool]

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @abstractmethod
    def check_ready(self) -> None:
        """Raises SettingsError where a run cannot begin."""

    @abstractmethod
    def profile(self) -> dict[str, str]:
        """What dbt's profile and the project's macros ask of this engine, as dbt variables."""

    @abstractmethod
    def landed(self) -> dict[str, str]:
        """Where macros find the landed rows, as dbt variables; it changes with what lands."""

    @abstractmethod
    def before_build(self, connection: duckdb.DuckDBPyConnection, *, anew: bool) -> None:
        """Makes ready what models read and write, once a build has begun; with `anew`, one that
        makes everything.
        """

    @abstractmethod
    def after_build(self, connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
        """Brings what was built to where it is published from."""

    @abstractmethod
    def mark_built(self, connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
        """Remembers beside the tables which run completed them."""

    @abstractmethod
    def is_as_built(self, connection: duckdb.DuckDBPyConnection, run_id: str) -> bool:
        """Whether the tables are those that a run of this HOME completed."""

    @abstractmethod
    def explained(self, failed: BuildFailed) -> BuildFailed:
        """A failure of dbt, in the words of what is behind it."""

    @abstractmethod
    def rows(self, sql: str) -> tuple[list[str], list[tuple]]:
        """Columns and up to three rows of a query on the built tables."""

    @contextmanager
    def asking(self) -> Iterator[Ask]:
        """`rows` for many queries, in one session."""
        yield self.rows

    @abstractmethod
    def spelled(self, sql: str, scratch: str) -> str:
        """A query on built tables and on the schema `scratch`, with the names they have here."""

    @abstractmethod
    def scratch(
        self, schema: str, make: MakeTables, queries: Mapping[str, str]
    ) -> AbstractContextManager[None]:
        """Holds a schema of helper tables while the block runs.

        `make` fills it in the warehouse file; `queries` are further tables by name, as SQL on what
        was built.
        """

    @abstractmethod
    def sqlalchemy_url(self) -> str:
        """What SQLAlchemy connects to for queries on the built tables."""

    def release(self, connections: sqlalchemy.Engine) -> None:
        """Closes the connections of an SQLAlchemy engine on that URL, in use or not."""
        connections.dispose()
