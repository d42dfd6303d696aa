"""The message that goes out: its body bytes and the path of its URL, the same on every attempt.

Body: `{"id", "account", "customer", "action", "timestamp", "data"}`; `id` is the event's.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from schemas.definitions.subscriptions import PLACEHOLDER
from schemas.errors import FieldInvalid
from schemas.json_text import dump, text_form
from schemas.paths import MISSING, read
from schemas.records import CustomerEvent
from schemas.times import iso

__all__ = ["json_body", "rendered_path"]


def json_body(event: CustomerEvent) -> bytes:
    """The message as JSON; `data` goes through as it is, its numbers with all their digits."""
    head = dump(
        {
            "id": event.id,
            "account": event.account,
            "customer": event.customer,
            "action": event.action,
            "timestamp": iso(event.timestamp),
        }
    )
    return f'{head[:-1]},"data":{event.data}}}'.encode()


def rendered_path(path: str | None, event: CustomerEvent) -> str:
    """A subscription's path with its placeholders filled and percent-encoded (RFC 3986).

    Raises:
        FieldInvalid: a placeholder has no value, or a segment would be empty, `.` or `..`.
    """
    if not path:
        return ""
    values: dict[str, Any] = {
        "id": event.id,
        "account": event.account,
        "customer": event.customer,
        "action": event.action,
        "data": json.loads(event.data) if "{data." in path else {},
    }

    def fill(name: str) -> str:
        value = read(values, name)
        if value is MISSING or value is None or text_form(value) in ("", ".", ".."):
            raise FieldInvalid("path", f"{{{name}}} has no value that can stand in a path")
        return quote(text_form(value), safe="")

    return PLACEHOLDER.sub(lambda match: fill(match[1]), path)
