"""Says what is worth a notice, while this gateway owns the topic of operations: so one of all gateways does.

Whatever happened within the last hour is said again by a new owner; the ids are the same, so nothing comes twice. An
action that the account does not have is not said.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping

import structlog
from sqlalchemy import Connection

from gateway.api.problems import Problem
from gateway.api.reading import Reader
from gateway.jobs.ownership import Owner
from gateway.notices.saying import (
    Notice,
    breaker_notice,
    disabled_sites,
    event_of_notice,
    failure_notices,
    lag_notices,
)
from gateway.writing import Writes
from projections.queries.failed_lately import failed_lately
from schemas.codec import encode
from schemas.errors import HooklineError
from schemas.identity import event_key
from schemas.records import EntityKind, Operation, OperationKind
from schemas.settings import Settings
from schemas.topics import Topics
from streams.core.configuration import Configuration
from streams.edges.kafka import Message

__all__ = ["Notifier", "Owners"]

log = structlog.get_logger("gateway")
HOUR = 3_600_000  # ms
PERIOD = 600_000  # ms
EVERY = 15.0  # seconds between two looks
MOST_REMEMBERED = 10_000


class Owners:
    """Several of them as one."""

    def __init__(self, *owners: Owner) -> None:
        self._owners = owners

    def begin(self) -> None:
        """All begin."""
        for owner in self._owners:
            owner.begin()

    def take(self, record: Operation) -> None:
        """All take it."""
        for owner in self._owners:
            owner.take(record)

    def caught_up(self) -> None:
        """All go on."""
        for owner in self._owners:
            owner.caught_up()

    def lose(self) -> None:
        """All stop."""
        for owner in self._owners:
            owner.lose()


class Notifier:
    """In the event loop. `lags` are records behind by role; `now` in milliseconds, `sleep` in seconds."""

    def __init__(
        self,
        settings: Settings,
        *,
        configuration: Configuration,
        reader: Reader,
        writer: Writes,
        lags: Callable[[], Awaitable[Mapping[str, int]]],
        now: Callable[[], int],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._settings, self._topic = settings, Topics(settings).customer_events
        self._configuration, self._reader, self._writer = configuration, reader, writer
        self._lags, self._now, self._sleep = lags, now, sleep
        self._breakers: list[Operation] = []
        self._behind: dict[str, deque[int]] = defaultdict(lambda: deque(maxlen=2))
        self._said: dict[str, None] = {}
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """The topic is read from its first record."""
        self.lose()
        self._breakers.clear()

    def take(self, record: Operation) -> None:
        """One more record of the topic."""
        if record.kind is OperationKind.BREAKER and record.at >= self._now() - HOUR:
            self._breakers.append(record)

    def caught_up(self) -> None:
        """From now on it is this gateway that says them."""
        if self._settings.notify_account and self._task is None:
            self._task = asyncio.create_task(self._run())

    def lose(self) -> None:
        """Another one does."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except HooklineError as error:  # said again at the next look
                log.warning("notices wait", reason=str(error))
            await self._sleep(EVERY)

    async def look(self) -> None:
        """Find what is worth a notice, and say what was not said yet.

        Raises:
            KafkaUnavailable: it is not known whether all was written.
        """
        events = [
            event_of_notice(each, self._settings.notify_account, self._configuration.offset)
            for each in await self._found()
            if each.subject != self._settings.notify_account and self._wanted(each.action)
        ]
        new = [event for event in events if event.id not in self._said]
        for event in new:
            await self._writer.write(Message(self._topic, event_key(event.account, event.customer), encode(event)))
            self._said[event.id] = None
            log.info("notice", action=event.action, about=event.customer)
        self._breakers.clear()
        while len(self._said) > MOST_REMEMBERED:
            del self._said[next(iter(self._said))]

    def _wanted(self, action: str) -> bool:
        state = self._configuration.account(self._settings.notify_account)
        return state is not None and action in state.of(EntityKind.CUSTOM_ACTION)

    async def _found(self) -> list[Notice]:
        now = self._now()
        breakers = (breaker_notice(each) for each in self._breakers)
        found: list[Notice] = [*disabled_sites(self._configuration, now - HOUR)]
        found += [each for each in breakers if each is not None]
        found += await self._failures(now)
        for role, lag in (await self._lags()).items():
            self._behind[role].append(lag)
        found += lag_notices(self._behind, self._settings.notify_lag, now)
        return found

    async def _failures(self, now: int) -> Iterable[Notice]:
        sites = {
            name: {each.id: (each.body or {}).get("name") for each in state.of(EntityKind.SITE).values()}
            for name, state in self._configuration.accounts.items()
        }

        def read(connection: Connection) -> dict[tuple[str, str], int]:
            ids = {account: list(names) for account, names in sites.items()}
            return failed_lately(connection, ids, now - PERIOD, now)

        try:
            failed = await self._reader.read(read)
        except Problem:  # the store is away: its own figure says so
            return []
        names = {site: name for known in sites.values() for site, name in known.items()}
        return list(failure_notices(failed, names, self._settings.notify_failed, now))
