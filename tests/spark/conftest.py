"""A cluster for all tests of this folder, on loopback, with folders of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration.engines.spark.local_cluster import LocalCluster
from tests.conftest import scratch

# Worlds of a few hundred rows: what a plan costs is all that there is.
SMALL = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.shuffle.partitions": "2",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.spark)


@contextmanager
def _started(*, has_metastore: bool) -> Iterator[LocalCluster]:
    """Two workers of one core and a Thrift server.

    TOUCHLEDGER_TEST_KEEP names a folder that its logs are copied to.
    """
    with scratch() as folder:
        try:
            with LocalCluster(
                folder, workers=2, settings=SMALL, is_brief=True, has_metastore=has_metastore
            ) as started:
                yield started
        finally:
            if kept := os.environ.get("TOUCHLEDGER_TEST_KEEP"):
                shutil.copytree(folder / "logs", Path(kept) / folder.name, dirs_exist_ok=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[LocalCluster]:
    """For all tests that do not ask for a metastore."""
    with _started(has_metastore=False) as started:
        yield started


@pytest.fixture(scope="session")
def cluster_with_metastore() -> Iterator[LocalCluster]:
    """As clusters are in earnest: what tables there are is kept by Hive's metastore, which has a
    mind of its own.
    """
    with _started(has_metastore=True) as started:
        yield started
