"""touchledger.yml: where things are, variables, and the sources. A mistake names its line and says what would do."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path

import yaml

from orchestration.connectors.kind import Kind, Option, Source
from orchestration.connectors.kinds import kind, kind_names
from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import parse_as_of

FILE_NAME = "touchledger.yml"
KEYS = ("landing", "home", "vars", "sources")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SECRET = re.compile(r"token|password|secret|api_?key|access_?key|credentials?")


def _text(value: object) -> str:
    if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
        return str(value).strip()
    raise ValueError("write a text")


def _instant(value: object) -> datetime:
    if isinstance(value, datetime):
        value = value.isoformat()
    if isinstance(value, date):
        value = value.isoformat()
    try:
        return parse_as_of(str(value))
    except SettingsError:
        raise ValueError("write a day such as 2024-01-01 or an instant") from None


def texts(value: object) -> tuple[str, ...]:
    """A list of texts. Raises ValueError."""
    if isinstance(value, (list, tuple)) and value and all(isinstance(one, str) for one in value):
        return tuple(value)
    raise ValueError("write a list such as [page_view, form_submission]")


def one_of(*allowed: str) -> object:
    """A reader of an option that has one of a few values."""

    def read(value: object) -> str:
        if str(value) in allowed:
            return str(value)
        raise ValueError(f"write {' or '.join(allowed)}")

    return read


def whole(value: object) -> int:
    """A whole number from 1. Raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if isinstance(value, str) and re.fullmatch(r"[1-9]\d{0,11}", value.strip()):
        return int(value)
    raise ValueError("write a whole number above 0")


# What every kind of source may state.
COMMON: Mapping[str, Option] = {
    "since": Option("the time from which events are brought", _instant),
    "portal": Option("put in front of every id, so that two portals can be one warehouse", _text),
    "brings": Option("the event types to bring (default: all)", texts),
    "first_associations": Option(
        "the time of what the first pull found: created, or first_seen",
        one_of("created", "first_seen"),  # type: ignore[arg-type]
    ),
}


@dataclass(frozen=True)
class Config:
    """What touchledger.yml says. Without a file everything is empty."""

    file: Path | None = None
    landing: Path | None = None
    home: Path | None = None
    variables: Mapping[str, object] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    def source(self, name: str) -> Source:
        """The source of that name. Raises SettingsError."""
        for one in self.sources:
            if one.name == name:
                return one
        names = [one.name for one in self.sources]
        said = f"there are {', '.join(names)}" if names else "none is configured: touchledger init"
        raise SettingsError(f"There is no source {name!r}; {said}")


class _Reader:
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
                f"{file}, line {line}: this is not YAML ({error.problem}); mind the indentation, and quote texts with a colon"
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
        """Key and value nodes by key. Raises SettingsError where it is no mapping or says a key twice."""
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


def _near(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=2)
    return f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}"


def _is_empty(value: object) -> bool:
    return value is None or value == ""


def _kind(
    reader: _Reader, entries: dict[str, tuple[yaml.Node, yaml.Node]], node: yaml.Node
) -> Kind:
    if "kind" not in entries:
        raise reader.wrong(node, f"a source needs a kind; there are {', '.join(kind_names())}")
    key, value = entries["kind"]
    name = str(reader.value(value))
    if name not in kind_names():
        raise reader.wrong(key, f"there is no kind {name!r}; {_near(name, list(kind_names()))}")
    return kind(name)


def _option(reader: _Reader, name: str, option: Option, key: yaml.Node, value: object) -> object:
    try:
        given = option.read(value)
    except ValueError as error:
        raise reader.wrong(key, f"{name} cannot be {value!r}; {error}") from None
    if option.is_path:
        return str((reader.file.parent / Path(str(given)).expanduser()).absolute())
    if name == "url" and re.search(r"://[^/@]*:[^/@]+@", str(given)):
        raise reader.wrong(
            key, "a password must not stand in url; write it to TOUCHLEDGER_<NAME>_PASSWORD"
        )
    return given


def _source(reader: _Reader, node: yaml.Node, taken: set[str]) -> Source:
    entries = reader.mapping(node, "a source")
    if "name" not in entries:
        raise reader.wrong(node, "a source needs a name, such as name: main")
    name = str(reader.value(entries["name"][1]))
    if not _NAME.fullmatch(name) or len(name) > 40 or name.endswith("_") or "__" in name:
        raise reader.wrong(
            entries["name"][0],
            f"name {name!r} will not do; write small letters, digits and single underscores, such as main",
        )
    if name in taken:
        raise reader.wrong(entries["name"][0], f"two sources are named {name}; rename one")
    of_kind = _kind(reader, entries, node)
    known = {**COMMON, **of_kind.options}
    options: dict[str, object] = {}
    for one, (key, value) in entries.items():
        if one in ("name", "kind"):
            continue
        if one not in known:
            if _SECRET.search(one.lower()):
                what = "PASSWORD" if "pass" in one.lower() else "TOKEN"
                raise reader.wrong(
                    key,
                    f"a secret must not stand in this file; remove it and set the environment variable TOUCHLEDGER_{name.upper()}_{what}",
                )
            raise reader.wrong(
                key, f"a source of kind {of_kind.name} has no {one!r}; {_near(one, list(known))}"
            )
        given = reader.value(value)
        if not _is_empty(given):
            options[one] = _option(reader, one, known[one], key, given)
    for one, option in known.items():
        if option.required and one not in options:
            raise reader.wrong(node, f"source {name} needs {one}: {option.summary}")
    for one in options.get("brings", ()) if of_kind.event_types else ():  # type: ignore[attr-defined]
        if one not in of_kind.event_types:
            known_types = list(of_kind.event_types)
            raise reader.wrong(
                entries["brings"][0], f"{of_kind.name} brings no {one}; {_near(one, known_types)}"
            )
    return Source(name, of_kind, options, reader.place(node))


def _place(reader: _Reader, entries: dict, name: str) -> Path | None:
    if name not in entries:
        return None
    key, node = entries[name]
    value = reader.value(node)
    if not isinstance(value, str) or not value.strip():
        raise reader.wrong(key, f"{name} must be a folder, such as {name}: {name}")
    return Path(os.path.abspath(reader.file.parent / Path(value).expanduser()))


def read_config(file: Path) -> Config:
    """What a configuration file says. Raises SettingsError."""
    reader = _Reader(file)
    if reader.root is None:
        return Config(file)
    entries = reader.mapping(reader.root, "the file")
    for name, (key, _) in entries.items():
        if name not in KEYS:
            raise reader.wrong(key, f"there is no {name!r} here; {_near(name, list(KEYS))}")
    variables: dict[str, object] = {}
    if "vars" in entries and not _is_empty(reader.value(entries["vars"][1])):
        for name, (_, value) in reader.mapping(entries["vars"][1], "vars").items():
            given = reader.value(value)
            variables[name] = "none" if given is None else given
    sources: list[Source] = []
    if "sources" in entries and not _is_empty(reader.value(entries["sources"][1])):
        node = entries["sources"][1]
        if not isinstance(node, yaml.SequenceNode):
            raise reader.wrong(node, "sources must be a list of - {name: …, kind: …}")
        for one in node.value:
            sources.append(_source(reader, one, {source.name for source in sources}))
    landing = _place(reader, entries, "landing")
    if sources and landing is None:
        landing = file.absolute().parent / "landing"
    return Config(file, landing, _place(reader, entries, "home"), variables, tuple(sources))


def find_config(given: str | None) -> Config:
    """The configuration named on the command line or by TOUCHLEDGER_CONFIG, else touchledger.yml here, else none. Raises SettingsError."""
    named = given or os.environ.get("TOUCHLEDGER_CONFIG")
    if named:
        file = Path(named).expanduser().absolute()
        if not file.is_file():
            raise SettingsError(f"There is no file {file}; make one with touchledger init")
        return read_config(file)
    file = Path.cwd() / FILE_NAME
    return read_config(file) if file.is_file() else Config()
