"""Customer events as lines of JSON, gathered into batches of one account each, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from schemas.json_text import JsonMalformed, parse

__all__ = ["Line", "batches", "read_lines"]

MOST = 500  # events of a batch; the API takes a thousand
MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank: the event it says, or why it says none. `number` from 1, `size` in bytes."""

    number: int
    size: int
    account: str
    event: Any = None
    error: str | None = None


def read_lines(stream: Iterable[bytes], account: str) -> Iterator[Line]:
    """Every line; `account` is for events that name none."""
    for number, line in enumerate(stream, 1):
        if line.strip():
            yield read_line(number, line.strip(), account)


def read_line(number: int, line: bytes, account: str) -> Line:
    try:
        event = parse(line)
    except JsonMalformed as error:
        return Line(number, len(line), account, error=f"not JSON: {error}")
    if not isinstance(event, dict):
        return Line(number, len(line), account, error='is not an object such as {"customer": ..., "action": ...}')
    named = event.get("account", account)
    if not isinstance(named, str) or not named:
        return Line(
            number,
            len(line),
            account,
            error="account: is missing; name it in the line, with --account or HOOKLINE_ACCOUNT",
        )
    return Line(number, len(line), named, event)


def batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Lines in their order; a batch has one account, and what says no event stands alone."""
    batch: list[Line] = []
    size = 0
    for line in lines:
        if batch and (len(batch) == MOST or size + line.size > MOST_BYTES or kind_of(line) != kind_of(batch[0])):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += line.size
    if batch:
        yield batch


def kind_of(line: Line) -> tuple[str, bool]:
    return line.account, line.error is None
