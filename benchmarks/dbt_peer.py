"""A published dbt project beside the models of Touchledger that make the same tables, each dbt
measured as a process of its own: the attribution playbook of dbt Labs, as it stands in a checkout
of astronomer/astronomer-cosmos. README.md beside this file says how both come to mean the same.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.duck import PEERS
from benchmarks.measure import Measured

if TYPE_CHECKING:
    from benchmarks.run import Bench

ROOT = Path(__file__).resolve().parent.parent
GLUE = PEERS / "attribution_playbook"
MODEL = Path("models") / "attribution_touches.sql"
# The one line of the checkout that is changed: left as it is, dbt would make views, and compute
# nothing. `transient` is Snowflake's.
MATERIALIZED = ("  transient: true", "  +materialized: table")
# Days before the close that the playbook looks back; its SQL has them fixed.
LOOK_BACK = 30
# Touchledger's ledger of won deals, and all that it is made of; a run of the playbook has no tests,
# so this one has none.
BUILD = ("build", "--full-refresh", "--select", "+credits")
BUILT = ("--resource-type", "model", "--resource-type", "seed")


def checked(project: Path) -> Path:
    """The folder, if the playbook lies in it as it can be run here. Raises ValueError."""
    model, settings = project / MODEL, project / "dbt_project.yml"
    if not (model.is_file() and settings.is_file()):
        raise ValueError(
            f"{project} has no {MODEL} or no dbt_project.yml; name the folder "
            f"examples/dbt/attribution-playbook of the checkout that benchmarks/README.md describes"
        )
    if MATERIALIZED[0] not in settings.read_text(encoding="utf-8"):
        raise ValueError(
            f"{settings} has no line {MATERIALIZED[0]!r} to replace; use the commit that "
            f"benchmarks/README.md names"
        )
    return project


def version_of(project: Path) -> str:
    """The first twelve digits of the SHA-256 of the playbook's one model."""
    return hashlib.sha256((project / MODEL).read_bytes()).hexdigest()[:12]


def prepare_theirs(project: Path, folder: Path) -> None:
    """Makes `folder` a copy of the playbook that runs on DuckDB; its SQL is left as it is.

    What differs from the checkout: its seeds of examples give way to models of the same names that
    read a landing, its models become tables (MATERIALIZED), and it gets a profile. Raises
    ValueError where it is another project.
    """
    settings = (checked(project) / "dbt_project.yml").read_text(encoding="utf-8")
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns("data", "target", "logs", ".*"))
    shutil.copytree(GLUE / "models", folder / "models", dirs_exist_ok=True)
    shutil.copy(GLUE / "profiles.yml", folder)
    settings = f"{settings.replace(*MATERIALIZED)}\nprofile: attribution_playbook\n"
    (folder / "dbt_project.yml").write_text(settings, encoding="utf-8")


def prepare_ours(folder: Path) -> None:
    """Copies this program's dbt project to `folder`, with the playbook's four models as its
    attribution models.
    """
    made = shutil.ignore_patterns("target", "logs", "dbt_packages")
    shutil.copytree(ROOT / "dbt_project", folder / "dbt_project", ignore=made)
    shutil.copytree(ROOT / "seeds" / "rules", folder / "seeds" / "rules")
    shutil.copy(GLUE / "attribution_models.csv", folder / "seeds" / "rules")


@dataclass(frozen=True)
class Dbt:
    """A project that has its profile beside it, and the variables of its runs."""

    project: Path
    variables: dict[str, object]

    def arguments(self, *command: str) -> list[str]:
        """Python's arguments of a dbt command; what dbt makes goes to folders beside the
        project.
        """
        places = {
            "--project-dir": self.project,
            "--profiles-dir": self.project,
            "--target-path": self.project.with_name(f"{self.project.name}-target"),
            "--log-path": self.project.with_name(f"{self.project.name}-logs"),
        }
        return [
            "-c",
            "from dbt.cli.main import cli; cli()",
            "--no-send-anonymous-usage-stats",
            *command,
            *[text for name, place in places.items() for text in (name, str(place))],
            "--vars",
            json.dumps(self.variables, sort_keys=True),
        ]


@dataclass(frozen=True)
class Both:
    """Where both projects lie, and the common ground and the databases that they make."""

    folder: Path
    memory_limit: str | None = None

    @property
    def ground(self) -> Path:
        return self.folder / "ground"

    @property
    def database(self) -> Path:
        return self.folder / "theirs.duckdb"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def warehouse(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def theirs(self) -> Dbt:
        reads = {"landing": str(self.ground), "warehouse": str(self.database)}
        return Dbt(self.folder / "theirs", self._limit() | reads)

    @property
    def ours(self) -> Dbt:
        means = {"attribution_lookback_days": LOOK_BACK, "conversions": "none"}
        writes = {"warehouse": str(self.warehouse)}
        return Dbt(self.folder / "ours" / "dbt_project", self._limit() | means | writes)

    def _limit(self) -> dict[str, object]:
        return {"memory_limit": self.memory_limit} if self.memory_limit else {}

    def prepare(self, project: Path) -> None:
        """Copies the playbook and this program's project into the folder. Raises ValueError where
        `project` is no playbook.
        """
        prepare_theirs(project, self.theirs.project)
        prepare_ours(self.ours.project.parent)


def run(bench: Bench, events: int, project: Path) -> None:
    """Measures the playbook's `dbt run`, Touchledger's landing and its `dbt build` of the same
    tables, and compares the rows. Both projects are parsed beforehand, which is not measured.
    """
    folder = bench.work / "dbt-peer"
    shutil.rmtree(folder, ignore_errors=True)
    both = Both(folder, bench.memory_limit)
    both.prepare(project)
    before = [
        _step(bench, "ground", "--landing", bench.landing(events), "--out", both.ground),
        bench.python(*both.theirs.arguments("parse"), limited=True),
        bench.python(*both.ours.arguments("parse"), limited=True),
    ]
    if all(one.finished for one in before):
        for _ in range(bench.repeats(events)):
            _measure(bench, events, both, version_of(project))
    else:
        bench.say(f"no dbt peer: {', '.join(one.outcome for one in before)}")
    shutil.rmtree(folder)


def _measure(bench: Bench, events: int, both: Both, version: str) -> None:
    shutil.rmtree(both.home, ignore_errors=True)
    both.database.unlink(missing_ok=True)
    theirs = bench.python(*both.theirs.arguments("run"), limited=True)
    bench.keep(events, "dbt_playbook", theirs, project=version)
    landed = _step(bench, "land", "--landing", both.ground, "--home", both.home)
    bench.keep(events, "dbt_landing", landed, said=landed.said)
    ours = bench.python(*both.ours.arguments(*BUILD, *BUILT), limited=True)
    compared = {}
    if theirs.finished and ours.finished:
        asked = _step(bench, "compare", "--theirs", both.database, "--ours", both.warehouse)
        compared = json.loads(asked.said) if asked.finished else {}
    bench.keep(events, "dbt_credits", ours, compared=compared)


def _step(bench: Bench, what: str, *arguments: object) -> Measured:
    return bench.python("-m", "benchmarks.common_ground", what, *arguments, limited=True)
