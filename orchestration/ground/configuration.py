"""touchledger.yml: where things are, and variables; a mistake names its line and says what would
do.

What stands below `sources` is read by the package of connectors.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import yaml

from orchestration.ground.errors import SettingsError

FILE_NAME = "touchledger.yml"
VARIABLE = "TOUCHLEDGER_CONFIG"
KEYS = ("landing", "home", "vars", "sources")


class Document:
    """Values of a YAML document together with the lines on which they stand."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise SettingsError(f"{file} cannot be read ({reason}); see touchledger init") from None
        try:
            self.root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            line = mark.line + 1 if mark else 1
            raise SettingsError(
                f"{file}, line {line}: this is not YAML ({error.problem}); mind the indentation, "
                f"and quote texts with a colon"
            ) from None
        except yaml.YAMLError as error:
            raise SettingsError(f"{file}: this is not YAML ({error})") from None
        self._loader = yaml.SafeLoader("")

    def wrong(self, node: yaml.Node | None, says: str) -> SettingsError:
        line = node.start_mark.line + 1 if node is not None else 1
        return SettingsError(f"{self.file}, line {line}: {says}")

    def place(self, node: yaml.Node) -> str:
        return f"{self.file}, line {node.start_mark.line + 1}"

    def mapping(self, node: yaml.Node, what: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Key and value nodes by key.

        Raises SettingsError where it is no mapping or says a key twice.
        """
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, f"{what} must be NAME: VALUE lines")
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in found:
                raise self.wrong(key, f"{name} stands here twice; keep one")
            found[name] = (key, value)
        return found

    def value(self, node: yaml.Node) -> object:
        return self._loader.construct_object(node, deep=True)

    def written(self, node: yaml.Node) -> object:
        """The value of a node with its texts as written. Raises SettingsError."""
        try:
            return as_written(node)
        except ValueError as error:
            raise self.wrong(node, str(error)) from None


def as_written(node: yaml.Node) -> object:
    """The value of a node whose scalars are texts, as they are written: 012, no and 2024-01-01.

    Raises ValueError where a mapping says a key twice.
    """
    if isinstance(node, yaml.SequenceNode):
        return [as_written(one) for one in node.value]
    if isinstance(node, yaml.MappingNode):
        found: dict[str, object] = {}
        for key, value in node.value:
            if str(key.value) in found:
                raise ValueError(f"{key.value} stands here twice; keep one")
            found[str(key.value)] = as_written(value)
        return found
    return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)


def near(name: str, known: list[str]) -> str:
    like = get_close_matches(name, known, n=2)
    return f"did you mean {' or '.join(like)}?" if like else f"there are {', '.join(known)}"


def is_empty(value: object) -> bool:
    return value is None or value == ""


def place(document: Document, entries: dict, name: str) -> Path | None:
    """The folder that the file names, relative to where it lies."""
    if name not in entries:
        return None
    key, node = entries[name]
    value = document.value(node)
    if not isinstance(value, str) or not value.strip():
        raise document.wrong(key, f"{name} must be a folder, such as {name}: {name}")
    return Path(os.path.abspath(document.file.parent / Path(value).expanduser()))


@dataclass(frozen=True)
class Configuration:
    """What the file says of places and variables. Without a file everything is empty."""

    document: Document | None = None
    landing: Path | None = None
    home: Path | None = None
    variables: Mapping[str, object] = field(default_factory=dict)
    # Where each variable stands.
    variable_nodes: Mapping[str, yaml.Node] = field(default_factory=dict)
    # The list below `sources`, unread.
    sources: yaml.SequenceNode | None = None


def find_file() -> Path | None:
    """The file named by TOUCHLEDGER_CONFIG (`--config`), else touchledger.yml here, else none.

    Raises SettingsError.
    """
    named = os.environ.get(VARIABLE)
    if named:
        file = Path(named).expanduser().absolute()
        if not os.path.lexists(file):
            raise SettingsError(f"There is no file {file}; make one with touchledger init")
        return _a_file(file)
    file = Path.cwd() / FILE_NAME
    return _a_file(file) if os.path.lexists(file) else None


def _a_file(file: Path) -> Path:
    """Raises SettingsError where something else stands there: it is not to count as no file."""
    if not file.is_file():
        raise SettingsError(
            f"{file} is not a file; move it away, or make one with touchledger init"
        )
    return file


def read_configuration(file: Path | None) -> Configuration:
    """What a file says. Raises SettingsError."""
    if file is None:
        return Configuration()
    document = Document(file)
    if document.root is None:
        return Configuration(document)
    entries = document.mapping(document.root, "the file")
    for name, (key, _) in entries.items():
        if name not in KEYS:
            raise document.wrong(key, f"there is no {name!r} here; {near(name, list(KEYS))}")
    variables: dict[str, object] = {}
    nodes: dict[str, yaml.Node] = {}
    if "vars" in entries and not is_empty(document.value(entries["vars"][1])):
        for name, (nodes[name], value) in document.mapping(entries["vars"][1], "vars").items():
            given = document.value(value)
            variables[name] = "none" if given is None else given
    sources = entries["sources"][1] if "sources" in entries else None
    if sources is not None and is_empty(document.value(sources)):
        sources = None
    if sources is not None and not isinstance(sources, yaml.SequenceNode):
        raise document.wrong(sources, "sources must be a list of - {name: …, kind: …}")
    landing = place(document, entries, "landing")
    if sources is not None and landing is None:
        # Never into the sample.
        landing = file.absolute().parent / "landing"
    return Configuration(
        document, landing, place(document, entries, "home"), variables, nodes, sources
    )
