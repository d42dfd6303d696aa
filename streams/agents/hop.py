"""A hop: a source topic, and a pure step that turns its records into messages; what it cannot use is rejected, whole.

What runs hops is another file (streams/faust_worker.py) and can change; nothing here knows of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import structlog

from schemas.codec import decode, encode, is_ours
from schemas.errors import HooklineError, RecordUnreadable, RegistryUnavailable
from schemas.json_text import JsonMalformed, parse
from schemas.records import Rejected, RejectedReason
from streams.edges.kafka import Message
from streams.edges.seldom import Seldom

__all__ = ["Behind", "Hop", "Moment", "Outgoing", "SourceRecord", "Unusable", "reference", "require_folded"]

log = structlog.get_logger(__name__)
SELDOM = Seldom()


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One record as Kafka gave it, nothing decoded; `timestamp` in milliseconds."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """What a step is told about the world: the time, and where `config` ends if that was asked."""

    now: int  # ms
    config_end: int | None = None  # the offset that the next change will get


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message with the record that it came from."""

    message: Message
    source: SourceRecord


class Behind(Exception):
    """A record was decided under a change of `config` that is not folded here yet: fold up to `offset`, do it again."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"config is not folded up to {offset}")
        self.offset = offset


class Unusable(Exception):
    """A record cannot be used: why, in a closed word and a sentence; `path` names the field."""

    def __init__(
        self, reason: RejectedReason, detail: str, *, path: str | None = None, account: str | None = None
    ) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.path = path
        self.account = account


Turn = Callable[[SourceRecord, Moment], Iterable[Message]]
Needs = Callable[[Sequence[SourceRecord]], Callable[[], None] | None]


@dataclass(frozen=True, slots=True)
class Hop:
    """`turn` makes one record's messages; it raises Unusable, or Behind.

    `needs` answers what has to be done before a batch, in a thread since it blocks; None: nothing.
    """

    name: str
    topic: str
    rejected: str  # the topic of what cannot be used
    turn: Turn
    needs: Needs = lambda _: None

    def step(self, batch: Sequence[SourceRecord], moment: Moment) -> list[Outgoing]:
        """The messages of a batch, in its order.

        Raises:
            Behind: `config` has to be folded further first.
        """
        return [Outgoing(message, record) for record in batch for message in self._turned(record, moment)]

    def _turned(self, record: SourceRecord, moment: Moment) -> Iterable[Message]:
        try:
            return list(self.turn(record, moment))
        except (Behind, RegistryUnavailable):
            raise  # the record may be good: the batch is carried later
        except Unusable as fact:
            SELDOM.warning(
                "rejected",
                kind=(self.name, fact.reason),
                hop=self.name,
                reason=fact.reason.value,
                origin=origin(record),
                field=fact.path,
                detail=fact.detail,
            )
            return [self._rejection(record, fact, moment)]
        except Exception as error:
            log.exception("rejected: this is a fault of ours", hop=self.name, origin=origin(record))
            return [self._rejection(record, Unusable(RejectedReason.INTERNAL_ERROR, said(error)), moment)]

    def _rejection(self, record: SourceRecord, fact: Unusable, moment: Moment) -> Message:
        rejected = Rejected(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            timestamp=record.timestamp,
            key=record.key,
            value=record.value,
            headers=list(readable(record.headers)),
            account=fact.account,
            reason=fact.reason,
            path=fact.path,
            detail=fact.detail,
            rejected_at=moment.now,
        )
        return Message(self.rejected, origin(record).encode(), encode(rejected))


def origin(record: SourceRecord) -> str:
    """The place that names a record: `topic/partition/offset`."""
    return f"{record.topic}/{record.partition}/{record.offset}"


def said(error: Exception) -> str:
    """The type alone: the words of an unforeseen error may hold what must not be read."""
    return f"{type(error).__name__}: {error}" if isinstance(error, HooklineError) else type(error).__name__


def readable(headers: Sequence[tuple[str, bytes | None]]) -> Iterator[list[str]]:
    for name, value in headers:
        yield [name, (value or b"").decode("utf-8", "backslashreplace")]


def require_folded(offset: int, folded: int, moment: Moment) -> None:
    """Check the `config` offset that a record was decided under against what is folded here.

    Raises:
        Behind: it is further on.
        Unusable: `config` has no such offset.
    """
    if offset <= folded:
        return
    if moment.config_end is None or offset < moment.config_end:
        raise Behind(offset)
    raise Unusable(
        RejectedReason.CONFIG_UNKNOWN,
        f"it was decided under offset {offset} of config, which has none from {folded + 1}",
    )


def reference(hop: Hop, record: SourceRecord, why: str, moment: Moment) -> Outgoing:
    """What goes to `rejected` for a message that Kafka refuses for good: where its record lies, and nothing more."""
    bare = SourceRecord(record.topic, record.partition, record.offset, record.timestamp, None, b"")
    detail = f"what {hop.name} made of it was refused: {why}"
    fact = Unusable(RejectedReason.REFUSED_BY_KAFKA, detail, account=account_of(record))
    return Outgoing(hop._rejection(bare, fact, moment), record)  # noqa: SLF001 - of this module


def account_of(record: SourceRecord) -> str | None:
    """Whose record it is, where it says so: a record of ours, or a JSON object."""
    value = record.value or b""
    try:
        found = decode(value) if is_ours(value) else parse(value)
    except (RecordUnreadable, JsonMalformed):
        return None
    account = found.get("account") if isinstance(found, dict) else getattr(found, "account", None)
    return account if isinstance(account, str) else None
