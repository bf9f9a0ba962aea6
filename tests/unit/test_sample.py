"""The shipped sample is what its script makes and stays small."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import duckdb
import pytest

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
SAMPLE = SEEDS / "sample"
MAXIMUM_BYTES = 2 * 1024 * 1024


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script as a module; it is no part of a package."""
    spec = importlib.util.spec_from_file_location("make_sample", SEEDS / "make_sample.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def rows(file: Path) -> list[tuple]:
    """What a Parquet file holds, names and types of its columns first: its bytes differ between
    versions of DuckDB.
    """
    relation = duckdb.read_parquet(str(file))
    columns = zip(relation.columns, map(str, relation.types), strict=True)
    return [*columns, *relation.fetchall()]


def test_the_script_makes_the_shipped_sample(script: ModuleType, tmp_path: Path) -> None:
    script.make_sample(tmp_path)
    made, shipped = contents(tmp_path), contents(SAMPLE)
    assert sorted(made) == sorted(shipped)
    differing = [name for name in made if made[name] != shipped[name]]
    assert [
        name
        for name in differing
        if not name.endswith(".parquet") or rows(tmp_path / name) != rows(SAMPLE / name)
    ] == []


def test_the_sample_is_small() -> None:
    assert sum(len(content) for content in contents(SAMPLE).values()) <= MAXIMUM_BYTES


def test_the_sample_has_every_table_of_the_contract(script: ModuleType) -> None:
    assert sorted(path.name for path in SAMPLE.iterdir()) == sorted(script.TABLES)
