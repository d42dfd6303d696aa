"""Logging of a role: structured lines on standard error, for people or machines, cheap enough for one an attempt."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any, BinaryIO

import orjson
import structlog

from schemas.settings import Settings
from streams.edges.clock import steady

__all__ = ["Lines", "configure"]

PAUSE = 10.0  # seconds between two lines of the Kafka client: in an outage it has hundreds a second
# What each role says in its own words (that Kafka is away), and what passes by itself (at the start of a broker).
SAID_ELSEWHERE = re.compile(
    r"^(FAIL|ERROR) .*(Connect to|Disconnected|brokers are down)|load in progress: retrying", re.DOTALL
)
NUMBERS = (int, float)
PLAIN = re.compile(r"[\w.,:/+@-]+", re.ASCII)


def configure(settings: Settings) -> None:
    """Set up logging for this process."""
    level: int = getattr(logging, settings.log_level)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            as_json if settings.log_format == "json" else as_text,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    kafka = logging.getLogger("kafka")
    kafka.propagate = False
    kafka.handlers = [_ToStructlog()]


class Lines:
    """Lines of which there are thousands a second: as all others, written together, and made in less time.

    Text takes about half of the time, JSON a tenth.

    Args:
        settings: which lines, and in which form.
        out: where they go, standard error by default.
    """

    def __init__(self, settings: Settings, out: BinaryIO | None = None) -> None:
        self.shown: bool = getattr(logging, settings.log_level) <= logging.INFO
        self._form = as_json if settings.log_format == "json" else as_text
        self._out = out or sys.stderr.buffer
        self._lines: list[bytes] = []
        self._stamp = ""

    def info(self, event: str, pairs: Mapping[str, Any]) -> None:
        """Keep a line until `flush`; its time is that of the first one that is kept."""
        if self.shown:
            if not self._lines:
                self._stamp = datetime.now(UTC).isoformat().replace("+00:00", "Z")
            said = {**pairs, "event": event, "level": "info", "timestamp": self._stamp}
            self._lines.append(self._form(None, "", said))

    def flush(self) -> None:
        """Write those that were kept."""
        if self._lines:
            lines, self._lines = self._lines, []
            self._out.write(b"\n".join([*lines, b""]))
            self._out.flush()


def as_json(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> bytes:
    """One JSON object."""
    return orjson.dumps(event, default=str)


def as_text(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> bytes:
    """Time, level, what happened, and the rest as `key=value`."""
    time, level, what = event.pop("timestamp"), event.pop("level"), event.pop("event")
    exception = event.pop("exception", "")
    pairs = "".join([f" {key}={shown(value)}" for key, value in event.items() if value is not None])
    line = f"{time[11:23]} {level:<7} {what}{pairs}"
    return f"{line}\n{exception}".encode() if exception else line.encode()


def shown(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    return text if isinstance(value, NUMBERS) or PLAIN.fullmatch(text) else orjson.dumps(text).decode()


class _ToStructlog(logging.Handler):
    """Passes on what the Kafka client says, one line now and then."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._next = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if SAID_ELSEWHERE.search(text):
            structlog.get_logger("kafka").debug("the Kafka client says", text=text)
        elif steady() >= self._next:
            self._next = steady() + PAUSE
            structlog.get_logger("kafka").warning("the Kafka client says", text=text)
