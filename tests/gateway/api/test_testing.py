"""Testing a site: one request by the courier's own code, shown as the log shows it, and written to the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from standardwebhooks import Webhook

from gateway.api.testing import SiteTested
from schemas.records import AttemptStatus, Trigger
from streams.edges import resolver
from tests.gateway.conftest import MakeHouse
from tests.gateway.folded import fold
from tests.gateway.house import House
from tests.journeys.receiver import Answer, Receiver


@pytest.fixture
def sites() -> Iterator[Receiver]:
    one = Receiver()
    one.start()
    yield one
    one.stop()


def a_site(house: House, url: str, **fields: Any) -> str:
    made: dict[str, Any] = house.made("POST", "/v1/shop/sites", {"name": "crm", "url": url, "state": "active"} | fields)
    return str(made["id"])


def test_a_test_sends_one_message_and_shows_request_and_response(house: House, sites: Receiver) -> None:
    sites.script("/hooks", Answer(201, b'{"taken":true}'))
    site = a_site(house, sites.url("/hooks"))
    done = house.made("POST", f"/v1/shop/sites/{site}/test")
    SiteTested.model_validate(done)
    (got,) = sites.at("/hooks")
    assert (done["status"], done["response_code"], done["action"], done["trigger"]) == ("done", 201, "test", "test")
    assert done["response"]["body"] == '{"taken":true}'
    assert done["request"]["body"].encode() == got.body
    assert got.json["action"] == "test"
    assert (got.json["id"], got.webhook_id) == (done["event_id"], done["delivery_id"])
    (row,) = house.log.records(house.topics.attempts)
    assert (row.status, row.trigger, row.action, row.site_name) == (AttemptStatus.DONE, Trigger.TEST, "test", "crm")


def test_the_log_shows_it_as_action_test(house: House, sites: Receiver) -> None:
    site = a_site(house, sites.url("/hooks"))
    done = house.made("POST", f"/v1/shop/sites/{site}/test")
    fold(house)
    (row,) = house.made("GET", f"/v1/shop/webhook-log?action=test&after={done['position']}")["items"]
    assert row["id"] == done["id"]
    whole = house.made("GET", f"/v1/shop/webhook-log/{done['id']}")
    assert whole == {name: value for name, value in done.items() if name != "position"}


def test_a_failure_is_an_answer_and_nothing_is_sent_again(house: House, sites: Receiver) -> None:
    sites.script("/hooks", 500)
    site = a_site(house, sites.url("/hooks"))
    done = house.made("POST", f"/v1/shop/sites/{site}/test", {})
    assert (done["status"], done["response_code"], done["next_attempt_at"]) == ("failed", 500, None)
    assert len(sites.at("/hooks")) == 1


def test_a_disabled_site_can_be_tested_and_an_archived_one_not(house: House, sites: Receiver) -> None:
    site = a_site(house, sites.url("/hooks"), state="inactive")
    assert house.made("POST", f"/v1/shop/sites/{site}/test")["status"] == "done"
    house.made("POST", f"/v1/shop/sites/{site}/archive")
    refused = house.call("POST", f"/v1/shop/sites/{site}/test")
    assert (refused.status, refused.json["type"]) == (409, "/docs#archived")


def test_it_is_authenticated_as_the_site_says_and_the_credential_is_dots(house: House, sites: Receiver) -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    site = a_site(
        house,
        sites.url("/hooks"),
        authentication={"type": "standard_webhooks", "secrets": [secret]},
        content_type="json",
    )
    answer = house.call("POST", f"/v1/shop/sites/{site}/test")
    (got,) = sites.at("/hooks")
    Webhook(secret).verify(got.body, got.headers)
    assert got.headers["webhook-signature"].encode() not in answer.body


def test_an_address_that_sites_may_not_have_is_never_dialled(
    make_house: MakeHouse, sites: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolver, "system_addresses", lambda _: ("127.0.0.1", "::ffff:127.0.0.1"))
    house = make_house(allowed_networks="10.0.0.0/8")
    site = a_site(house, sites.url("/hooks").replace("127.0.0.1", "crm.example"))
    done = house.made("POST", f"/v1/shop/sites/{site}/test")
    assert (done["status"], done["error"], sites.received) == ("failed", "forbidden_address", [])


def test_a_site_that_hangs_ends_at_its_deadline(house: House, sites: Receiver) -> None:
    sites.script("/hooks", Answer(delay=30))
    site = a_site(house, sites.url("/hooks"), timeout_seconds=0.3)
    done = house.made("POST", f"/v1/shop/sites/{site}/test")
    assert (done["error"], 300 <= done["duration_ms"] < 1500) == ("timeout", True)


def test_an_event_of_the_history_can_be_the_message(house: House, sites: Receiver) -> None:
    event = {"customer": "c-7", "action": "point_add", "data": {"points": 5, "exact": 12345678901234567890}}
    event_id = house.made("POST", "/v1/shop/events", event)["items"][0]["id"]
    fold(house)
    site = a_site(house, sites.url("/hooks"))
    done = house.made("POST", f"/v1/shop/sites/{site}/test", {"event_id": event_id})
    (got,) = sites.at("/hooks")
    assert (got.json["id"], got.json["customer"], got.json["action"]) == (event_id, "c-7", "point_add")
    assert b"12345678901234567890" in got.body
    assert (done["action"], done["event_id"]) == ("test", event_id)


@pytest.mark.parametrize("body", [{"event_id": "evt_none"}, {"event_id": ""}, {"event_id": 5}, {"event": "x"}, []])
def test_what_is_wrong_is_said_and_nothing_is_sent(house: House, sites: Receiver, body: Any) -> None:
    fold(house)
    site = a_site(house, sites.url("/hooks"))
    assert house.call("POST", f"/v1/shop/sites/{site}/test", body).status == 422
    assert house.call("POST", "/v1/shop/sites/site_none/test").status == 404
    assert sites.received == []
