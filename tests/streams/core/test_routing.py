"""Routing: one delivery for each subscription that wants an event."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.identity import delivery_id, lane_slot
from schemas.records import Delivery, EntityKind, QueueReason, Trigger
from streams.core.routing import deliveries_of
from tests.streams.shop import ACCOUNT, NOW, SITE, Shop, an_event


def routed(shop: Shop, partitions: int = 12, **fields: Any) -> list[Delivery]:
    view = shop.compiler.account(ACCOUNT)
    assert view is not None
    return list(deliveries_of(view, an_event(**fields), partitions=partitions, now=NOW, config_offset=3))


def test_a_delivery_has_all_that_a_courier_needs() -> None:
    (delivery,) = routed(Shop(subscription={"path": "/customers/{customer}"}))
    assert delivery == Delivery(
        delivery_id=delivery_id(ACCOUNT, "evt_1", "sub_1"),
        chain="0",
        step=1,
        account=ACCOUNT,
        event_id="evt_1",
        event_timestamp=NOW,
        subscription_id="sub_1",
        site_id="site_1",
        customer="c-1",
        action="point_add",
        lane="site_1/0",
        ordering="none",
        content_type="application/json",
        body=delivery.body,
        path="/customers/c-1",
        filename="",
        problem="",
        created_at=NOW,
        config_offset=3,
        trigger=Trigger.AUTO,
        resend_id=None,
        reason=QueueReason.QUEUED,
        due=0,
        postponed_since=None,
        origin_offset=-1,
        parent_attempt=None,
    )


@pytest.mark.parametrize(
    ("actions", "wanted"), [(["*"], True), (["point_add"], True), (["refund", "point_add"], True), (["refund"], False)]
)
def test_a_subscription_wants_the_actions_it_lists(actions: list[str], wanted: bool) -> None:  # noqa: FBT001 - a column
    assert bool(routed(Shop(subscription={"actions": actions}))) is wanted


@pytest.mark.parametrize(
    ("attribute", "value", "wanted"),
    [
        ("customer", "c-1", True),
        ("customer", "c-2", False),
        ("action", "point_add", True),
        ("data.points", "325", True),
        ("data.points", "326", False),
        ("data.missing", "1", False),
    ],
)
def test_a_condition_reads_customer_action_and_data(attribute: str, value: str, wanted: bool) -> None:  # noqa: FBT001
    condition = {"attribute": attribute, "operator": "equals", "value": value}
    assert bool(routed(Shop(subscription={"condition": condition}))) is wanted


def test_a_path_that_cannot_be_built_makes_a_delivery_with_its_problem() -> None:
    (delivery,) = routed(Shop(subscription={"path": "/{data.missing}"}))
    assert (delivery.path, delivery.problem) == ("", "path: {data.missing} has no value that can stand in a path")


def test_an_inactive_site_still_gets_its_deliveries_and_an_archived_one_none() -> None:
    shop = Shop()
    shop.put(EntityKind.SITE, "site_1", SITE | {"state": "inactive"}, base_revision=1)
    assert len(routed(shop)) == 1
    shop.put(EntityKind.SITE, "site_1", SITE | {"state": "archived"}, base_revision=2)
    assert routed(shop) == []


def test_a_subscription_whose_site_is_not_there_is_passed_over() -> None:
    assert routed(Shop(subscription={"site_id": "site_none"})) == []


@pytest.mark.parametrize("parallel", [1, 3, 12, 100])
def test_a_customer_s_deliveries_are_all_in_one_lane_of_the_site(parallel: int) -> None:
    shop = Shop(site={"parallel": parallel})
    for customer in ("a", "b", "Zoë"):
        lanes = {routed(shop, customer=customer, id=f"evt_{n}")[0].lane for n in range(5)}
        assert lanes == {f"site_1/{lane_slot(customer, parallel, 12)}"}
