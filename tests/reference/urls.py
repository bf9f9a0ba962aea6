"""What a URL says: utm values (R31) and the page it names (R91)."""

from __future__ import annotations

import re

UTM_NAMES = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")


def decode(text: str) -> str:
    """`+` as space and percent-decoding; what is malformed stays, what is not UTF-8 stays undecoded as a whole."""
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
    """Host (lower case) and path (no trailing slash) of a URL."""
    if url is None:
        return None
    address = re.split(r"[?#]", url, maxsplit=1)[0]
    address = re.sub(r"^([A-Za-z][A-Za-z0-9+.-]*:)?//", "", address)
    host, slash, path = address.partition("/")
    return host.lower(), (slash + path).rstrip("/")


def visit_key(url: str | None) -> tuple | None:
    """What two URLs have in common when one is a visit of the other (R91)."""
    if url is None:
        return None
    return (page(url), *(utm(url, name) for name in UTM_NAMES))
