"""Addresses of databases and APIs: no secret stands in one, and none is shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from sqlalchemy import URL

_SECRET = re.compile(
    r"pass(word|wd|phrase|code)|pwd|secret|token|(api|access|private)_?key|credentials?"
)
# Where a secret is, and whose: no secrets themselves.
_PLACE = re.compile(r"(file|path|_id)$")
_HIDDEN = "…"


def is_secret(name: str) -> bool:
    """Whether what has that name is a secret: `password`, `sslpassword`, `access_token`."""
    return bool(_SECRET.search(name.lower())) and not _PLACE.search(name.lower())


def _parsed(url: str) -> URL | None:
    import sqlalchemy as sa

    try:
        return sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        return None


def is_url(url: object) -> bool:
    """Whether it is an address, such as postgresql://reader@127.0.0.1:5432/lake."""
    return isinstance(url, str) and _parsed(url) is not None


def secret_in(url: str) -> str | None:
    """What secret stands in an address, by its name; None where none does."""
    parsed = _parsed(url)
    if parsed is not None and parsed.password:
        return "password"
    # Also within a value: odbc_connect=DRIVER%3D…%3BPWD%3D…
    names = re.findall(r"([\w.-]+)\s*=", unquote(unquote(url)))
    return next((name for name in names if is_secret(name)), None)


def shown(url: str) -> str:
    """An address as messages may say it: without a password, and without the values behind `?`."""
    parsed = _parsed(url)
    if parsed is None:
        return _HIDDEN
    bare = parsed.set(password=None, query={}).render_as_string()
    behind = "&".join(f"{name}={_HIDDEN}" for name in parsed.query)
    return f"{bare}?{behind}" if behind else bare
