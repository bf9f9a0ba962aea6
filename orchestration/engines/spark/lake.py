"""The lake: the folder that client and cluster share.

What has landed is brought there (`export`), and what is built comes back (`bridge`).
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import Settings


def is_shared() -> bool:
    """Whether the lake lies outside HOME, where client and server may be two users."""
    return bool(os.environ.get("TOUCHLEDGER_SPARK_LAKE"))


def lake(settings: Settings) -> Path:
    """The folder that client and cluster share: below TOUCHLEDGER_SPARK_LAKE where that is set,
    else in HOME.
    """
    if not is_shared():
        return settings.private / "lake"
    from orchestration.engines.spark.server import prefix

    return Path(os.path.abspath(Path(os.environ["TOUCHLEDGER_SPARK_LAKE"]).expanduser())) / prefix(
        settings
    )


def remove(settings: Settings) -> None:
    """Takes away the lake of this HOME, wherever it is; the next build on Spark writes it anew.

    Raises SettingsError where it cannot be taken away.
    """
    folder = lake(settings)
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise SettingsError(
            f"The lake {folder} cannot be removed ({error.strerror}: {error.filename}); give "
            f"yourself the right to, or remove it, and try again"
        ) from None


def make_folder(folder: Path) -> None:
    """Makes a folder of the lake and those above it; where the lake is shared, its group may write
    there.
    """
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        share(folder)


def share(path: Path) -> None:
    """Gives a file or folder of a shared lake to the group of the folder that it lies in."""
    if is_shared():
        path.chmod(0o2770 if path.is_dir() else 0o660)
