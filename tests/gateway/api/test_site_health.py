"""How sites do, the message that one would get, and revisions brought back."""

from __future__ import annotations

import time
from typing import Any

import pytest

from gateway.api.previewing import Previewed
from gateway.api.site_health import SiteHealth
from schemas.records import AttemptStatus, OperationKind
from tests.gateway.folded import fold
from tests.gateway.house import House
from tests.projections.records import a_delivery, a_message, an_attempt, an_operation

NOW = time.time_ns() // 1_000_000
SITE = {"name": "crm", "url": "https://crm.example/hooks", "state": "active"}


def a_site(house: House, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = house.made("POST", "/v1/shop/sites", SITE | fields)
    return made


def health(house: House, site: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = house.made("GET", f"/v1/shop/sites/{site['id']}")["health"]
    SiteHealth.model_validate(found)
    (listed,) = house.made("GET", "/v1/shop/sites")["items"]
    assert listed["health"] == found
    return found


def records(house: House, *records: Any) -> None:
    fold(house, *(a_message(record)._replace(offset=number) for number, record in enumerate(records)))


def test_a_site_that_nothing_was_sent_to(house: House) -> None:
    site = a_site(house)
    assert site["health"] is None
    fold(house)
    assert health(house, site) == {
        "state": "active",
        "success_rate_1h": None,
        "p95_ms": None,
        "consecutive_failures": 0,
        "queued": 0,
        "oldest_queued_at": None,
        "breaker": "closed",
        "next_probe_at": None,
        "disabled_reason": None,
    }


def test_health_is_that_of_the_last_hour_and_of_what_waits(house: House) -> None:
    site = a_site(house)
    same = {"site_id": site["id"], "duration_us": 20_000}
    failed = same | {"status": AttemptStatus.FAILED, "response_code": 500}
    records(
        house,
        an_attempt(delivery_id="dlv_1", created_at=NOW - 7_200_000, **failed),
        an_attempt(delivery_id="dlv_2", created_at=NOW - 3000, **same),
        an_attempt(delivery_id="dlv_3", created_at=NOW - 2000, **failed),
        an_attempt(delivery_id="dlv_4", created_at=NOW - 1000, **failed),
        a_delivery(delivery_id="dlv_5", site_id=site["id"], created_at=NOW),
    )
    found = health(house, site)
    assert (found["success_rate_1h"], found["consecutive_failures"], found["queued"]) == (0.3333, 2, 1)
    assert 15 <= found["p95_ms"] <= 20


def test_an_open_breaker_is_told_until_two_messages_have_come_through(house: House) -> None:
    site = a_site(house)
    body: dict[str, Any] = {"site_id": site["id"], "state": "open", "probe_at": NOW + 10_000}
    breaker = an_operation(f"brk_{site['id']}.one", kind=OperationKind.BREAKER, **body)
    records(house, breaker)
    found = health(house, site)
    assert found["breaker"] == "open"
    assert found["next_probe_at"] is not None
    later = {"site_id": site["id"], "created_at": NOW + 1_000_000_000_000}
    records(house, breaker, an_attempt(delivery_id="dlv_1", **later))
    assert health(house, site)["breaker"] == "open"
    records(house, breaker, an_attempt(delivery_id="dlv_1", **later), an_attempt(delivery_id="dlv_2", **later))
    assert health(house, site)["breaker"] == "closed"


def test_who_disabled_a_site_is_told(house: House) -> None:
    site = a_site(house)
    fold(house)
    house.made("POST", f"/v1/shop/sites/{site['id']}/disable")
    assert health(house, site)["disabled_reason"] == "disabled by operator"


def test_a_site_that_was_never_enabled(house: House) -> None:
    site = a_site(house, state="inactive")
    fold(house)
    assert health(house, site)["disabled_reason"] == "not enabled yet"


def test_without_a_store_sites_are_shown_all_the_same(house: House) -> None:
    site = a_site(house)
    assert house.made("GET", f"/v1/shop/sites/{site['id']}")["health"] is None


def test_a_put_takes_what_a_get_gave(house: House) -> None:
    site = a_site(house)
    fold(house)
    got = house.made("GET", f"/v1/shop/sites/{site['id']}")
    assert got["health"] is not None
    assert house.made("PUT", f"/v1/shop/sites/{site['id']}", got)["revision"] == 2


def test_a_preview_is_the_message_to_the_byte_with_its_secrets_as_dots(house: House) -> None:
    login = {"type": "basic", "username": "till", "password": "s3cret"}
    site = a_site(house, authentication=login, state="inactive", content_type="form")
    answer = house.call("POST", f"/v1/shop/sites/{site['id']}/preview")
    assert answer.status == 200
    Previewed.model_validate(answer.json)
    request = answer.json["request"]
    assert (request["method"], request["url"]) == ("POST", "https://crm.example/hooks")
    assert "&data[points]=325&" in request["body"].replace("%5B", "[").replace("%5D", "]")
    assert ["Authorization", "••••"] in [[name, value] for name, value in request["headers"]]
    assert b"s3cret" not in answer.body
    assert house.log.records(house.topics.attempts) == []


def test_a_preview_of_an_event_by_a_subscription_has_its_path(house: House) -> None:
    site = a_site(house)
    subscription = {"name": "s", "site_id": site["id"], "actions": ["*"], "path": "/customers/{customer}"}
    subscription = house.made("POST", "/v1/shop/subscriptions", subscription)
    house.made("POST", "/v1/shop/events", {"id": "e-1", "customer": "c-1", "action": "birthday"})
    fold(house)
    sent = {"event_id": "e-1", "subscription_id": subscription["id"]}
    got = house.made("POST", f"/v1/shop/sites/{site['id']}/preview", sent)
    assert got["request"]["url"] == "https://crm.example/hooks/customers/c-1"
    assert '"customer":"c-1"' in got["request"]["body"]


@pytest.mark.parametrize("field", ["event_id", "subscription_id"])
def test_a_preview_of_what_there_is_not(house: House, field: str) -> None:
    site = a_site(house)
    fold(house)
    answer = house.call("POST", f"/v1/shop/sites/{site['id']}/preview", {field: "nothing"})
    assert (answer.status, answer.paths) == (422, [field])
    assert house.call("POST", "/v1/shop/sites/nothing/preview").status == 404


def test_a_revision_of_a_site_is_brought_back_as_a_new_one(house: House) -> None:
    path = f"/v1/shop/sites/{a_site(house)['id']}"
    house.made("PUT", path, SITE | {"url": "https://other.example/", "revision": 1})
    house.made("POST", f"{path}/disable")
    back = house.made("POST", f"{path}/revisions/1/restore")
    assert (back["url"], back["revision"], back["state"]) == (SITE["url"], 4, "inactive")
    diff = house.made("GET", f"{path}/revisions/4/diff")
    assert [each["path"] for each in diff["items"]] == ["url"]
    assert house.call("POST", f"{path}/revisions/9/restore").status == 404


def test_a_secret_that_was_taken_away_does_not_come_back(house: House) -> None:
    old = "whsec_" + "A" * 32
    site = a_site(house, authentication={"type": "standard_webhooks", "secrets": [old]})
    path = f"/v1/shop/sites/{site['id']}"
    made = house.made("POST", f"{path}/secrets", {"overlap": "0s"})
    revision = house.made("GET", path)["revision"]
    back = house.made("POST", f"{path}/revisions/1/restore")
    assert back["revision"] == revision + 1
    secrets = [each["id"] for each in back["authentication"]["secrets"]]
    assert secrets == [each["id"] for each in house.made("GET", path)["authentication"]["secrets"]]
    assert made["id"] in secrets


def test_a_revision_of_a_subscription_and_of_an_incoming_webhook(house: House) -> None:
    site = a_site(house)
    subscription = house.made("POST", "/v1/shop/subscriptions", {"name": "s", "site_id": site["id"], "actions": ["*"]})
    webhook = house.webhook()
    for path, one in (("subscriptions", subscription), ("incoming-webhooks", webhook)):
        where = f"/v1/shop/{path}/{one['id']}"
        now = house.made("GET", where)
        changed = house.made("PUT", where, now | {"name": "another"})
        back = house.made("POST", f"{where}/revisions/{now['revision']}/restore")
        assert (back["name"], back["revision"]) == (now["name"], changed["revision"] + 1)
        diff = house.made("GET", f"{where}/revisions/{back['revision']}/diff")
        assert [each["path"] for each in diff["items"]] == ["name"]
