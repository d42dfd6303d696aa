"""Proof of steps, from the records of four topics."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import encode
from schemas.records import Attempt, AttemptStatus
from streams.core.attempts import dead_letter, follower, parked, postponed, row_of
from streams.core.proof import Proofs, Steps, step_key
from tests.streams.courier_values import a_delivery, an_answer


def a_row(status: AttemptStatus = AttemptStatus.RESENT, step: int = 1) -> Attempt:
    return row_of(a_delivery(step=step), None, None, an_answer(500), status=status)


def proofs_of(*records: object) -> Proofs:
    proofs = Proofs()
    for record in records:
        proofs.fold(record, b"crm/0")
    return proofs


def test_a_row_with_an_outcome_is_proof() -> None:
    assert proofs_of(a_row()).handled == {"dlv_1.0.1"}
    assert proofs_of(a_row()).missing_rows == []


def test_a_queued_row_proves_nothing() -> None:
    assert proofs_of(a_row(AttemptStatus.QUEUED)).handled == set()


def test_a_follower_proves_its_parent_and_carries_the_missing_row() -> None:
    row = encode(a_row())
    proofs = proofs_of(follower(a_delivery(), row, due=1, origin_offset=3))
    assert proofs.handled == {"dlv_1.0.1"}
    assert proofs.missing_rows == [(b"crm/0", row)]


def test_a_dead_letter_proves_its_own_step() -> None:
    attempt = a_row(AttemptStatus.FAILED, step=6)
    proofs = proofs_of(dead_letter(a_delivery(step=6), attempt, encode(attempt)))
    assert proofs.handled == {"dlv_1.0.6"}
    assert proofs.missing_rows == [(b"crm/0", encode(attempt))]


def test_a_parked_message_needs_nothing_from_where_it_came_and_goes_on_from_where_it_is() -> None:
    proofs = proofs_of(parked(a_delivery(due=7), "site_inactive", 1, origin_offset=0))
    assert proofs.missing_rows == []
    assert proofs.covers(a_delivery(due=7), aside=True)
    assert not proofs.covers(a_delivery(due=7), aside=False), "the parked message itself"
    assert not proofs.covers(a_delivery(due=8), aside=True), "the same step, put aside again later"
    assert not proofs.covers(a_delivery(step=2, due=7), aside=True)


def test_a_postponed_message_goes_on_and_its_earlier_records_do_not() -> None:
    put_off = [postponed(a_delivery(), origin_offset=3, due=due, since=1) for due in (50, 90)]
    proofs = proofs_of(*put_off)
    assert proofs.covers(a_delivery(), aside=True)
    assert proofs.covers(put_off[0], aside=True)
    assert not proofs.covers(put_off[1], aside=True)
    assert proofs_of(*put_off, a_row()).covers(put_off[1], aside=True), "once it was sent"


@given(st.permutations([0, 1, 2, 3]))
def test_the_order_of_the_topics_does_not_matter(order: list[int]) -> None:
    first, second = a_row(), a_row(AttemptStatus.FAILED, step=2)
    records = [
        first,
        follower(a_delivery(), encode(first), due=1, origin_offset=3),
        second,
        dead_letter(a_delivery(step=2), second, encode(second)),
    ]
    proofs = proofs_of(*(records[index] for index in order))
    assert proofs.handled == {"dlv_1.0.1", "dlv_1.0.2"}
    assert proofs.missing_rows == []


def test_another_chain_is_another_step() -> None:
    assert step_key(replace(a_delivery(), chain="01J")) not in proofs_of(a_row()).handled


@given(st.lists(st.integers(0, 60).map(str), max_size=200))
def test_the_last_steps_are_remembered(keys: list[str]) -> None:
    steps = Steps(keep=10)
    for key in keys:
        steps.add(key)
    assert all(key in steps for key in keys[-10:])
    assert "never" not in steps


def test_memory_of_steps_is_bounded() -> None:
    steps = Steps(keep=10)
    for number in range(1000):
        steps.add(str(number))
    assert sum(str(number) in steps for number in range(1000)) <= 20
