"""Answers of the API on the wire: JSON that nobody caches and no browser guesses about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from schemas.json_text import dump

__all__ = ["Answer", "respond"]

HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Server": "Hookline"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON value with its status; no body at all where the status is 204."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def respond(answer: Answer, content_type: str = "application/json") -> web.Response:
    """An answer as aiohttp sends it."""
    headers = {**HEADERS, **answer.headers}
    if answer.status == web.HTTPNoContent.status_code:
        return web.Response(status=answer.status, headers=headers)
    headers["Content-Type"] = content_type
    return web.Response(body=dump(answer.body).encode(), status=answer.status, headers=headers)
