"""Senders are verified before anything else: who fails is told one thing, and the log says why."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

import pytest

from schemas.codec import encode
from schemas.records import Outcome
from schemas.times import iso
from streams.agents.hop import Moment, SourceRecord
from streams.agents.map import map_hop
from streams.core.definitions import Compiler
from tests.gateway.folded import fold
from tests.gateway.house import Answer, House

GOOD = {"customer": "c-1", "points": 5}
GITHUB: dict[str, Any] = {"type": "github", "secrets": ["a-secret-of-github"]}
HMAC = {"type": "hmac", "header": "X-Seal", "secrets": ["a-secret-of-a-till"]}


def signed(secret: str, body: bytes, header: str = "X-Hub-Signature-256") -> dict[str, str]:
    return {header: "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def send(house: House, secret: str = GITHUB["secrets"][0], body: bytes | None = None, **headers: str) -> Answer:
    content = json.dumps(GOOD).encode() if body is None else body
    return house.post("points", content, signed(secret, content) | headers)


def test_a_signed_request_is_accepted_and_its_signature_sealed(house: House) -> None:
    house.webhook(verification=GITHUB)
    assert send(house).status == 200
    (logged,) = house.requests
    assert logged.outcome is Outcome.ACCEPTED
    assert next(each for each in logged.headers if each[0] == "X-Hub-Signature-256")[2] == "sealed"


def test_every_failure_has_one_answer_and_its_own_reason_in_the_log(house: House) -> None:
    house.webhook(verification=GITHUB, error_response={"never": "told"})
    wrong = send(house, "another secret")
    missing = house.post("points", GOOD)
    malformed = house.post("points", GOOD, {"X-Hub-Signature-256": "md5=00"})
    assert {(each.status, each.body) for each in (wrong, missing, malformed)} == {(401, wrong.body)}
    assert wrong.json["error"]["code"] == "unverified"
    assert {each.outcome for each in house.requests} == {Outcome.UNVERIFIED}
    reasons = [str(each.error_detail).partition(":")[0] for each in house.requests]
    assert reasons == ["signature_wrong", "header_missing", "header_malformed"]


def test_verification_comes_before_parsing_and_filtering(house: House) -> None:
    house.webhook(verification=GITHUB, filters={"attribute": "body.none", "operator": "exists"})
    assert send(house, "another secret", b"{").status == 401
    assert send(house, body=b"{").status == 400
    assert send(house).status == 403


def test_a_changed_byte_is_not_verified(house: House) -> None:
    house.webhook(verification=GITHUB)
    body = json.dumps(GOOD).encode()
    assert house.post("points", body + b" ", signed("a-secret-of-github", body)).status == 401


def test_an_unverified_request_is_logged_with_64_kib_at_most(house: House) -> None:
    house.webhook(verification=GITHUB)
    assert send(house, "another", b"x" * 100_000).status == 401
    (logged,) = house.requests
    assert (len(logged.body), logged.body_truncated) == (64 * 1024, True)


def test_of_many_unverified_requests_few_are_logged(house: House) -> None:
    house.webhook(verification=GITHUB)
    began = time.monotonic()
    assert {house.post("points", GOOD).status for _ in range(40)} == {401}
    assert len(house.requests) <= 10 * (int(time.monotonic() - began) + 2)


def test_definitions_that_cannot_verify_are_passed_over(house: House) -> None:
    anything = {"attribute": "body.customer", "operator": "exists"}
    house.webhook(name="github", verification=GITHUB, filters=anything, success_response="github")
    house.webhook(name="till", verification=HMAC, filters=anything, success_response="till")
    body = json.dumps(GOOD).encode()
    assert house.post("points", body, signed("a-secret-of-a-till", body, "X-Seal")).json == "till"
    assert send(house).json == "github"
    assert house.post("points", body).status == 401


def test_the_header_of_a_plain_hmac_is_sealed_although_its_name_says_nothing(house: House) -> None:
    house.webhook(verification=HMAC)
    body = json.dumps(GOOD).encode()
    headers = signed("a-secret-of-a-till", body, "X-Seal")
    assert house.post("points", body, headers).status == 200
    assert headers["X-Seal"].encode() not in encode(house.requests[0])


def test_secrets_are_sealed_masked_and_kept(house: House) -> None:
    made = house.webhook(verification=HMAC)
    assert "a-secret-of-a-till" not in json.dumps(made)
    assert b"a-secret-of-a-till" not in b"".join(m.value for _, m in house.log.topics[house.topics.config])
    path = f"/v1/shop/incoming-webhooks/{made['id']}"
    changed = house.made("PUT", path, house.made("GET", path) | {"name": "other"})
    assert changed["verification"] == made["verification"]
    body = json.dumps(GOOD).encode()
    assert house.post("points", body, signed("a-secret-of-a-till", body, "X-Seal")).status == 200


def test_a_new_secret_beside_the_old_one_rotates(house: House) -> None:
    made = house.webhook(verification=GITHUB)
    path = f"/v1/shop/incoming-webhooks/{made['id']}"
    both = {"type": "github", "secrets": [*made["verification"]["secrets"], "the next secret"]}
    house.made("PUT", path, house.made("GET", path) | {"verification": both})
    assert [send(house, secret).status for secret in ("a-secret-of-github", "the next secret", "x")] == [200, 200, 401]


@pytest.mark.parametrize(
    ("verification", "path"),
    [
        ({"type": "github", "secrets": []}, "verification.secrets"),
        ({"type": "standard_webhooks", "secrets": ["no base64!"]}, "verification.secrets.0"),
        ({"type": "hmac", "secrets": ["s"], "header": "two words"}, "verification.header"),
        ({"type": "pigeon"}, "verification"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(house: House, verification: dict[str, Any], path: str) -> None:
    definition = {"name": "n", "endpoint": "e", "action": "point_add", "verification": verification}
    answer = house.call("POST", "/v1/shop/incoming-webhooks", definition)
    assert (answer.status, answer.paths) == (422, [path])


def test_map_verifies_again_with_the_time_of_then(house: House) -> None:
    house.webhook(verification={"type": "slack", "secrets": ["a slack secret"]})
    body, at = json.dumps(GOOD).encode(), str(int(time.time()))
    mac = hmac.new(b"a slack secret", b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={mac}"}
    assert house.post("points", body, headers).status == 200
    compiler = Compiler(house.log.configuration, house.keyring.open_text)
    hop = map_hop(house.topics, house.log.configuration, compiler, house.keyring.open)
    (logged,) = house.requests
    record = SourceRecord("t", 0, 0, 0, b"k", encode(logged))
    (made,) = hop.step([record], Moment(logged.received_at + 7 * 24 * 3_600_000))
    assert made.message.topic == house.topics.customer_events


def last_uses(house: House) -> list[str | None]:
    (shown,) = house.made("GET", "/v1/shop/incoming-webhooks")["items"]
    one = house.made("GET", f"/v1/shop/incoming-webhooks/{shown['id']}")
    assert one == shown
    return [each["last_used_at"] for each in one["verification"]["secrets"]]


def test_a_secret_says_when_it_last_verified_a_request(house: House) -> None:
    house.webhook(verification=GITHUB | {"secrets": ["the-first-secret-of-all", "the-second-secret-of-all"]})
    assert last_uses(house) == [None, None], "there is no store yet"
    fold(house)
    assert last_uses(house) == [None, None]
    assert send(house, "the-first-secret-of-all").status == 200
    assert send(house, "the-second-secret-of-all").status == 200
    assert send(house, "the-second-secret-of-all", b"{").status == 400
    assert send(house, "another secret").status == 401
    fold(house)
    times = [iso(each.received_at) for each in house.requests]
    assert last_uses(house) == [times[0], times[2]]
