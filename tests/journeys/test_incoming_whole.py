"""Incoming webhooks whole, on real roles: nothing secret in clear, copies over a kill, runs again, new keys."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.client import Refused
from tests.broker import Broker
from tests.journeys.conftest import MakeHookline
from tests.journeys.hookline import Hookline
from tests.journeys.shop import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.journey


def post(hookline: Hookline, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    host, _, port = hookline.settings.listen.rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    try:
        connection.request(
            "POST", f"/webhooks/custom/shop/{path}", body, {"content-type": "application/json"} | headers
        )
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def files_with(folder: Path, secrets: list[bytes]) -> Iterator[str]:
    """Every file below a folder in which one of the secrets stands."""
    for place, _, names in os.walk(folder):  # passes over what vanishes: Kafka deletes topics of other tests
        for name in names:
            try:
                content = Path(place, name).read_bytes()
            except FileNotFoundError:
                continue
            if any(secret in content for secret in secrets):
                yield name


def logged(hookline: Hookline, count: int) -> list[Any]:
    def rows() -> list[Any]:
        try:
            found = hookline.items("/v1/shop/incoming-log")
        except Refused:  # there is no store yet
            return []
        return found if len(found) >= count else []

    return eventually(rows, within=60, what=f"{count} requests are in the log")


def accepted(hookline: Hookline) -> list[Any]:
    return hookline.items("/v1/shop/incoming-log", outcome="accepted")


def test_no_secret_of_a_request_or_a_definition_is_anywhere_in_clear(hookline: Hookline, broker: Broker) -> None:
    names = ("header", "query", "body", "key", "signature", "wrong")
    secret = {name: f"{name}-{uuid.uuid4().hex}" for name in names}
    hookline.start()
    shop = Shop(hookline)

    def criterion(attribute: str, value: str) -> dict[str, Any]:
        return {"attribute": attribute, "operator": "equals", "value": value, "secret": True}

    filters = [criterion("headers.X-Till", secret["header"]), criterion("query.pass", secret["query"])]
    made = shop.endpoint(
        filters={"all": [*filters, criterion("body.pass", secret["body"])]},
        verification={"type": "hmac", "header": "X-Seal", "secrets": [secret["key"]]},
        deduplicate={"attribute": "body.pass"},
    )
    body = json.dumps({"customer": "c-1", "points": 3, "pass": secret["body"]}).encode()
    seal = hmac.new(secret["key"].encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Till": secret["header"], "X-Seal": seal}
    path = f"points?pass={secret['query']}"
    statuses = [
        post(hookline, path, body, headers)[0],
        post(hookline, path, body, headers)[0],
        post(hookline, path, body, headers | {"X-Seal": secret["signature"]})[0],
        post(hookline, f"points?pass={secret['wrong']}", body, headers)[0],
    ]
    assert statuses == [200, 200, 401, 403]
    rows = logged(hookline, 4)
    assert sorted(row["outcome"] for row in rows) == ["accepted", "duplicate", "filtered", "unverified"]
    eventually(lambda: hookline.items("/v1/shop/events"), within=60, what="the event is there")

    base = f"/v1/shop/incoming-webhooks/{made['id']}"
    told = [hookline.api.call("GET", f"/v1/shop/incoming-log/{row['id']}") for row in rows]
    told += [hookline.api.call("GET", path) for path in (base, f"{base}/revisions", "/v1/shop/configuration")]
    told += [hookline.api.call("POST", f"{base}/dry-run", {"request_id": row["id"]}) for row in rows]
    told.append(hookline.api.call("POST", f"{base}/dry-run", {"last": 10}))
    secrets = [text.encode() for text in (*secret.values(), seal)]
    assert not [text for text in secrets if text in json.dumps(told).encode()]
    topics = [topic.name for topic in hookline.topics.catalogue]
    written = b"".join(message.value() or b"" for message in hookline.messages(*topics))
    assert not [text for text in secrets if text in written]
    for role in list(hookline.processes):
        hookline.stop(role)
    assert list(files_with(hookline.folder, secrets)) == []
    assert [name for name in files_with(broker.folder, secrets) if name.endswith(".log")] == []


def test_copies_are_one_event_over_a_kill_of_the_gateway_and_without_the_store(hookline: Hookline) -> None:
    hookline.start("gateway", "streams")  # no projector: the store is never there
    Shop(hookline).endpoint(deduplicate={"attribute": "headers.X-Request-Id", "window": "1h"})
    body = json.dumps({"customer": "c-1", "points": 1}).encode()

    def send(_: int) -> tuple[int, bytes]:
        return post(hookline, "points", body, {"X-Request-Id": "order-1"})

    with ThreadPoolExecutor(40) as pool:
        first = set(pool.map(send, range(200)))
    assert len(first) == 1
    hookline.kill("gateway")
    hookline.start_role("gateway")
    eventually(hookline.is_ready, what="the gateway is back")
    assert {send(0)} == first
    hookline.start_role("projector")
    rows = logged(hookline, 201)
    assert [row["outcome"] for row in rows].count("accepted") == 1
    events = eventually(lambda: hookline.items("/v1/shop/events"), within=60, what="the event is there")
    assert [event["id"] for event in events] == [json.loads(next(iter(first))[1])["event_id"]]
    hookline.kill("gateway")  # now the store knows it, and the memory does not
    hookline.start_role("gateway")
    eventually(hookline.is_ready, what="the gateway is back")
    assert {send(0)} == first


def test_what_failed_is_repaired_with_dry_runs_and_run_again(hookline: Hookline) -> None:
    hookline.start("gateway", "streams", "projector")
    made = Shop(hookline).endpoint()
    for number in range(3):
        body = json.dumps({"clientID": f"c-{number}", "points": number}).encode()
        assert post(hookline, "points", body, {})[0] == 422
    rows = logged(hookline, 3)
    base = f"/v1/shop/incoming-webhooks/{made['id']}"
    mapping = [{"from": "clientID", "to": "customer"}, {"from": "points", "to": "data.points"}]
    repaired = {**made, "mapping": mapping}
    history = hookline.api.call("POST", f"{base}/dry-run", {"definition": repaired, "last": 1000})
    assert (history["passed_before"], history["passed_after"], history["changed_count"]) == (0, 3, 3)
    hookline.api.call("PUT", base, repaired)
    done = hookline.command("reprocess", "--outcome", "invalid", "--yes", "--account", "shop")
    assert done.returncode == 0, done.stderr
    assert b"would be: 3 accepted" in done.stdout
    events = eventually(
        lambda: found if len(found := hookline.items("/v1/shop/events")) == 3 else [], within=60, what="3 events"
    )
    assert {event["customer"] for event in events} == {"c-0", "c-1", "c-2"}
    again = eventually(lambda: found if len(found := accepted(hookline)) == 3 else [], what="3 rows of their own")
    assert {row["reprocessed_request_id"] for row in again} == {row["id"] for row in rows}


def test_secrets_move_to_the_newest_key(make_hookline: MakeHookline) -> None:
    hookline = make_hookline()
    hookline.start("gateway")
    shop = Shop(hookline)
    shop.endpoint(verification={"type": "github", "secrets": ["a-secret-of-github"]})
    newer = {"secret_key": "a newer secret key", "secret_keys": "the secret key of a test"}
    hookline.variables |= {f"HOOKLINE_{name.upper()}": value for name, value in newer.items()}
    hookline.kill("gateway")
    hookline.start_role("gateway")
    eventually(hookline.is_ready, what="the gateway is back")
    assert hookline.command("secrets", "rekey").stdout == b"1 encrypted anew\n"
    assert hookline.command("secrets", "rekey").stdout == b"all is encrypted with the newest key\n"
    body = b'{"customer": "c-1"}'
    seal = "sha256=" + hmac.new(b"a-secret-of-github", body, hashlib.sha256).hexdigest()
    assert post(hookline, "points", body, {"X-Hub-Signature-256": seal})[0] == 200
    (webhook,) = hookline.items("/v1/shop/incoming-webhooks")
    assert webhook["revision"] == 3
