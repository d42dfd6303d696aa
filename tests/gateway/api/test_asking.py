"""Resend, cancel and send now over HTTP: what is written to `commands`, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.api.asking import Commanded
from gateway.api.log_shapes import QueueSummary
from schemas.codec import decode_as
from schemas.identity import lane_partition
from schemas.records import AttemptStatus, CommandKind, Delivery, PendingStep, QueueReason, Trigger
from tests.gateway.folded import fold
from tests.gateway.house import House
from tests.projections.records import a_delivery, a_message, a_parked, an_attempt

FAILED = an_attempt(status=AttemptStatus.FAILED, response_code=500)


@pytest.fixture
def site(house: House) -> str:
    made: dict[str, Any] = house.made("POST", "/v1/shop/sites", {"name": "crm", "url": "https://crm.example/"})
    return str(made["id"])


def a_failed_one(house: House, site: str, **attempt: Any) -> Delivery:
    delivery = a_delivery(site_id=site, lane=f"{site}/0")
    fold(house, a_message(delivery), a_message(an_attempt(site_id=site, **attempt)))
    return delivery


def test_a_resend_carries_the_delivery_whole_as_a_new_chain(house: House, site: str) -> None:
    delivery = a_failed_one(house, site, status=AttemptStatus.FAILED, response_code=500)
    answer = house.call("POST", "/v1/shop/webhook-log/dlv_1.0.1/resend")
    assert answer.status == 202
    Commanded.model_validate(answer.json)
    ((placed, message),) = house.log.topics[house.topics.commands]
    (command,) = house.log.records(house.topics.commands)
    again = decode_as(Delivery, command.delivery)
    assert (command.kind, command.pending, command.author) == (CommandKind.RESEND, [], "operator")
    assert (again.chain, again.step, again.trigger) == (command.id, 1, Trigger.RESEND)
    assert (again.delivery_id, again.body, again.lane) == ("dlv_1", delivery.body, delivery.lane)
    assert again.config_offset == house.log.configuration.offset
    assert placed.partition == lane_partition(delivery.lane, house.settings.partitions)
    assert message.key == delivery.lane.encode()
    assert answer.json["attempt_ids"] == [f"dlv_1.{command.id}.1"]


def test_the_resend_is_a_queued_row_of_chain_1_once_the_view_has_the_command(house: House, site: str) -> None:
    a_failed_one(house, site, status=AttemptStatus.FAILED, response_code=500)
    asked = house.made("POST", "/v1/shop/webhook-log/dlv_1.0.1/resend")
    fold(house)
    page = house.made("GET", f"/v1/shop/webhook-log?after={asked['position']}&status=queued")
    assert [(row["id"], row["chain"], row["trigger"]) for row in page["items"]] == [
        (asked["attempt_ids"][0], 1, "resend")
    ]
    assert page["stale"] is False


def test_a_retry_that_waits_is_named_so_that_the_courier_ends_it(house: House, site: str) -> None:
    a_failed_one(house, site, status=AttemptStatus.RESENT, response_code=500, step=2)
    house.made("POST", "/v1/shop/webhook-log/dlv_1.0.2/resend")
    (command,) = house.log.records(house.topics.commands)
    waiting = PendingStep(chain="0", step=3, trigger=Trigger.AUTO, resend_id=None)
    assert waiting in command.pending


def test_what_waits_can_be_cancelled_or_sent_now(house: House, site: str) -> None:
    a_failed_one(house, site, status=AttemptStatus.RESENT, response_code=500)
    cancelled = house.call("POST", "/v1/shop/queue/dlv_1/cancel")
    hurried = house.call("POST", "/v1/shop/queue/dlv_1/send-now")
    assert (cancelled.status, hurried.status) == (202, 202)
    assert cancelled.json["attempt_ids"] == hurried.json["attempt_ids"] == ["dlv_1.0.2"]
    cancel, send_now = house.log.records(house.topics.commands)
    assert (cancel.kind, send_now.kind) == (CommandKind.CANCEL, CommandKind.SEND_NOW)
    waiting = decode_as(Delivery, send_now.delivery)
    assert (waiting.chain, waiting.step, waiting.reason) == ("0", 2, QueueReason.RETRYING)


def test_what_does_not_wait_can_neither_be_cancelled_nor_sent_now(house: House, site: str) -> None:
    a_failed_one(house, site)
    assert house.call("POST", "/v1/shop/queue/dlv_1/cancel").status == 404
    assert house.call("POST", "/v1/shop/queue/dlv_1/send-now").status == 404
    assert house.call("POST", "/v1/shop/queue/dlv_none/cancel").status == 404


def test_what_is_parked_is_not_sent_now_but_can_be_cancelled(house: House, site: str) -> None:
    delivery = a_delivery(site_id=site, lane=f"{site}/0")
    fold(house, a_message(delivery), a_message(a_parked(delivery)))
    refused = house.call("POST", "/v1/shop/queue/dlv_1/send-now")
    assert (refused.status, refused.json["type"]) == (409, "/docs#wrong_state")
    assert house.call("POST", "/v1/shop/queue/dlv_1/cancel").status == 202


def test_a_test_an_archived_site_and_an_expired_message_are_not_sent_again(house: House) -> None:
    fold(
        house,
        a_message(an_attempt(delivery_id="dlv_t", trigger=Trigger.TEST)),
        a_message(an_attempt(delivery_id="dlv_old"), offset=1),
        a_message(a_delivery(delivery_id="dlv_gone", site_id="site_none")),
        a_message(an_attempt(delivery_id="dlv_gone"), offset=2),
    )
    for delivery, kind in (("dlv_t", "wrong_state"), ("dlv_old", "wrong_state"), ("dlv_gone", "archived")):
        refused = house.call("POST", f"/v1/shop/webhook-log/{delivery}.0.1/resend")
        assert (refused.status, refused.json["type"]) == (409, f"/docs#{kind}")
    assert house.call("POST", "/v1/shop/webhook-log/nothing/resend").status == 404
    assert house.log.records(house.topics.commands) == []


def test_somebody_elses_delivery_is_not_there(house: House, site: str) -> None:
    a_failed_one(house, site, status=AttemptStatus.RESENT, response_code=500)
    house.made("PUT", "/v1/accounts/other")
    for path in ("webhook-log/dlv_1.0.1/resend", "queue/dlv_1/cancel", "queue/dlv_1/send-now"):
        assert house.call("POST", f"/v1/other/{path}").status == 404


def test_a_key_that_may_only_read_asks_for_nothing(house: House, site: str) -> None:
    a_failed_one(house, site)
    key = house.made("POST", "/v1/accounts/shop/keys", {"name": "viewer", "scope": "read"})["key"]
    assert house.call("POST", "/v1/shop/webhook-log/dlv_1.0.1/resend", key=key).status == 403


def test_the_summary_of_the_queue_has_its_shape(house: House, site: str) -> None:
    a_failed_one(house, site, status=AttemptStatus.RESENT, response_code=500)
    found = house.made("GET", "/v1/shop/queue/summary")
    QueueSummary.model_validate(found)
    assert found["count"] == sum(group["count"] for group in found["items"]) > 0
