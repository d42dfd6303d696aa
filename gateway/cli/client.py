"""Speaks HTTP with a Hookline for the command line: where it is, with which key, and its errors as sentences.

HOOKLINE_URL and HOOKLINE_API_KEY name another one; by default it is the one of this folder, with its operator key.
"""

from __future__ import annotations

import http.client
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

import orjson

from gateway.keys import operator_key, operator_key_file
from schemas.errors import HooklineError
from schemas.json_text import dump
from schemas.settings import Settings

__all__ = ["Client", "KeyUnusable", "NotReached", "Refused"]

TIMEOUT = 30.0  # seconds
ELSEWHERE = "run this in the folder of `hookline up`, or set HOOKLINE_API_KEY"


class NotReached(HooklineError):
    """No Hookline answers at the address."""


class KeyUnusable(HooklineError):
    """What was given as the API key cannot be one."""


class Refused(HooklineError):
    """An answer that is not 2xx; `status` and, where it is one, its problem document."""

    def __init__(self, status: int, problem: Any, key_from: str = "") -> None:
        super().__init__(sentence(status, problem, key_from))
        self.status = status
        self.problem = problem


class Client:
    """One Hookline and one key; a connection for each call. `key_from` says where the key was found, or not."""

    def __init__(self, url: str, key: str | None, *, timeout: float = TIMEOUT, key_from: str = "") -> None:
        self.url = url.rstrip("/")
        self.key = key
        self.timeout = timeout
        self.key_from = key_from

    @classmethod
    def from_environment(cls) -> Client:
        """The Hookline that the environment names, or the one of this folder."""
        settings = Settings()
        url = os.environ.get("HOOKLINE_URL") or settings.gateway_url
        key, key_from = known_key(settings)
        return cls(url, key, key_from=key_from)

    def call(self, method: str, path: str, body: Any = None, *, query: dict[str, str] | None = None) -> Any:
        """Ask, with `body` as JSON; answers the JSON of a 2xx, None where it is empty.

        Raises:
            NotReached: nobody listens there, or the answer did not come.
            Refused: any other status.
        """
        status, answer = self.exchange(method, path + (f"?{urlencode(query)}" if query else ""), body)
        if not 200 <= status < 300:  # noqa: PLR2004 - the 2xx
            raise Refused(status, answer, self.key_from)
        return answer

    def exchange(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Ask; answers status and JSON whatever the status is. Raises NotReached as `call`."""
        headers = {"accept": "application/json"} | ({"authorization": f"Bearer {self.key}"} if self.key else {})
        data = None if body is None else dump(body).encode()
        if data is not None:
            headers["content-type"] = "application/json"
        address = address_of(self.url)
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

    def lines(self, path: str, headers: dict[str, str], timeout: float) -> Iterator[bytes]:
        """The lines of an answer that goes on, for as long as it does.

        Raises:
            NotReached, Refused: before the first line, as `call`.
            OSError, http.client.HTTPException: it broke off, or was silent for `timeout` seconds.
        """
        key = {"authorization": f"Bearer {self.key}"} if self.key else {}
        address = address_of(self.url)
        connection = connected(address, timeout)
        try:
            try:
                connection.request("GET", address.path + path, headers={**headers, **key})
                response = connection.getresponse()
            except (OSError, http.client.HTTPException) as problem:
                raise NotReached(
                    f"no Hookline answers at {self.url} ({problem}): start `hookline up`, or set HOOKLINE_URL"
                ) from None
            if response.status != http.client.OK:
                raise Refused(response.status, parsed(response.read()), self.key_from)
            yield from response
        finally:
            connection.close()


def known_key(settings: Settings) -> tuple[str | None, str]:
    """The API key, and in words where it is from; or None, and where it was looked for.

    Raises:
        KeyUnusable: it has characters that no key has.
    """
    named, file = os.environ.get("HOOKLINE_API_KEY"), operator_key_file(settings.data_dir)
    key = named or operator_key(settings)
    if key is None:
        return None, f"there is no {file}: {ELSEWHERE}"
    place = "HOOKLINE_API_KEY" if named else "HOOKLINE_OPERATOR_KEY" if settings.operator_key else str(file)
    if not (key.isascii() and key.isprintable()):
        raise KeyUnusable(f"{place} is not an API key: a key has letters, digits, - and _")
    return key, f"it does not know the key of {place}: {ELSEWHERE}"


def connected(address: SplitResult, timeout: float) -> http.client.HTTPConnection:
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    return kind(address.hostname or "", address.port, timeout=timeout)


def address_of(url: str) -> SplitResult:
    """The parts of an address.

    Raises:
        NotReached: it is none.
    """
    try:
        address = urlsplit(url)
        good = address.scheme in {"http", "https"} and address.hostname and address.port != 0 and url.isascii()
    except ValueError:
        good = False
    if not good:
        raise NotReached(f"HOOKLINE_URL={url} is not an address such as http://127.0.0.1:8080")
    return address


def parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return body.decode("utf-8", "replace")


def sentence(status: int, problem: Any, key_from: str = "") -> str:
    """A problem document (RFC 9457) in one line: what it says, then each field that is wrong."""
    if status == http.client.UNAUTHORIZED:
        return f"Hookline wants an API key (401): {key_from or 'set HOOKLINE_API_KEY'}"
    if not isinstance(problem, dict):
        return f"Hookline answered {status}"
    said = problem.get("detail") or problem.get("title") or "no reason given"
    fields = "; ".join(f"{each.get('path')}: {each.get('message')}" for each in problem.get("errors") or ())
    return f"{said} ({status})" + (f": {fields}" if fields and fields != said else "")
