"""The dbt project, parsed once after each change of its files, for all processes and HOMEs."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import pickle
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from orchestration.engines.registry import engine
from orchestration.ground.cache import cache_folder, manifest_file
from orchestration.ground.errors import BuildFailed
from orchestration.ground.paths import DBT_PROJECT, ROOT, RULES
from orchestration.ground.settings import Settings

QUIET = ("--quiet", "--log-level", "none", "--log-level-file", "warn")
# Where dbt reads again only what changed, it forgets the descriptions of singular tests whose
# macros did: a failed one would lack its rule.
WHOLE = "--no-partial-parse"
# Seconds to wait for another process that parses the project: several times what a parse takes.
PATIENCE = 180.0
# The macro by which a model asks which build it is in.
ASKS_FOR_BUILD = "macro.touchledger.is_increment"
_HALVES = re.compile(r"\\ud[89ab]..\\ud[c-f]..")
# What every parse sees of the profile, whatever the run: a parsed project serves every HOME.
PARSED_WITH = {"warehouse": "warehouse.duckdb", "to_publish": "to_publish.duckdb"}


def ignore_other_projects() -> None:
    """dbt takes its options from the environment, too; those of another project of the same user
    are not meant for this one.
    """
    for name in [name for name in os.environ if name.startswith("DBT_")]:
        if name != "DBT_SEND_ANONYMOUS_USAGE_STATS":
            del os.environ[name]


def _as_yaml(halves: re.Match[str]) -> str:
    character = json.loads(f'"{halves[0]}"')
    return f"\\U{ord(character):08x}"


def spelled(variables: Mapping[str, object]) -> str:
    """Variables for dbt's command line: JSON, but with YAML's escapes for characters above U+FFFF,
    such as an emoji in HOME's path. JSON would write two halves, which YAML does not join.
    """
    return _HALVES.sub(_as_yaml, json.dumps(variables, sort_keys=True))


def places(target: Path, logs: Path) -> list[str]:
    """Where dbt finds the project and leaves what it makes, as arguments."""
    folders = {
        "--project-dir": DBT_PROJECT,
        "--profiles-dir": DBT_PROJECT,
        "--target-path": target,
        "--log-path": logs,
    }
    return [text for name, folder in folders.items() for text in (name, str(folder))]


def _parse(
    *extra: str,
    target: Path | None = None,
    logs: Path | None = None,
    variables: Iterable[tuple[str, str]] = (),
) -> Any:
    """dbt's parsed project, from what the last parse left in `target`, the user's cache by default,
    where no file changed.

    Raises BuildFailed.
    """
    ignore_other_projects()
    from dbt.cli.main import dbtRunner

    given = spelled({**PARSED_WITH, **dict(variables)})
    found = places(target or manifest_file().parent, logs or cache_folder() / "logs")
    outcome = dbtRunner().invoke([*QUIET, *extra, "parse", *found, "--vars", given])
    if not outcome.success:
        raise BuildFailed(f"The dbt project cannot be parsed: {outcome.exception}")
    return outcome.result


@cache
def _parsed() -> Any:
    """The parsed project, once per process.

    It is parsed with the default variables, so that a run with other ones need not parse anew:
    models ask for variables only when they are compiled, and no dependency hangs on one.
    """
    from dbt.contracts.graph.manifest import Manifest

    ensure_manifest()
    try:
        return Manifest(**pickle.loads(_parsed_file().read_bytes()))
    except Exception:  # damaged, in whatever way: it is only what was kept of a parse
        shutil.rmtree(manifest_file().parent)
        ensure_manifest()
        return Manifest(**pickle.loads(_parsed_file().read_bytes()))


def _parsed_file() -> Path:
    """dbt's own objects as `ensure_manifest` left them:

    read in a tenth of the time in which dbt would make them of what it keeps.
    """
    return manifest_file().with_name("parsed.pickle")


@cache
def _parsed_for(
    target: str, compiled: Path, logs: Path, profile: tuple[tuple[str, str], ...]
) -> Any:
    """The project, parsed for a target other than DuckDB. Its schema names depend on HOME, so what
    was parsed is kept there.
    """
    digest, made_from = project_digest(), compiled / "made_from"
    is_kept = made_from.exists() and made_from.read_text("ascii") == digest
    how = ["--no-write-json", "--target", target, *([] if is_kept else [WHOLE])]
    project = _parse(*how, target=compiled, logs=logs, variables=profile)
    made_from.write_text(digest, "ascii")
    return project


def parsed(settings: Settings) -> Any:
    """The parsed project of the run's target. Raises BuildFailed."""
    if settings.target == "duckdb":
        return _parsed()
    return _parsed_for(
        settings.target,
        settings.compiled,
        settings.private / "logs",
        tuple(engine(settings).profile().items()),
    )


def standing_views(project: Any) -> dict[str, str]:
    """The views of a parsed project that no increment changes, as name by unique id: their SQL does
    not ask which build it is in.
    """
    macros = project.macros

    def asks(names: Iterable[str]) -> bool:
        waiting, seen = list(names), set()
        while waiting:
            name = waiting.pop()
            if name == ASKS_FOR_BUILD:
                return True
            if name in macros and name not in seen:
                seen.add(name)
                waiting += macros[name].depends_on.macros
        return False

    return {
        unique_id: node.name
        for unique_id, node in project.nodes.items()
        if node.resource_type == "model"
        and node.config.materialized == "view"
        and not asks(node.depends_on.macros)
    }


def project_files() -> list[Path]:
    """Everything that the manifest is made from."""
    folders = [DBT_PROJECT / name for name in ("models", "macros", "tests", "docs")]
    files = [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in (".sql", ".yml", ".md")
    ]
    return [
        *files,
        *RULES.glob("*.csv"),
        DBT_PROJECT / "dbt_project.yml",
        DBT_PROJECT / "profiles.yml",
    ]


def ensure_manifest() -> Path:
    """The manifest that Dagster's assets are made from, parsed again only if a file of the project
    has changed.
    """
    manifest, parsed_file = manifest_file(), _parsed_file()
    made_from = manifest.with_name("made_from")
    digest = project_digest()

    def is_kept() -> bool:
        files = (manifest, parsed_file, made_from)
        return all(file.exists() for file in files) and made_from.read_bytes() == digest.encode()

    if is_kept():  # it is removed before the others change and written after them
        return manifest
    with _one_at_a_time(manifest.with_name("parsing")):
        if is_kept():
            return manifest
        made_from.unlink(missing_ok=True)
        project = _parse(WHOLE)
        # Its other fields are look-ups that it makes of these.
        parts = {
            field.name: getattr(project, field.name)
            for field in fields(project)
            if not field.name.startswith("_")
        }
        parsed_file.write_bytes(pickle.dumps(parts, protocol=5))
        made_from.write_text(digest, "ascii")
    return manifest


@contextmanager
def _one_at_a_time(file: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Waits for other processes that are at the same, up to `patience` seconds; `file` is left
    behind, empty. Raises BuildFailed.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + patience
    with file.open("w", encoding="ascii") as held:
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise BuildFailed(
                        f"Another process has held {file} for {patience:.0f} seconds, as if it "
                        f"were parsing the dbt project; end it, or choose another cache folder "
                        f"with XDG_CACHE_HOME"
                    ) from None
                time.sleep(0.05)
        yield


def project_digest() -> str:
    """A hash of dbt's version and of names and contents of the project's files: an installation may
    be replaced by one whose files are older.
    """
    digest = hashlib.blake2b(version("dbt-core").encode(), digest_size=16)
    for path in sorted(project_files()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
