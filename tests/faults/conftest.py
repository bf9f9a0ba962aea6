"""One undisturbed world for all tests of faults."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import MEMORY_DISK
from tests.faults.harness import Stage, stage


def fault_seed() -> int:
    """Draws the moments of all faults; say it to see the same ones again."""
    return int(os.environ.get("TOUCHLEDGER_FAULT_SEED", "1"))


@pytest.fixture(scope="session")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = Path(
        tempfile.mkdtemp(
            prefix="touchledger-faults-",
            dir=MEMORY_DISK if os.access(MEMORY_DISK, os.W_OK) else None,
        )
    )
    try:
        with stage(folder, tmp_path_factory.mktemp("faults"), seed=5) as built:
            yield built
    finally:
        shutil.rmtree(folder, ignore_errors=True)
