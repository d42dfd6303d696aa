"""Copies of a request: one event, one answer; while the first is under way, after a restart, and without the store."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gateway.incoming import latest as module
from gateway.incoming.copies import Copies, First
from gateway.incoming.latest import Folded
from schemas.codec import decode, encode
from schemas.errors import KafkaUnavailable
from schemas.records import CustomerEvent, Outcome
from streams.agents.hop import Moment, SourceRecord
from streams.agents.map import map_hop
from streams.core.definitions import Compiler
from tests.gateway.conftest import MakeHouse
from tests.gateway.folded import fold
from tests.gateway.house import Answer, House
from tests.waiting import eventually

RULE = {"attribute": "headers.X-Request-Id", "window": "72h"}
WHOLE_DAY = 24 * 3_600_000


def send(house: House, request_id: str = "r-1", **fields: Any) -> Answer:
    return house.post("points", {"customer": "c-1"} | fields, {"X-Request-Id": request_id})


def outcomes(house: House) -> list[Outcome]:
    return [each.outcome for each in house.requests]


def test_a_copy_is_answered_as_the_first_and_becomes_no_second_event(house: House) -> None:
    house.webhook(deduplicate=RULE)
    first, copy, other = send(house, points=1), send(house, points=2), send(house, "r-2")
    assert (copy.status, copy.body) == (200, first.body)
    assert other.body != first.body
    assert outcomes(house) == [Outcome.ACCEPTED, Outcome.DUPLICATE, Outcome.ACCEPTED]
    accepted, duplicate, _ = house.requests
    assert (duplicate.event_id, duplicate.customer) == (accepted.event_id, "c-1")
    assert duplicate.response_body == accepted.response_body
    assert accepted.deduplication == duplicate.deduplication
    assert b"r-1" not in str(accepted.deduplication).encode()


def test_the_event_has_the_id_that_the_caller_was_told(house: House) -> None:
    house.webhook(deduplicate=RULE)
    answer = send(house)
    hop = map_hop(
        house.topics,
        house.log.configuration,
        Compiler(house.log.configuration, house.keyring.open_text),
        house.keyring.open,
    )
    (made,) = hop.step([SourceRecord("t", 0, 0, 0, b"k", encode(house.requests[0]))], Moment(0))
    event = decode(made.message.value)
    assert isinstance(event, CustomerEvent)
    assert event.id == answer.json["event_id"]


@pytest.mark.parametrize("attribute", ["headers.x_request_id", "body.id"])
def test_a_header_or_the_body_tells_copies(house: House, attribute: str) -> None:
    house.webhook(deduplicate={"attribute": attribute})
    assert send(house, "1", id="1").body == send(house, "1", id="1").body
    assert outcomes(house)[1] is Outcome.DUPLICATE


def test_a_request_without_the_value_is_never_a_copy(house: House) -> None:
    house.webhook(deduplicate={"attribute": "body.id"})
    for each in ({}, {"id": None}, {"id": ""}):
        assert send(house, **each).status == 200
    assert set(outcomes(house)) == {Outcome.ACCEPTED}
    assert {each.deduplication for each in house.requests} == {None}


def test_only_accepted_requests_are_remembered(house: House) -> None:
    house.webhook(deduplicate=RULE, filters={"attribute": "body.filtered", "operator": "does_not_exist"})
    assert send(house, filtered=1).status == 403
    assert send(house, customer="").status == 422
    assert send(house).status == 200
    assert send(house, filtered=1).status == 403
    assert send(house, customer="").status == 200
    assert outcomes(house)[-1] is Outcome.DUPLICATE


def test_two_definitions_do_not_share_their_copies(house: House) -> None:
    for kind in ("a", "b"):
        filters = {"attribute": "body.kind", "operator": "equals", "value": kind}
        house.webhook(name=kind, deduplicate=RULE, filters=filters)
    assert send(house, kind="a").json["event_id"] != send(house, kind="b").json["event_id"]
    assert outcomes(house) == [Outcome.ACCEPTED, Outcome.ACCEPTED]


def test_200_copies_at_once_are_one_event(house: House) -> None:
    house.webhook(deduplicate=RULE)
    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(lambda _: send(house), range(200)))
    assert {each.status for each in found} == {200}
    assert len({each.body for each in found}) == 1
    assert outcomes(house).count(Outcome.ACCEPTED) == 1
    assert len(house.requests) == 200


def test_copies_of_what_is_not_known_are_not_known_either(house: House) -> None:
    house.webhook(deduplicate=RULE)
    house.log.slow = True
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(send, house) for _ in range(3)]
        house.log.away = True
        threading.Timer(0.1, setattr, (house.log, "slow", False)).start()
        assert {each.result().status for each in waiting} == {503}
    house.log.away = False
    assert send(house).status == 200
    assert outcomes(house) == [Outcome.ACCEPTED]


def test_one_that_is_refused_lets_the_next_be_the_first_and_only_one(house: House) -> None:
    house.webhook(deduplicate=RULE)
    house.log.slow = True
    with ThreadPoolExecutor(20) as pool:
        refused = [pool.submit(send, house, customer="") for _ in range(5)]
        assert eventually(lambda: house.log.asked >= 8)  # three changes, and the rows of all five
        copies = [pool.submit(send, house) for _ in range(10)]
        threading.Timer(0.1, setattr, (house.log, "slow", False)).start()
        assert {each.result().status for each in refused} == {422}
        assert len({each.result().body for each in copies}) == 1
    assert outcomes(house).count(Outcome.ACCEPTED) == 1
    assert outcomes(house).count(Outcome.DUPLICATE) == 9


def test_what_the_store_has_is_known_after_a_restart(make_house: MakeHouse) -> None:
    house = make_house()
    made = house.webhook(deduplicate=RULE)
    first = send(house)
    fold(house)
    (accepted,) = house.requests
    found, folded = asyncio.run(house.recalling.recall("shop", str(accepted.deduplication), 0))
    assert found is not None
    assert (found.answer, found.event_id, found.status) == (first.body, accepted.event_id, 200)
    house.copies._latest.known.clear()  # as after a start
    assert send(house).body == first.body
    assert outcomes(house)[-1] is Outcome.DUPLICATE
    assert sum(folded.values()) == 1
    assert made["deduplicate"] == RULE


def test_what_the_store_has_is_not_kept_in_memory(house: House) -> None:
    house.webhook(deduplicate=RULE)
    send(house, "r-1")
    assert len(house.copies) == 1
    fold(house)
    send(house, "r-2")
    assert len(house.copies) == 1
    assert send(house, "r-1").status == 200
    assert outcomes(house)[-1] is Outcome.DUPLICATE


def test_after_the_window_it_is_a_new_event(house: House) -> None:
    house.webhook(deduplicate=RULE)
    send(house)
    key = str(house.requests[0].deduplication)
    known = house.copies._latest.known.pop(key)
    house.copies.remember(key, First(known.received_at - 3 * WHOLE_DAY, 200, b"{}", "evt", None, (0, 0)))
    assert send(house).status == 200
    assert outcomes(house) == [Outcome.ACCEPTED, Outcome.ACCEPTED]


def test_two_gateways_that_do_not_know_of_each_other_give_one_event(house: House) -> None:
    house.webhook(deduplicate={"attribute": "headers.X-Request-Id", "window": "2160h"})
    first = send(house)
    house.copies._latest.known.clear()  # as the other gateway, before the store has it
    second = send(house)
    assert first.json["event_id"] == second.json["event_id"]
    assert outcomes(house) == [Outcome.ACCEPTED, Outcome.ACCEPTED]


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"attribute": "query.id"}, "deduplicate.attribute"),
        ({"attribute": "body"}, "deduplicate.attribute"),
        ({"attribute": "body.id", "window": "0s"}, "deduplicate.window"),
        ({"attribute": "body.id", "window": "91d"}, "deduplicate.window"),
        ({"attribute": "body.id", "window": "soon"}, "deduplicate.window"),
        ({}, "deduplicate.attribute"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(house: House, rule: dict[str, Any], path: str) -> None:
    definition = {"name": "n", "endpoint": "e", "action": "point_add", "deduplicate": rule}
    answer = house.call("POST", "/v1/shop/incoming-webhooks", definition)
    assert (answer.status, answer.paths) == (422, [path])


async def nothing(_account: str, _key: str, _since: int) -> tuple[None, Folded]:
    return None, {}


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 10)
    copies = Copies(nothing)
    for number in range(30):
        copies.remember(str(number), First(0, 200, b"{}", None, None, (0, number)))
    assert len(copies) == 10
    assert list(copies._latest.known) == [str(number) for number in range(20, 30)]


def test_a_waiting_copy_hears_what_became_of_the_first() -> None:
    async def story() -> tuple[Any, Any]:
        copies = Copies(nothing)
        assert await copies.first("shop", "k", 0) is None
        waiting = asyncio.ensure_future(copies.first("shop", "k", 0))
        lost = asyncio.ensure_future(copies.first("shop", "other", 0))
        assert await lost is None
        late = asyncio.ensure_future(copies.first("shop", "other", 0))
        await asyncio.sleep(0)
        copies.end("k", First(1, 200, b"{}", "evt", None))
        copies.end("other", certain=False)
        return await asyncio.gather(waiting, late, return_exceptions=True)

    known, error = asyncio.run(story())
    assert known.event_id == "evt"
    assert isinstance(error, KafkaUnavailable)
