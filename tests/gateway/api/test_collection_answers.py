"""How collections answer whoever asks wrongly, or while Kafka is away; and their pages."""

from __future__ import annotations

import pytest

from tests.gateway.house import House

SITE = {"name": "crm", "url": "https://crm.example/hooks"}
SITES = "/v1/shop/sites"


def test_lists_have_pages_newest_first(house: House) -> None:
    for number in range(5):
        house.made("POST", SITES, SITE | {"name": f"s{number}"})
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = house.made("GET", f"{SITES}?limit=2" + (f"&cursor={cursor}" if cursor else ""))
        seen += [each["name"] for each in page["items"]]
        cursor = page["next"]
    assert seen == ["s4", "s3", "s2", "s1", "s0"]


@pytest.mark.parametrize(
    "query", ["foo=1", "limit=0", "limit=501", "limit=x", "cursor=!!", "cursor=e30", "limit=1&limit=2", "state=no"]
)
def test_a_parameter_or_value_that_there_is_not_is_400(house: House, query: str) -> None:
    answer = house.call("GET", f"{SITES}?{query}")
    assert (answer.status, answer.json["type"]) == (400, "/docs#unknown_parameter")


def test_a_list_waits_for_a_position_and_says_when_it_did_not_come(house: House) -> None:
    made = house.made("POST", SITES, SITE)
    page = house.made("GET", f"{SITES}?after={made['position']}")
    assert (len(page["items"]), page["stale"]) == (1, False)
    assert house.made("GET", f"{SITES}?after={made['position'] + 1}")["stale"] is True


def test_what_kafka_does_not_acknowledge_is_503(house: House) -> None:
    house.log.away = True
    answer = house.call("POST", SITES, SITE)
    assert (answer.status, answer.json["type"]) == (503, "/docs#unavailable")
    assert answer.headers["retry-after"]


def test_a_change_that_does_not_come_back_is_503(house: House) -> None:
    house.log.late = True
    assert house.call("POST", SITES, SITE).status == 503


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"a":1,"a":2}', "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"[]", "application/json", 422),
    ],
)
def test_a_body_of_another_form(house: House, body: bytes, content_type: str, status: int) -> None:
    headers = {"authorization": f"Bearer {house.key}", "content-type": content_type}
    answer = house.send("POST", SITES, body, headers)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_method_that_a_path_has_not_is_405(house: House) -> None:
    answer = house.call("PATCH", SITES)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, POST")


def test_a_path_that_there_is_not_is_404(house: House) -> None:
    for path in ("/v1", "/v1/shop", "/v1/shop/nothing", "/v2/shop/sites"):
        answer = house.call("GET", path)
        assert (answer.status, answer.json["status"]) == (404, 404)
