"""The name of the object that a message becomes: placeholders filled from the event, parts percent-encoded.

Rendered once a delivery, so that a resend overwrites its own object. A slash in a value parts the name as one in the
format does, for S3 knows no other; so no value can name a place above or beside the site's URL.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from schemas.definitions.subscriptions import PLACEHOLDER
from schemas.errors import FieldInvalid
from schemas.json_text import text_form
from schemas.paths import MISSING, read
from schemas.records import CustomerEvent
from schemas.times import iso

__all__ = ["EXTENSIONS", "rendered_filename"]

EXTENSIONS = {"json": "json", "form": "txt"}  # by the site's `content_type`
MAX_KEY = 1024  # bytes of an object's key in S3
DATE, TIME = "%Y-%m-%d", "%H-%M-%S"  # no colon: not every file system has it


def rendered_filename(form: str, event: CustomerEvent, *, delivery_id: str, content_type: str) -> str:
    """Fill a format in. `content_type` is the site's, `json` or `form`.

    `{timestamp}` is ISO 8601 as in the message, `{date}` 2026-01-31, `{time}` 13-05-09; all are the event's, in UTC.

    Raises:
        FieldInvalid: a placeholder has no value; a part between slashes is empty, `.` or `..`; the name is too long.
    """
    moment = datetime.fromtimestamp(event.timestamp / 1000, UTC)
    values: dict[str, Any] = {
        "id": delivery_id,
        "account": event.account,
        "customer": event.customer,
        "action": event.action,
        "timestamp": iso(event.timestamp),
        "date": moment.strftime(DATE),
        "time": moment.strftime(TIME),
        "ext": EXTENSIONS[content_type],
        "data": json.loads(event.data) if "{data." in form else {},
    }

    def fill(name: str) -> str:
        if name.startswith("date:"):
            return moment.strftime(name.removeprefix("date:"))
        value = read(values, name)
        if value is MISSING or value is None:
            raise FieldInvalid("authentication.filename", f"{{{name}}} has no value")
        return text_form(value)

    return encoded(PLACEHOLDER.sub(lambda match: fill(match[1]), form))


def encoded(name: str) -> str:
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise FieldInvalid("authentication.filename", "a part between the slashes came out empty, `.` or `..`")
    if len(name.encode()) > MAX_KEY:
        raise FieldInvalid("authentication.filename", f"it came out longer than the {MAX_KEY} bytes that S3 allows")
    return "/".join(quote(part, safe="") for part in parts)
