"""Ids, keys and lanes: derived, the same for ever, and never the same for two things."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import identity
from schemas.identity import (
    attempt_id,
    delivery_id,
    event_id_of_record,
    event_id_of_request,
    event_key,
    lane_key,
    lane_partition,
    lane_share,
    lane_slot,
    lane_slots,
    request_key,
)

NAMES = st.text(max_size=20)


def test_ids_are_the_same_for_ever() -> None:
    assert event_id_of_request("req_1") == "evt_537559a1bdba505c9aca431b1d58b082"
    assert (
        event_id_of_record("cluster", "hookline.customer-events", 3, 41, 1_764_000_000_000)
        == "evt_a0ad5d3e3090596aacc2eee4df4963bc"
    )
    assert delivery_id("shop", "evt_1", "sub_1") == "dlv_6ba6b08d67d659e782cd5a87517163b5"
    assert attempt_id("dlv_1", "0", 2) == "dlv_1.0.2"


@given(NAMES, NAMES)
def test_an_id_is_a_uuid_of_version_5(one: str, two: str) -> None:
    name = f"{len(one)}:{one}{len(two)}:{two}"
    assert identity.derived("x", one, two) == f"x_{uuid.uuid5(identity.NAMESPACE, name).hex}"


@given(st.lists(NAMES, min_size=1, max_size=4), st.lists(NAMES, min_size=1, max_size=4))
def test_two_lists_of_parts_never_give_one_id(one: list[str], two: list[str]) -> None:
    assert (identity.derived("x", *one) == identity.derived("x", *two)) == (one == two)


def test_keys_name_account_and_thing() -> None:
    assert request_key("shop", "points") == b"shop/points"
    assert event_key("shop", "Zoë") == "shop/Zoë".encode()
    assert lane_key("site_1", 3) == "site_1/3"


@given(NAMES, st.integers(1, 1000), st.integers(1, 100))
def test_a_slot_is_one_of_the_site_s(customer: str, parallel: int, partitions: int) -> None:
    assert 0 <= lane_slot(customer, parallel, partitions) < lane_slots(parallel, partitions) <= partitions


@given(st.integers(1, 1000), st.integers(1, 100))
def test_the_shares_of_all_slots_are_the_parallelism_and_none_is_without(parallel: int, partitions: int) -> None:
    shares = [lane_share(slot, parallel, partitions) for slot in range(lane_slots(parallel, partitions))]
    assert sum(shares) == parallel
    assert min(shares) >= 1
    assert max(shares) - min(shares) <= 1


@given(NAMES.filter(bool), st.integers(1, 1000), st.integers(1, 100))
def test_the_slots_of_a_site_lie_in_partitions_of_their_own(site: str, parallel: int, partitions: int) -> None:
    slots = lane_slots(parallel, partitions)
    found = {lane_partition(lane_key(site, slot), partitions) for slot in range(slots)}
    assert len(found) == slots
    assert found <= set(range(partitions))


@pytest.mark.parametrize(("lane", "partition"), [("site_1/0", 5), ("site_1/1", 6), ("a/b/11", 3)])
def test_a_lane_s_partition_is_the_same_for_ever(lane: str, partition: int) -> None:
    assert lane_partition(lane, 12) == partition
