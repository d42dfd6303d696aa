"""Receiving: what a request becomes and what its caller is told, row by row of the answer table."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identity import event_id_of_request
from schemas.records import EntityKind, Outcome
from streams.core.definitions import AccountView
from streams.core.receiving import (
    Arrived,
    BodyMalformed,
    ContentTypeRefused,
    Verdict,
    body_of,
    receive,
    select,
)
from tests.streams.shop import ACCOUNT, NOW, WEBHOOK, Shop

GOOD = b'{"clientID":"c-1","pointstobeadded":325}'


def view_of(shop: Shop) -> AccountView:
    view = shop.compiler.account(ACCOUNT)
    assert view is not None
    return view


def arrived(body: bytes = GOOD, content_type: str | None = "application/json", **fields: Any) -> Arrived:
    headers = [] if content_type is None else [["Content-Type", content_type]]
    defaults: dict[str, Any] = {
        "request_id": "req_1",
        "account": ACCOUNT,
        "received_at": NOW,
        "method": "POST",
        "path": "/beta/webhooks/custom/shop/points",
        "query": "",
        "headers": headers,
        "body": body,
    }
    return Arrived(**(defaults | fields))


def received(shop: Shop, request: Arrived) -> Verdict:
    view = view_of(shop)
    takers, refused = select(view.endpoints["points"], request.method)
    return refused or receive(view, takers, request, 5)


def answer(verdict: Verdict) -> Any:
    return json.loads(verdict.answer)


def test_a_request_that_maps_is_accepted_and_names_its_event() -> None:
    verdict = received(Shop(), arrived())
    assert (verdict.outcome, verdict.status) == (Outcome.ACCEPTED, 200)
    assert answer(verdict) == {"status": "success", "event_id": event_id_of_request("req_1")}
    assert verdict.event is not None
    assert (verdict.event.data, verdict.event.config_offset, verdict.customer) == ('{"points":325}', 5, "c-1")
    assert verdict.event.timestamp == NOW


def test_a_request_that_does_not_pass_is_403_and_says_which_criterion() -> None:
    verdict = received(Shop(), arrived(b'{"clientID":"c-1"}'))
    assert (verdict.outcome, verdict.status, verdict.path) == (Outcome.FILTERED, 403, "filters.all.0")
    assert answer(verdict)["error"]["code"] == "filters_not_passed"
    assert (verdict.event, verdict.customer) == (None, "c-1")


def test_filtered_requests_can_be_answered_with_200() -> None:
    verdict = received(Shop(webhook={"on_filtered": "accept"}), arrived(b"{}"))
    assert (verdict.outcome, verdict.status) == (Outcome.FILTERED, 200)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'{"pointstobeadded":1}', "customer"),
        (b'{"clientID":"","pointstobeadded":1}', "customer"),
        (b'{"clientID":7,"pointstobeadded":1}', "customer"),
        (b'{"clientID":"c-1","pointstobeadded":"quite a few"}', "data.points"),
    ],
)
def test_what_cannot_be_an_event_is_422_and_names_the_field(body: bytes, path: str) -> None:
    verdict = received(Shop(), arrived(body))
    assert (verdict.outcome, verdict.status, verdict.path) == (Outcome.INVALID, 422, path)
    assert path in answer(verdict)["error"]["message"]


def test_an_account_that_is_not_the_path_s_is_422() -> None:
    mapping = [*WEBHOOK["mapping"], {"from": "account", "to": "account"}]
    shop = Shop(webhook={"mapping": mapping})
    assert received(shop, arrived(b'{"clientID":"c","pointstobeadded":1,"account":"shop"}')).status == 200
    verdict = received(shop, arrived(b'{"clientID":"c","pointstobeadded":1,"account":"other"}'))
    assert (verdict.status, verdict.path) == (422, "account")


def test_an_event_over_two_mebibytes_is_422() -> None:
    mapping = [{"default": "c", "to": "customer"}, *({"from": "x", "to": f"data.x{n}"} for n in range(3))]
    body = json.dumps({"pointstobeadded": 1, "x": "y" * 1_000_000}).encode()
    verdict = received(Shop(webhook={"mapping": mapping}), arrived(body))
    assert (verdict.status, verdict.path) == (422, "data")


def test_the_action_of_an_own_kind_is_taken_and_an_internal_one_not() -> None:
    shop = Shop(webhook={"action": "spin_wheel"})
    assert received(shop, arrived()).status == 422
    shop.put(EntityKind.CUSTOM_ACTION, "act_1", {"name": "spin_wheel", "label": "Spin", "number_fields": []})
    assert received(shop, arrived()).status == 200
    assert received(Shop(webhook={"action": "birthday"}), arrived()).path == "action"


@pytest.mark.parametrize(
    ("webhook", "body", "expected"),
    [
        ({"success_response": {"ok": True}}, GOOD, {"ok": True}),
        ({"success_response": "thanks"}, GOOD, "thanks"),
        ({"success_response": False}, GOOD, False),
        ({"error_response": {"ok": False}}, b"{}", {"ok": False}),
        ({"error_response": ["no"]}, b'{"pointstobeadded":1}', ["no"]),
        ({"on_filtered": "accept", "success_response": 1, "error_response": 2}, b"{}", 1),
    ],
)
def test_a_configured_message_replaces_the_body(webhook: dict[str, Any], body: bytes, expected: Any) -> None:
    assert answer(received(Shop(webhook=webhook), arrived(body))) == expected


def test_a_configured_message_never_replaces_the_body_of_a_malformed_request() -> None:
    verdict = received(Shop(webhook={"error_response": "mine"}), arrived(b"{"))
    assert answer(verdict)["error"]["code"] == "malformed_body"


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"a":1,}', b"{'a':1}", b'{"a":1,"a":2}', b"NaN", b"\xff", b"\xef\xbb\xbf{}"]
)
def test_what_is_not_json_is_400(body: bytes) -> None:
    verdict = received(Shop(), arrived(body))
    assert (verdict.outcome, verdict.status) == (Outcome.MALFORMED, 400)


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "text/json",
        "application/xml",
        "multipart/form-data",
        "application/json; charset=latin-1",
        "application/jsonp",
        "json",
        "application/json; charset",
        "application/json; charset=utf-8; charset=latin-1",
        "application/x-www-form-urlencoded; charset=iso-8859-1",
    ],
)
def test_another_content_type_is_415(content_type: str | None) -> None:
    verdict = received(Shop(), arrived(GOOD, content_type))
    assert (verdict.outcome, verdict.status) == (Outcome.MALFORMED, 415)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json;charset=utf-8",
        'application/json; charset="UTF-8"',
        "application/vnd.shop+json",
        "application/cloudevents+json; charset=utf8",
        'application/json; profile="charset=latin-1"',
        'application/json; profile="a;b"; charset=utf-8',
        "application/json;",
    ],
)
def test_json_by_any_of_its_names_is_taken(content_type: str) -> None:
    assert received(Shop(), arrived(GOOD, content_type)).status == 200


def test_a_form_is_an_object_of_texts() -> None:
    form = "application/x-www-form-urlencoded"
    assert body_of(form, b"a=1&b=x+y&b=%C3%A4&c=") == {"a": "1", "b": ["x y", "ä"], "c": ""}
    verdict = received(Shop(), arrived(b"clientID=c-1&pointstobeadded=12.50", form))
    assert verdict.event is not None
    assert verdict.event.data == '{"points":12.5}'
    for wrong in (b"", b"a=\xff", b"a=%ff"):
        with pytest.raises(BodyMalformed):
            body_of(form, wrong)


def test_the_first_definition_whose_filters_pass_decides() -> None:
    shop = Shop()
    second = WEBHOOK | {
        "name": "refunds",
        "action": "refund",
        "filters": {"attribute": "body.refund", "operator": "exists"},
    }
    shop.put(EntityKind.INCOMING_WEBHOOK, "wh_2", second)

    def deciding(body: bytes) -> tuple[str, str | None]:
        verdict = received(shop, arrived(body))
        assert verdict.definition is not None
        return verdict.definition.entity.id, verdict.event.action if verdict.event else None

    assert deciding(GOOD) == ("wh_1", "point_add")
    assert deciding(b'{"clientID":"c-1","refund":1}') == ("wh_2", "refund")
    assert deciding(b'{"clientID":"c-1","refund":1,"pointstobeadded":1}') == ("wh_1", "point_add")
    assert deciding(b"{}") == ("wh_1", None)


def test_an_inactive_endpoint_is_404_and_the_wrong_method_405() -> None:
    verdict = received(Shop(webhook={"state": "inactive"}), arrived())
    assert (verdict.outcome, verdict.status) == (Outcome.INACTIVE, 404)
    verdict = received(Shop(), arrived(method="PUT"))
    assert (verdict.outcome, verdict.status) == (Outcome.MALFORMED, 405)
    assert "POST" in answer(verdict)["error"]["message"]


def test_repeated_headers_and_query_parameters_are_joined() -> None:
    request = arrived(query="a=1&b=&a=2", headers=[["X-One", "1"], ["x_one", "2"]])
    subject = request.subject({})
    assert subject.read("query.a") == "1, 2"
    assert subject.read("query.b") == ""
    assert subject.read("headers.X-One") == "1, 2"


def test_a_verdict_is_the_same_each_time() -> None:
    shop = Shop()
    assert received(shop, arrived()) == received(shop, arrived())


@given(st.binary(max_size=80), st.sampled_from([None, "application/json", "application/x-www-form-urlencoded", "x"]))
def test_any_body_gets_an_answer(body: bytes, content_type: str | None) -> None:
    verdict = received(Shop(), arrived(body, content_type))
    assert verdict.status in {200, 400, 403, 415, 422}
    json.loads(verdict.answer)


@given(st.text(max_size=40), st.binary(max_size=40))
def test_body_of_fails_in_two_ways_only(content_type: str, body: bytes) -> None:
    try:
        body_of(content_type, body)
    except (BodyMalformed, ContentTypeRefused):
        return
