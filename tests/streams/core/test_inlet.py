"""Inlets: what was read and waits."""

from __future__ import annotations

from streams.core import inlet as module
from streams.core.inlet import Inlet


def an_inlet() -> Inlet[str]:
    return Inlet("retries.10s", 3, 0)


def test_messages_are_taken_up_in_order_and_hold_the_watermark() -> None:
    inlet = an_inlet()
    for offset in (0, 1, 4):
        assert inlet.offer(offset, f"m{offset}", 10)
    assert [inlet.take_up().item for _ in range(3)] == ["m0", "m1", "m4"]
    inlet.watermark.end(1)
    assert inlet.watermark.position == 0
    inlet.watermark.end(0)
    assert inlet.watermark.position == 2


def test_reading_stops_at_a_number_of_messages_and_goes_on_when_they_are_gone() -> None:
    inlet = an_inlet()
    for offset in range(module.MOST_HELD):
        assert inlet.offer(offset, "m", 1)
    assert not inlet.offer(module.MOST_HELD, "m", 1)
    inlet.stop_reading()
    assert not inlet.wants_more
    while inlet.head is not None:
        inlet.take_up()
    assert inlet.wants_more


def test_reading_stops_at_a_number_of_bytes_but_one_message_always_fits() -> None:
    inlet = an_inlet()
    assert inlet.offer(0, "huge", 8 * module.MOST_BYTES)
    assert not inlet.offer(1, "small", 1)
    inlet.take_up()
    assert inlet.offer(1, "small", 1)


def test_an_inlet_that_holds_nothing_is_still_an_inlet() -> None:
    assert an_inlet()


def test_work_does_not_run_far_ahead_of_the_watermark() -> None:
    inlet = an_inlet()
    for offset in range(module.MOST_SPREAD):
        assert inlet.takes_up
        inlet.offer(offset, "m", 1)
        inlet.take_up()
    inlet.watermark.end(1)
    assert not inlet.takes_up
    inlet.watermark.end(0)
    assert inlet.takes_up


def test_a_lost_inlet_holds_nothing() -> None:
    inlet = an_inlet()
    inlet.offer(0, "m", 1)
    inlet.lose()
    assert not inlet.live
    assert inlet.closed
    assert inlet.head is None
