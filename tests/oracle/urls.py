"""What a URL says: utm values (R31), the page it names (R91) and its host (R110)."""

from __future__ import annotations

import re

SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*:)?//")
UTM_NAMES = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")


def decode(text: str) -> str:
    """`+` as space and percent-decoding; what is malformed stays, what is no UTF-8 stays whole."""
    spaced = text.replace("+", " ")
    octets = re.sub(
        rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), spaced.encode()
    )
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return spaced


def normalise(text: str | None) -> str | None:
    """A utm value or alias as it is compared and published; nothing left is none."""
    if text is None:
        return None
    return decode(text).strip(" ").lower() or None


def parameter(url: str | None, name: str) -> str | None:
    """The first query parameter of that exact name, as written; None where there is none."""
    if url is None:
        return None
    query = url.split("#", 1)[0].partition("?")[2]
    for part in query.split("&"):
        key, _, value = part.partition("=")
        if key == name:
            return value
    return None


def utm(url: str | None, name: str) -> str | None:
    """The normalised utm value of a URL."""
    return normalise(parameter(url, name))


def page(url: str | None) -> tuple[str, str] | None:
    """Host (lower case) and path (no trailing slash) of a URL (R91)."""
    if url is None:
        return None
    address = re.split(r"[?#]", url, maxsplit=1)[0]
    address = SCHEME.sub("", address)
    host, slash, path = address.partition("/")
    return host.lower(), (slash + path).rstrip("/")


def visit_key(url: str | None) -> tuple | None:
    """What two URLs have in common when one is a visit of the other (R91)."""
    if url is None:
        return None
    return (page(url), *(utm(url, name) for name in UTM_NAMES))


def host(url: str | None) -> str | None:
    """R110: what follows `//`, else the start, up to `/ ? #`, without user and port; it may be
    empty.
    """
    if url is None:
        return None
    authority = re.split(r"[/?#]", SCHEME.sub("", url), maxsplit=1)[0]
    return re.sub(r":[0-9]*$", "", authority.rpartition("@")[2]).lower()
