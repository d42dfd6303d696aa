"""One id never names two events: at both HTTP doors, at once, after a restart, and while the store is away."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gateway.incoming import latest as module
from gateway.incoming.producer_ids import KnownEvent, ProducerIds, known_event
from schemas.errors import KafkaUnavailable
from schemas.records import CustomerEvent, Outcome
from tests.gateway.folded import fold
from tests.gateway.house import Answer, House
from tests.schemas.samples import SAMPLES
from tests.waiting import eventually

MAPPING = [
    {"from": "customer", "to": "customer"},
    {"from": "points", "to": "data.points"},
    {"from": "order", "to": "id"},
    {"from": "at", "to": "timestamp"},
]
EVENTS = "/v1/shop/events"
EVENT: CustomerEvent = SAMPLES["customer_event"]


def send(house: House, order: str = "o-1", **fields: Any) -> Answer:
    return house.post("points", {"customer": "c-1", "points": 5, "order": order} | fields)


def event(**fields: Any) -> dict[str, Any]:
    return {"id": "o-1", "customer": "c-1", "action": "point_add", "data": {"points": 5}} | fields


def test_an_id_with_other_content_is_refused_and_logged_as_invalid(house: House) -> None:
    house.webhook(mapping=MAPPING)
    first, same, other = send(house), send(house), send(house, points=6)
    assert (first.status, same.status, same.json) == (200, 200, first.json)
    assert first.json["event_id"] == "o-1"
    assert other.status == 422
    assert other.json["error"] | {"message": ""} == {"type": "invalid", "code": "id_conflict", "message": ""}
    row = house.requests[-1]
    assert (row.outcome, row.status_code, row.error_code, row.error_path) == (
        Outcome.INVALID,
        422,
        "id_conflict",
        "id",
    )
    assert (row.event_id, row.customer) == (None, "c-1")


@pytest.mark.parametrize("changes", [{"customer": "c-2"}, {"points": 6}, {"at": 5}])
def test_what_counts_as_other_content(house: House, changes: dict[str, Any]) -> None:
    house.webhook(mapping=MAPPING)
    assert send(house, at=1_795_000_000_000).status == 200
    assert send(house).status == 200, "a time that is not given is not compared"
    assert send(house, **changes).status == 422


def test_the_configured_message_answers_a_conflict(house: House) -> None:
    house.webhook(mapping=MAPPING, error_response={"no": "thanks"})
    send(house)
    assert send(house, points=6).json == {"no": "thanks"}


def test_the_doors_know_of_each_other(house: House) -> None:
    house.webhook(mapping=MAPPING)
    assert house.call("POST", EVENTS, event()).status == 202
    assert send(house).status == 200
    assert send(house, points=6).status == 422
    assert send(house, "o-2").status == 200
    assert house.call("POST", EVENTS, event(id="o-2")).status == 202
    assert house.call("POST", EVENTS, event(id="o-2", customer="c-9")).status == 409
    assert len(house.log.records(house.topics.customer_events)) == 1


def test_one_account_has_nothing_to_do_with_the_other(house: House) -> None:
    house.made("PUT", "/v1/accounts/other")
    assert house.call("POST", EVENTS, event()).status == 202
    assert house.call("POST", "/v1/other/events", event(customer="c-2")).status == 202


def test_the_store_knows_requests_whose_events_are_not_made_yet(house: House) -> None:
    house.webhook(mapping=MAPPING)
    assert send(house).status == 200
    fold(house)  # the request; no event has been made of it
    house.ids._latest.known.clear()  # as after a start
    assert send(house, points=6).status == 422
    assert house.call("POST", EVENTS, event(customer="c-2")).status == 409
    assert send(house).status == 200


def test_two_at_once_are_one_event_or_a_conflict(house: House) -> None:
    bodies = [event(customer=f"c-{number % 4}") for number in range(40)]
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda body: house.call("POST", EVENTS, body).status, bodies))
    (written,) = house.log.records(house.topics.customer_events)
    expected = [202 if body["customer"] == written.customer else 409 for body in bodies]
    assert found == expected


def test_batches_that_want_the_same_ids_do_not_wait_for_each_other(house: House) -> None:
    many = [event(id=f"o-{number}") for number in range(50)]
    with ThreadPoolExecutor(8) as pool:
        batches = [{"events": many if turn % 2 else many[::-1]} for turn in range(16)]
        found = list(pool.map(lambda batch: house.call("POST", EVENTS, batch), batches))
    assert {each.status for each in found} == {202}
    assert len(house.log.records(house.topics.customer_events)) == 50


def test_requests_at_once_are_one_event_or_a_conflict(house: House) -> None:
    house.webhook(mapping=MAPPING)
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda number: send(house, points=number % 4).status, range(40)))
    accepted = [each for each in house.requests if each.outcome is Outcome.ACCEPTED]
    assert len({each.body for each in accepted}) == 1
    assert (found.count(200), found.count(422)) == (10, 30)


def test_an_id_whose_event_is_not_known_is_not_known(house: House) -> None:
    house.log.slow = True
    asked = house.log.asked
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(house.call, "POST", EVENTS, event(customer=f"c-{number}")) for number in range(3)]
        assert eventually(lambda: house.log.asked > asked)
        house.log.away = True
        threading.Timer(0.1, setattr, (house.log, "slow", False)).start()
        assert {each.result().status for each in waiting} == {503}
    house.log.away = False
    assert house.call("POST", EVENTS, event()).status == 202


def test_without_a_store_what_this_gateway_took_is_known(house: House) -> None:
    assert house.call("POST", EVENTS, event()).status == 202  # there is no store yet
    assert house.call("POST", EVENTS, event(customer="c-2")).status == 409
    assert house.call("POST", EVENTS, event()).status == 202
    assert len(house.log.records(house.topics.customer_events)) == 1


def test_what_the_store_has_is_asked_of_it(house: House) -> None:
    house.made("POST", EVENTS, event())
    assert len(house.ids) == 1
    fold(house)
    house.made("POST", EVENTS, event(id="o-2"))
    assert len(house.ids) == 1
    assert house.call("POST", EVENTS, event(customer="c-2")).status == 409


def test_a_store_that_is_built_again_from_nothing_forgets_no_id(house: House) -> None:
    house.webhook(mapping=MAPPING)
    assert house.call("POST", EVENTS, event()).status == 202
    assert send(house, "o-2").status == 200
    fold(house)
    assert house.call("POST", EVENTS, event(id="o-3")).status == 202  # asks the store, so memory learns what it has
    for file in house.settings.data_dir.glob("hookline.db*"):
        file.unlink()
    assert house.call("POST", EVENTS, event(customer="c-2")).status == 409
    assert send(house, "o-2", points=6).status == 422
    assert house.call("POST", EVENTS, event()).status == 202
    assert len(house.log.records(house.topics.customer_events)) == 2


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: object) -> tuple[dict[str, KnownEvent], dict[Any, int]]:
        return {}, {}

    monkeypatch.setattr(module, "MOST", 10)
    ids = ProducerIds(nothing)
    for number in range(30):
        ids.remember("shop", str(number), known_event(EVENT, (("t", 0), number)))
    assert len(ids) == 10


def test_whoever_waits_hears_what_became_of_the_first() -> None:
    async def nothing(*_: object) -> tuple[dict[str, KnownEvent], dict[Any, int]]:
        return {}, {}

    async def second(ids: ProducerIds) -> KnownEvent | None:
        async with ids.claim("shop", ["b", "a"]) as claim:
            return claim.known.get("a")

    async def story() -> list[Any]:
        ids, found = ProducerIds(nothing), list[Any]()
        for certain in (True, False):
            async with ids.claim("shop", ["a"]) as claim:
                waiting = asyncio.ensure_future(second(ids))
                await asyncio.sleep(0)
                claim.accepted["a"] = known_event(EVENT)
                claim.certain = certain
            found += await asyncio.gather(waiting, return_exceptions=True)
        return found

    known, error = asyncio.run(story())
    assert known == known_event(EVENT)
    assert isinstance(error, KafkaUnavailable)
