"""Where a message goes: the site's URL with the delivery's path appended, and the host and port to dial.

The URL was validated when the site was saved; a path comes from an event, so both are looked at once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from schemas.errors import FieldInvalid

__all__ = ["Destination", "destination"]

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Destination:
    """One URL, taken apart as far as dialling needs it."""

    url: str
    host: str
    port: int


@lru_cache(maxsize=1024)
def destination(url: str, path: str) -> Destination:
    """Append `path` to the URL's own path; the query stays.

    Raises:
        FieldInvalid: what comes out is no URL that can be asked.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise FieldInvalid("url", "it is not an http or https URL") from None
    if not parts.hostname:
        raise FieldInvalid("url", "it names no host")
    whole = parts._replace(path=appended(parts, path), fragment="").geturl()
    if not whole.isascii() or not whole.isprintable() or " " in whole:
        raise FieldInvalid("path", "it has characters that a URL cannot have")
    return Destination(whole, parts.hostname, port)


def appended(parts: SplitResult, path: str) -> str:
    if not path:
        return parts.path or "/"
    return f"{parts.path.rstrip('/')}/{path.lstrip('/')}"
