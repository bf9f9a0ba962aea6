"""`touchledger init`: a source more in touchledger.yml."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from getpass import getpass
from pathlib import Path

import yaml

from orchestration.connectors.checks import check_source, show_checks
from orchestration.connectors.config import COMMON, Config, read_config
from orchestration.connectors.kind import Check, Kind, Option, Source
from orchestration.connectors.kinds import kind, kind_names
from orchestration.connectors.secrets import find_secret, variable
from orchestration.ground.configuration import FILE_NAME, VARIABLE, as_written
from orchestration.ground.errors import SettingsError


def init(arguments: argparse.Namespace) -> None:
    """Adds a source to touchledger.yml. Raises SettingsError."""
    quiet = arguments.yes
    file = Path(os.environ.get(VARIABLE) or FILE_NAME).absolute()
    before = read_config(file) if file.is_file() else Config()
    if not arguments.kind and not quiet and sys.stdin.isatty():
        for name in kind_names():
            print(f"  {name:<22} {kind(name).summary}")
    named = arguments.kind or _ask("Kind", "hubspot", quiet=quiet)
    if named not in kind_names():
        raise SettingsError(f"There is no kind {named!r}; there are {', '.join(kind_names())}")
    of_kind = kind(named)
    name = arguments.name or _ask("Name of the source", "main", quiet=quiet)
    stated = _stated(arguments.options, of_kind, quiet=quiet)
    entry = {"name": name, "kind": named, **stated}
    if any(source.name == name for source in before.sources):
        raise SettingsError(
            f"{file} has a source {name} already; choose another --name, or edit the file"
        )
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    _write_checked(file, _with_source(text, entry))
    source = read_config(file).source(name)
    print(f"Wrote {file.name}: source {name} of kind {named}")
    if not quiet and sys.stdin.isatty():
        _keep_secrets(source, file.parent)
    checks = check_source(source)
    found = dict(check.variable for check in checks if check.variable)
    # What differs is written below, unless the file was there before.
    show_checks([check for check in checks if text or not check.variable])
    if found and not text:
        line = yaml.safe_dump({"vars": found}, default_flow_style=None, sort_keys=False)
        _write_checked(
            file, file.read_text(encoding="utf-8").replace("sources:\n", f"{line}sources:\n", 1)
        )
        print(f"The account's {' and '.join(found)} went into vars of {file.name}")
    print(f"Next: {_next(source, checks)}")


def _next(source: Source, checks: list[Check]) -> str:
    """What is to be done about a source that its checks tell of."""
    needed = [check for check in checks if check.what in source.kind.needs]
    if any(check.allowed for check in needed or checks):
        return "touchledger run"
    missing = [what for what in source.secrets if find_secret(source, what) is None]
    then = f"then: touchledger sources check {source.name}"
    if "token" in missing:
        return f"export {variable(source, 'token')}=…  {then}"
    if "password" in missing:
        named = variable(source, "password")
        return f"repair what is named above; a password goes to export {named}=…  {then}"
    return f"repair what is named above, {then}"


def _ask(question: str, default: str | None, *, quiet: bool) -> str:
    if quiet or not sys.stdin.isatty():
        if default is None:
            raise SettingsError(
                f"{question} is not given; state it with --set, or answer on a terminal"
            )
        return default
    shown = f" [{default}]" if default else ""
    try:
        return input(f"{question}{shown}: ").strip() or default or ""
    except EOFError:
        raise SettingsError("Nothing was written") from None


def _keep_secrets(source: Source, folder: Path) -> None:
    """Asks for secrets that are nowhere yet, and keeps them in dlt's secrets file, for its owner
    alone.
    """
    for what in source.secrets:
        if find_secret(source, what) is not None:
            continue
        given = getpass(
            f"{what.capitalize()} (it is not shown; empty: set {variable(source, what)}): "
        )
        if not given.strip():
            continue
        place = folder / ".dlt"
        place.mkdir(mode=0o700, exist_ok=True)
        (place / ".gitignore").write_text("*\n", encoding="utf-8")
        file = place / "secrets.toml"
        kept = file.read_text(encoding="utf-8") if file.is_file() else ""
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
            line = f"{what} = {json.dumps(given.strip())}\n"
            opened.write(f"{kept.rstrip()}\n\n[sources.{source.name}]\n{line}".lstrip())
        file.chmod(0o600)
        # dlt has read the file already, if it was there.
        os.environ[variable(source, what)] = given.strip()
        print(f"Kept in {file}, readable by you alone")


def _stated(options: list[str], of_kind: Kind, *, quiet: bool) -> dict[str, object]:
    stated: dict[str, object] = {}
    for option in options:
        name, separator, value = option.partition("=")
        name = name.strip()
        if not separator:
            raise SettingsError("--set must be OPTION=VALUE, such as --set path=web")
        if name in ("name", "kind"):
            raise SettingsError(f"The source's {name} is stated by --{name}, not by --set")
        stated[name] = _value(name, value.strip())
    for name, known in {**COMMON, **of_kind.options}.items():
        if _is_asked(of_kind, name, known, stated):
            answer = _ask(f"{name} ({known.summary})", None if known.required else "", quiet=quiet)
            if answer:
                stated[name] = answer
    given = [name for name, value in stated.items() if value is not None]
    if of_kind.lacks_one(given):
        raise SettingsError(
            f"A source of kind {of_kind.name} needs just one of {of_kind.either_said}: --set "
            f"{' or --set '.join(f'{name}=…' for name in of_kind.either)}; nothing was written"
        )
    return stated


def _is_asked(of_kind: Kind, name: str, option: Option, stated: Mapping[str, object]) -> bool:
    """Whether a person is asked for an option, beside what is stated already."""
    given = [one for one, value in stated.items() if value is not None]
    if name in stated or not (option.required or option.asked):
        return False
    if option.beside is not None:
        return option.beside in given
    return name not in of_kind.either or of_kind.either.keys().isdisjoint(given)


def _value(name: str, text: str) -> object:
    """What `--set` gives an option: a list or mapping where it is written as one, else the text."""
    if not text.startswith(("[", "{", "'", '"')):
        return text or None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return None if node is None else as_written(node)
    except (yaml.YAMLError, ValueError) as error:
        says = getattr(error, "problem", None) or error
        raise SettingsError(
            f"--set {name} cannot be read ({says}); write such as [page_view, ad_click] or "
            f"{{Form Submitted: form_submission}}, and a text that begins with a bracket in quotes"
        ) from None


class _Writer(yaml.SafeDumper):
    """Writes texts that could be read as numbers or days in quotes."""


_Writer.add_representer(
    str,
    lambda writer, text: writer.represent_scalar(
        "tag:yaml.org,2002:str", text, style="'" if text[:1] in "+-.0123456789" else None
    ),
)


def _with_source(text: str, entry: Mapping[str, object]) -> str:
    """The configuration with one source more; what stood there stays as it was written."""
    stated = {name: value for name, value in entry.items() if value is not None}
    flow = yaml.dump(
        stated,
        Dumper=_Writer,
        default_flow_style=True,
        sort_keys=False,
        allow_unicode=True,
        width=10_000,
    ).strip()
    line = f"  - {flow}\n"
    if not text.strip():
        return f"landing: landing\nhome: warehouse\nsources:\n{line}"
    if not text.endswith("\n"):
        text += "\n"
    found = re.search(r"^sources:[ \t]*(\[\s*\])?[ \t]*(#.*)?\n", text, re.MULTILINE)
    if found is None:
        if re.search(r"^sources:", text, re.MULTILINE):
            raise SettingsError("Write the sources as a list of lines, - {name: …, kind: …}")
        return f"{text}sources:\n{line}"
    # Below what is there, before the next key.
    end = re.search(r"^[^\s#-]", text[found.end() :], re.MULTILINE)
    at = found.end() + end.start() if end else len(text)
    block = text[found.end() : at]
    first = re.search(r"^([ ]*)- ", block, re.MULTILINE)
    if first:
        line = first[1] + line.lstrip()
    return text[: found.start()] + "sources:\n" + block + line + text[at:]


def _write_checked(file: Path, text: str) -> None:
    """Replaces the file where the new text can be read; leaves it where not."""
    waiting = file.with_name(f".{file.name}.new")
    waiting.write_text(text, encoding="utf-8")
    try:
        read_config(waiting)
    except SettingsError as error:
        waiting.unlink()
        raise SettingsError(str(error).replace(str(waiting), str(file))) from None
    shutil.move(waiting, file)
