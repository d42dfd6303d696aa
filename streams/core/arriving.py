"""Arriving: a request as it came, and what its body says; JSON strictly, or URL-encoded.

Bodies that are taken and refused: docs/http.md, 'Incoming requests'.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from schemas.json_text import JsonMalformed, parse
from streams.core.filtering import Subject, header_name

__all__ = ["FORM", "Arrived", "BodyMalformed", "ContentTypeRefused", "Rerun", "body_of"]

FORM = "application/x-www-form-urlencoded"


WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
PARAMETER = re.compile(rf""";[ \t]*({WORD})=({WORD}|"[^"\\]*")[ \t]*""", re.ASCII)
PARAMETERS = re.compile(rf"[ \t]*(?:{PARAMETER.pattern}|;[ \t]*)*", re.ASCII)


class ContentTypeRefused(Exception):
    """The body is neither JSON nor URL-encoded."""


class BodyMalformed(Exception):
    """The body is not what its content type says."""


@dataclass(frozen=True, slots=True)
class Rerun:
    """One logged request's turn in a run of reprocessing; `request_id` is that of its new record.

    `named_by` names its event: the run, where each run is to make one; blank, where only the first is.
    """

    request_id: str
    named_by: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request as it arrived: credentials in clear, times in milliseconds.

    In a rerun, `request_id` and `received_at` are those of the first time.
    """

    request_id: str
    account: str
    received_at: int
    method: str
    path: str
    query: str
    headers: Sequence[Sequence[str]]  # [name, value], names as sent
    body: bytes
    rerun: Rerun | None = None

    def header(self, name: str) -> str | None:
        """All values of a header, joined as one."""
        return joined_headers(self.headers).get(name)

    def subject(self, body: Any) -> Subject:
        """What filters read of it."""
        query: dict[str, str] = {}
        for name, value in parse_qsl(self.query, keep_blank_values=True):
            query[name] = f"{query[name]}, {value}" if name in query else value
        roots = {"headers": joined_headers(self.headers), "query": query, "method": self.method, "path": self.path}
        return Subject({**roots, "body": body})


def joined_headers(headers: Sequence[Sequence[str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value, *_ in headers:
        key = header_name(name)
        joined[key] = f"{joined[key]}, {value}" if key in joined else value
    return joined


def body_of(content_type: str | None, body: bytes) -> Any:
    """The JSON value of a body; a URL-encoded one is an object of texts, repeated names are lists.

    Raises:
        ContentTypeRefused: it is of no type that is taken.
        BodyMalformed: it is not of its type; the message says where.
    """
    media, refused = media_type(content_type or "")
    if refused is not None:
        raise ContentTypeRefused(refused)
    if media == FORM:
        return form_body(body)
    if not body:
        raise BodyMalformed("the body is empty")
    try:
        return parse(body)
    except JsonMalformed as error:
        raise BodyMalformed(str(error)) from None


@lru_cache(maxsize=256)
def media_type(content_type: str) -> tuple[str, str | None]:
    """The media type, in small letters, and what of it is not taken (RFC 9110, 8.3.1)."""
    media, semicolon, rest = content_type.partition(";")
    media = media.strip().lower()
    if media not in (FORM, "application/json") and not (media.startswith("application/") and media.endswith("+json")):
        return media, media
    if PARAMETERS.fullmatch(semicolon + rest) is None:
        return media, f"{media} with parameters that are none"
    for name, value in PARAMETER.findall(semicolon + rest):
        charset = value.strip('"').lower()
        if name.lower() == "charset" and charset not in ("utf-8", "utf8"):
            return media, f"{media}; charset={charset}"
    return media, None


def form_body(body: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=10_000)
    except ValueError as error:
        raise BodyMalformed(f"not URL-encoded UTF-8: {error}") from None
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name not in fields:
            fields[name] = value
        elif isinstance(fields[name], list):
            fields[name].append(value)
        else:
            fields[name] = [fields[name], value]
    if not fields:
        raise BodyMalformed("the body is empty")
    return fields
