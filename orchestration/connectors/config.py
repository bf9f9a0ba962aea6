"""The sources of touchledger.yml. A mistake names its line and says what would do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from orchestration.building.rules import known_event_types
from orchestration.connectors.kind import Kind, Option, Source
from orchestration.connectors.kinds import kind, kind_names
from orchestration.connectors.options import a_text, instant, one_of, texts
from orchestration.connectors.precedence import with_precedence
from orchestration.connectors.urls import is_secret, is_url, secret_in
from orchestration.ground.configuration import (
    Document,
    find_file,
    is_empty,
    near,
    read_configuration,
)
from orchestration.ground.errors import SettingsError

_NAME = re.compile(r"[a-z][a-z0-9_]*")


# What every kind of source may state.
COMMON: Mapping[str, Option] = {
    "since": Option("the time from which events are brought", instant),
    "portal": Option("put in front of every id, so that two portals can be one warehouse", a_text),
    "brings": Option("the event types to bring (default: all)", texts),
    "first_associations": Option(
        "the time of what the first pull found: created, or first_seen",
        one_of("created", "first_seen"),
    ),
}


def _kind(
    document: Document, entries: dict[str, tuple[yaml.Node, yaml.Node]], node: yaml.Node
) -> Kind:
    if "kind" not in entries:
        raise document.wrong(node, f"a source needs a kind; there are {', '.join(kind_names())}")
    key, value = entries["kind"]
    name = str(document.written(value))
    if name not in kind_names():
        raise document.wrong(key, f"there is no kind {name!r}; {near(name, list(kind_names()))}")
    return kind(name)


def _secret_told(document: Document, source: str, of_kind: Kind, key: yaml.Node, where: str):
    """The error of a secret that stands in the file, which does not say it once more."""
    cure = "".join(
        f", and set the environment variable TOUCHLEDGER_{source.upper()}_{what.upper()}"
        for what in of_kind.secrets
    )
    return document.wrong(key, f"a secret must not stand in {where}; remove it{cure}")


def _option(document: Document, name: str, option: Option, key: yaml.Node, value: object) -> object:
    # What is wrong with an address is said without it: a secret may stand there.
    if option.url_like and not is_url(value):
        raise document.wrong(key, f"{name} is no address; write it like {option.url_like}")
    try:
        given = option.read(value)
    except ValueError as error:
        raise document.wrong(key, f"{name} cannot be {value!r}; {error}") from None
    if option.is_path:
        return str((document.file.parent / Path(str(given)).expanduser()).absolute())
    return given


def _source(document: Document, node: yaml.Node, taken: set[str]) -> Source:
    entries = document.mapping(node, "a source")
    if "name" not in entries:
        raise document.wrong(node, "a source needs a name, such as name: main")
    name = str(document.written(entries["name"][1]))
    if not _NAME.fullmatch(name) or len(name) > 40 or name.endswith("_") or "__" in name:
        raise document.wrong(
            entries["name"][0],
            (
                f"name {name!r} will not do; write small letters, digits and single underscores, "
                f"such as main"
            ),
        )
    if name in taken:
        raise document.wrong(entries["name"][0], f"two sources are named {name}; rename one")
    of_kind = _kind(document, entries, node)
    known = {**COMMON, **of_kind.options}
    options: dict[str, object] = {}
    for one, (key, value) in entries.items():
        if one in ("name", "kind"):
            continue
        if one not in known:
            if is_secret(one):
                raise _secret_told(document, name, of_kind, key, "this file")
            raise document.wrong(
                key, f"a source of kind {of_kind.name} has no {one!r}; {near(one, list(known))}"
            )
        given = document.written(value)
        if known[one].url_like and (found := secret_in(str(given))):
            raise _secret_told(document, name, of_kind, key, f"{one} ({found})")
        if not is_empty(given):
            options[one] = _option(document, one, known[one], key, given)
    for one, option in known.items():
        if option.required and one not in options:
            raise document.wrong(node, f"source {name} needs {one}: {option.summary}")
    if of_kind.lacks_one(options):
        raise document.wrong(node, f"source {name} needs just one of {of_kind.either_said}")
    source = Source(name, of_kind, options, document.place(node))
    for event_type in source.brings:
        if event_type not in source.possible_event_types:
            raise document.wrong(entries["brings"][0], _brings_no(source, event_type))
    return source


def _brings_no(source: Source, event_type: str) -> str:
    name, possible = source.kind.name, source.possible_event_types
    if not possible:
        return f"{name} brings no events; remove brings"
    if "events" in source.kind.options and event_type in known_event_types():
        return f"events names no {event_type}; write such as events: {{Its Name: {event_type}}}"
    return f"{name} brings no {event_type}; {near(event_type, list(possible))}"


@dataclass(frozen=True)
class Config:
    """The sources that are configured, in their order, and the file that says so."""

    file: Path | None = None
    sources: tuple[Source, ...] = ()

    def source(self, name: str) -> Source:
        """The source of that name. Raises SettingsError."""
        for one in self.sources:
            if one.name == name:
                return one
        names = [one.name for one in self.sources]
        said = f"there are {', '.join(names)}" if names else "none is configured: touchledger init"
        raise SettingsError(f"There is no source {name!r}; {said}")


def read_config(file: Path | None) -> Config:
    """The sources of a configuration file. Raises SettingsError."""
    configuration = read_configuration(file)
    document, nodes = configuration.document, configuration.sources
    if document is None or nodes is None:
        return Config(file)
    sources: list[Source] = []
    for one in nodes.value:
        sources.append(_source(document, one, {source.name for source in sources}))
    return Config(file, tuple(with_precedence(sources)))


def find_config() -> Config:
    """The sources of the configuration of this process. Raises SettingsError."""
    return read_config(find_file())
