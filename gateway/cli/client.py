"""Speaks HTTP with a Hookline for the command line: where it is, with which key, and its errors as sentences.

HOOKLINE_URL and HOOKLINE_API_KEY name another one; by default it is the one of this folder, with its operator key.
"""

from __future__ import annotations

import http.client
import os
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

import orjson

from gateway.up.keys import operator_key
from schemas.errors import HooklineError
from schemas.json_text import dump
from schemas.settings import Settings

__all__ = ["Client", "NotReached", "Refused"]

TIMEOUT = 30.0  # seconds


class NotReached(HooklineError):
    """No Hookline answers at the address."""


class Refused(HooklineError):
    """An answer that is not 2xx; `status` and, where it is one, its problem document."""

    def __init__(self, status: int, problem: Any) -> None:
        super().__init__(sentence(status, problem))
        self.status = status
        self.problem = problem


class Client:
    """One Hookline and one key; a connection for each call."""

    def __init__(self, url: str, key: str | None, *, timeout: float = TIMEOUT) -> None:
        self.url = url.rstrip("/")
        self.key = key
        self.timeout = timeout

    @classmethod
    def from_environment(cls) -> Client:
        """The Hookline that the environment names, or the one of this folder."""
        settings = Settings()
        url = os.environ.get("HOOKLINE_URL") or f"http://{settings.listen}"
        return cls(url, os.environ.get("HOOKLINE_API_KEY") or operator_key(settings))

    def call(self, method: str, path: str, body: Any = None, *, query: dict[str, str] | None = None) -> Any:
        """Ask, with `body` as JSON; answers the JSON of a 2xx, None where it is empty.

        Raises:
            NotReached: nobody listens there, or the answer did not come.
            Refused: any other status.
        """
        status, answer = self.exchange(method, path + (f"?{urlencode(query)}" if query else ""), body)
        if not 200 <= status < 300:  # noqa: PLR2004 - the 2xx
            raise Refused(status, answer)
        return answer

    def exchange(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Ask; answers status and JSON whatever the status is. Raises NotReached as `call`."""
        headers = {"accept": "application/json"} | ({"authorization": f"Bearer {self.key}"} if self.key else {})
        data = None if body is None else dump(body).encode()
        if data is not None:
            headers["content-type"] = "application/json"
        address = urlsplit(self.url)
        connection = connected(address, self.timeout)
        try:
            connection.request(method, address.path + path, data, headers)
            response = connection.getresponse()
            return response.status, parsed(response.read())
        except (OSError, http.client.HTTPException) as problem:
            raise NotReached(
                f"no Hookline answers at {self.url} ({problem}): start `hookline up`, or set HOOKLINE_URL"
            ) from None
        finally:
            connection.close()


def connected(address: SplitResult, timeout: float) -> http.client.HTTPConnection:
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise NotReached(f"HOOKLINE_URL={address.geturl()} is not an address such as http://127.0.0.1:8080")
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    return kind(address.hostname, address.port, timeout=timeout)


def parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return body.decode("utf-8", "replace")


def sentence(status: int, problem: Any) -> str:
    """A problem document (RFC 9457) in one line: what it says, then each field that is wrong."""
    if status == http.client.UNAUTHORIZED:
        return "the API key is missing or wrong (401): set HOOKLINE_API_KEY"
    if not isinstance(problem, dict):
        return f"Hookline answered {status}"
    said = problem.get("detail") or problem.get("title") or "no reason given"
    fields = "; ".join(f"{each.get('path')}: {each.get('message')}" for each in problem.get("errors") or ())
    return f"{said} ({status})" + (f": {fields}" if fields else "")
