"""Follows a stream of the API (Server-Sent Events) for the command line, and takes it up again where it broke off."""

from __future__ import annotations

import http.client
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson

if TYPE_CHECKING:
    from gateway.cli.client import Client

__all__ = ["Followed", "follow", "rows_of"]

SILENCE = 45.0  # seconds without a beat after which a stream is taken for dead; they come every 15 s
AGAIN_AFTER = 1.0  # seconds


class Followed:
    """One stream: `events` gives its rows as they come, over restarts of the gateway.

    Raises:
        NotReached, Refused: it cannot be begun.
    """

    def __init__(self, client: Client, path: str, query: dict[str, str]) -> None:
        self._client = client
        self._path = f"{path}/stream" + (f"?{urlencode(query)}" if query else "")
        self._last = ""
        self._lines = self._connected()

    def events(self) -> Iterator[dict[str, Any]]:
        """Rows, for ever."""
        from gateway.cli.client import NotReached, Refused

        while True:
            try:
                yield from self._rows()
            except (OSError, http.client.HTTPException):
                sys.stderr.write("hookline: the stream broke off; it is taken up again\n")
            time.sleep(AGAIN_AFTER)
            try:
                self._lines = self._connected()
            except NotReached:
                self._lines = iter(())
            except Refused as refused:
                if refused.status < http.client.INTERNAL_SERVER_ERROR:
                    raise
                self._lines = iter(())

    def _connected(self) -> Iterator[bytes]:
        lines = self._client.lines(self._path, {"Last-Event-ID": self._last} if self._last else {}, SILENCE)
        self._note(next(lines, b""))
        return lines

    def _rows(self) -> Iterator[dict[str, Any]]:
        row: dict[str, Any] | None = None
        for line in self._lines:
            if line.startswith(b"data: "):
                row = orjson.loads(line[6:])
            elif not line.strip() and row is not None:
                yield row
                row = None
            else:
                self._note(line)

    def _note(self, line: bytes) -> None:
        if line.startswith(b"id: "):
            self._last = line[4:].decode().strip()


def rows_of(client: Client, path: str, wanted: dict[str, str], limit: int) -> list[dict[str, Any]]:
    """The newest rows of a list."""
    found: list[dict[str, Any]] = client.call("GET", path, query={**wanted, "limit": str(limit)})["items"]
    return found


def follow(
    client: Client, path: str, wanted: dict[str, str], limit: int, show: Callable[[dict[str, Any]], object]
) -> None:
    """Show the newest rows, the oldest first, and then what comes, until Ctrl-C; no row is missed in between."""
    stream = Followed(client, path, wanted)
    shown = set[tuple[str, str | None]]()
    for row in reversed(rows_of(client, path, wanted, limit)):
        shown.add(mark(row))
        show(row)
    try:
        for row in stream.events():
            if mark(row) not in shown:
                show(row)
    except KeyboardInterrupt:
        return


def mark(row: dict[str, Any]) -> tuple[str, str | None]:
    return row["id"], row.get("status")
