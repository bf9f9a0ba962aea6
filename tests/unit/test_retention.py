"""How many runs the log of restatements goes back (`keep_restatements`)."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.publishing.restatements import CAUSES, LOG, _forget_oldest


@pytest.mark.parametrize(("keep", "left"), [(1, []), (2, ["5"]), (4, ["3", "4", "5"]), (400, None)])
def test_the_log_keeps_the_latest_runs(keep: int, left: list[str] | None) -> None:
    """With the run that is about to be added there are as many as were asked for; a run that
    restated nothing and has causes, or the other way round, is one of them.
    """
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            create temporary table {LOG} as
                select unnest(['1', '2', '2', '4', '5']) as run_id;
            create temporary table {CAUSES} as select unnest(['1', '3', '5']) as run_id;
            """
        )
        _forget_oldest(connection, keep)
        runs = connection.execute(
            f"select distinct run_id from (from {LOG} union all from {CAUSES}) order by run_id"
        ).fetchall()
    assert [run for (run,) in runs] == (["1", "2", "3", "4", "5"] if left is None else left)
