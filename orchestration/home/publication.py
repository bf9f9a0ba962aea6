"""What readers see: the folder that the link `published` leads to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from orchestration.ground.errors import SettingsError
from orchestration.ground.paths import PUBLISHED_FILE, REPORT_FILE
from orchestration.ground.settings import Settings


@dataclass(frozen=True)
class Publication:
    """One published folder. `run_id` is that of the run whose tables it has.

    A run that is published again gets a folder of its own, with a number behind the run's id.
    """

    folder: Path

    @classmethod
    def visible(cls, settings: Settings) -> Publication | None:
        """The one that readers see, or None before the first."""
        try:
            return cls(settings.home / os.readlink(settings.published))
        except OSError:
            return None

    @property
    def run_id(self) -> str:
        return self.folder.name.split(".")[0]

    @property
    def file(self) -> Path:
        return self.folder / PUBLISHED_FILE

    @property
    def report(self) -> Path:
        return self.folder / REPORT_FILE


def published_run(settings: Settings) -> str | None:
    """Id of the run that readers see, or None."""
    publication = Publication.visible(settings)
    return publication.run_id if publication else None


def find_published(settings: Settings) -> Path:
    """The DuckDB file that readers see, the link followed. Raises SettingsError where there is none
    that can be reached.
    """
    file, home = settings.published_file, settings.home
    other = "or name another HOME with --home DIR"
    try:
        return file.resolve(strict=True)
    except (FileNotFoundError, NotADirectoryError):
        if settings.published.is_symlink():
            raise SettingsError(
                f"What {settings.published} leads to is gone; publish it anew: `touchledger run`, "
                f"{other}"
            ) from None
        if home.exists() and not home.is_dir():
            raise SettingsError(f"HOME {home} is a file; name a folder with --home DIR") from None
        raise SettingsError(
            f"Nothing is published in {home} yet; run `touchledger run` first, {other}"
        ) from None
    except (OSError, RuntimeError) as error:  # a circle of links is a RuntimeError to pathlib
        reason = getattr(error, "strerror", None) or "its links lead in a circle"
        raise SettingsError(
            f"{file} cannot be reached ({reason}); check the links and permissions of HOME, {other}"
        ) from None


def not_opened(file: Path, error: Exception) -> SettingsError:
    """What is said of a published file that DuckDB cannot open or read."""
    return SettingsError(
        f"{file} cannot be opened ({str(error).splitlines()[0]}); check that it may be read, or "
        f"publish it anew: `touchledger run`"
    )
