"""The parts of a request in the forms that are signed: URL, host, path, query, times.

What is signed has to be what is sent, and libcurl changes a URL on its way: it writes percent-escapes of the path in
capitals. So a signer takes the URL apart here, signs that, and hands on the URL that it signed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from time import gmtime, strftime
from urllib.parse import parse_qsl, quote, urlsplit

from schemas.errors import FieldInvalid

__all__ = ["Target", "aws_path", "aws_query", "escher_path", "escher_query", "http_date", "stamp", "target"]

PORTS = {"http": 80, "https": 443}
ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
# Escher's rules in words: a part with the `..` behind it goes, so do `.` and an empty part, wherever they stand.
REDUCIBLE = re.compile(r"(?<![^/])[^/]+/\.\./?|//|/\./|/\.\.?$")


@dataclass(frozen=True, slots=True)
class Target:
    """A URL as it is sent. `host` is lower case, without the scheme's own port; `path` is at least `/`."""

    url: str
    host: str
    path: str
    query: str


@lru_cache(maxsize=1024)
def target(url: str) -> Target:
    """Take a URL apart.

    Raises:
        FieldInvalid: it is no http or https URL.
    """
    try:
        parts = urlsplit(url)
        host, port, own_port = parts.hostname, parts.port, PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise FieldInvalid("url", "it is not an http or https URL") from None
    if not host:
        raise FieldInvalid("url", "it names no host")
    host = f"[{host}]" if ":" in host else host
    host = host if port in (None, own_port) else f"{host}:{port}"
    path, query = capitals(parts.path) or "/", capitals(parts.query)
    return Target(f"{parts.scheme}://{host}{path}{'?' if query else ''}{query}", host, path, query)


def capitals(text: str) -> str:
    return ESCAPE.sub(lambda match: match[0].upper(), text) if "%" in text else text


@lru_cache(maxsize=1024)
def aws_path(path: str) -> str:
    """Signature V4: no `.`, `..` and empty parts (RFC 3986, 5.2.4), then encoded once more."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in ("", "."):
            kept.append(part)
    return quote(f"/{'/'.join(kept)}{'/' if kept and path.endswith('/') else ''}", safe="/~")


def aws_query(query: str) -> str:
    """Signature V4: sorted by name, then value; what is encoded stays so."""
    if not query:
        return ""
    pairs = sorted(pair.partition("=")[::2] for pair in query.split("&"))
    return "&".join(f"{name}={value}" for name, value in pairs)


@lru_cache(maxsize=1024)
def escher_path(path: str) -> str:
    """Escher: reduced from the left until nothing is left to reduce; not encoded again."""
    found = REDUCIBLE.search(path)
    while found:
        start = found.start()
        path = f"{path[:start]}/{path[found.end() :]}"
        # What can be reduced next begins at the slash before, or, with `..` behind, at the part before.
        again = path.rfind("/", 0, start) if path.startswith("..", start + 1) else start - 1
        found = REDUCIBLE.search(path, max(again, 0))
    return path


def escher_query(query: str) -> str:
    """Escher: decoded, encoded anew, sorted."""
    if not query:
        return ""
    pairs = parse_qsl(query.replace(";", "%3B"), keep_blank_values=True)
    return "&".join(sorted(f"{quote(name, safe='!*')}={quote(value, safe='!*')}" for name, value in pairs))


@lru_cache(maxsize=8)
def stamp(second: int) -> str:
    """A time in Unix seconds as `20260102T030405Z`."""
    return strftime("%Y%m%dT%H%M%SZ", gmtime(second))


@lru_cache(maxsize=8)
def http_date(second: int) -> str:
    """A time in Unix seconds as `Fri, 02 Jan 2026 03:04:05 GMT` (RFC 1123)."""
    return formatdate(second, usegmt=True)
