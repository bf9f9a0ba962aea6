"""What a source says may be read, asked and shown."""

from __future__ import annotations

from rich.text import Text

from orchestration.connectors.kind import Check, Source, SourceFailed
from orchestration.connectors.network import unreachable
from orchestration.connectors.secrets import without_secrets
from orchestration.ground.errors import SettingsError
from orchestration.terminal.advice import said_of
from orchestration.terminal.console import make_console, plain


def check_source(source: Source) -> list[Check]:
    """What a source says may be read. A source that cannot be asked at all is one refused check."""
    from requests.exceptions import RequestException

    try:
        return source.kind.check(source) or [Check(source.name, False, "there is nothing to read")]
    except (SettingsError, SourceFailed, OSError) as error:
        says = str(error)
        if isinstance(error, RequestException):
            says = unreachable(error)
        elif isinstance(error, OSError):
            says = said_of(error)
        return [Check(source.name, False, without_secrets(says, source))]


def show_checks(checks: list[Check]) -> None:
    """The checks as lines on the terminal."""
    console = make_console()
    for check in checks:
        sign, style = {True: ("yes", "green"), False: ("no", "red"), None: ("", "yellow")}[
            check.allowed
        ]
        console.print(Text(f"  {sign:<4}{check.what:<34}{plain(check.says)}", style=style))
