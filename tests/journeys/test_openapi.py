"""Whatever the OpenAPI document allows, and what it forbids, is answered as it says by a whole Hookline: no 5xx."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from gateway.cli.client import NotReached, Refused
from tests.journeys.hookline import OPERATOR_KEY, Hookline
from tests.journeys.receiver import Receiver
from tests.journeys.shop import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.journey
EXAMPLES = 2  # of each operation, in each mode, a round
ROUNDS = 4  # the first is always whole; the others as far as time goes
ENOUGH = 15.0  # seconds
PASSED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
LONGEST = 2000  # characters of a URL; what HTTP itself refuses has another body
STREAM = "text/event-stream"  # never ends, and is not asked for here
GIVEN = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def lived_in(hookline: Hookline, receiver: Receiver) -> None:
    """Something of every kind: definitions, requests, events, messages that are done, that failed, that wait."""
    shop, call = Shop(hookline), hookline.api.call
    shop.endpoint(filters={"all": [{"attribute": "body.customer", "operator": "exists"}]})
    secrets = {"type": "standard_webhooks", "secrets": ["whsec_" + "A" * 32]}
    shop.site("good", receiver.url("/good"), authentication=secrets)
    shop.site("bad", receiver.url("/bad"), retry_delays=[])
    shop.site("resting", receiver.url("/resting"), state="inactive")
    receiver.script("/bad", 500)
    call("POST", "/v1/shop/custom-actions", {"name": "stamp", "label": "Stamp", "number_fields": ["n"]})
    call("POST", "/v1/accounts/shop/keys", {"name": "till", "scope": "read"})
    for number in range(3):
        hookline.post("shop", "points", {"customer": "c-1", "points": number})
    hookline.post("shop", "points", {"nothing": 1})
    eventually(lambda: len(shop.log(status="failed")) >= 3, what="what fails has failed")
    eventually(lambda: len(hookline.items("/v1/shop/queue")) >= 3, what="what waits is in the queue")
    counted = call("POST", "/v1/shop/resends", {"filter": {"status": "failed"}, "dry_run": True})
    call("POST", "/v1/shop/resends", {"token": counted["token"]})


class Known:
    """What stands for the parameters of a path: things that there are."""

    def __init__(self, hookline: Hookline) -> None:
        self._hookline = hookline
        sites = self._items("/v1/shop/sites")
        secrets = [each["id"] for site in sites for each in site["authentication"].get("secrets", ())]
        deliveries = self._fields("/v1/shop/webhook-log", "delivery_id")
        self._by_name = {
            "account": ["shop"],
            "endpoint": ["points"],
            "customer": ["c-1"],
            "n": ["1", "2"],
            "delivery_id": deliveries,
            "secret_id": secrets,
        }
        self._deliveries = deliveries

    def values(self, path: str, name: str) -> list[str]:
        """Values of one parameter; none: whatever is drawn."""
        if name in self._by_name:
            return self._by_name[name]
        if "/deliveries/" in path:
            return self._deliveries
        return self._fields(path.partition(f"/{{{name}}}")[0].replace("{account}", "shop"), name)

    def _fields(self, listing: str, name: str) -> list[str]:
        return sorted({str(each[name]) for each in self._items(listing) if name in each})

    def _items(self, listing: str) -> list[Any]:
        try:
            found: list[Any] = self._hookline.api.call("GET", listing, query={"limit": "20"})["items"]
        except (Refused, NotReached, KeyError, TypeError):
            return []  # what has no list is named at random
        return found


def operations(hookline: Hookline) -> Iterator[Any]:
    schema = schemathesis.openapi.from_url(f"{hookline.url}/openapi.json")
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        if STREAM not in json.dumps(operation.definition.raw["responses"]):
            yield operation


def asking(hookline: Hookline, operation: Any, mode: GenerationMode, number: int) -> Callable[[], None]:
    """A property: whatever this operation is sent, its answer is one of the document's."""
    checks = CHECKS.get_by_names(PASSED)
    known = Known(hookline)
    names = [each.name for each in operation.path_parameters]
    values = {name: known.values(operation.path, name) for name in names}
    headers = {"Authorization": f"Bearer {OPERATOR_KEY}"}

    @seed(number)
    @GIVEN
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def ask(case: Any, data: st.DataObject) -> None:
        for name, there in values.items():
            case.path_parameters[name] = data.draw(st.sampled_from([*there, case.path_parameters[name]]), name)
        asked = case.as_transport_kwargs(base_url=hookline.url)
        assume(len(requests.Request("GET", asked["url"], params=asked["params"]).prepare().url or "") < LONGEST)
        case.call_and_validate(base_url=hookline.url, headers=headers, checks=checks, timeout=60, allow_redirects=False)

    return ask


def rounds(hookline: Hookline) -> Iterator[tuple[int, Any, GenerationMode]]:
    """What is asked, in its order: a number, an operation and whether by the document or against it."""
    every, until = list(operations(hookline)), time.monotonic() + ENOUGH
    for number, operation, mode in itertools.product(range(ROUNDS), every, GenerationMode):
        if number and time.monotonic() > until:
            return
        yield number, operation, mode


@pytest.mark.timeout(600)
def test_every_operation_answers_as_the_document_says(hookline: Hookline, receiver: Receiver) -> None:
    hookline.start()
    lived_in(hookline, receiver)
    load_all_checks()
    wrong: dict[str, str] = {}
    for number, operation, mode in rounds(hookline):
        try:
            asking(hookline, operation, mode, number)()
        except (FailureGroup, requests.RequestException) as failure:
            wrong[f"{operation.label} ({mode.value})"] = str(failure)[:1500]
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, operation.label  # nothing about it can be wrong
    assert not wrong, "\n\n".join(f"{label}\n{text}" for label, text in wrong.items())
    for role, process in hookline.processes.items():
        assert process.poll() is None, hookline.log(role)
