"""Resends of many: commands at the job's rate; a delivery that is gone, or whose site is archived, has failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.api.reading import Reader
from gateway.jobs.job import Job
from gateway.outgoing.commanding import Asked, message_of, resend
from gateway.writing import Writes
from projections.queries.sending_again import Known, known_deliveries
from schemas.definitions.forms import State
from schemas.records import EntityKind
from schemas.topics import Topics
from streams.core.configuration import Configuration
from streams.edges.kafka import Message
from streams.edges.outbox import MessageRefused

__all__ = ["Resending"]

MOST_AT_ONCE = 100  # commands
BATCHES = 5  # a second
MOST_BYTES = 4 * 1024 * 1024  # of commands at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Resending:
    """See `Work`; the job is about `rate`, messages a second, and finds `sent` and `failed`."""

    reader: Reader
    writer: Writes
    topics: Topics
    configuration: Configuration
    now: Callable[[], int]

    def begin(self, job: Job) -> None:
        """Counts go on where they were."""
        job.found = {"sent": 0, "failed": 0} | job.found

    def end(self, job: Job) -> None:
        """Nothing is kept here."""

    async def some(self, job: Job) -> float:
        """The next commands, then as long a rest as the rate asks for."""
        rate = job.about["rate"]
        size = max(1, min(MOST_AT_ONCE, rate // BATCHES))
        ids = job.ids[job.reached : job.reached + size]
        if not ids:  # a part of the set is missing: it will not come any more
            count(job, 0, job.count - job.reached)
            return 0.0
        known = await self.reader.read(lambda connection: known_deliveries(connection, job.account, ids))
        messages = list(self._messages(job, [known[each] for each in ids if each in known]))
        refused = 0
        for some in batches(messages):
            try:
                await self.writer.write(*some)
            except MessageRefused as error:
                refused += len(error.indexes)
        sent = len(messages) - refused
        count(job, sent, len(ids) - sent)
        return float(len(ids) / rate)

    def _messages(self, job: Job, known: list[Known]) -> Iterator[Message]:
        state = self.configuration.account(job.account)
        sites = state.of(EntityKind.SITE) if state else {}
        asked = Asked(
            name=f"cmd_{job.id.partition('_')[2]}",
            author=job.author,
            at=self.now(),
            config_offset=self.configuration.offset,
            resend_id=job.id,
        )
        for each in known:
            site = sites.get(each.delivery.site_id)
            if site is not None and site.state != State.ARCHIVED.value:
                yield message_of(resend(each, asked), self.topics)


def count(job: Job, sent: int, failed: int) -> None:
    job.reached += sent + failed
    job.found = {"sent": job.found["sent"] + sent, "failed": job.found["failed"] + failed}


def batches(messages: list[Message]) -> list[list[Message]]:
    """Few enough bytes at once."""
    found: list[list[Message]] = []
    size = MOST_BYTES
    for message in messages:
        if size + len(message.value) > MOST_BYTES:
            found.append([])
            size = 0
        found[-1].append(message)
        size += len(message.value)
    return found
