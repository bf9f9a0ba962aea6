"""`touchledger forget` on Spark: no byte of the person stays below HOME, the lake included, nor
where the cluster keeps its tables.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.engines.spark.local_cluster import LocalCluster
from tests.conftest import AS_OF, command, query
from tests.integration.test_forget import KEPT, PERSON, _land, _texts, _traces
from tests.spark.engines import PATIENCE, try_on_spark


def _traces_in_files(folder: Path) -> list[tuple[str, str]]:
    """Files of any name and kind that have the person in their bytes."""
    return [
        (str(file.relative_to(folder)), token)
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.is_symlink()
        for token in PERSON
        if token in file.read_bytes().decode("latin-1").lower()
    ]


@pytest.mark.long
@pytest.mark.parametrize("in_place", ["0", "1000000000"], ids=["read in place", "copied"])
def test_a_person_who_is_forgotten_leaves_no_trace_on_spark(
    cluster: LocalCluster, landing: Path, home: Path, in_place: str
) -> None:
    _land(landing)
    places = ("--landing", str(landing), "--as-of", AS_OF)
    limit = {"TOUCHLEDGER_SPARK_IN_PLACE_BYTES": in_place}
    done = try_on_spark(cluster, home, *places, **limit)
    assert done.returncode == 0, done.stdout + done.stderr
    lake = home / ".touchledger" / "lake"
    assert _traces(home) and list(lake.rglob("*.parquet"))
    before = query(home, "select count(*) from core.fct_interactions")

    asked = ("forget", "contact", "eve-4712", "--home", str(home), *places, "--yes")
    done = command(*asked, timeout=PATIENCE, **cluster.environment, **limit)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(lake.rglob("*.parquet"))
    assert _traces(home) == [] and _traces_in_files(home) == []
    everything = "".join(_texts(home).values())
    assert all(token in everything for token in KEPT)
    assert query(home, "select count(*) from core.fct_interactions") == before

    done = try_on_spark(cluster, home, *places, "--full-refresh", **limit)
    assert done.returncode == 0, done.stdout + done.stderr
    known = query(home, "select contact_id from core.dim_contacts where contact_id like 'eve%'")
    assert known == []
