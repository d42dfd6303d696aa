"""Reprocessing: chosen requests again through today's definitions; each run has events of its own."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from schemas.codec import decode, encode
from schemas.identity import event_id_of_request, event_id_of_rerun
from schemas.records import CustomerEvent, IncomingRequest, Outcome
from streams.agents.hop import Moment, SourceRecord
from streams.agents.map import map_hop
from streams.core.definitions import Compiler
from tests.gateway.conftest import MakeHouse
from tests.gateway.folded import fold
from tests.gateway.house import House

BASE = "/v1/shop/incoming-webhooks"
SECRET = "t0ken-of-the-till"
OPEN = [{"from": "client", "to": "customer"}, {"from": "points", "to": "data.points"}]


def reprocess(house: House, **sent: Any) -> Any:
    fold(house)
    return house.made("POST", "/v1/shop/incoming-log/reprocess", sent)


def repaired(house: House, made: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The definition, with a mapping that reads `client`."""
    changed: dict[str, Any] = house.made("PUT", f"{BASE}/{made['id']}", made | {"mapping": OPEN} | changes)
    return changed


def failed(house: House, count: int = 3) -> list[str]:
    """Requests that were invalid: the customer is spelt otherwise."""
    for number in range(count):
        assert house.post("points", {"client": f"c-{number}", "points": number}).status == 422
    return [each.id for each in house.requests]


def mapped(house: House, request: IncomingRequest) -> CustomerEvent:
    compiler = Compiler(house.log.configuration, house.keyring.open_text)
    hop = map_hop(house.topics, house.log.configuration, compiler, house.keyring.open)
    (made,) = hop.step([SourceRecord("t", 0, 0, 0, b"k", encode(request))], Moment(0))
    event = decode(made.message.value)
    assert isinstance(event, CustomerEvent), event
    return event


def test_what_failed_runs_again_through_the_repaired_definition(house: House) -> None:
    made = house.webhook()
    ids = failed(house)
    now = repaired(house, made)
    preview = reprocess(house, request_ids=ids, dry_run=True)
    assert (preview["run_id"], preview["outcomes"], len(house.requests)) == (None, {"accepted": 3}, 3)

    done = reprocess(house, request_ids=ids)
    assert (done["count"], done["outcomes"]) == (3, {"accepted": 3})
    assert [each["request_id"] for each in done["items"]] == ids
    again = house.requests[3:]
    assert [each.reprocessed_request_id for each in again] == ids
    assert {each.run_id for each in again} == {done["run_id"]}
    assert {each.definition_revision for each in again} == {now["revision"]}
    first = house.requests[0]
    assert again[0].first_received_at == first.received_at
    event = mapped(house, again[0])
    assert event.id == done["items"][0]["event_id"] == event_id_of_rerun(event_id_of_request(first.id), "")
    assert (event.customer, event.timestamp, event.request_id) == ("c-0", first.received_at, again[0].id)
    assert event.definition_revision == now["revision"]


def test_those_that_gave_an_event_are_left_out_unless_asked_for(house: House) -> None:
    made = house.webhook()
    ids = failed(house, 1)
    house.post("points", {"customer": "c", "client": "c"})
    repaired(house, made)
    both = [*ids, house.requests[1].id]
    first = reprocess(house, request_ids=both)
    assert (first["count"], first["left_out"]["gave_an_event"]) == (1, 1)
    second = reprocess(house, request_ids=both)
    assert (second["count"], second["left_out"]["gave_an_event"]) == (0, 2)
    third = reprocess(house, request_ids=both, include_accepted=True)
    assert third["count"] == 2
    assert len({event for run in (first, third) for each in run["items"] if (event := each["event_id"])}) == 3
    for each in house.requests[-2:]:
        assert (
            mapped(house, each).id
            == each.event_id
            == event_id_of_rerun(event_id_of_request(each.reprocessed_request_id or ""), third["run_id"])
        )


def test_runs_that_begin_before_the_store_knows_of_each_other_make_one_event(house: House) -> None:
    made = house.webhook()
    ids = failed(house)
    repaired(house, made)
    fold(house)
    sent = {"request_ids": ids}
    with ThreadPoolExecutor(3) as clicks:
        path = "/v1/shop/incoming-log/reprocess"
        found = list(clicks.map(lambda _: house.made("POST", path, sent), range(3)))
    assert sorted(each["count"] for each in found) == [0, 0, 3]
    assert sorted(each["left_out"]["gave_an_event"] for each in found) == [0, 3, 3]
    assert len(house.requests) == 6
    assert house.made("POST", path, sent | {"include_accepted": True})["count"] == 3


def test_runs_at_two_gateways_at_once_make_one_event(house: House, make_house: MakeHouse) -> None:
    made = house.webhook()
    ids = failed(house)
    repaired(house, made)
    other = make_house()  # on the same store, with a log of its own
    repaired(other, other.webhook())
    runs = [
        reprocess(house, request_ids=ids),
        other.made("POST", "/v1/shop/incoming-log/reprocess", {"request_ids": ids}),
    ]
    assert [run["count"] for run in runs] == [3, 3]
    assert runs[0]["run_id"] != runs[1]["run_id"]
    ones, others = ({each["event_id"] for each in run["items"]} for run in runs)
    assert ones == others
    assert {mapped(other, each).id for each in other.requests} == others


def test_a_filter_chooses_the_oldest_first(house: House) -> None:
    made = house.webhook()
    ids = failed(house)
    house.post("points", {"customer": "c"})
    repaired(house, made)
    done = reprocess(house, filter={"outcome": "invalid", "endpoint": "points"}, dry_run=True)
    assert [each["request_id"] for each in done["items"]] == ids


def test_a_rerun_that_is_chosen_means_the_request_that_came_first(house: House) -> None:
    house.webhook()
    (first,) = failed(house, 1)
    reprocess(house, request_ids=[first])
    rerun = house.requests[1]
    assert (rerun.outcome, rerun.reprocessed_request_id) == (Outcome.INVALID, first)
    done = reprocess(house, request_ids=[rerun.id])
    assert [each["request_id"] for each in done["items"]] == [first]


def test_today_s_endpoint_of_the_definition_decides(house: House) -> None:
    made = house.webhook()
    ids = failed(house, 1)
    repaired(house, made, endpoint="moved")
    done = reprocess(house, request_ids=ids)
    assert done["outcomes"] == {"accepted": 1}
    assert house.requests[-1].endpoint == "moved"


def test_what_cannot_run_is_left_out_and_counted(house: House) -> None:
    made = house.webhook()
    house.post("points", b"{" * 100_000)
    ids = failed(house, 1)
    house.made("POST", f"{BASE}/{made['id']}/deactivate")
    assert reprocess(house, request_ids=ids)["outcomes"] == {"inactive": 1}
    house.made("POST", f"{BASE}/{made['id']}/archive")
    done = reprocess(house, request_ids=[each.id for each in house.requests[:2]])
    assert done["left_out"] == {"gave_an_event": 0, "not_whole": 1, "no_definition": 1, "unreadable": 0}
    assert (done["count"], done["position"]) == (0, None)


def test_what_is_sealed_stays_sealed_and_is_read(house: House) -> None:
    filters = {"attribute": "headers.X-Token", "operator": "equals", "value": SECRET, "secret": True}
    made = house.webhook(filters=filters)
    assert house.post("points", {"client": "c"}, {"X-Token": SECRET}).status == 422
    repaired(house, made)
    done = reprocess(house, request_ids=[house.requests[0].id])
    assert done["outcomes"] == {"accepted": 1}
    assert SECRET.encode() not in encode(house.requests[1])
    assert SECRET not in json.dumps(done)
    assert mapped(house, house.requests[1]).customer == "c"


def test_the_rows_name_run_and_first_request(house: House) -> None:
    made = house.webhook()
    ids = failed(house, 1)
    repaired(house, made)
    done = reprocess(house, request_ids=ids)
    fold(house)
    rows = house.made("GET", f"/v1/shop/incoming-log?run_id={done['run_id']}")["items"]
    assert [(each["id"], each["reprocessed_request_id"]) for each in rows] == [(done["items"][0]["id"], ids[0])]


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ({}, ""),
        ({"request_ids": ["a"], "filter": {}}, ""),
        ({"request_ids": []}, "request_ids"),
        ({"filter": {"outcome": "nice"}}, "filter.outcome"),
        ({"filter": {"colour": "red"}}, "filter.colour"),
    ],
)
def test_what_cannot_be_chosen_is_named(house: House, sent: dict[str, Any], path: str) -> None:
    fold(house)
    house.webhook()
    fold(house)
    answer = house.call("POST", "/v1/shop/incoming-log/reprocess", sent)
    assert (answer.status, answer.paths) == (422, [path])


def test_ids_that_the_log_does_not_have_are_named_and_nothing_runs(house: House) -> None:
    made = house.webhook()
    (known,) = failed(house, 1)
    repaired(house, made)
    house.made("PUT", "/v1/accounts/other")
    fold(house)
    sent = {"request_ids": [known, known, "req_nothing"]}
    answer = house.call("POST", "/v1/shop/incoming-log/reprocess", sent)
    assert (answer.status, answer.paths) == (422, ["request_ids.2"])
    assert "req_nothing" in answer.json["detail"]
    foreign = house.call("POST", "/v1/other/incoming-log/reprocess", {"request_ids": [known]})
    assert (foreign.status, foreign.paths) == (422, ["request_ids.0"])
    assert len(house.requests) == 1
