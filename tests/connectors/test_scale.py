"""Pulling and translating a large table of a database: within bounded memory."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from benchmarks.measure import Measured, clean_environment, measure
from tests.conftest import ROOT

from .postgres import PASSWORD, running_postgres

TABLES = """
create schema hubspot;
create table hubspot.contact as
    select n as id, 'person' || n || '@example.com' as property_email,
        timestamp '2024-01-01' as property_createdate, now() as _fivetran_synced
    from generate_series(1, 1000) as n;
create table hubspot.email_event as
    select md5(n::text) as id, timestamptz '2024-05-01' + n * interval '1 second' as created,
        'OPEN' as type, 'person' || n % 1000 + 1 || '@example.com' as recipient,
        false as filtered_event, 0 as email_campaign_id,
        timestamptz '2024-05-02 00:00:00+00' as _fivetran_synced
    from generate_series(1, {events}) as n;
"""
PROGRAM = """
from orchestration.connectors.config import find_config
from orchestration.connectors.pull import pull_source
from orchestration.connectors.translate import translate
from orchestration.ground.settings import make_settings
(source,) = find_config().sources
"""


def pull_and_translate(folder: Path, events: int) -> tuple[Measured, Measured]:
    """A PostgreSQL of that many e-mail events, pulled and translated, each by a process."""
    with running_postgres() as url:
        engine = sa.create_engine(
            sa.make_url(url).set(drivername="postgresql+psycopg", password=PASSWORD)
        )
        with engine.begin() as connection:
            connection.execute(sa.text(TABLES.format(events=events)))
        engine.dispose()
        (folder / "touchledger.yml").write_text(
            "landing: landing\nhome: home\nvars: {memory_limit: 600MB}\nsources:\n"
            f"  - {{name: crm, kind: fivetran_hubspot, url: '{url}', schema: hubspot}}\n"
        )
        environment = clean_environment(ROOT, {"TOUCHLEDGER_CRM_PASSWORD": PASSWORD})

        def run(what: str) -> Measured:
            command = [sys.executable, "-c", f"{PROGRAM}{what}(source, make_settings())"]
            return measure(command, environment=environment, folder=folder)

        return run("pull_source"), run("translate")


@pytest.mark.long
def test_half_a_million_events_of_a_database(home: Path) -> None:
    costs = pull_and_translate(home, 500_000)
    assert [cost.outcome for cost in costs] == ["finished", "finished"]
    assert max(cost.peak for cost in costs) < 1.1 * 2**30
    with duckdb.connect() as connection:
        events = f"read_parquet('{home}/landing/events/*')"
        (rows,) = connection.execute(f"select count(distinct event_id) from {events}").fetchone()
    assert rows == 500_000


if __name__ == "__main__":
    for cost in pull_and_translate(Path(sys.argv[1]), int(sys.argv[2])):
        print(
            f"{cost.outcome}: {cost.wall:.0f} s, CPU {cost.cpu:.0f} s, {cost.peak / 2**20:.0f} MiB"
        )
