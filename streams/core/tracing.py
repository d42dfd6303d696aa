"""The trace that a request, an event and its messages belong to: W3C Trace Context, handed on as it came.

Hookline takes no part in a trace: it makes no spans, so the `traceparent` that comes in is the one that goes out
(www.w3.org/TR/trace-context, 'A vendor that does not participate').
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["HEADER", "carried", "trace_parent"]

HEADER = "traceparent"
# Version 00, and later ones as far as they say the same; ff is none, and neither an id of zeros.
PARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)


def trace_parent(headers: Iterable[Sequence[str | bytes | None]]) -> str | None:
    """The `traceparent` of these headers, of HTTP or of Kafka; None where there is none, several, or garbage."""
    found = [text_of(header[1]) for header in headers if header[0] is not None and lower(header[0]) == HEADER]
    return found[0] if len(found) == 1 and PARENT.fullmatch(found[0]) else None


def lower(name: str | bytes) -> str:
    return (name if isinstance(name, str) else name.decode("ascii", "replace")).lower()


def text_of(value: str | bytes | None) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else value or ""


def carried(parent: str | None) -> tuple[tuple[str, bytes], ...]:
    """As headers of a Kafka record."""
    return () if parent is None else ((HEADER, parent.encode()),)
