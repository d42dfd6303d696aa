"""Partitions given and taken: each share is handed over once, and a late handover touches no later one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
from streams.core.lanes import Caps, Lanes
from streams.core.proof import Proofs
from streams.edges.assignment import Share
from streams.edges.courier_consumer import Handover, Position
from streams.edges.loop import Loop

TOPICS = Topics(Settings())
NUMBERS = frozenset({0})


class Nobody:
    """Whoever is not asked in these tests."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


class Group:
    """The member of the group."""

    def __init__(self) -> None:
        self.committed: list[Position] = []

    def commit(self, positions: Sequence[Position]) -> None:
        self.committed += positions

    def taken(self) -> None: ...


def a_share(at: int) -> Share:
    starts = {TOPICS.deliveries: at}
    return Share(number=0, starts=starts, ends=starts, mark={}, proof_ends={}, proofs=Proofs())


def an_agent() -> tuple[Deliver, Shares]:
    nobody, loop, shares = Nobody(), Loop(), Shares(TOPICS.deliveries)
    lanes = Lanes[Work](most=10, size=10, weight=1000, total=1000, caps=lambda _: Caps(1, 1))
    ordering = Ordering(shares, lanes)
    draining = Draining(
        loop=loop,
        reader=nobody,
        writer=nobody,
        shares=shares,
        sites=nobody,  # type: ignore[arg-type]  # not asked
        topic=TOPICS.parked,
        rate=100,
        expiry=60,
        held_until=lambda _site, _now: None,
        ordering=ordering,
    )
    settling = Settling(
        writer=nobody,
        shares=shares,
        topics=TOPICS,
        tiers=TOPICS.retries,
        parking=draining,
        log=AttemptLog(nobody),  # type: ignore[arg-type]  # not asked
    )
    obeying = Obeying(shares=shares, lanes=lanes, settling=settling, sites=nobody)  # type: ignore[arg-type]  # not asked
    admission = Admission(
        loop=loop,
        shares=shares,
        lanes=lanes,
        settling=settling,
        obeying=obeying,
        tiers=tuple(TOPICS.retries),
        deliveries=TOPICS.deliveries,
        parked=draining.waits,
        sites=nobody,  # type: ignore[arg-type]  # not asked
        ordering=ordering,
    )
    intake = Intake(
        loop=loop,
        reader=nobody,
        configured=nobody,
        shares=shares,
        admission=admission,
        settling=settling,
        obeying=obeying,
        delays={},
        draining=draining,
        congested=lambda: False,
    )
    sending = Sending(
        loop=loop,
        client=nobody,
        names=nobody,
        guard=nobody,
        sites=nobody,  # type: ignore[arg-type]  # not asked
        lanes=lanes,
        settling=settling,
        user_agent="",
        congested=lambda: False,
        expiry=60,
        max_postpone=60,
        admission=admission,
        breakers=Breakers(writer=nobody, topic="", member="", caps=lambda _: Caps(1, 1), on_closed=lambda: None),
        disabling=Disabling(nobody, ""),
        ordering=ordering,
    )
    agent = Deliver(
        loop=loop,
        group=Group(),
        shares=shares,
        admission=admission,
        intake=intake,
        sending=sending,
        settling=settling,
        draining=draining,
        ordering=ordering,
    )
    return agent, shares


def test_a_handover_gives_the_positions_and_the_shares_away() -> None:
    agent, shares = an_agent()
    agent.assigned([a_share(5)])
    agent.revoked(handover := Handover(NUMBERS))
    agent.pump()
    assert handover.done.is_set()
    assert [position.offset for position in handover.positions] == [5]
    assert shares.numbers() == frozenset()


def test_an_assignment_that_comes_before_a_handover_was_done_stands() -> None:
    agent, shares = an_agent()
    agent.assigned([a_share(5)])
    agent.revoked(handover := Handover(NUMBERS))
    agent.assigned([a_share(7)])
    assert handover.done.is_set(), "the one before is finished first"
    agent.pump()
    agent._hand_over()  # what its timer does
    [own] = shares.of(NUMBERS)
    assert all(inlet.live and not inlet.closed for inlet in own.inlets.values())


def test_what_is_lost_while_it_is_handed_over_is_lost_once() -> None:
    agent, shares = an_agent()
    agent.assigned([a_share(5)])
    agent.revoked(handover := Handover(NUMBERS))
    agent.lost(NUMBERS)
    assert handover.done.is_set()
    agent.assigned([a_share(7)])
    assert len(shares.of(NUMBERS)) == 1
