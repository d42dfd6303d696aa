"""The watermark, against a model that remembers every offset."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from streams.core.watermark import Watermark


class WatermarkMachine(RuleBasedStateMachine):
    """Begins offsets, some of them with gaps, and ends them in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.start = 7
        self.watermark = Watermark(self.start)
        self.begun: list[int] = []
        self.open: set[int] = set()

    @rule(gap=st.integers(0, 3))
    def begin(self, gap: int) -> None:
        offset = (self.begun[-1] + 1 if self.begun else self.start) + gap
        self.watermark.begin(offset)
        self.begun.append(offset)
        self.open.add(offset)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        offset = data.draw(st.sampled_from(sorted(self.open)))
        self.watermark.end(offset)
        self.open.remove(offset)

    @precondition(lambda self: set(self.begun) - self.open)
    @rule(data=st.data())
    def end_again(self, data: st.DataObject) -> None:
        self.watermark.end(data.draw(st.sampled_from(sorted(set(self.begun) - self.open))))

    @invariant()
    def nothing_open_lies_below(self) -> None:
        assert all(offset >= self.watermark.position for offset in self.open)

    @invariant()
    def it_is_as_far_as_it_can_be(self) -> None:
        ended = [offset for offset in self.begun if not self.open or offset < min(self.open)]
        assert self.watermark.position == (ended[-1] + 1 if ended else self.start)

    @invariant()
    def the_spread_counts_what_was_begun_above(self) -> None:
        assert self.watermark.spread == sum(offset >= self.watermark.position for offset in self.begun)


TestWatermark = WatermarkMachine.TestCase


def test_an_offset_is_begun_once() -> None:
    watermark = Watermark(0)
    watermark.begin(0)
    with pytest.raises(ValueError, match="taken up before"):
        watermark.begin(0)


def test_an_offset_below_the_position_is_not_begun() -> None:
    with pytest.raises(ValueError, match="taken up before"):
        Watermark(5).begin(4)
