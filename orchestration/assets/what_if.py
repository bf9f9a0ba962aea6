"""`touchledger what-if`: the landed rows under other variables, beside what is published."""

from __future__ import annotations

import json
import re
import shutil
import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb

from orchestration.ground.arguments import RunArguments
from orchestration.ground.errors import HomeBusy, SettingsError
from orchestration.ground.paths import VARIABLES_FILE
from orchestration.ground.settings import PRIVATE, Settings, parse_variables
from orchestration.ground.variables import default_variables
from orchestration.home.lock import locked
from orchestration.home.publication import Publication, find_published
from orchestration.home.tombstones import ERASED_FILE
from orchestration.home.verification import record_again
from orchestration.publishing import report
from orchestration.publishing.report.answers import ANSWER, FOLDER, kept_answers
from orchestration.reading.compare.command import compare_sides
from orchestration.reading.compare.filters import check_filters_of
from orchestration.reading.compare.publications import find_side
from orchestration.reading.compare.summary import summary
from orchestration.terminal.failures import print_error

SHOWN, FAILED, UNUSABLE = 0, 1, 2
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")
UNNAMED = "unnamed"
# What was asked, beside the warehouse that answers it.
ASKED = "asked.json"


def _folder(settings: Settings) -> Path:
    return settings.private / FOLDER


def _published_variables(publication: Publication, now: dict[str, object]) -> dict[str, str]:
    """The variables that what is published was built with, where a run of now would have others."""
    try:
        values = json.loads((publication.folder / VARIABLES_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {
        name: str(value)
        for name, value in values.items()
        if name in now and str(value) != str(now[name])
    }


def _asked(texts: list[str], base: dict[str, object], settings: Settings) -> dict[str, object]:
    """The variables that the question changes. Raises SettingsError where it cannot be asked."""
    asked = parse_variables(texts, None)
    zone = asked.get("naive_timezone")
    if zone is not None and zone != base["naive_timezone"]:
        raise SettingsError(
            f"naive_timezone decides how files are read, and what-if reads none anew. Read them "
            f"into another HOME and compare: touchledger run --landing {settings.landing} "
            f"--home OTHER --var naive_timezone={zone}; touchledger compare {settings.home} OTHER"
        )
    return asked


def _as_of(publication: Publication) -> str | None:
    """The as-of time of what is published: the answer is to differ by the variables alone."""
    try:
        values = json.loads((publication.folder / "built_from.json").read_text(encoding="utf-8"))
        return f"{values['as_of']}Z"
    except (OSError, ValueError, KeyError):
        return None


def kept(settings: Settings) -> dict[str, list[str]]:
    """What was asked and kept, by name: its variables."""
    found = {}
    for file in sorted(_folder(settings).glob(f"*/{ASKED}")):
        try:
            found[file.parent.name] = json.loads(file.read_text(encoding="utf-8"))["variables"]
        except (OSError, ValueError, KeyError):
            found[file.parent.name] = ["was not completed"]
    return found


def _list(settings: Settings) -> int:
    answers = kept(settings)
    for name, variables in answers.items():
        print(f"{name}: {', '.join(variables)}")
    if not answers:
        print("Nothing is kept; `touchledger what-if --var NAME=VALUE --name NAME` keeps an answer")
    return SHOWN


def _remove(settings: Settings, name: str) -> int:
    folder = _folder(settings) / name
    if not NAME.fullmatch(name) or not folder.is_dir():
        raise SettingsError(
            f"Nothing is kept under the name {name!r}; there is "
            f"{', '.join(kept(settings)) or 'nothing'}"
        )
    shutil.rmtree(folder)
    _redraw(settings)
    print(f"{name} is removed")
    return SHOWN


def _redraw(settings: Settings) -> Path | None:
    """Draws the published report anew, with the answers that are kept now; returns the page."""
    try:
        file = find_published(settings)
    except SettingsError:
        return None
    folder = file.resolve().parent
    variables = json.loads((folder / VARIABLES_FILE).read_text(encoding="utf-8"))
    with locked(settings), closing(duckdb.connect()) as connection:
        page = report.write(
            connection,
            folder / file.name,
            {**default_variables(), **variables},
            kept_answers(settings.private),
        )
        record_again(folder, page.name)
    return page


def _keep(settings: Settings, folder: Path, publication: Publication) -> Path | None:
    """Writes what the report says of an answer, and the report; returns the page."""
    told = summary(find_side(str(settings.home)), find_side(str(folder)))
    as_of = _as_of(publication)
    (folder / ANSWER).write_text(json.dumps({**told, "as_of": as_of}) + "\n", encoding="utf-8")
    return _redraw(settings)


def _prepare(settings: Settings, folder: Path) -> None:
    """A HOME of its own with the same landed rows, and a landing in which nothing is new."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "landing" / "events").mkdir(parents=True)
    (folder / PRIVATE).mkdir(mode=0o711)
    with locked(settings):
        # Where the tables are missing, all of them are built.
        for file in (settings.warehouse, settings.to_publish, settings.private / ERASED_FILE):
            if file.exists():
                shutil.copyfile(file, folder / file.relative_to(settings.home))


def what_if(
    arguments: Namespace,
    settings: Settings,
    run: Callable[[RunArguments], int],
) -> int:
    """Builds apart and shows `compare`; `run` builds and publishes. Returns the exit status:
    0 shown, 1 the build failed, 2 nothing could be asked."""
    try:
        if arguments.list:
            return _list(settings)
        if arguments.remove:
            return _remove(settings, arguments.remove)
        publication = Publication(find_published(settings).parent)
        if not settings.warehouse.exists():
            raise SettingsError(
                f"Nothing has landed in {settings.home}; name another HOME with --home DIR"
            )
        if not arguments.variables:
            raise SettingsError(
                "Name a variable to change: --var NAME=VALUE, "
                "such as --var attribution_lookback_days=30"
            )
        name = arguments.name or UNNAMED
        if not NAME.fullmatch(name):
            raise SettingsError(f"--name {name!r} must be of small letters, digits, - and _")
        folder = _folder(settings) / name
        base = _published_variables(publication, settings.variables)
        asked = _asked(arguments.variables, {**settings.variables, **base}, settings)
        variables = [f"{key}={value}" for key, value in {**base, **asked}.items()]
        check_filters_of(find_side(str(settings.home)), arguments.metric, arguments.campaign)
        _prepare(settings, folder)
        status = run(
            RunArguments(
                landing=str(folder / "landing"),
                home=str(folder),
                as_of=_as_of(publication),
                variables=variables,
                target=settings.target,
                pull=False,
            )
        )
        if status != 0:
            return FAILED if status == 1 else UNUSABLE
        (folder / ASKED).write_text(
            json.dumps({"variables": arguments.variables}) + "\n", encoding="utf-8"
        )
        compare_sides(
            find_side(str(settings.home)),
            find_side(str(folder)),
            metric=arguments.metric,
            campaign=arguments.campaign,
            as_json=arguments.json,
            as_csv=arguments.csv,
        )
        if arguments.name:
            page = _keep(settings, folder, publication)
            said = f"Kept as {name}: touchledger compare {settings.home} {folder}"
            if page is not None:
                said += f"\nIn the report: {settings.home / 'published' / page.name}#what-ifs"
            print(said, file=sys.stderr if arguments.json or arguments.csv else sys.stdout)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    except (SettingsError, HomeBusy) as error:
        print_error(str(error))
        return UNUSABLE
    return SHOWN
