"""The arguments of a run, listed once: the command line and Dagster's resource both have these
fields.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from pydantic import BaseModel, Field

from orchestration.ground.settings import TARGETS, Settings, make_settings


def _argument(flag: str, says: str, default: Any = None, **more: Any) -> Any:
    """A field with its flag on the command line and what else argparse is to know of it."""
    return Field(default, description=says, json_schema_extra={"flag": flag, **more})


class RunArguments(BaseModel):
    """What is empty comes from the TOUCHLEDGER_* environment, touchledger.yml or the defaults."""

    landing: str | None = _argument(
        "--landing",
        "folder of landed files, one folder per table (default: that of HOME, else the sample)",
        metavar="DIR",
    )
    home: str | None = _argument(
        "--home",
        "folder of the warehouse and of what is published (default: warehouse)",
        metavar="DIR",
    )
    as_of: str | None = _argument(
        "--as-of",
        "the instant that counts as now, e.g. 2026-07-01T00:00:00Z (default: now; of the "
        "sample 2026-07-01)",
        metavar="TIME",
    )
    full_refresh: bool = _argument(
        "--full-refresh", "discard what has landed and read the whole landing again", False
    )
    skip_bad_files: bool = _argument("--skip-bad-files", "skip files that cannot be read", False)
    variables: list[str] = _argument(
        "--var", "set a variable of dbt_project.yml for this run", [], metavar="NAME=VALUE"
    )
    target: str | None = _argument(
        "--target", "the engine (default: duckdb)", choices=list(TARGETS)
    )
    pull: bool = _argument("--no-pull", "do not pull; use what has been pulled before", True)
    strict: bool = _argument("--strict", "exit 1 if a source cannot be pulled", False)

    def settings(self) -> Settings:
        """The settings of this run. Raises SettingsError."""
        return make_settings(
            landing=self.landing,
            home=self.home,
            as_of=self.as_of,
            full_refresh=self.full_refresh,
            skip_bad_files=self.skip_bad_files,
            variables=self.variables,
            target=self.target,
        )

    def settled(self, settings: Settings) -> dict[str, Any]:
        """The arguments with what the environment left to these settings, as Dagster's config. A
        landing that is assumed stays so.
        """
        return {
            **self.model_dump(),
            "landing": None if settings.is_landing_assumed else str(settings.landing),
            "home": str(settings.home),
            "as_of": f"{settings.as_of.isoformat()}Z",
            "target": settings.target,
        }


def add_run_arguments(parser: ArgumentParser) -> None:
    """Gives a parser the arguments of a run."""
    for name, field in RunArguments.model_fields.items():
        more: dict[str, Any] = {**field.json_schema_extra}  # type: ignore[dict-item]
        flag = more.pop("flag")
        if isinstance(field.default, bool):
            more["action"] = "store_false" if field.default else "store_true"
        elif isinstance(field.default, list):
            more |= {"action": "append", "default": []}
        parser.add_argument(flag, dest=name, help=field.description, **more)


def parsed_arguments(parsed: Namespace) -> RunArguments:
    """The arguments of a run from a command line that add_run_arguments knows."""
    return RunArguments(**{name: getattr(parsed, name) for name in RunArguments.model_fields})
