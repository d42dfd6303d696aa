"""The hop *route*: events, whoever wrote them, become one delivery for each subscription that wants them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas.codec import decode, encode
from schemas.identity import delivery_id, event_id_of_record, lane_partition
from schemas.records import Delivery, EntityKind, Rejected, RejectedReason
from schemas.settings import Settings
from schemas.topics import Topics
from streams.agents.hop import Behind, Hop, Moment
from streams.agents.route import Place, route_hop
from tests.streams.shop import NOW, SUBSCRIPTION, Shop, a_record, an_event

TOPICS = Topics(Settings())
PLACE = Place("cluster-1", 12)


def hop_of(shop: Shop) -> Hop:
    return route_hop(TOPICS, PLACE, shop.configuration, shop.compiler)


def stepped(shop: Shop, value: Any, **fields: Any) -> list[Any]:
    outgoing = hop_of(shop).step([a_record(value, **fields)], Moment(NOW, config_end=shop.configuration.offset + 1))
    return [(one.message, decode(one.message.value)) for one in outgoing]


def as_json(**fields: Any) -> bytes:
    return json.dumps({"account": "shop", "customer": "c-1", "action": "point_add"} | fields).encode()


def rejection(value: Any, shop: Shop | None = None) -> Rejected:
    ((message, rejected),) = stepped(shop or Shop(), value)
    assert isinstance(rejected, Rejected)
    assert (message.topic, message.key) == (TOPICS.rejected, b"hookline.source/2/7")
    assert rejected.value == (encode(value) if value is not None and not isinstance(value, bytes) else value)
    return rejected


def test_an_event_becomes_a_delivery_in_its_lane() -> None:
    ((message, delivery),) = stepped(Shop(), an_event())

    assert isinstance(delivery, Delivery)
    assert delivery.delivery_id == delivery_id("shop", "evt_1", "sub_1")
    assert (message.topic, message.key) == (TOPICS.deliveries, b"site_1/0")
    assert message.partition == lane_partition("site_1/0", 12)
    assert (delivery.lane, delivery.created_at, delivery.origin_offset) == ("site_1/0", NOW, -1)


def test_every_subscription_that_wants_an_event_gets_a_delivery_and_no_other() -> None:
    shop = Shop()
    subscriptions: dict[str, dict[str, Any]] = {
        "sub_2": {"actions": ["point_add", "refund"]},
        "sub_3": {"actions": ["refund"]},
        "sub_4": {"active": False},
        "sub_5": {"condition": {"attribute": "data.points", "operator": "greater_than", "value": 1000}},
    }
    for name, more in subscriptions.items():
        shop.put(EntityKind.SUBSCRIPTION, name, SUBSCRIPTION | {"name": name} | more)

    assert [delivery.subscription_id for _, delivery in stepped(shop, an_event())] == ["sub_1", "sub_2"]


def test_an_event_that_nobody_wants_becomes_nothing() -> None:
    assert stepped(Shop(subscription={"actions": ["refund"]}), an_event()) == []


def test_json_from_outside_is_an_event_named_by_its_place() -> None:
    ((_, delivery),) = stepped(Shop(), as_json(data={"points": "12.50"}))
    assert delivery.event_id == event_id_of_record("cluster-1", "hookline.source", 2, 7, NOW)
    body = json.loads(delivery.body)
    assert body == {
        "id": delivery.event_id,
        "account": "shop",
        "customer": "c-1",
        "action": "point_add",
        "timestamp": "2025-11-24T16:00:00.000Z",
        "data": {"points": 12.5},
    }


def test_the_same_record_gives_the_same_deliveries_again() -> None:
    ids = [[delivery.delivery_id for _, delivery in stepped(Shop(), as_json())] for _ in range(2)]
    assert ids[0] == ids[1]


def test_a_producers_own_id_is_kept() -> None:
    ((_, delivery),) = stepped(Shop(), as_json(id="mine-1"))
    assert (delivery.event_id, delivery.delivery_id) == ("mine-1", delivery_id("shop", "mine-1", "sub_1"))


@pytest.mark.parametrize(
    ("value", "reason", "path"),
    [
        (None, RejectedReason.UNREADABLE, None),
        (b"", RejectedReason.UNREADABLE, None),
        (b"not JSON", RejectedReason.UNREADABLE, None),
        (b"\x00\x00\x00\x00\x01x", RejectedReason.UNREADABLE, None),
        (b"\xc3\x01nothing of ours", RejectedReason.UNREADABLE, None),
        (b"[1]", RejectedReason.INVALID_EVENT, ""),
        (as_json(customer=""), RejectedReason.INVALID_EVENT, "customer"),
        (as_json(customer=7), RejectedReason.INVALID_EVENT, "customer"),
        (as_json(timestamp="yesterday"), RejectedReason.INVALID_EVENT, "timestamp"),
        (as_json(colour="red"), RejectedReason.INVALID_EVENT, "colour"),
        (as_json(data={"points": "many"}), RejectedReason.INVALID_EVENT, "data.points"),
        (as_json(account="nobody"), RejectedReason.UNKNOWN_ACCOUNT, "account"),
        (as_json(action="dance"), RejectedReason.UNKNOWN_ACTION, "action"),
        (an_event(data="{"), RejectedReason.INVALID_EVENT, "data"),
        (an_event(customer=""), RejectedReason.INVALID_EVENT, "customer"),
    ],
)
def test_what_is_no_valid_event_is_rejected_with_its_field(
    value: Any, reason: RejectedReason, path: str | None
) -> None:
    rejected = rejection(value)
    assert (rejected.reason, rejected.path) == (reason, path)
    assert rejected.detail
    known = reason is not RejectedReason.UNREADABLE and value != b"[1]" and reason is not RejectedReason.UNKNOWN_ACCOUNT
    assert rejected.account == ("shop" if known else None)  # whose people look for it


def test_an_account_s_own_action_is_known() -> None:
    shop = Shop()
    action = {"name": "spin_wheel", "label": "Spin", "number_fields": ["turns"]}
    shop.put(EntityKind.CUSTOM_ACTION, "act_1", action)

    ((_, delivery),) = stepped(shop, as_json(action="spin_wheel", data={"turns": "3"}))

    assert json.loads(delivery.body)["data"] == {"turns": 3}


def test_a_delivery_is_decided_under_the_newest_change_that_is_folded() -> None:
    shop = Shop()
    offset = shop.put(EntityKind.SUBSCRIPTION, "sub_1", SUBSCRIPTION | {"actions": ["point_add"]}, base_revision=1)
    for event in (an_event(), an_event(config_offset=-1), an_event(config_offset=offset)):
        ((_, delivery),) = stepped(shop, event)
        assert delivery.config_offset == offset == 1


def test_an_event_decided_under_a_change_to_come_asks_for_it() -> None:
    with pytest.raises(Behind) as caught:
        hop_of(Shop()).step([a_record(an_event(config_offset=9))], Moment(NOW))
    assert caught.value.offset == 9
    with pytest.raises(Behind):
        hop_of(Shop()).step([a_record(an_event(config_offset=9))], Moment(NOW, config_end=10))


def test_an_event_decided_under_an_offset_that_config_does_not_have_is_rejected() -> None:
    assert rejection(an_event(config_offset=9)).reason is RejectedReason.CONFIG_UNKNOWN


def test_a_change_is_in_effect_for_the_next_event() -> None:
    shop = Shop()
    hop = hop_of(shop)
    assert len(hop.step([a_record(an_event())], Moment(NOW))) == 1
    shop.put(EntityKind.SUBSCRIPTION, "sub_2", SUBSCRIPTION | {"name": "second"})
    assert len(hop.step([a_record(an_event())], Moment(NOW))) == 2
    shop.put(EntityKind.SUBSCRIPTION, "sub_2", None, base_revision=1)
    assert len(hop.step([a_record(an_event())], Moment(NOW))) == 1
