"""Errors of the API as problem documents (RFC 9457): what was wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from gateway.api.answers import Answer, respond
from schemas.errors import ConfigurationRefused, FieldError, FieldInvalid, HooklineError, KafkaUnavailable

__all__ = ["PROBLEMS", "Problem", "ProblemDocument", "invalid", "missing", "problem_of", "respond_problem"]

PROBLEMS: dict[str, tuple[int, str]] = {
    "malformed": (400, "The request is not of its form"),
    "unknown_parameter": (400, "A query parameter is unknown or has no such value"),
    "unauthorized": (401, "No API key, or a wrong one"),
    "forbidden": (403, "This key may not do that"),
    "not_found": (404, "There is no such thing"),
    "method_not_allowed": (405, "This path does not take that method"),
    "stale_revision": (409, "It was changed meanwhile"),
    "name_taken": (409, "The name is taken"),
    "endpoint_taken": (409, "The endpoint is taken"),
    "archived": (409, "It is archived"),
    "unreadable": (409, "The change was refused"),
    "wrong_state": (409, "Not in this state"),
    "in_use": (409, "It is still used"),
    "id_conflict": (409, "The id belongs to another event"),
    "too_large": (413, "The body is too large"),
    "unsupported_media_type": (415, "The body is of another type"),
    "expectation_failed": (417, "The request expects what is not done here"),
    "invalid": (422, "Some fields are wrong"),
    "too_many": (429, "Too often"),
    "internal": (500, "Something went wrong here"),
    "unavailable": (503, "Not available now"),
}


class ProblemField(BaseModel):
    """One wrong field."""

    path: str
    message: str


class ProblemDocument(BaseModel):
    """An error; `type` leads to a line of /docs."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemField]


class Problem(HooklineError):
    """An answer that is an error; `code` is one of PROBLEMS."""

    def __init__(
        self,
        code: str,
        detail: str,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    @property
    def document(self) -> dict[str, Any]:
        """The problem document; `type` leads to a line of /docs."""
        status, title = PROBLEMS[self.code]
        return {
            "type": f"/docs#{self.code}",
            "title": title,
            "status": status,
            "detail": self.detail,
            "errors": [{"path": error.path, "message": error.message} for error in self.errors],
        }


def missing() -> Problem:
    """What is not there, and what is somebody else's: one answer for both."""
    return Problem("not_found", "there is nothing at this address that this key can see")


def invalid(errors: Iterable[FieldError]) -> Problem:
    """Wrong fields, each with its path."""
    found = tuple(errors)
    return Problem(
        "invalid", "; ".join(f"{each.path}: {each.message}" if each.path else each.message for each in found), found
    )


def problem_of(error: HooklineError) -> Problem:
    """The problem that an error of the inner rooms is to a caller."""
    match error:
        case Problem():
            return error
        case FieldInvalid():
            return invalid([FieldError(error.path, error.message)])
        case ConfigurationRefused():
            return Problem(error.code, str(error), error.errors)
        case KafkaUnavailable():
            sentence = (
                "it is not known whether this was done: Kafka did not acknowledge in time; look, then do it again"
            )
            return Problem("unavailable", sentence, headers={"Retry-After": "5"})
        case _:
            return Problem("internal", str(error))


def respond_problem(problem: Problem) -> web.Response:
    """The problem on the wire."""
    status = HTTPStatus(PROBLEMS[problem.code][0])
    return respond(Answer(problem.document, status, problem.headers), "application/problem+json")
