"""No credential of a request lies in the log in clear."""

from __future__ import annotations

import pytest

from schemas.codec import encode
from streams.core.credentials import is_credential
from tests.gateway.house import House

SECRET = "s3cret-value-of-a-caller"


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "COOKIE",
        "proxy-authorization",
        "X-Shop-Token",
        "x_token",
        "X-Hub-Signature-256",
        "webhook-signature",
        "X-Client-Secret",
        "X-Api-Key",
        "x_api_key",
        "ApiKey",
    ],
)
def test_headers_that_carry_credentials(name: str) -> None:
    assert is_credential(name)


@pytest.mark.parametrize("name", ["content-type", "x-request-id", "host", "x-key", "idempotency-key"])
def test_headers_that_do_not(name: str) -> None:
    assert not is_credential(name)


def test_a_credential_header_is_sealed_and_can_be_opened(house: House) -> None:
    house.webhook()
    house.post("points", {"customer": "c"}, {"X-Shop-Token": SECRET})
    (logged,) = house.requests
    assert SECRET.encode() not in encode(logged)
    (name, sealed, mark) = next(each for each in logged.headers if each[0] == "X-Shop-Token")
    assert (name, mark) == ("X-Shop-Token", "sealed")
    assert house.keyring.open_text(sealed) == SECRET


@pytest.mark.parametrize(
    ("attribute", "query", "headers", "body"),
    [
        ("headers.X_Pass", "", {"x-pass": SECRET}, {"customer": "c"}),
        ("query.pass", f"?pass={SECRET}&a=1", {}, {"customer": "c"}),
        ("body.pass", "", {}, {"customer": "c", "pass": SECRET}),
    ],
)
def test_what_a_secret_criterion_reads_is_sealed(
    house: House, attribute: str, query: str, headers: dict[str, str], body: dict[str, str]
) -> None:
    criterion = {"attribute": attribute, "operator": "equals", "value": SECRET, "secret": True}
    house.webhook(filters={"all": [criterion]})
    answer = house.post(f"points{query}", body, headers)
    assert answer.status == 200
    (logged,) = house.requests
    assert SECRET.encode() not in encode(logged)
    assert logged.query_sealed is bool(query)
    assert logged.body_sealed is attribute.startswith("body")


def test_a_secret_of_an_inactive_definition_on_the_endpoint_counts(house: House) -> None:
    criterion = {"attribute": "body.pass", "operator": "equals", "value": "x", "secret": True}
    house.webhook(name="open", filters={"attribute": "body.customer", "operator": "exists"})
    house.webhook(name="draft", active=False, filters=criterion)
    house.post("points", {"customer": "c", "pass": SECRET})
    assert SECRET.encode() not in encode(house.requests[0])


def test_a_refused_body_is_sealed_too(house: House) -> None:
    criterion = {"attribute": "body.pass", "operator": "equals", "value": "x", "secret": True}
    house.webhook(filters=criterion)
    house.post("points", f'{{"pass": "{SECRET}"'.encode())
    (logged,) = house.requests
    assert SECRET.encode() not in encode(logged)
    assert logged.body_sealed


def test_no_secret_of_a_definition_is_in_the_topic_in_clear(house: House) -> None:
    criterion = {"attribute": "headers.X-Token", "operator": "equals", "value": SECRET, "secret": True}
    made = house.webhook(filters=criterion)
    assert made["filters"]["value"] == "••••"
    assert all(SECRET.encode() not in message.value for _, message in house.log.topics[house.topics.config])
