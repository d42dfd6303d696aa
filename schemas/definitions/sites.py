"""A trusted site: a destination and how it wants to be spoken to (manuals 001, 004)."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from schemas.definitions.authentication import Authentication, NoAuthentication
from schemas.definitions.forms import Duration, Form, Name, State

__all__ = ["Site", "url_problem"]

MAX_URL = 2048


def url_problem(url: str) -> str | None:
    """What is wrong with a destination's URL by its form alone; None where nothing is."""
    if len(url) > MAX_URL or not url.isascii() or not url.isprintable() or " " in url:
        return f"a URL has at most {MAX_URL} characters, all of them printable ASCII; encode the others"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return f"not a URL: {error}"
    problems = {
        "a URL begins with https:// or http://": parts.scheme not in ("http", "https"),
        "the URL names no host, or port 0": not parts.hostname or port == 0,
        "credentials do not belong into the URL; use `authentication`": "@" in parts.netloc,
        "a URL here has no #fragment": bool(parts.fragment),
    }
    return next((sentence for sentence, wrong in problems.items() if wrong), None)


class Site(Form):
    """The definition. `timeout_seconds` is a total deadline, from connect to the last byte of the answer."""

    name: Name
    url: str
    state: Annotated[State, Field(strict=False)] = State.INACTIVE
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 1
    content_type: Literal["json", "form"] = "json"
    proxy: Literal["direct", "static_ip"] = "direct"
    parallel: Annotated[int, Field(ge=1, le=1000)] = 1
    ordering: Literal["none", "customer", "site"] = "none"
    retry_delays: Annotated[list[Duration], Field(max_length=20)] = ["10s"] * 5
    authentication: Authentication = NoAuthentication()

    @field_validator("url")
    @classmethod
    def _url(cls, url: str) -> str:
        if problem := url_problem(url):
            raise ValueError(problem)
        return url

    @field_validator("timeout_seconds", mode="before")
    @classmethod
    def _blank_is_a_second(cls, value: object) -> object:
        return 1 if value is None or value == "" else value
