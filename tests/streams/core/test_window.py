"""The window of proof: whatever happens, the mark lies before the proof of every open message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from schemas.errors import RecordUnreadable
from streams.core.window import ProofWindow, Snapshot, marks_from, marks_text

OLD, NOW = {"attempts": 3}, {"attempts": 10}


class WindowMachine(RuleBasedStateMachine):
    """Messages are admitted, proven and done with; snapshots are taken in between."""

    def __init__(self) -> None:
        super().__init__()
        self.window = ProofWindow(OLD, NOW, ["deliveries", "retries"])
        self.end = 10
        self.open: list[tuple[Snapshot, int]] = []
        self.recovering = {"deliveries", "retries"}

    @rule()
    def admit(self) -> None:
        earliest = OLD["attempts"] if self.recovering else self.end
        self.open.append((self.window.open(), earliest))

    @rule()
    def prove(self) -> None:
        self.window.written("attempts", self.end)
        self.end += 1

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(self.open) - 1))
        self.window.close(self.open.pop(index)[0])

    @rule()
    def advance(self) -> None:
        self.window.advance()

    @rule(topic=st.sampled_from(["deliveries", "retries"]))
    def recover(self, topic: str) -> None:
        self.window.recovered(topic)
        self.recovering.discard(topic)

    @invariant()
    def the_mark_is_before_every_proof_to_come(self) -> None:
        self.window.advance()
        assert all(self.window.mark["attempts"] <= earliest for _, earliest in self.open)
        if self.recovering:
            assert self.window.mark == OLD

    @invariant()
    def the_mark_moves_on_when_nothing_is_open(self) -> None:
        if not self.open and not self.recovering:
            self.window.advance()
            assert self.window.mark == {"attempts": self.end}


TestWindow = WindowMachine.TestCase


@given(st.dictionaries(st.text(max_size=30), st.integers(0, 2**60), max_size=12))
def test_a_mark_survives_its_text(marks: dict[str, int]) -> None:
    assert marks_from(marks_text(marks)) == marks


@pytest.mark.parametrize("text", [None, ""])
def test_no_text_is_the_beginning(text: str | None) -> None:
    assert marks_from(text) == {}


@pytest.mark.parametrize("text", ["x", "[]", '{"v":1}', '{"proof":3}', '{"proof":{"a":"x"}}', "null"])
def test_other_metadata_is_no_mark(text: str) -> None:
    with pytest.raises(RecordUnreadable, match="is not a mark"):
        marks_from(text)
