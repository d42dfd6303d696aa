"""Settling: what an attempt leaves behind, written in the order that lets a kill come at any moment.

1. The request has been made. 2. The follower (retry, dead letter, parked message) is written and acknowledged.
3. The attempt's row is written and acknowledged. 4. The offset may move. A row is therefore proof that its follower is
there, and a follower carries the row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, assert_never

from schemas.codec import encode
from schemas.records import Attempt, AttemptError, AttemptStatus, Delivery, Rejected, RejectedReason
from schemas.topics import Topics
from streams.agents.deliver import ordering
from streams.agents.deliver.attempt_log import AttemptLog
from streams.agents.deliver.rejecting import Rejecting, Writer, reference
from streams.agents.deliver.shares import Shares
from streams.agents.deliver.work import Source, Work
from streams.core import attempts
from streams.core.answer import Answer, Fault, Request
from streams.core.proof import aside_key, step_key
from streams.core.retrying import Delivered, Exhausted, Resend, Verdict, retry_after, status_of, verdict
from streams.core.sending import SiteView
from streams.edges import crash
from streams.edges.clock import now_ms
from streams.edges.metrics import DELIVERY_SECONDS, PARKED

__all__ = ["Parking", "Settling"]

Then = Callable[[], None]
TOO_LARGE = "Kafka does not take the record of its resend: it is too large"


class Parking(Protocol):
    """Whoever sees to it that parked messages go on."""

    def parking(self, work: Work) -> None: ...
    def parked(self, work: Work, offset: int | None) -> None: ...


class Settling:
    """Knows every message under way, and ends it.

    Args:
        writer: writes to Kafka.
        shares: whose partitions they are.
        topics: where what goes.
        tiers: seconds -> retry topic.
        parking: is told of what is parked.
        log: is told of every attempt.
    """

    def __init__(
        self,
        *,
        writer: Writer,
        shares: Shares,
        topics: Topics,
        tiers: Mapping[float, str],
        parking: Parking,
        log: AttemptLog,
    ) -> None:
        self._log, self._delays = log, tuple(tiers)
        self._writer, self._shares, self._topics, self._tiers = writer, shares, topics, tiers
        self._parking, self._rejecting = parking, Rejecting(writer, topics.rejected)
        self._under_way: dict[str, Work] = {}

    def begin(self, work: Work) -> None:
        """A message was admitted."""
        self._under_way[work.key] = work

    def join(self, key: str, source: Source) -> bool:
        """The same step came once more; whether the first is still under way: then both end together."""
        if (work := self._under_way.get(key)) is None:
            return False
        work.sources.append(source)
        return True

    def is_under_way(self, key: str) -> bool:
        """Whether a step was admitted and has not ended."""
        return key in self._under_way

    def forget(self, work: Work) -> None:
        """It is given up unsent, because it is someone else's now, or waits elsewhere."""
        self._under_way.pop(work.key, None)
        ordering.give_back(work)

    def of(self, numbers: frozenset[int]) -> int:
        """How many of these partitions' messages are under way."""
        return sum(1 for work in self._under_way.values() if work.partition in numbers)

    def recover(self, partition: int, rows: Sequence[tuple[bytes | None, bytes]], then: Then) -> None:
        """Write the rows that a kill came before: their followers are there."""
        waiting = len(rows)

        def written(_: int | None) -> None:
            nonlocal waiting
            waiting -= 1
            if not waiting:
                then()

        for key, row in rows:
            self._writer.write(self._topics.attempts, partition, key, row, written)
        if not rows:
            then()

    def answered(self, work: Work, site: SiteView, request: Request | None, answer: Answer) -> None:
        """An attempt was made."""
        now = now_ms()
        follows = verdict(
            succeeded=answer.succeeded,
            step=work.delivery.step,
            delays=site.retry_delays,
            tiers=self._delays,
            now=now,
            not_before=retry_after(answer.status, answer.headers, now),
        )
        if isinstance(follows, Resend) and self._shares.against(work.partition, work.delivery):
            follows = Exhausted()  # a newer chain has taken over, or it was cancelled while it was in flight
        due = follows.due if isinstance(follows, Resend) else None
        status = status_of(follows)
        row = attempts.row_of(work.delivery, site, request, answer, status=status, next_attempt_at=due)
        if (row.chain, row.step) == ("0", 1):
            DELIVERY_SECONDS.observe(max(row.created_at - work.delivery.created_at, 0) / 1000)
        self._leave(work, row, follows)

    def ended(self, work: Work, site: SiteView | None, fault: Fault) -> None:
        """It ends unsent."""
        answer = Answer(began_at=now_ms(), duration_us=0, fault=fault)
        follows = Exhausted()
        self._leave(work, attempts.row_of(work.delivery, site, None, answer, status=status_of(follows)), follows)

    def stopped(self, work: Work, site: SiteView | None, fault: Fault) -> None:
        """People want it no more: it ends unsent. No dead letter, since nothing has failed."""
        self._row(work, encode(unsent(work.delivery, site, fault)))

    def never_made(self, partition: int, delivery: Delivery, site: SiteView | None, fault: Fault, then: Then) -> None:
        """The same for a step whose record lies somewhere and will be met later."""

        def written(offset: int | None) -> None:
            if offset is not None:
                self._shares.written(self._topics.attempts, partition, offset)
            self._shares.remember(key := step_key(delivery))
            if (own := self._shares.find(partition)) is not None:
                ordering.leave(own, delivery, key)
            then()

        row = encode(unsent(delivery, site, fault))
        self._writer.write(self._topics.attempts, partition, delivery.lane.encode(), row, written)

    def park(self, work: Work, cause: str, since: int | None = None) -> None:
        """It is put aside without spending an attempt; `since`: when it was parked before (ms)."""
        if not work.live:
            self.forget(work)
            return
        now = now_ms()
        fault = Fault(AttemptError.CONFIGURATION, f"it cannot be parked ({cause}): Kafka does not take the record")
        row = encode(unsent(work.delivery, None, fault))

        def written(offset: int | None) -> None:
            PARKED.labels(cause).inc()
            self._parking.parked(work, offset)
            ordering.parked(work, offset)
            if offset is None:
                self._refused(work, self._topics.parked, lambda: self._row(work, row))
                return
            self._shares.written(self._topics.parked, work.partition, offset)
            self._aside(work, aside_key(work.delivery))

        self._parking.parking(work)
        ordering.parking(work)
        at = now if since is None else since
        record = attempts.parked(work.delivery, cause, at, origin_offset=work.position)
        key = work.delivery.lane.encode()
        self._writer.write(self._topics.parked, work.partition, key, encode(record), written)

    def hop(self, work: Work, tier: float) -> None:
        """It goes on waiting, in another tier."""
        if not work.live:
            self.forget(work)
            return
        onward = attempts.onward(work.delivery, origin_offset=work.position)
        self._write(work, self._tiers[tier], encode(onward), lambda: self._aside(work))

    def note_postponed(self, work: Work, site: SiteView, due: int) -> None:
        """Say in the log that it waits until `due` (ms); that is proof of nothing."""
        self._row_queued(work, site, due, lambda: None)

    def postpone(self, work: Work, site: SiteView, due: int, tier: float) -> None:
        """It waits in a tier until `due` (ms), and no attempt is spent."""
        if not work.live:
            self.forget(work)
            return
        since = now_ms() if work.postponed_since is None else work.postponed_since
        waiting = attempts.postponed(work.delivery, origin_offset=work.position, due=due, since=since)
        key = aside_key(work.delivery)
        self._write(
            work,
            self._tiers[tier],
            encode(waiting),
            lambda: self._row_queued(work, site, due, lambda: self._aside(work, key)),
        )

    def _row_queued(self, work: Work, site: SiteView, due: int, then: Then) -> None:
        since = now_ms() if work.postponed_since is None else work.postponed_since  # it waits from the first time on
        answer = Answer(began_at=since, duration_us=0)
        row = attempts.row_of(work.delivery, site, None, answer, status=AttemptStatus.QUEUED, next_attempt_at=due)
        self._write(work, self._topics.attempts, encode(row), then)

    def _aside(self, work: Work, key: str | None = None) -> None:
        """Its record was written anew, and what it came from is done with: `key`, so that it is known again."""
        if key is not None:
            self._shares.remember(key)
        self.forget(work)
        for source in work.sources:
            self._shares.close(source)

    def _leave(self, work: Work, row: Attempt, follows: Verdict) -> None:
        if not work.live and not isinstance(follows, Delivered):
            # Another courier makes this step again. A row would tell it that a follower is there, and none is.
            self._log.lost(row)
            self.forget(work)
            return
        self._log.attempt(row)
        encoded = encode(row)
        match follows:
            case Delivered():
                self._row(work, encoded)
            case Resend(due, tier):
                follower = attempts.follower(work.delivery, encoded, due=due, origin_offset=work.position)
                failed = replace(row, status=AttemptStatus.FAILED, next_attempt_at=None, error_detail=TOO_LARGE)
                self._write(
                    work,
                    self._tiers[tier],
                    encode(follower),
                    lambda: self._resent(work, encoded),
                    refused=lambda: self._row(work, encode(failed)),
                )
            case Exhausted():
                dead = attempts.dead_letter(work.delivery, row, encoded)
                self._write(work, self._topics.dead_letters, encode(dead), lambda: self._row(work, encoded))
            case _:
                assert_never(follows)

    def _resent(self, work: Work, row: bytes) -> None:
        crash.reached(crash.AFTER_RETRY)
        ordering.goes_on(work)
        self._row(work, row)

    def _row(self, work: Work, row: bytes) -> None:
        self._write(work, self._topics.attempts, row, lambda: self._done(work))

    def _done(self, work: Work) -> None:
        crash.reached(crash.AFTER_ATTEMPT)
        self._shares.remember(work.key)
        self._under_way.pop(work.key, None)
        ordering.ended(work)
        for source in work.sources:
            self._shares.close(source)

    def _write(self, work: Work, topic: str, value: bytes, then: Then, refused: Then | None = None) -> None:
        """Write, then go on; `refused` is what follows instead where Kafka will never take the record."""

        def written(offset: int | None) -> None:
            if offset is None:
                self._refused(work, topic, refused or then)
                return
            self._shares.written(topic, work.partition, offset)
            then()

        self._writer.write(topic, work.partition, work.delivery.lane.encode(), value, written)

    def _refused(self, work: Work, topic: str, then: Then) -> None:
        """Kafka will never take it: what is left is a reference to the record that it came from."""
        source = work.sources[0]
        detail = f"Kafka refused a record of step {work.key} for {topic} for good"
        record = reference(source.inlet, source.offset, work.delivery, RejectedReason.REFUSED_BY_KAFKA, detail)
        self._rejecting.reject(record, then)

    def reject(self, source: Source, record: Rejected) -> None:
        """A record that is no message: it goes to `rejected`, and is done with."""
        self._rejecting.reject(record, lambda: self._shares.close(source))


def unsent(delivery: Delivery, site: SiteView | None, fault: Fault) -> Attempt:
    """The row of a step that was not made."""
    answer = Answer(began_at=now_ms(), duration_us=0, fault=fault)
    return attempts.row_of(delivery, site, None, answer, status=AttemptStatus.FAILED)
