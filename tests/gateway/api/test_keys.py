"""Who may do what: the operator, accounts' keys, nobody."""

from __future__ import annotations

from typing import Any

import pytest

from gateway import wiring
from gateway.api.times import iso, now_ms
from schemas.codec import encode
from tests.gateway.conftest import MakeHouse
from tests.gateway.house import House


def key_of(house: House, account: str = "shop", **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = house.made("POST", f"/v1/accounts/{account}/keys", {"name": "till"} | changes)
    return made


def test_a_key_is_shown_once_and_never_stored(house: House) -> None:
    made = key_of(house)
    assert made["key"].startswith("hk_")
    assert made["prefix"] == made["key"][:5]
    (listed,) = house.made("GET", "/v1/accounts/shop/keys")["items"]
    assert listed == {name: value for name, value in made.items() if name not in ("key", "position")}
    assert all(made["key"].encode() not in encode(change) for change in house.log.records(house.topics.config))


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic abc", "hk_operator_of_a_test"]
)
def test_no_key_and_a_wrong_key_answer_alike(house: House, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    answer = house.send("GET", "/v1/shop/sites", None, headers)
    nothing = house.send("GET", "/v1/shop/sites")
    assert answer.status == nothing.status == 401
    assert answer.body == nothing.body
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_accounts_key_opens_its_account_only(house: House) -> None:
    house.made("PUT", "/v1/accounts/other")
    key = key_of(house)["key"]
    assert house.call("GET", "/v1/shop/sites", key=key).status == 200
    foreign, missing = house.call("GET", "/v1/other/sites", key=key), house.call("GET", "/v1/nobody/sites", key=key)
    assert foreign.status == missing.status == 404
    assert foreign.body == missing.body


def test_an_object_of_another_account_is_missing(house: House) -> None:
    house.made("PUT", "/v1/accounts/other")
    site = house.made("POST", "/v1/other/sites", {"name": "a", "url": "https://a.example/"})
    key = key_of(house)["key"]
    foreign = house.call("GET", f"/v1/shop/sites/{site['id']}", key=key)
    missing = house.call("GET", "/v1/shop/sites/site_nothing", key=key)
    assert foreign.status == missing.status == 404
    assert foreign.body == missing.body


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/accounts"), ("PUT", "/v1/accounts/x"), ("GET", "/v1/accounts/shop/keys")]
)
def test_accounts_and_keys_are_the_operators(house: House, method: str, path: str) -> None:
    assert house.call(method, path, key=key_of(house)["key"]).status == 403


def test_a_reading_key_changes_nothing(house: House) -> None:
    key = key_of(house, scope="read")["key"]
    assert house.call("GET", "/v1/shop/sites", key=key).status == 200
    refused = house.call("POST", "/v1/shop/sites", {"name": "a", "url": "https://a.example/"}, key=key)
    assert refused.status == 403
    assert house.made("GET", "/v1/shop/sites")["items"] == []


def test_a_removed_key_is_refused_at_once(house: House) -> None:
    made = key_of(house)
    assert house.call("DELETE", f"/v1/accounts/shop/keys/{made['id']}").status == 204
    assert house.call("GET", "/v1/shop/sites", key=made["key"]).status == 401


def test_an_expired_key_is_refused(make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [now_ms() - 60_000]
    monkeypatch.setattr(wiring, "now_ms", lambda: clock[0])
    house = make_house()
    old = key_of(house, expires_at=iso(clock[0] + 1))["key"]
    assert house.call("GET", "/v1/shop/sites", key=old).status == 200
    clock[0] += 1
    new = key_of(house, name="new", expires_at="2999-01-01T00:00:00+02:00")
    assert new["expires_at"] == "2998-12-31T22:00:00.000Z"
    assert house.call("GET", "/v1/shop/sites", key=old).status == 401
    assert house.call("GET", "/v1/shop/sites", key=new["key"]).status == 200


def test_a_key_that_calls_too_often_is_told_when_to_come_again_and_others_go_on(make_house: MakeHouse) -> None:
    house = make_house(api_rate="0.01/s")
    busy, other = key_of(house)["key"], key_of(house, name="other")["key"]
    answers = [house.call("GET", "/v1/shop/sites", key=busy) for _ in range(5)]
    assert [answer.status for answer in answers] == [200, 429, 429, 429, 429]
    refused = answers[-1]
    assert refused.json["type"] == "/docs#too_many"
    assert int(refused.headers["retry-after"]) >= 1
    assert house.call("GET", "/v1/shop/sites", key=other).status == 200
    assert {house.call("GET", "/v1/shop/sites").status for _ in range(5)} == {200}, "the operator has no limit"


def test_when_a_key_was_last_used_is_shown(house: House) -> None:
    made = key_of(house)
    assert house.made("GET", "/v1/accounts/shop/keys")["items"][0]["last_used_at"] is None
    house.call("GET", "/v1/shop/sites", key=made["key"])
    assert house.made("GET", "/v1/accounts/shop/keys")["items"][0]["last_used_at"] >= made["created_at"]


def test_a_time_without_a_zone_is_refused(house: House) -> None:
    answer = house.call("POST", "/v1/accounts/shop/keys", {"name": "x", "expires_at": "2999-01-01T00:00:00"})
    assert (answer.status, answer.paths) == (422, ["expires_at"])


@pytest.mark.parametrize("moment", ["2020-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_a_key_that_would_never_be_good_is_not_made(house: House, moment: str) -> None:
    answer = house.call("POST", "/v1/accounts/shop/keys", {"name": "x", "expires_at": moment})
    assert (answer.status, answer.paths) == (422, ["expires_at"])
    assert house.made("GET", "/v1/accounts/shop/keys")["items"] == []


def test_an_account_is_made_once(house: House) -> None:
    assert house.call("PUT", "/v1/accounts/new").status == 201
    again = house.call("PUT", "/v1/accounts/new")
    assert again.status == 200
    names = [each["account"] for each in house.made("GET", "/v1/accounts")["items"]]
    assert names == ["new", "shop"]


@pytest.mark.parametrize("name", ["keys", "Upper", "a" * 65, "catalogue", "under_score"])
def test_a_name_that_no_account_can_have(house: House, name: str) -> None:
    answer = house.call("PUT", f"/v1/accounts/{name}")
    assert (answer.status, answer.paths) == (422, ["account"])
