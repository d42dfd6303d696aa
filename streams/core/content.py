"""What a message carries for its site: body, content type, path and filename; made once, the same on every attempt.

All of it is made from the event and from the site and subscription as they are when the event is routed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from schemas.errors import FieldInvalid
from schemas.records import CustomerEvent
from streams.core.filenames import rendered_filename
from streams.core.form_encoding import form_encoded
from streams.core.message import json_body, rendered_path

__all__ = ["Content", "Contents"]

MAX_BODY = 3 * 1024 * 1024  # bytes: twice it, in a follower with its parent's row, stays below Kafka's limit
ENCODINGS: dict[str, tuple[str, Callable[[CustomerEvent], bytes]]] = {
    "json": ("application/json", json_body),
    "form": ("application/x-www-form-urlencoded", lambda event: form_encoded(json_body(event), MAX_BODY)),
}


@dataclass(frozen=True, slots=True)
class Content:
    """`problem` says why a part of it could not be made; "" where all could."""

    content_type: str
    body: bytes
    path: str
    filename: str
    problem: str


class Contents:
    """The contents that one event has for its sites; each encoding of the body is made once."""

    def __init__(self, event: CustomerEvent) -> None:
        self._event = event
        self._bodies: dict[str, bytes] = {}

    def of(self, site: Mapping[str, Any], path: str | None, delivery_id: str) -> Content:
        """The content for a site's definition; `path` is the subscription's."""
        encoding = site.get("content_type", "json")
        header, encode = ENCODINGS[encoding]
        try:
            body = self._body(encoding, encode)
        except FieldInvalid as error:
            return Content(header, b"", "", "", str(error))
        try:
            rendered = rendered_path(path, self._event)
            filename = self._filename(site, rendered, encoding, delivery_id)
        except FieldInvalid as error:
            return Content(header, body, "", "", str(error))
        return Content(header, body, rendered, filename, "")

    def _body(self, encoding: str, encode: Callable[[CustomerEvent], bytes]) -> bytes:
        body = self._bodies.get(encoding)
        if body is None:
            body = self._bodies[encoding] = encode(self._event)
        return body

    def _filename(self, site: Mapping[str, Any], path: str, encoding: str, delivery_id: str) -> str:
        authentication = site.get("authentication")
        form = authentication.get("filename") if isinstance(authentication, dict) else None
        if form is None:
            return ""
        # S3 has one encoding of a path, in which a slash that came in a value is one: nothing may climb up by it.
        if {".", ".."} & set(unquote(path).split("/")):
            raise FieldInvalid("path", "a part of it came out as `.` or `..`, which an object's name cannot have")
        return rendered_filename(form, self._event, delivery_id=delivery_id, content_type=encoding)
