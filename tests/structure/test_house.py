"""Can the house be seen through: imports go down only, and modules stay readable."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from orchestration.ground.paths import ROOT

MOST_LINES = 320
MOST_COLUMNS = 100
# Methods that change a list, a dictionary, a set or a deque.
CHANGING = {
    "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem",
    "popleft", "remove", "setdefault", "update",
}  # fmt: skip


def test_imports_go_down_the_layers_and_never_in_a_circle() -> None:
    """The contracts are in pyproject.toml. The linter gets a process of its own, because it
    silences the log of whoever calls it.
    """
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


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


def test_no_module_remembers_a_run() -> None:
    """What one run knows is in objects that are handed down: nothing at the level of a module is
    changed by a function.
    """
    package = ROOT / "orchestration"
    found = {
        f"{path.relative_to(package).as_posix()}:{line} {name}"
        for path in package.rglob("*.py")
        for line, name in _remembered(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert not found, f"hand these down instead: {', '.join(sorted(found))}"


def _remembered(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Where functions rebind, fill or empty a name of their module, and the name."""
    own = {
        target.id
        for node in module.body
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    for node in (node for function in functions for node in ast.walk(function)):
        if isinstance(node, ast.Global):
            yield node.lineno, node.names[0]
        changed = _changed(node)
        if isinstance(changed, ast.Name) and changed.id in own:
            yield node.lineno, changed.id


def _changed(node: ast.AST) -> ast.expr | None:
    """What a piece of code fills or empties."""
    if isinstance(node, ast.Attribute) and node.attr in CHANGING:
        return node.value
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del)):
        return node.value
    return None
