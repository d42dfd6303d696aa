"""The operator's proxy with a static IP: `http://host:port`, credentials in it where it wants them.

How requests go through it is the courier's; this is only the setting's form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

__all__ = ["Proxy", "parse_proxy"]

FORM = "a proxy is http://host:port or https://host:port, such as http://user:password@proxy.example:3128"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that takes CONNECT. `username` and `password` are blank where it asks for none."""

    scheme: str
    host: str
    port: int
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def parse_proxy(text: str) -> Proxy:
    """Read the setting.

    Raises:
        ValueError: it is no proxy; the sentence does not repeat what was given, for it may hold a password.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(FORM) from None
    extra = parts.path not in ("", "/") or parts.query or parts.fragment
    if parts.scheme not in ("http", "https") or not parts.hostname or not port or extra or not text.isprintable():
        raise ValueError(FORM)
    return Proxy(parts.scheme, parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""))
