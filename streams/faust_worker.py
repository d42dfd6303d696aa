"""The streams worker: waits for Kafka, runs the hops *map* and *route*, stops in order; the root of `hookline streams`.

What runs the hops is Faust (streams/faust_app.py).
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Coroutine
from typing import Any

import faust
import structlog
import uvloop

from schemas.settings import Settings
from schemas.topics import Topics
from streams.agents.carry import Carrier
from streams.agents.known_ids import KnownIds
from streams.agents.map import map_hop
from streams.agents.route import Place, event_reader, route_hop
from streams.core.definitions import Compiler
from streams.core.producer_ids import ProducerIds
from streams.edges import lenient_records, logs
from streams.edges.clock import now_ms
from streams.edges.cluster import Cluster, reachable
from streams.edges.ending import Deadline, end_now
from streams.edges.following import Follower
from streams.edges.group_progress import GroupProgress
from streams.edges.keyring import keyring_of
from streams.edges.library_logs import pass_on
from streams.edges.outbox import Outbox
from streams.edges.span_reader import SpanReader
from streams.edges.watchdog import Rules, Watchdog
from streams.edges.worker_slot import worker_slot
from streams.faust_app import REBALANCE, build_app, group_of
from streams.faust_beat import beat

__all__ = ["run"]

log = structlog.get_logger(__name__)

CLIENT = "hookline-streams"
MOST_IDS = 200_000  # of producers' events, about 70 MB
ACKNOWLEDGED_WITHIN = 60.0  # seconds; a broker that restarts is back by then
STOPPED_WITHIN = 12.0  # seconds


def run(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT; answers the exit code.

    Raises:
        SecretUnreadable: there is no secret key, or one that `config` needs is missing.
        KafkaUnavailable: `config` could not be read.
    """
    logs.configure(settings)
    pass_on("aiokafka", "faust", "mode")
    lenient_records.install()
    hang = Deadline(STOPPED_WITHIN, f"stopping took longer than {STOPPED_WITHIN:g} s")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        code = runner.run(Worker(settings, hang).run())
    hang.call_off()
    return code


class Worker:
    """One process of the role."""

    def __init__(self, settings: Settings, hang: Deadline) -> None:
        self._settings = settings
        self._topics = Topics(settings)
        self._hang = hang
        self._stopping = asyncio.Event()

    async def run(self) -> int:
        """Wait for Kafka, work, and stop in order: the reading first, then what was made of it, then the fold."""
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._stop)
        needed = (self._topics.config, self._topics.incoming_requests, self._topics.customer_events)
        waiting = reachable(self._settings, CLIENT, (*needed, self._topics.deliveries, self._topics.rejected))
        cluster = await self._unless_stopped(waiting)
        if cluster is None:
            return 0
        keyring = keyring_of(self._settings)
        follower = Follower(self._settings, keyring, lambda error: end_now(f"config cannot be followed: {error}"))
        await asyncio.to_thread(follower.start)
        outbox = Outbox(self._settings, CLIENT, timeout=ACKNOWLEDGED_WITHIN)
        compiler = Compiler(follower.configuration, keyring.open_text)
        place = Place(cluster.id, cluster.partitions[self._topics.deliveries])
        traced = self._settings.trace_context
        hops = (
            map_hop(self._topics, follower.configuration, compiler, keyring.open, traced=traced),
            route_hop(
                self._topics,
                place,
                follower.configuration,
                compiler,
                self._known_ids(place, Compiler(follower.configuration, keyring.open_text)),
                traced=traced,
            ),
        )
        carrier = Carrier(outbox, follower, now_ms)
        app = build_app(self._settings, hops, carrier.carry, worker_slot(self._settings, "streams"))
        code = await self._work(app)
        outbox.close()
        follower.stop()
        return code

    def _known_ids(self, place: Place, compiler: Compiler) -> KnownIds:
        window = round(self._settings.producer_id_window * 1000)
        reader = SpanReader(self._settings, f"{CLIENT}-ids", self._topics.customer_events)
        return KnownIds(ProducerIds(window, MOST_IDS), reader, window, event_reader(place, compiler))

    def _stop(self) -> None:
        self._hang.start()
        self._stopping.set()

    async def _unless_stopped(self, waiting: Coroutine[Any, Any, Cluster]) -> Cluster | None:
        task = asyncio.create_task(waiting)
        await first_of(task, self._stopping.wait())
        if task.done():
            return task.result()
        task.cancel()
        return None

    async def _work(self, app: faust.App) -> int:
        progress = GroupProgress(self._settings, f"{CLIENT}-watchdog", group_of(self._settings))
        watchdog = Watchdog(Rules(flow_timeout=2 * REBALANCE), progress.look, end_now)
        beating = asyncio.create_task(beat(app, watchdog))
        watchdog.start()
        try:
            await app.start()
            log.info("streams is ready", member=app.conf.consumer_group_instance_id)
            await first_of(app.wait_until_stopped(), self._stopping.wait())
            crashed = app.crash_reason
        finally:
            self._hang.start()
            watchdog.stop()
            beating.cancel()
            await app.stop()
        if crashed is not None:
            log.error("Faust has crashed", reason=repr(crashed))
        return 0 if crashed is None else 1


async def first_of(*waiting: Awaitable[Any]) -> None:
    """Wait for the first; the others are left alone."""
    await asyncio.wait([asyncio.ensure_future(each) for each in waiting], return_when=asyncio.FIRST_COMPLETED)
