"""Errors of the network in words."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from requests.exceptions import RequestException

# What urllib3 puts in front of what is wrong.
_OBJECT = re.compile(r"^\w+\(host=.*?\): ")


def unreachable(error: RequestException) -> str:
    """Which host could not be reached, and why."""
    url = error.request.url if error.request is not None else None
    host = urlsplit(str(url)).netloc if url else "the source"
    cause: object = error
    while isinstance(cause, BaseException):
        # Wrapped in a reason, or as the last of the arguments.
        inner = getattr(cause, "reason", None) or (cause.args[-1] if cause.args else None)
        if not isinstance(inner, BaseException):
            break
        cause = inner
    said = _OBJECT.sub("", str(cause)).strip() or type(error).__name__
    return f"{host} could not be reached ({said})"
