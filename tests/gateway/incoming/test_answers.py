"""Every row of the table of answers, and that nothing is answered before Kafka has it."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from gateway.incoming.allowance import Allowance
from schemas.records import Outcome
from tests.gateway.conftest import MakeHouse
from tests.gateway.house import House
from tests.waiting import eventually

GOOD = {"customer": "c-1", "points": "12.50"}


def test_a_mapped_request_is_accepted_and_logged_whole(house: House) -> None:
    made = house.webhook()
    answer = house.post("points", GOOD)
    (logged,) = house.requests
    assert answer.status == 200
    assert answer.json == {"status": "success", "event_id": logged.event_id}
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (logged.outcome, logged.status_code, logged.customer, logged.action) == (
        Outcome.ACCEPTED,
        200,
        "c-1",
        "point_add",
    )
    assert (logged.definition_id, logged.definition_revision) == (made["id"], 2)
    assert logged.config_offset == house.log.configuration.offset
    assert logged.response_body == answer.body
    assert logged.method == "POST"
    assert logged.path == "/beta/webhooks/custom/shop/points"
    assert ["content-type", "application/json"] in logged.headers
    assert logged.id.startswith("req_")


@pytest.mark.parametrize("path", ["/beta/webhooks/custom/shop/points", "/webhooks/custom/shop/points"])
def test_beta_may_be_left_out(house: House, path: str) -> None:
    house.webhook()
    body = b'{"customer": "c-1"}'
    assert house.send("POST", path, body, {"content-type": "application/json"}).status == 200


def test_the_configured_messages_replace_the_bodies(house: House) -> None:
    house.webhook(
        success_response={"ok": True},
        error_response={"notok": False},
        filters={"attribute": "body.points", "operator": "exists"},
    )
    assert house.post("points", GOOD).json == {"ok": True}
    filtered = house.post("points", {"customer": "c-1"})
    assert (filtered.status, filtered.json) == (403, {"notok": False})
    invalid = house.post("points", {"points": 1})
    assert (invalid.status, invalid.json) == (422, {"notok": False})
    assert [each.outcome for each in house.requests] == [Outcome.ACCEPTED, Outcome.FILTERED, Outcome.INVALID]
    assert [each.error_path for each in house.requests] == [None, "filters", "customer"]


def test_a_filtered_request_is_a_success_where_the_definition_says_so(house: House) -> None:
    house.webhook(on_filtered="accept", filters={"attribute": "body.points", "operator": "exists"})
    answer = house.post("points", {"customer": "c-1"})
    assert answer.status == 200
    assert house.requests[0].outcome is Outcome.FILTERED


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b'{"a": 1, "a": 2}', "application/json", 400),
        (b'{"a": NaN}', "application/json", 400),
        (b'{"a": 1e999}', "application/json", 400),
        (b"\xef\xbb\xbf{}", "application/json", 400),
        (b'{"a": "\\ud800"}', "application/json", 400),
        (b"[" * 65 + b"]" * 65, "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"{'a': 1}", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", "application/json; charset=latin-1", 415),
        (b"{}", "", 415),
    ],
)
def test_what_is_no_body_of_ours_is_malformed(house: House, body: bytes, content_type: str, status: int) -> None:
    house.webhook()
    answer = house.post("points", body, {"content-type": content_type})
    assert answer.status == status
    (logged,) = house.requests
    assert (logged.outcome, logged.status_code, logged.body) == (Outcome.MALFORMED, status, body)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"customer": "c-1"}', "application/json; charset=utf-8"),
        (b'{"customer": "c-1"}', "application/vnd.shop+json"),
        (b"customer=c-1&points=7", "application/x-www-form-urlencoded"),
    ],
)
def test_json_and_forms_are_taken(house: House, body: bytes, content_type: str) -> None:
    house.webhook()
    assert house.post("points", body, {"content-type": content_type}).status == 200


def test_a_body_over_the_limit_is_413_and_its_start_is_logged(make_house: MakeHouse) -> None:
    house = make_house(max_body=100_000)
    house.webhook()
    answer = house.post("points", b'"' + b"x" * 200_000 + b'"')
    assert answer.status == 413
    (logged,) = house.requests
    assert (logged.outcome, logged.body_truncated) == (Outcome.MALFORMED, True)
    assert 0 < len(logged.body) <= 64 * 1024
    assert house.post("points", b'{"customer": "' + b"x" * 99_000 + b'"}').status == 422


def test_a_body_of_the_limit_is_taken(make_house: MakeHouse) -> None:
    house = make_house(max_body=1000)
    house.webhook()
    body = b'{"customer": "c-1", "x": "' + b"x" * 1000
    assert house.post("points", body[:998] + b'"}').status == 200
    assert house.post("points", body[:999] + b'"}').status == 413


def test_an_inactive_endpoint_answers_as_an_unknown_one_and_is_logged(house: House) -> None:
    house.webhook(active=False)
    inactive, unknown = house.post("points", GOOD), house.post("nowhere", GOOD)
    nobody = house.send("POST", "/beta/webhooks/custom/nobody/points", b"{}")
    assert {inactive.status, unknown.status, nobody.status} == {404}
    assert inactive.body == unknown.body == nobody.body
    assert {k: v for k, v in inactive.headers.items() if k != "date"} == {
        k: v for k, v in unknown.headers.items() if k != "date"
    }
    (logged,) = house.requests
    assert logged.outcome is Outcome.INACTIVE


def test_unknown_endpoints_are_remembered_and_nothing_is_written(house: House) -> None:
    for _ in range(3):
        house.post("nowhere", GOOD)
    assert house.requests == []
    (row,) = house.made("GET", "/v1/unknown-endpoints")["items"]
    assert (row["method"], row["path"], row["count"]) == ("POST", "/beta/webhooks/custom/shop/nowhere", 3)
    house.made("PUT", "/v1/accounts/other")
    assert house.made("GET", "/v1/shop/unknown-endpoints")["items"] == [row]
    assert house.made("GET", "/v1/other/unknown-endpoints")["items"] == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_is_405_and_names_those_there_are(house: House, method: str) -> None:
    house.webhook()
    answer = house.post("points", GOOD, method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    (logged,) = house.requests
    assert (logged.outcome, logged.method) == (Outcome.MALFORMED, method)
    assert ["Allow", "POST"] in logged.response_headers


def test_the_method_of_the_definition_decides(house: House) -> None:
    house.webhook(method="PUT")
    assert house.post("points", GOOD, method="PUT").status == 200
    assert house.post("points", GOOD).status == 405


def test_without_an_acknowledgement_it_is_503_and_not_known(house: House) -> None:
    house.webhook()
    house.log.away = True
    answer = house.post("points", GOOD)
    assert answer.status == 503
    assert answer.headers["retry-after"]
    assert "not known" in answer.json["error"]["message"]
    house.log.away = False
    assert house.post("points", GOOD).status == 200


def test_before_the_configuration_is_read_it_is_503(house: House) -> None:
    house.webhook()
    house.gate.open = False
    assert house.post("points", GOOD).status == 503
    assert house.send("GET", "/readyz").status == 503
    assert house.send("GET", "/livez").status == 200


def test_the_first_definition_whose_filters_pass_decides(house: House) -> None:
    def gold(kind: str) -> dict[str, Any]:
        return {"attribute": "body.kind", "operator": "equals", "value": kind}

    house.webhook(name="gold", filters=gold("gold"), success_response="gold")
    house.webhook(name="silver", filters=gold("silver"), success_response="silver", error_response="neither")
    assert house.post("points", {"customer": "c", "kind": "silver"}).json == "silver"
    assert house.post("points", {"customer": "c", "kind": "gold"}).json == "gold"
    assert house.post("points", {"customer": "c", "kind": "wood"}).status == 403


def test_of_many_refused_requests_few_are_logged(house: House) -> None:
    house.webhook()
    began = time.monotonic()
    assert {house.post("points", b"{").status for _ in range(50)} == {400}
    seconds = int(time.monotonic() - began) + 2  # that those requests can have touched
    assert 10 <= len(house.requests) <= 10 * seconds
    logged = len(house.requests)
    assert house.post("points", GOOD).status == 200
    assert len(house.requests) == logged + 1


def test_the_allowance_is_by_name_and_second() -> None:
    allowance = Allowance(per_second=2)
    assert [allowance.take(("shop", "a"), now) for now in (5.0, 5.1, 5.9, 6.0)] == [True, True, False, True]
    assert allowance.take(("shop", "b"), 6.1)


def test_a_slow_body_is_ended(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.incoming.bodies.read_body.__defaults__", (0.1,))
    house.webhook()
    head = b"POST /beta/webhooks/custom/shop/points HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{"
    with socket.create_connection(("127.0.0.1", house.port), timeout=60) as wire:
        wire.sendall(head)
        received = b""
        while chunk := wire.recv(65536):  # until the gateway closes
            received += chunk
    assert received.startswith(b"HTTP/1.1 408 ")
    assert house.requests == []


def test_a_compressed_body_that_is_none_is_malformed(house: House) -> None:
    house.webhook()
    answer = house.post("points", b"not gzip at all", {"content-encoding": "gzip"})
    assert answer.status == 400


def test_an_edit_is_in_effect_for_the_next_request(house: House) -> None:
    made = house.webhook()
    assert house.post("points", GOOD).status == 200
    changed = {name: value for name, value in made.items() if name != "position"}
    house.made("PUT", f"/v1/shop/incoming-webhooks/{made['id']}", changed | {"endpoint": "moved"})
    assert house.post("points", GOOD).status == 404
    assert house.post("moved", GOOD).status == 200
    assert house.requests[-1].definition_revision == 3


def test_figures_are_counted(house: House) -> None:
    house.webhook()
    house.post("points", GOOD)
    counted = b'hookline_incoming_requests_total{outcome="accepted"}'
    assert eventually(lambda: counted in house.send("GET", "/metrics").body)
