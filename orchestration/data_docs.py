"""Data Docs of Great Expectations: the suites and how they came out, as pages that open without a network."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

from orchestration.home import HomeBusy, locked
from orchestration.settings import Settings, SettingsError, make_settings

FOLDER = "data_docs"


def docs_folder(settings: Settings) -> Path:
    """Where the pages of a HOME are."""
    return settings.home / FOLDER


def run_with_docs(context: Any, validations: list[Any], folder: Path) -> list[Any]:
    """Runs the validations as one checkpoint and writes its pages into `folder`, in place of older ones; their results in order."""
    import great_expectations as gx
    from great_expectations.checkpoint import UpdateDataDocsAction

    shutil.rmtree(folder, ignore_errors=True)
    context.add_data_docs_site(
        site_name="checks",
        site_config={
            "class_name": "SiteBuilder",
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
        },
    )
    checkpoint = context.checkpoints.add(
        gx.Checkpoint(
            name="run",
            validation_definitions=validations,
            actions=[UpdateDataDocsAction(name="pages", site_names=["checks"])],
            result_format="COMPLETE",
        )
    )
    by_name = {result.suite_name: result for result in checkpoint.run().run_results.values()}
    return [by_name[validation.suite.name] for validation in validations]


def write_data_docs(settings: Settings) -> Path:
    """Runs the checks on the warehouse as it is and writes their pages into HOME; returns the first page."""
    from orchestration.checks import run_business_checks

    folder = docs_folder(settings)
    run_business_checks(settings, docs=folder)
    return folder / "index.html"
