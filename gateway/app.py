"""The process `hookline gateway`: started, served, stopped in order.

Start: the port first (a taken one is said at once), then Kafka, as often as it takes; until the configuration has been
read every door but health, figures and documents answers 503. Stop: no new connections, what is under way ends, Kafka
has everything, exit 0. What cannot go on ends the process with 1.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable

import structlog
import uvloop

from gateway.api.times import now_ms
from gateway.edges import Edges, World
from gateway.gate import Gate
from gateway.incoming.catching_up import (
    Reading,
    catch_up,
    longest_window,
    names_events,
    remember_event,
    remember_request,
)
from gateway.job_doors import works
from gateway.jobs.ownership import Ownership
from gateway.jobs.running import Runner
from gateway.listening import Listening
from gateway.notices.notifier import Notifier, Owners
from gateway.status.lags import lags_now
from gateway.up.errors import KafkaUnreachable
from gateway.up.topics import Cluster
from gateway.wiring import application
from schemas.errors import HooklineError, KafkaUnavailable
from schemas.settings import Settings
from schemas.topics import Topics
from streams.edges import logs

__all__ = ["run"]

log = structlog.get_logger("gateway")
READ_WITHIN = 5.0  # seconds of one try to read the configuration
CATCH_UP_WITHIN = 30.0  # seconds that reading the latest requests may take
RETRY_EVERY = 0.5  # seconds
SAY_AGAIN = 30.0  # seconds
TURN = 0.0005  # seconds that a thread which reads the store may keep the event loop from its turn; 0.005 by itself


def run(settings: Settings) -> int:
    """Serve until told to stop; answers the exit code.

    Raises:
        HooklineError: it cannot start; the message says what to do.
    """
    logs.configure(settings)
    sys.setswitchinterval(TURN)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(Gateway(settings).run())


class Gateway:
    """One process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loop: asyncio.AbstractEventLoop
        self._ending = asyncio.Event()
        self._gate = Gate()
        self._code = 0
        self._when_open: Callable[[], None] = lambda: None

    async def run(self) -> int:
        """Start, serve, stop."""
        self._loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._ending.set)
        world = World(self._settings, self._loop, self._following_failed)
        listening = Listening(application(self._settings, world.edges, self._gate, self._loop))
        await listening.start(self._settings.listen)
        log.info("listening", address=self._settings.listen)
        connecting = asyncio.create_task(self._connect(world))
        jobs = self._jobs(world.edges)
        await self._ending.wait()
        connecting.cancel()
        await asyncio.to_thread(jobs.stop)
        await listening.stop()
        await world.close()
        log.info("stopped")
        return self._code

    def _jobs(self, edges: Edges) -> Ownership:
        """Jobs are run here whenever this gateway owns them; not before the configuration is known."""
        topics, configuration = Topics(self._settings), edges.follower.configuration
        done = works(configuration, edges.reader, edges.writer, edges.keyring, topics)
        runner = Runner(done, writer=edges.writer, topics=topics, now=now_ms)
        notifier = Notifier(
            self._settings,
            configuration=configuration,
            reader=edges.reader,
            writer=edges.writer,
            lags=lambda: lags_now(edges.look, edges.reader, topics),
            now=now_ms,
        )
        ownership = Ownership(self._settings, topics.operations, Owners(runner, notifier), self._loop)
        self._when_open = ownership.start
        return ownership

    async def _connect(self, world: World) -> None:
        """Read the configuration and the latest requests, as often as it takes; then open the doors."""
        said = -SAY_AGAIN
        while not self._gate.open:
            try:
                await asyncio.to_thread(world.follower.start, READ_WITHIN)
                await asyncio.to_thread(self._catch_up, world)
                self._gate.open = True
            except KafkaUnavailable as error:
                if self._loop.time() - said >= SAY_AGAIN:
                    log.warning("waiting for Kafka", problem=str(error))
                    said = self._loop.time()
                await asyncio.sleep(RETRY_EVERY)
            except HooklineError as error:
                self._fail(error)
                return
        self._when_open()
        log.info("ready", configuration=world.follower.configuration.offset)
        await self._warn_of_few_copies()

    async def _warn_of_few_copies(self) -> None:
        """What the replication is worth, and where topics differ from the catalogue."""
        cluster = Cluster(self._settings)
        try:
            for sentence in await asyncio.to_thread(cluster.durability):
                log.warning("replication", advice=sentence)
            differing = [found.topic.name for found in await asyncio.to_thread(cluster.find) if found.drift]
        except KafkaUnreachable as error:
            log.warning("replication is not known", problem=str(error))
            return
        if differing:
            log.warning("topics differ from the catalogue: `hookline topics describe`", topics=", ".join(differing))

    def _catch_up(self, world: World) -> None:
        """Learn what was accepted and is not in the store yet. Blocks."""
        configuration, recalling, ids = world.follower.configuration, world.recalling, world.edges.ids
        topics, known_for = Topics(self._settings), round(self._settings.producer_id_window * 1000)
        of_requests = max(longest_window(configuration), known_for if names_events(configuration) else 0)
        readings = [
            Reading(
                topics.incoming_requests,
                of_requests,
                recalling.folded(topics.incoming_requests),
                remember_request(world.edges.copies, ids, recalling.event_of),
            ),
            Reading(topics.customer_events, known_for, recalling.folded(topics.customer_events), remember_event(ids)),
        ]
        catch_up(self._settings, readings, CATCH_UP_WITHIN)

    def _following_failed(self, error: Exception) -> None:
        """In the follower's thread."""
        self._loop.call_soon_threadsafe(self._fail, error)

    def _fail(self, error: Exception) -> None:
        log.error("the gateway cannot go on", reason=str(error))
        self._code = 1
        self._ending.set()
