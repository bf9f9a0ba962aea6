"""Can the house be seen through: imports go down only, and modules stay readable."""

from __future__ import annotations

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from orchestration.ground.paths import ROOT

MOST_LINES = 320
MOST_COLUMNS = 100


def test_imports_go_down_the_layers_and_never_in_a_circle() -> None:
    """The contracts are in pyproject.toml."""
    assert (
        lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
        == EXIT_STATUS_SUCCESS
    )


def test_modules_are_short() -> None:
    package = ROOT / "orchestration"
    long = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES
    }
    assert not long, f"split {', '.join(sorted(long))}"


def test_lines_of_sql_are_short() -> None:
    """sqlfluff holds it, too, for models, and takes minutes."""
    folders = ("dbt_project/macros", "dbt_project/models", "dbt_project/tests", "orchestration")
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in (*folders, "dashboards")
        for path in sorted((ROOT / folder).rglob("*.sql"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > MOST_COLUMNS
    ]
    assert not long, f"wrap {', '.join(long)}"
