"""What readers see: the folder that the link `published` leads to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

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
