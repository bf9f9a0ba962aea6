"""The lock of HOME, and who may read what in it."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from orchestration.ground.errors import HomeBusy, SettingsError
from orchestration.ground.paths import REJECTED_FILE
from orchestration.ground.settings import Settings


class HomeLock:
    """The lock of HOME for work in several steps: who does the work holds it and hands it down, and
    each step that holds it again shares it.
    """

    def __init__(self) -> None:
        self._home: Path | None = None

    @contextmanager
    def held(self, settings: Settings) -> Iterator[None]:
        """As `locked`, where this lock does not hold that HOME already."""
        if self._home == settings.home:
            yield
            return
        with locked(settings):
            self._home = settings.home
            try:
                yield
            finally:
                self._home = None


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Holds HOME for this block alone.

    What is written meanwhile is for its owner alone, unless it is published.

    Raises HomeBusy at once where somebody else holds it.
    """
    home = settings.home
    try:
        make_private(settings)
        descriptor = os.open(settings.private / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise SettingsError(
            f"HOME {home} cannot be written ({error.strerror}); {_home_cure(error, home)}"
        ) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise HomeBusy(
                f"Another run (process {_named_in(descriptor)}) is working on {home}; wait until "
                f"it ends, or use another --home. Nothing was done."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        before = os.umask(0o077)
        try:
            yield
        finally:
            os.umask(before)
    finally:
        os.close(descriptor)


def holder(settings: Settings) -> str | None:
    """The process that holds HOME at this instant; None where nobody does, or that cannot be
    told.
    """
    try:
        descriptor = os.open(settings.private / "lock", os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _named_in(descriptor)
    finally:
        os.close(descriptor)
    return None


def _named_in(descriptor: int) -> str:
    return os.pread(descriptor, 64, 0).decode("ascii", "replace").strip() or "unknown"


def _home_cure(error: OSError, home: Path) -> str:
    if os.path.islink(home) and not os.path.isdir(home):
        return "it is a link that leads nowhere; mend it, or name a folder with --home DIR"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "free some space there and run again, or choose another with --home DIR"
    if error.errno == errno.EROFS:
        return "the disk is read-only; choose another with --home DIR"
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return "it is a file, or lies below one; name a folder with --home DIR"
    return "give yourself the right to write there, or choose another with --home DIR"


def make_private(settings: Settings) -> None:
    """Creates HOME if it is missing, and makes its private files private, whatever the umask or an
    earlier version left.

    Other users can enter `.touchledger` to reach what is published, but cannot list it. Raises
    OSError.
    """
    settings.home.parent.mkdir(parents=True, exist_ok=True)
    settings.home.mkdir(mode=0o755, exist_ok=True)
    if not os.access(settings.home, os.W_OK | os.X_OK):
        is_closed = os.statvfs(settings.home).f_flag & os.ST_RDONLY
        code = errno.EROFS if is_closed else errno.EACCES
        raise OSError(code, os.strerror(code), str(settings.home))
    settings.private.mkdir(mode=0o711, exist_ok=True)
    (settings.private / "runs").mkdir(mode=0o711, exist_ok=True)
    passages = {settings.private: 0o711, settings.private / "runs": 0o711}
    private = [
        *settings.private.iterdir(),
        *settings.home.glob(f"{settings.warehouse.name}*"),
        settings.home / REJECTED_FILE,
    ]
    modes = {path: 0o700 if path.is_dir() else 0o600 for path in private} | passages
    for path, mode in modes.items():
        # Whoever may write to a HOME of somebody else works there without owning it.
        with suppress(FileNotFoundError, PermissionError):
            if not path.is_symlink() and path.stat().st_mode & 0o777 != mode:
                path.chmod(mode)
