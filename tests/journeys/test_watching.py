"""Watching a running Hookline: figures of every role, status, health of a site, notices, and a trace handed on."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from tests.journeys.conftest import MakeHookline
from tests.journeys.hookline import ROLES, Hookline
from tests.journeys.receiver import Receiver
from tests.journeys.shop import Shop
from tests.waiting import eventually, free_port

pytestmark = pytest.mark.journey
NOTICES = Path(__file__).parents[2] / "examples/notifications.yaml"
PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Figures:
    """What the roles show."""

    def __init__(self, hookline: Hookline) -> None:
        self.urls = {"gateway": f"{hookline.url}/metrics"}
        for role in ROLES[1:]:
            listen = f"127.0.0.1:{free_port()}"
            hookline.start_role(role, metrics_listen=listen)
            self.urls[role] = f"http://{listen}/metrics"

    def value(self, role: str, name: str, /, **labels: str) -> float | None:
        """One figure as it is now; None where there is none."""
        with urlopen(self.urls[role], timeout=60) as response:  # noqa: S310 - of the test's own making
            families = text_string_to_metric_families(response.read().decode())
        samples = [each for family in families for each in family.samples]
        found = [each.value for each in samples if each.name == name and labels.items() <= each.labels.items()]
        return found[0] if found else None


def apply_notices(hookline: Hookline, url: str) -> None:
    asked = YAML(typ="safe").load(NOTICES.read_text("utf-8").replace("${NOTICES_URL}", url))
    account = asked.pop("account")
    hookline.api.call("PUT", f"/v1/{account}/configuration", asked)


def test_every_role_is_watched_and_what_goes_wrong_is_told(make_hookline: MakeHookline, receiver: Receiver) -> None:
    hookline = make_hookline(trace_context="true", notify_account="hookline-notices", notify_failed="1")
    hookline.start("gateway")
    figures = Figures(hookline)
    shop = Shop(hookline)
    apply_notices(hookline, receiver.url("/notices"))
    shop.endpoint()
    shop.site("crm", receiver.url("/crm"))
    gone = shop.site("old", receiver.url("/old"), retry_delays=[])
    receiver.script("/old", 410)

    path, body = "/beta/webhooks/custom/shop/points", {"customer": "c-1", "points": 1}
    headers = {"content-type": "application/json", "traceparent": PARENT}
    with urlopen(Request(hookline.url + path, json.dumps(body).encode(), headers), timeout=60) as response:  # noqa: S310 - ours
        assert response.status == 200

    message = eventually(lambda: receiver.at("/crm"), what="the message arrives")[0]
    assert message.headers["traceparent"] == PARENT
    notice = eventually(
        lambda: [each.json for each in receiver.at("/notices") if each.json["action"] == "site_disabled"],
        within=60,
        what="the disabled site is told of",
    )[0]
    assert (notice["customer"], notice["data"]["site_name"], notice["data"]["by"]) == ("shop", "old", "courier")

    def counted() -> bool:
        wanted = (
            figures.value("gateway", "hookline_incoming_requests_total", outcome="accepted"),
            figures.value("streams", "hookline_hop_messages_total", hop="map"),
            figures.value("courier", "hookline_attempts_total", status="done"),
            figures.value("projector", "hookline_folded_records_total"),
        )
        return all(number is not None and number >= 1 for number in wanted)

    eventually(counted, what="every role has counted")
    eventually(
        lambda: figures.value("gateway", "hookline_lag_records", role="projector") == 0,
        within=60,
        what="no lag is left",
    )
    assert figures.value("gateway", "hookline_kafka_up") == 1

    def looked_after() -> bool:
        status = hookline.api.call("GET", "/v1/status")
        found = {role["role"]: (bool(role["members"]), role["lag"]) for role in status["roles"]}
        return found == dict.fromkeys(ROLES, (True, 0))

    eventually(
        looked_after, what=lambda: f"every role has its member and no lag: {hookline.api.call('GET', '/v1/status')}"
    )
    health = hookline.api.call("GET", f"/v1/shop/sites/{gone['id']}")["health"]
    assert health["disabled_reason"] == "it answered 410: gone"
    assert health["success_rate_1h"] == 0
    (failure,) = hookline.api.call("GET", "/v1/shop/stats/failures")["items"]
    assert (failure["site_name"], failure["response_code"], failure["count"]) == ("old", 410, 1)
    items = hookline.api.call("GET", "/v1/shop/stats/attempts")["items"]
    assert sum(item["count"] for item in items) == 2
