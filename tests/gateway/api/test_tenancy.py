"""Every route of the OpenAPI document, every object, with a foreign key, a reading key and none.

Someone else's account or object answers exactly like a missing one. A route that is new has to be named here with an
object of its collection, or this fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from gateway.api import reprocessing
from schemas.records import AttemptStatus
from tests.gateway.configured import CONFIGURED
from tests.gateway.folded import fold
from tests.gateway.house import OPERATOR, Answer, House
from tests.projections.records import a_delivery, a_message, a_rejected, a_request, an_attempt, an_event

OTHERS = "other"  # whose things are asked for
STREAMS = "text/event-stream"
NOWHERE = {
    "n": "1",
    "secret": "sec_nothing",
    "endpoint": "nothing",
}  # parameters inside of an object, and what stands for them

Step = tuple[str, str, dict[str, Any]]  # method, path of the document, its operation


@dataclass(frozen=True)
class Two:
    """Two accounts: keys of `shop`, and one of each kind of thing of `other`, by the collection's word."""

    house: House
    document: dict[str, Any]
    writes: str
    reads: str
    things: dict[str, str]

    def steps(self) -> Iterator[Step]:
        for path, methods in self.document["paths"].items():
            yield from ((method.upper(), path, operation) for method, operation in methods.items())

    def of_accounts(self) -> Iterator[Step]:
        """What is an account's own, and takes its key."""
        return (step for step in self.steps() if step[1].startswith("/v1/{account}/"))

    def ask(self, step: Step, account: str, key: str | None, *, missing: bool = False) -> Answer:
        """The step on the things of `other`, or on such as nobody has."""
        method, template, operation = step
        known = template.replace("{account}", account)
        path = re.sub(r"([\w-]+)/{(\w+)}", lambda m: f"{m[1]}/{self.thing(m[1], m[2], missing=missing)}", known)
        headers = {} if key is None else {"authorization": f"Bearer {key}"}
        if "requestBody" not in operation:
            return self.house.send(method, path, None, headers)
        return self.house.send(method, path, b"{}", headers | {"content-type": "application/json"})

    def thing(self, collection: str, parameter: str, *, missing: bool) -> str:
        if parameter in NOWHERE:
            return NOWHERE[parameter]
        found = self.things[collection]
        return f"{found.rpartition('_')[0]}_nothing" if missing else found


@pytest.fixture
def two(house: House, monkeypatch: pytest.MonkeyPatch) -> Two:
    monkeypatch.setattr(reprocessing, "AT_ONCE", 0)  # one request is a job
    house.made("PUT", "/v1/accounts/other")
    house.made("PUT", f"/v1/{OTHERS}/configuration", CONFIGURED)
    keys = {scope: house.made("POST", "/v1/accounts/shop/keys", {"name": scope, "scope": scope}) for scope in SCOPES}
    configured = {path: house.made("GET", f"/v1/{OTHERS}/{path}")["items"][0]["id"] for path in CONFIGURATION}
    mine: dict[str, Any] = {"account": OTHERS}
    site = {"site_id": configured["sites"], **mine}
    fold(
        house,
        a_message(an_event(**mine), offset=1),
        a_message(a_request(**mine), offset=1),
        a_message(a_delivery(**site), offset=1),
        a_message(an_attempt(status=AttemptStatus.FAILED, **site), offset=1),
        a_message(a_rejected(account=OTHERS), offset=1),
    )
    counted = house.made("POST", f"/v1/{OTHERS}/resends", {"filter": {"status": "failed"}, "dry_run": True})
    resend = house.made("POST", f"/v1/{OTHERS}/resends", {"token": counted["token"]})
    again = {"filter": {"outcome": "accepted"}, "include_accepted": True}
    job = house.made("POST", f"/v1/{OTHERS}/incoming-log/reprocess", again)
    logged = {
        "jobs": job["id"],
        "rejected": house.made("GET", f"/v1/{OTHERS}/rejected")["items"][0]["id"],
        "events": "evt_1",
        "incoming-log": "req_1",
        "webhook-log": house.made("GET", f"/v1/{OTHERS}/webhook-log")["items"][0]["id"],
        "deliveries": "dlv_1",
        "queue": "dlv_1",
        "customers": "c-1",
        "resends": resend["id"],
    }
    fold(house)
    document = house.send("GET", "/openapi.json").json
    keys_of = {"keys": house.made("POST", f"/v1/accounts/{OTHERS}/keys", {"name": "theirs"})["id"]}
    things = {**configured, **logged, **keys_of}
    return Two(house, document, keys["write"]["key"], keys["read"]["key"], things)


PUBLIC = {("GET", "/livez"), ("GET", "/readyz"), ("POST", "/v1/session")}
WRITES_NOTHING = {("POST", "/v1/{account}/sites/{id}/preview")}
SCOPES = ("write", "read")
CONFIGURATION = ("incoming-webhooks", "sites", "subscriptions", "custom-actions")


def test_another_account_answers_like_one_that_there_is_not(two: Two) -> None:
    for step in two.of_accounts():
        foreign, nobodys = two.ask(step, OTHERS, two.writes), two.ask(step, "nobody", two.writes)
        assert foreign.status == nobodys.status == 404, step[:2]
        assert foreign.body == nobodys.body, step[:2]


def test_anothers_thing_answers_like_one_that_there_is_not(two: Two) -> None:
    for step in two.of_accounts():
        if step[1].count("{") > 1:
            foreign, nobodys = two.ask(step, "shop", two.writes), two.ask(step, "shop", two.writes, missing=True)
            assert foreign.status == nobodys.status, step[:2]
            assert without_echo(foreign.body) == without_echo(nobodys.body), step[:2]
            if step[0] in {"GET", "DELETE"} and "customers" not in step[1]:
                assert foreign.status == 404, step[:2]


def without_echo(body: bytes) -> bytes:
    """An answer may repeat what was asked for."""
    return re.sub(rb"\w+_nothing", b"", body)


def test_the_things_are_there_for_their_own_account(two: Two) -> None:
    """Without this the two tests above would pass on an empty account."""
    for step in two.of_accounts():
        if step[0] == "GET" and STREAMS not in str(step[2]["responses"]):
            answer = two.ask(step, OTHERS, OPERATOR)
            assert answer.status in {200, 400}, (step[:2], answer.body)  # 400: it wants a parameter


def test_a_reading_key_changes_nothing(two: Two) -> None:
    for step in two.of_accounts():
        if step[0] != "GET" and step[:2] not in WRITES_NOTHING:
            answer = two.ask(step, "shop", two.reads, missing=True)
            assert (answer.status, b"may only read" in answer.body) == (403, True), step[:2]


def test_without_a_key_and_with_a_wrong_one_nothing_answers(two: Two) -> None:
    for step in two.steps():
        if step[:2] not in PUBLIC and not step[1].startswith("/beta/"):
            for key in (None, "hk_wrong"):
                assert two.ask(step, OTHERS, key).status == 401, step[:2]


def test_what_is_the_operators_takes_no_accounts_key(two: Two) -> None:
    operators = [step for step in two.steps() if re.match(r"/v1/(accounts|rejected|unknown-endpoints)", step[1])]
    assert len(operators) > 6
    for step in operators:
        for account in ("shop", OTHERS):
            assert two.ask(step, account, two.writes).status == 403, step[:2]
