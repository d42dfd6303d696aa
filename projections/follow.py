"""The projector's loop: take records, fold them, write rows and offsets in one transaction, and again.

What the store cannot take now is read again from the store's offset later; all else ends the process.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import TypeVar

import structlog

from projections.folds.fold import Batch, Fold
from projections.keeping import Keeping
from projections.metrics import FOLD_SECONDS, FOLDED, UNUSABLE, WRITABLE
from projections.source import Source
from projections.store.errors import StoreUnavailable
from projections.store.migrate import upgrade
from projections.store.write import Writer
from schemas.settings import Settings
from schemas.topics import Topics

__all__ = ["Projector"]

log = structlog.get_logger(__name__)

WAIT = 0.2  # seconds; how late a stop or a deleted file is noticed, never how late a record
FIRST_DELAY, LONGEST_DELAY = 0.1, 5.0  # seconds between two tries on a store that is away

T = TypeVar("T")


class Projector:
    """Folds the log into the store until `stop` is set; `now` (ms) says what has expired, always 0: nothing."""

    def __init__(self, settings: Settings, stop: Event, now: Callable[[], int] = lambda: 0) -> None:
        self._keeping = Keeping(now)
        self._settings = settings
        self._stop = stop
        self._delay = FIRST_DELAY
        self._unusable = 0

    def run(self) -> None:
        """Fold until stopped; what was begun is written.

        Raises:
            HooklineError: it cannot go on, and says what to do.
        """
        url = self._settings.store_url
        self._insist(lambda: upgrade(url))
        if self._stop.is_set():
            return
        writer, source = Writer(url), Source(self._settings)
        try:
            self._follow(writer, source)
        finally:
            source.close()
            writer.close()

    def _follow(self, writer: Writer, source: Source) -> None:
        cluster = source.cluster(self._stop)
        fold = Fold(Topics(self._settings), cluster)
        if not self._stop.is_set():
            self._insist(lambda: writer.claim(cluster, self._settings.topic_prefix))
            source.subscribe(fold.topics)
        while not self._stop.is_set():
            try:
                self._step(writer, source, fold)
            except StoreUnavailable as error:
                source.tell(str(error))
                source.hold(self._later(error), self._stop)

    def _step(self, writer: Writer, source: Source, fold: Fold) -> None:
        if source.pending:
            source.start(writer.positions(source.granted))
            if self._delay == FIRST_DELAY:
                source.tell("")  # whoever had these partitions before may have been in trouble
        fold.since = self._keeping.since()
        self._keeping.step(writer)
        messages = source.take(WAIT)
        if not messages:
            writer.check_target()
            return
        batch = Batch()
        with FOLD_SECONDS.time():
            for message in messages:
                batch.add(fold.rows(message))
            moves = source.moves(messages)
            writer.write(batch, moves)
        source.advance(moves)
        FOLDED.inc(len(messages))
        self._written(batch, source)

    def _written(self, batch: Batch, source: Source) -> None:
        WRITABLE.set(1)
        if self._delay > FIRST_DELAY:
            log.info("the store can be written again")
            self._delay = FIRST_DELAY
            source.tell("")
        if batch.unusable:
            self._unusable += batch.unusable
            UNUSABLE.inc(batch.unusable)
            log.warning(
                "records that cannot be used", count=batch.unusable, total=self._unusable, see="the rejected records"
            )

    def _later(self, error: StoreUnavailable) -> float:
        """How long to leave the store alone: twice as long each time."""
        delay = self._delay
        self._delay = min(delay * 2, LONGEST_DELAY)
        WRITABLE.set(0)
        log.error("the store cannot be written", reason=str(error), again_in_seconds=delay)
        return delay

    def _insist(self, action: Callable[[], T]) -> T | None:
        """Do it as often as it takes, or until stopped."""
        while not self._stop.is_set():
            try:
                return action()
            except StoreUnavailable as error:
                self._stop.wait(self._later(error))
        return None
