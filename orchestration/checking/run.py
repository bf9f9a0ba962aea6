"""The last gate:

Great Expectations suites over what is about to be published, as plain lists in `expectations/`, run
inside the engine.

No suite loads a table: an expectation is a query that counts and shows the rows that break it, and
of a large table it asks the measures that one pass over it has taken.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from orchestration.checking.aggregates import SCHEMA, compared
from orchestration.checking.results import CheckResult
from orchestration.checking.suites import (
    ALL_ROWS,
    BusinessCheck,
    Instants,
    Suite,
    measures,
    question,
    suites,
)
from orchestration.engines.registry import engine
from orchestration.ground.cache import lead_libraries
from orchestration.ground.settings import Settings
from orchestration.home.warehouse import warehouse

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite, ExpectationValidationResult
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.datasource.fluent import SQLDatasource

    from orchestration.engines.base import Engine


# The one batch of a table, as Great Expectations calls it.
WHOLE = "all"
# The site of Data Docs, as Great Expectations calls it.
SITE = "checks"
# How much a result says: all.
RESULTS: Literal["COMPLETE"] = "COMPLETE"
# What Great Expectations imports for expectations that nobody here has.
UNUSED = ("scipy.stats", "altair")


class _Unloaded(ModuleType):
    """A module that Python loads when something of it is first asked for.

    The standard library's LazyLoader loads it at the first `import` already.
    """

    def __getattr__(self, attribute: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), attribute)


def _load_when_used(name: str) -> None:
    if name in sys.modules or (spec := find_spec(name)) is None:
        return
    module = _Unloaded(name)
    module.__spec__ = spec
    sys.modules[name] = module
    package, _, last = name.rpartition(".")
    if package:
        setattr(sys.modules[package], last, module)


def _quiet() -> None:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    lead_libraries()
    for name in UNUSED:
        _load_when_used(name)
    os.environ.setdefault("TQDM_DISABLE", "1")
    import logging

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    # Where pyspark is installed, Great Expectations imports it, and it has opinions on other
    # packages.
    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")


def import_early() -> None:
    """Imports Great Expectations in the background during a build, when Python is idle. It saves
    two seconds.
    """
    _quiet()
    threading.Thread(
        target=import_module, args=["great_expectations"], name="great-expectations", daemon=True
    ).start()


@cache
def _expectation_type() -> type:
    """The kind of expectation that every check is: it asks once, for three rows and the number of
    all.
    """
    _quiet()
    from great_expectations.compatibility import pydantic
    from great_expectations.expectations import UnexpectedRowsExpectation

    class BrokenRows(UnexpectedRowsExpectation):
        """No row breaks the rule.

        The query names three rows that do, each with the number of all.
        """

        metric_dependencies = ("unexpected_rows_query.table",)

        @pydantic.validator("unexpected_rows_query")
        def _validate_query(cls, query: str) -> str:
            return query

        def _validate(
            self,
            metrics: dict,
            runtime_configuration: dict | None = None,
            execution_engine: Any = None,
        ) -> dict:
            rows = metrics["unexpected_rows_query.table"]
            total = int(rows[0][ALL_ROWS] or 0) if rows else 0
            sample = [
                {name: value for name, value in row.items() if name != ALL_ROWS} for row in rows
            ]
            return {
                "success": not rows,
                "result": {"observed_value": total, "details": {"unexpected_rows": sample}},
            }

    return BrokenRows


@contextlib.contextmanager
def _measured(settings: Settings, chosen: Iterable[Suite]) -> Iterator[Instants]:
    with contextlib.ExitStack() as opened:
        with warehouse(settings) as connection:
            instants = Instants.of(connection)
            queries = measures(settings, chosen, instants)
            made = engine(settings).scratch(SCHEMA, compared(settings, instants.as_of), queries)
            opened.enter_context(made)
        yield instants


def run_business_checks(
    settings: Settings, chosen: Iterable[Suite] | None = None, docs: Path | None = None
) -> list[CheckResult]:
    """Runs the suites against the built tables; one result per check, in the suites' order.

    `docs` is a folder for Data Docs of the results; without one none are written, because they take
    longer than the checks.
    """
    chosen = suites() if chosen is None else tuple(chosen)
    _quiet()
    import great_expectations as gx

    works = engine(settings)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    outcomes: dict[tuple[str, str], CheckResult] = {}
    with (
        _measured(settings, suites()) as instants,
        contextlib.ExitStack() as opened,
    ):
        # A source is added with all its tables: what is added one by one has everything before it
        # written out anew.
        source = context.data_sources.add_sql(_source(works, chosen))
        for connections in (source.get_engine(), source.get_execution_engine().engine):
            opened.callback(works.release, connections)
        batches = [source.get_asset(suite.table).get_batch_definition(WHOLE) for suite in chosen]
        expected = [_expected(suite, settings, instants) for suite in chosen]
        # Validations of a context would store what comes out, for pages: twice the queries' time.
        results = (
            _with_pages(context, batches, expected, docs)
            if docs
            else [
                batch.get_batch().validate(suite, result_format=RESULTS)
                for batch, suite in zip(batches, expected, strict=True)
            ]
        )
        for suite, result in zip(chosen, results, strict=True):
            by_name = {check.name: check for check in suite.checks}
            for entry in result.results:
                check = by_name[entry.expectation_config.meta["name"]]
                outcomes[suite.table, check.name] = _result(check, entry)
    return [outcomes[suite.table, check.name] for suite in chosen for check in suite.checks]


def _source(works: Engine, chosen: Iterable[Suite]) -> SQLDatasource:
    """The built tables that `chosen` are about, as Great Expectations finds them."""
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.datasource.fluent import SQLDatasource
    from great_expectations.datasource.fluent.sql_datasource import QueryAsset

    assets = [
        QueryAsset(
            name=suite.table,
            query=works.spelled(f"select * from {suite.table}", SCHEMA),
            batch_definitions=[BatchDefinition(name=WHOLE)],
        )
        for suite in chosen
    ]
    return SQLDatasource(
        name="warehouse", connection_string=works.sqlalchemy_url(), assets=list(assets)
    )


def _expected(suite: Suite, settings: Settings, instants: Instants) -> ExpectationSuite:
    import great_expectations as gx

    expectation, works = _expectation_type(), engine(settings)
    return gx.ExpectationSuite(
        name=suite.table,
        expectations=[
            expectation(
                unexpected_rows_query=works.spelled(
                    question(check, instants, settings.variables), SCHEMA
                ),
                description=f"{check.rule}: {check.says}",
                severity="critical" if check.blocking else "warning",
                meta={"name": check.name, "cure": check.cure},
            )
            for check in suite.checks
        ],
    )


def _with_pages(
    context: Any, batches: list[BatchDefinition], expected: list[ExpectationSuite], folder: Path
) -> list[Any]:
    """Validates every batch by its suite as one checkpoint and writes its pages into `folder`, in
    place of older ones; the results in order.
    """
    import great_expectations as gx
    from great_expectations.checkpoint import UpdateDataDocsAction

    shutil.rmtree(folder, ignore_errors=True)
    context.add_data_docs_site(
        site_name=SITE,
        site_config={
            "class_name": "SiteBuilder",
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(folder),
            },
            "show_how_to_buttons": False,
        },
    )
    validations = [
        context.validation_definitions.add(
            gx.ValidationDefinition(name=suite.name, data=batch, suite=context.suites.add(suite))
        )
        for batch, suite in zip(batches, expected, strict=True)
    ]
    checkpoint = context.checkpoints.add(
        gx.Checkpoint(
            name="run",
            validation_definitions=validations,
            actions=[UpdateDataDocsAction(name="pages", site_names=[SITE])],
            result_format=RESULTS,
        )
    )
    by_name = {result.suite_name: result for result in checkpoint.run().run_results.values()}
    return [by_name[validation.suite.name] for validation in validations]


def _result(check: BusinessCheck, entry: ExpectationValidationResult) -> CheckResult:
    found = entry.result or {}
    raised = entry.exception_info if isinstance(entry.exception_info, dict) else {}
    errors = [
        one
        for one in (raised, *raised.values())
        if isinstance(one, dict) and one.get("raised_exception") is True
    ]
    error = str(errors[-1].get("exception_message")) if errors else None
    sample = [dict(row) for row in (found.get("details") or {}).get("unexpected_rows") or []]
    return CheckResult(
        check,
        bool(entry.success) and not errors,
        int(found.get("observed_value") or 0),
        sample,
        error,
    )
