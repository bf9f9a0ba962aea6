"""The settings of one run: from the command line, the environment, or the defaults, in that
order.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

from orchestration.ground.configuration import find_file, read_configuration
from orchestration.ground.contract import raw_tables
from orchestration.ground.errors import SettingsError
from orchestration.ground.paths import PUBLISHED_FILE, ROOT, SAMPLE
from orchestration.ground.variables import checked, default_variables

TARGETS = ("duckdb", "spark")
PRIVATE = ".touchledger"
# The shipped sample ends the day before: without an as-of of its own it would be older every day.
SAMPLE_AS_OF = datetime(2026, 7, 1)
_AS_OF = "TOUCHLEDGER_AS_OF"


@dataclass(frozen=True)
class Settings:
    """What a run needs to know.

    `as_of` is naive UTC; `variables` are all variables of dbt_project.yml with this run's values.
    `is_landing_assumed`: nobody named the landing, and HOME does not know it, so it is the sample.
    """

    landing: Path
    home: Path
    as_of: datetime
    variables: dict[str, object] = field(default_factory=dict)
    overrides: dict[str, object] = field(default_factory=dict)
    full_refresh: bool = False
    skip_bad_files: bool = False
    target: str = "duckdb"
    is_landing_assumed: bool = False

    @property
    def compiled(self) -> Path:
        """Where dbt leaves what it compiles: a folder per target, because a parsed project is of
        one.
        """
        return self.private / ("target" if self.target == "duckdb" else f"target-{self.target}")

    @property
    def warehouse(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def to_publish(self) -> Path:
        """The file that published tables are built in."""
        return self.private / "to_publish.duckdb"

    @property
    def published(self) -> Path:
        return self.home / "published"

    @property
    def published_file(self) -> Path:
        """The DuckDB file that readers see."""
        return self.published / PUBLISHED_FILE

    @property
    def private(self) -> Path:
        """A folder of HOME that nobody but the program needs to know."""
        return self.home / PRIVATE


_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d{1,2}:\d\d(:\d\d(\.\d{1,6})?)?( UTC|Z|[+-]\d\d:?\d\d)?)?"
)


def parse_as_of(text: str, named: str = "--as-of") -> datetime:
    """Naive UTC from an ISO 8601 instant; a date is its first instant, no offset is UTC.

    Raises SettingsError, which says by what name the text was `named`.
    """
    cleaned = text.strip()
    if _INSTANT.fullmatch(cleaned):
        spelled = re.sub(r"(?<=[T ])(\d):", r"0\1:", re.sub(r" UTC$", "Z", cleaned))
        try:
            parsed = datetime.fromisoformat(spelled)
            return parsed.astimezone(UTC).replace(tzinfo=None) if parsed.tzinfo else parsed
        except (ValueError, OverflowError):
            pass
    raise SettingsError(f"{named} {text!r} is no instant; write one such as 2026-07-01T00:00:00Z")


def parse_variables(
    assignments: list[str],
    environment: str | None,
    configured: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Checked overrides from `NAME=VALUE` texts, a JSON object of the environment, and
    touchledger.yml.

    The first that names a variable wins. Raises SettingsError.
    """
    given: dict[str, object] = dict(configured or {})
    if environment:
        try:
            stated = json.loads(environment)
        except ValueError:
            stated = None
        if isinstance(stated, dict):
            given |= stated
        else:
            raise SettingsError(
                """TOUCHLEDGER_VARS must be a JSON object such as {"social_post_cap": 3}"""
            )
    for assignment in assignments:
        name, separator, value = assignment.partition("=")
        if not separator:
            raise SettingsError(
                f"--var {assignment!r} must be NAME=VALUE, such as social_post_cap=3"
            )
        given[name.strip()] = value
    known = default_variables()
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}"
            raise SettingsError(f"There is no variable {name!r}; {hint}")
    return {name: checked(name, value) for name, value in given.items()}


def _instant(text: str | None, landing: Path) -> datetime:
    """The as-of time from the argument, the environment, or the default of the landing."""
    if text is not None:
        return parse_as_of(text)
    stated = os.environ.get(_AS_OF)
    return parse_as_of(stated, _AS_OF) if stated else _default_as_of(landing)


def _path(text: str | None, variable: str, configured: Path | None, default: Path) -> Path:
    if text is not None and not text.strip():
        flag = f"--{variable.removeprefix('TOUCHLEDGER_').lower()}"
        raise SettingsError(f"{flag} is empty; name a folder, or leave it out for {default}")
    chosen = text or os.environ.get(variable) or configured
    return Path(os.path.abspath(Path(chosen).expanduser())) if chosen else default


def _landing_file(home: Path) -> Path:
    return home / PRIVATE / "landing"


def note_landing(settings: Settings) -> None:
    """Keeps in HOME where its rows landed from: commands that name no landing mean this one."""
    _landing_file(settings.home).write_text(f"{settings.landing}\n", encoding="utf-8")


def _own_landing(home: Path) -> Path | None:
    """The landing that a HOME was last filled from, where it knows that."""
    try:
        noted = _landing_file(home).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return Path(noted) if noted else None


def _default_as_of(landing: Path) -> datetime:
    """Now; of the shipped sample the day after its last event."""
    return SAMPLE_AS_OF if landing == SAMPLE else datetime.now(UTC).replace(tzinfo=None)


def make_settings(
    *,
    landing: str | None = None,
    home: str | None = None,
    as_of: str | None = None,
    full_refresh: bool = False,
    skip_bad_files: bool = False,
    variables: list[str] | None = None,
    target: str | None = None,
) -> Settings:
    """Settings from arguments, the TOUCHLEDGER_* environment, touchledger.yml, or the defaults: of
    the landing the one that HOME was last filled from, else the sample.

    Raises SettingsError.
    """
    chosen_target = target or os.environ.get("TOUCHLEDGER_TARGET") or "duckdb"
    if chosen_target not in TARGETS:
        raise SettingsError(f"There is no target {chosen_target!r}; choose {' or '.join(TARGETS)}")
    configured = read_configuration(find_file())
    for name, value in configured.variables.items():
        try:
            parse_variables([], None, {name: value})
        except SettingsError as error:
            assert configured.document is not None
            raise configured.document.wrong(configured.variable_nodes[name], str(error)) from None
    overrides = parse_variables(
        variables or [], os.environ.get("TOUCHLEDGER_VARS"), configured.variables
    )
    place = _path(home, "TOUCHLEDGER_HOME", configured.home, ROOT / "warehouse")
    for character, called in {"?": "question mark", "\\": "backslash"}.items():
        if character in str(place):
            raise SettingsError(
                f"HOME {place} has a {called} in its path, which DuckDB cannot open; choose "
                f"another with --home DIR"
            )
    own = _own_landing(place)
    landed = _path(landing, "TOUCHLEDGER_LANDING", configured.landing, own or SAMPLE)
    if place.is_relative_to(landed) and {*place.relative_to(landed).parts[:1]} & {*raw_tables()}:
        raise SettingsError(
            f"HOME {place} lies in a table's folder of the landing, and what is kept there would "
            f"land; choose another with --home DIR"
        )
    return Settings(
        landing=landed,
        home=place,
        as_of=_instant(as_of, landed),
        variables={**default_variables(), **overrides},
        overrides=overrides,
        full_refresh=full_refresh,
        skip_bad_files=skip_bad_files,
        target=chosen_target,
        is_landing_assumed=not (
            landing or os.environ.get("TOUCHLEDGER_LANDING") or configured.landing or own
        ),
    )
