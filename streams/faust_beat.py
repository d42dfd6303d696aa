"""What Faust and aiokafka say of themselves to the watchdog; most of it has no public name in 0.15.3 and 0.14.0."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import faust

from streams.edges.clock import steady
from streams.edges.watchdog import Beat, Place, Watchdog

__all__ = ["beat", "beat_of"]

EVERY = 1.0  # seconds


async def beat(app: faust.App, watchdog: Watchdog) -> None:
    """Tell the watchdog once a second how things are; until cancelled."""
    while True:
        watchdog.beat(beat_of(app))
        await asyncio.sleep(EVERY)


def beat_of(app: Any) -> Beat:
    """How the app is now; from its event loop."""
    member = app.consumer._thread._consumer if app._consumer else None  # noqa: SLF001 - aiokafka's consumer
    if member is None:
        return Beat(at=steady(), flowing=app.flow_control.is_active())
    task = member._coordinator._coordination_task  # noqa: SLF001
    return Beat(
        at=steady(),
        assigned=frozenset((one.topic, one.partition) for one in app.consumer.assignment()),
        read_up_to={} if app.consumer._unacked_messages else positions(member),  # noqa: SLF001
        flowing=app.flow_control.is_active() or (app.unassigned and not app.rebalancing),
        coordinating=not task.done(),
    )


def positions(member: Any) -> Mapping[Place, int]:
    """Up to where each partition was read."""
    subscription = member._subscription.subscription  # noqa: SLF001
    assignment = subscription.assignment if subscription else None
    if assignment is None:
        return {}
    states = {one: assignment.state_value(one) for one in assignment.tps}
    return {
        (one.topic, one.partition): state.position
        for one, state in states.items()
        if state and state.has_valid_position
    }
