"""The hop *map*: accepted requests become events, once more and the same; what does not agree is rejected whole."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.codec import decode, encode
from schemas.identity import event_id_of_request
from schemas.records import CustomerEvent, EntityKind, IncomingRequest, Outcome, Rejected, RejectedReason, SourceType
from schemas.settings import Settings
from schemas.topics import Topics
from streams.agents.hop import Behind, Hop, Moment
from streams.agents.map import map_hop
from streams.edges.keyring import Keyring
from tests.streams.shop import NOW, WEBHOOK, Shop, a_record, a_request

TOPICS = Topics(Settings())
KEYRING = Keyring(["a secret key"])
TOKEN_FILTER = {"attribute": "headers.X-Token", "operator": "equals", "value": "s3cret", "secret": True}


def hop_of(shop: Shop) -> Hop:
    return map_hop(TOPICS, shop.configuration, shop.compiler, KEYRING.open)


def stepped(shop: Shop, value: Any, **fields: Any) -> list[Any]:
    outgoing = hop_of(shop).step([a_record(value, **fields)], Moment(NOW, config_end=shop.configuration.offset + 1))
    return [(one.message, decode(one.message.value)) for one in outgoing]


def rejection(shop: Shop, value: Any) -> Rejected:
    ((message, rejected),) = stepped(shop, value)
    assert isinstance(rejected, Rejected)
    assert message.topic == TOPICS.rejected
    assert message.key == b"hookline.source/2/7"
    assert rejected.value == (value if value is None or isinstance(value, bytes) else encode(value))
    return rejected


def test_an_accepted_request_becomes_its_event() -> None:
    ((message, event),) = stepped(Shop(), a_request())

    assert (message.topic, message.key, message.partition) == (TOPICS.customer_events, b"shop/c-1", -1)
    assert event == CustomerEvent(
        id=event_id_of_request("req_1"),
        account="shop",
        customer="c-1",
        action="point_add",
        timestamp=NOW,
        data='{"points":325}',
        source=SourceType.INCOMING_WEBHOOK,
        request_id="req_1",
        definition_id="wh_1",
        definition_revision=1,
        config_offset=0,
    )


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.ACCEPTED])
def test_no_other_outcome_becomes_anything(outcome: Outcome) -> None:
    assert stepped(Shop(), a_request(outcome=outcome, event_id=None, body=b"not JSON")) == []


def test_the_same_request_gives_the_same_bytes_again() -> None:
    shop = Shop()
    record = a_record(a_request())
    first, second = (hop_of(shop).step([record], Moment(now)) for now in (NOW, NOW + 60_000))
    assert first == second


def test_a_request_is_decided_by_the_revision_that_its_caller_met() -> None:
    shop = Shop()
    shop.put(EntityKind.INCOMING_WEBHOOK, "wh_1", WEBHOOK | {"action": "opt_in", "mapping": []}, base_revision=1)

    ((_, event),) = stepped(shop, a_request())

    assert (event.action, event.definition_revision) == ("point_add", 1)


def test_an_archived_definition_still_maps_what_it_had_accepted() -> None:
    shop = Shop()
    shop.put(EntityKind.INCOMING_WEBHOOK, "wh_1", WEBHOOK | {"state": "inactive"}, base_revision=1)
    shop.put(EntityKind.INCOMING_WEBHOOK, "wh_1", WEBHOOK | {"state": "archived"}, base_revision=2)

    assert isinstance(stepped(shop, a_request())[0][1], CustomerEvent)


def test_sealed_headers_query_and_body_are_opened_first() -> None:
    filters = {"all": [TOKEN_FILTER, {"attribute": "query.till", "operator": "equals", "value": "7", "secret": True}]}
    request = a_request(
        headers=[["Content-Type", "application/json"], ["X-Token", KEYRING.seal(b"s3cret"), "sealed"]],
        query=KEYRING.seal(b"till=7"),
        query_sealed=True,
        body=KEYRING.seal(a_request().body).encode(),
        body_sealed=True,
    )

    assert isinstance(stepped(Shop(webhook={"filters": filters}), request)[0][1], CustomerEvent)


@pytest.mark.parametrize(
    ("webhook", "request_fields", "said"),
    [
        ({}, {"event_id": "evt_other"}, "the caller was told evt_other"),
        ({}, {"definition_id": "wh_none"}, "wh_none, revision 1"),
        ({}, {"definition_revision": 2}, "wh_1, revision 2"),
        ({}, {"account": "nobody"}, "no incoming webhook"),
        ({}, {"body": b"{"}, "body would be refused"),
        ({}, {"headers": []}, "body would be refused"),
        ({}, {"body": b'{"clientID":"c-1"}'}, "filters.all.0"),
        ({"filters": {"all": [TOKEN_FILTER]}}, {}, "filters.all.0"),
        ({"mapping": []}, {}, "customer: is missing"),
    ],
)
def test_a_verdict_that_does_not_agree_is_rejected_as_changed(
    webhook: dict[str, Any], request_fields: dict[str, Any], said: str
) -> None:
    rejected = rejection(Shop(webhook=webhook), a_request(**request_fields))

    assert rejected.reason is RejectedReason.VERDICT_CHANGED
    assert said in rejected.detail
    assert rejected.account == request_fields.get("account", "shop")


@pytest.mark.parametrize("garbage", [None, b"", b"{}", b"\xc3\x01", b"\x00\x00\x00\x00\x01", bytes(50)])
def test_what_is_no_request_is_rejected_as_it_came(garbage: bytes | None) -> None:
    assert rejection(Shop(), garbage).reason is RejectedReason.UNREADABLE


def test_a_record_of_another_kind_is_rejected() -> None:
    rejected = rejection(Shop(), Shop().change)
    assert rejected.reason is RejectedReason.UNREADABLE
    assert "this is a Change" in rejected.detail


def test_a_secret_that_cannot_be_opened_rejects_the_request_and_names_the_key() -> None:
    sealed = Keyring(["another key"]).seal(b"{}").encode()
    rejected = rejection(Shop(), a_request(body=sealed, body_sealed=True))
    assert rejected.reason is RejectedReason.INTERNAL_ERROR
    assert "HOOKLINE_SECRET_KEYS" in rejected.detail


def test_a_request_decided_under_a_change_to_come_asks_for_it() -> None:
    with pytest.raises(Behind) as caught:
        hop_of(Shop()).step([a_record(a_request()), a_record(a_request(config_offset=5))], Moment(NOW))
    assert caught.value.offset == 5


def test_a_request_decided_under_an_offset_that_config_does_not_have_is_rejected() -> None:
    rejected = rejection(Shop(), a_request(config_offset=5))
    assert rejected.reason is RejectedReason.CONFIG_UNKNOWN


def test_a_header_of_the_wrong_shape_is_a_fault_that_rejects_one_record_only() -> None:
    batch = [a_record(a_request(headers=[[]]), offset=1), a_record(a_request(), offset=2)]
    first, second = hop_of(Shop()).step(batch, Moment(NOW))
    rejected = decode(first.message.value)
    assert (rejected.reason, rejected.detail) == (RejectedReason.INTERNAL_ERROR, "IndexError")
    assert isinstance(decode(second.message.value), CustomerEvent)


def test_a_rejected_record_keeps_key_headers_and_place() -> None:
    ((_, rejected),) = stepped(Shop(), b"?", key=b"k", headers=(("h", b"\xff"), ("none", None)), timestamp=17)
    assert rejected.headers == [["h", "\\xff"], ["none", ""]]
    place = (rejected.topic, rejected.partition, rejected.offset, rejected.timestamp, rejected.key)
    assert place == ("hookline.source", 2, 7, 17, b"k")
    assert rejected.rejected_at == NOW


def test_an_accepted_request_is_the_record_that_the_codec_reads() -> None:
    assert decode(encode(a_request())) == a_request()
    assert isinstance(a_request(), IncomingRequest)
