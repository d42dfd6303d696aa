"""The process `hookline courier`: joins the agent *deliver* to Kafka, libcurl, the resolver and the configuration.

Main thread: one loop. Second thread: the consumer. Third: the follower of `config`. It ends with 0 after SIGTERM, and
with 1 when it cannot go on; whoever supervises it starts it again, which is the only recovery there is.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from typing import Any

import structlog

from schemas.errors import HooklineError
from schemas.settings import Settings
from schemas.topics import Topics
from streams.agents.deliver.admission import Admission
from streams.agents.deliver.agent import Deliver
from streams.agents.deliver.attempt_log import AttemptLog
from streams.agents.deliver.breakers import Breakers
from streams.agents.deliver.disabling import Disabling
from streams.agents.deliver.draining import Draining
from streams.agents.deliver.intake import Intake
from streams.agents.deliver.obeying import Obeying
from streams.agents.deliver.ordering import Ordering
from streams.agents.deliver.sending import Sending
from streams.agents.deliver.settling import Settling
from streams.agents.deliver.shares import Shares
from streams.agents.deliver.work import Work
from streams.core.lanes import Lanes
from streams.core.sending import Sites
from streams.edges import logs
from streams.edges.assignment import Assigner
from streams.edges.clock import steady
from streams.edges.configured import FollowedConfiguration
from streams.edges.courier_consumer import CourierConsumer
from streams.edges.curl import Exchanges
from streams.edges.following import Follower
from streams.edges.guard import Guard
from streams.edges.keyring import keyring_of
from streams.edges.ledger import Ledger
from streams.edges.loop import Loop
from streams.edges.orders_reader import OrdersReader
from streams.edges.parked_reader import ParkedReader
from streams.edges.process import look_for_garbage_seldom, raise_descriptor_limit
from streams.edges.proof_reader import ProofReader
from streams.edges.resolver import Resolver
from streams.edges.static_ip import StaticIp
from streams.edges.topic_check import wait_for_topics
from streams.edges.worker_slot import worker_slot

__all__ = ["run"]

log = structlog.get_logger("courier")

LANE_BYTES = 8 * 1024 * 1024  # of messages that one lane holds waiting
WAITING_BYTES = 64 * 1024 * 1024  # of messages that all hold
ACKNOWLEDGED_WITHIN = 30.0  # seconds
MOST_UNACKNOWLEDGED = 2000  # records
STOP = 10.0  # seconds for requests in flight
FLUSH = 2.0  # seconds
REPORTS = 0.001  # seconds between two looks for delivery reports, while some are expected
REPORTS_SLOW = 0.02  # the same, when the broker has been silent for a while


def run(settings: Settings) -> int:
    """Deliver until told to stop. Does not return: hung look-ups must not hold the process."""
    logs.configure(settings)
    code = 1
    try:
        code = Courier(settings).run()
    except HooklineError as error:
        log.error("the courier cannot go on", reason=str(error))  # noqa: TRY400 - the sentence says it all
    except Exception:
        log.exception("the courier has failed")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


class Courier:
    """One courier: built, run, stopped."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lines = logs.Lines(settings)
        self._loop = Loop()
        self._stopping = False
        self._failure: Exception | None = None
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def run(self) -> int:
        """Run until told to stop; answers the exit code."""
        settings, topics = self._settings, Topics(self._settings)
        raise_descriptor_limit(settings.max_in_flight)
        retries = wait_for_topics(settings, self._pause)
        if retries is None:
            return 0
        keyring, proxy = keyring_of(settings), settings.static_ip_proxy
        follower = Follower(settings, keyring, lambda error: self._loop.post(lambda: self._fail(error)))
        follower.start()
        ledger = Ledger(settings, timeout=ACKNOWLEDGED_WITHIN)
        guard, names = Guard(settings.allowed_networks), Resolver(self._loop.post)
        exchanges = Exchanges(self._loop, guard, most=settings.max_in_flight, proxy=proxy)
        consumer = self._consumer(topics, retries)
        shares = Shares(topics.deliveries, topics.commands)
        sites = Sites(follower.configuration, settings.partitions, keyring.open_text, static_ip=proxy is not None)
        member = worker_slot(settings, "courier")
        breakers = Breakers(
            writer=ledger,
            topic=topics.operations,
            member=member,
            caps=sites.caps,
            on_closed=lambda: lanes.refresh(),  # noqa: PLW0108 - they are made below
        )
        lanes = Lanes[Work](
            most=settings.max_in_flight,
            size=settings.lane_size,
            weight=LANE_BYTES,
            total=WAITING_BYTES,
            caps=breakers.caps,
        )
        ordering = Ordering(shares, lanes)
        draining = Draining(
            loop=self._loop,
            reader=ParkedReader(settings, topics.parked, self._loop, self._fail),
            writer=ledger,
            shares=shares,
            sites=sites,
            topic=topics.parked,
            rate=settings.drain_rate,
            expiry=settings.parked_expiry,
            held_until=breakers.held_until,
            ordering=ordering,
        )
        settling = Settling(
            writer=ledger,
            shares=shares,
            topics=topics,
            tiers=topics.retries,
            parking=draining,
            log=AttemptLog(self._lines),
        )
        congested: Callable[[], bool] = lambda: ledger.outstanding >= MOST_UNACKNOWLEDGED  # noqa: E731
        obeying = Obeying(shares=shares, lanes=lanes, settling=settling, sites=sites)
        admission = Admission(
            loop=self._loop,
            shares=shares,
            lanes=lanes,
            settling=settling,
            obeying=obeying,
            tiers=tuple(topics.retries),
            deliveries=topics.deliveries,
            parked=draining.waits,
            sites=sites,
            ordering=ordering,
        )
        intake = Intake(
            loop=self._loop,
            reader=consumer,
            configured=FollowedConfiguration(follower, self._loop, self._fail),
            shares=shares,
            admission=admission,
            settling=settling,
            obeying=obeying,
            delays={name: topics.delay(name) for name in retries},
            draining=draining,
            congested=congested,
        )
        sending = Sending(
            loop=self._loop,
            client=StaticIp(self._loop, exchanges, names, proxy),
            names=names,
            guard=guard,
            sites=sites,
            lanes=lanes,
            settling=settling,
            user_agent=f"Hookline/{metadata.version('hookline')}",
            congested=congested,
            expiry=settings.parked_expiry,
            max_postpone=settings.max_postpone,
            admission=admission,
            breakers=breakers,
            disabling=Disabling(ledger, topics.config),
            ordering=ordering,
        )

        def configured() -> None:
            ordering.refresh(admission.is_sent)
            lanes.refresh()
            draining.refresh()

        follower.listen(lambda _: self._loop.post(configured))
        agent = Deliver(
            loop=self._loop,
            group=consumer,
            shares=shares,
            admission=admission,
            intake=intake,
            sending=sending,
            settling=settling,
            draining=draining,
            ordering=ordering,
        )
        consumer.start(agent)
        look_for_garbage_seldom()
        log.info("courier started", kafka=settings.bootstrap_servers, most_in_flight=settings.max_in_flight)
        self._go_round(ledger, agent.pump, lambda: self._stopping)
        self._stop(agent, consumer, ledger, exchanges)
        return 0

    def _consumer(self, topics: Topics, retries: Sequence[str]) -> CourierConsumer:
        proofs = ProofReader(
            self._settings,
            [topics.attempts, *retries, topics.dead_letters, topics.parked],
            attempts=topics.attempts,
            parked=topics.parked,
        )
        return CourierConsumer(
            self._settings,
            member=worker_slot(self._settings, "courier"),
            topics=[topics.deliveries, topics.commands, *retries],
            assigner=Assigner(
                deliveries=topics.deliveries,
                proofs=proofs,
                orders=OrdersReader(self._settings, topics.commands),
            ),
            loop=self._loop,
            on_failure=self._fail,
        )

    def _go_round(self, ledger: Ledger, pump: Callable[[], None], until: Callable[[], bool]) -> None:
        """Run the loop. While delivery reports are expected it looks for them often: nobody wakes us for those."""
        try:
            self._turn_by_turn(ledger, pump, until)
        finally:
            self._lines.flush()

    def _turn_by_turn(self, ledger: Ledger, pump: Callable[[], None], until: Callable[[], bool]) -> None:
        silent_since, outstanding = steady(), 0
        while not until():
            if ledger.outstanding != outstanding:
                silent_since, outstanding = steady(), ledger.outstanding
            often = REPORTS if steady() - silent_since < 1.0 else REPORTS_SLOW
            self._loop.run_once(often if outstanding else 1.0)
            ledger.pump()
            pump()
            self._lines.flush()
            if self._failure is not None:
                raise self._failure

    def _stop(self, agent: Deliver, consumer: CourierConsumer, ledger: Ledger, exchanges: Exchanges) -> None:
        log.info("courier stops", in_flight=len(exchanges))
        self._go_round(ledger, agent.pump, agent.stop(STOP))
        if len(exchanges):
            log.warning("requests abandoned, they are made again", count=len(exchanges))
        exchanges.abandon()
        deadline = steady() + FLUSH
        while ledger.outstanding and steady() < deadline:
            ledger.flush(0.1)
        consumer.stop(agent.last_positions(), FLUSH)
        log.info("courier stopped")

    def _on_signal(self, _number: int, _frame: Any) -> None:
        self._stopping = True
        self._loop.wake()

    def _pause(self, seconds: float) -> bool:
        deadline = steady() + seconds
        while not self._stopping and (left := deadline - steady()) > 0:
            self._loop.run_once(left)
        return self._stopping

    def _fail(self, error: Exception) -> None:
        self._failure = self._failure or error
