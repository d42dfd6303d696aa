"""Hookline's own events: what is said, that it is said once, and that nobody is told who does not want to be."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from gateway.notices.notifier import Notifier
from gateway.notices.saying import ACTIONS
from schemas.json_text import parse
from schemas.records import AttemptStatus, CustomerEvent, Operation, OperationKind
from schemas.settings import Settings
from tests.gateway.folded import fold
from tests.gateway.house import House
from tests.projections.records import a_message, an_attempt

NOW = time.time_ns() // 1_000_000
SITE = {"name": "crm", "url": "https://crm.example/hooks", "state": "active"}


class Telling:
    """A notifier of a house, looked at by hand."""

    def __init__(self, house: House, **settings: Any) -> None:
        self.house, self.lag = house, {"streams": 0}
        chosen: dict[str, Any] = {"notify_account": "notices", "notify_failed": 3, "notify_lag": 100} | settings
        self.notifier = Notifier(
            Settings.model_validate({"data_dir": house.settings.data_dir, **chosen}),
            configuration=house.log.configuration,
            reader=house.reader,
            writer=house.log,
            lags=self._lags,
            now=lambda: NOW,
        )

    async def _lags(self) -> dict[str, int]:
        return self.lag

    def look(self) -> list[CustomerEvent]:
        """What has been said so far."""
        asyncio.run_coroutine_threadsafe(self.notifier.look(), self.house._loop).result(60)
        events: list[CustomerEvent] = self.house.log.records(self.house.topics.customer_events)
        return events

    def told(self) -> list[tuple[str, str]]:
        return [(each.action, each.customer) for each in self.look()]


@pytest.fixture
def telling(house: House) -> Telling:
    house.made("PUT", "/v1/accounts/notices")
    for action in ACTIONS:
        house.made("POST", "/v1/notices/custom-actions", {"name": action, "label": action})
    fold(house)
    return Telling(house)


def data(event: CustomerEvent) -> Any:
    return parse(event.data.encode())


def a_site(house: House, account: str = "shop") -> str:
    made: str = house.made("POST", f"/v1/{account}/sites", SITE)["id"]
    return made


def breaker(site: str, state: str, at: int = NOW) -> Operation:
    body = f'{{"site_id":"{site}","site_name":"crm","state":"{state}","reason":"10 failures in a row"}}'
    kind = OperationKind.BREAKER
    return Operation(id=f"brk_{site}.one", kind=kind, account="shop", at=at, author="courier", body=body)


def test_a_site_that_is_disabled_is_told_once(telling: Telling, house: House) -> None:
    site = a_site(house)
    assert telling.told() == []
    house.made("POST", f"/v1/shop/sites/{site}/disable")
    (event,) = telling.look()
    assert (event.account, event.customer, event.action) == ("notices", "shop", "site_disabled")
    assert data(event)["site_name"] == "crm"
    assert data(event)["by"] == "operator"
    assert telling.look() == [event]


def test_another_gateway_says_the_same_again_under_the_same_id(telling: Telling, house: House) -> None:
    house.made("POST", f"/v1/shop/sites/{a_site(house)}/disable")
    (event,) = telling.look()
    again = Telling(house).look()
    assert [each.id for each in again] == [event.id, event.id]


def test_breakers_are_told_when_they_open_and_close_and_not_of_long_ago(telling: Telling) -> None:
    for each in (breaker("s", "open"), breaker("s", "probing", NOW + 1), breaker("s", "closed", NOW + 2)):
        telling.notifier.take(each)
    telling.notifier.take(breaker("s", "open", NOW - 2 * 3_600_000))
    assert [data(event)["state"] for event in telling.look()] == ["open", "closed"]


def test_messages_that_failed_for_good_are_told_from_a_number_on(telling: Telling, house: House) -> None:
    site = a_site(house)
    failed = [
        an_attempt(delivery_id=f"dlv_{n}", site_id=site, created_at=NOW, status=AttemptStatus.FAILED, response_code=500)
        for n in range(3)
    ]
    fold(house, a_message(failed[0]), a_message(failed[1], offset=1))
    assert telling.told() == []
    fold(house, *(a_message(each, offset=n) for n, each in enumerate(failed)))
    (event,) = telling.look()
    assert (event.action, data(event)["at_least"], data(event)["site_name"]) == ("messages_failed", 3, "crm")
    assert len(telling.look()) == 1


def test_a_role_that_is_behind_at_two_looks_is_told(telling: Telling) -> None:
    telling.lag = {"streams": 500, "courier": 3}
    assert telling.told() == []
    assert telling.told() == [("role_behind", "streams")]


def test_nothing_is_said_of_the_account_of_notices_itself(telling: Telling, house: House) -> None:
    house.made("POST", f"/v1/notices/sites/{a_site(house, 'notices')}/disable")
    assert telling.told() == []


def test_an_action_that_the_account_does_not_have_is_not_said(telling: Telling, house: House) -> None:
    house.made("DELETE", "/v1/notices/custom-actions/site_disabled")
    house.made("POST", f"/v1/shop/sites/{a_site(house)}/disable")
    assert telling.told() == []


def test_without_a_store_the_rest_is_said(house: House) -> None:
    house.made("PUT", "/v1/accounts/notices")
    house.made("POST", "/v1/notices/custom-actions", {"name": "site_disabled", "label": "x"})
    house.made("POST", f"/v1/shop/sites/{a_site(house)}/disable")
    assert Telling(house).told() == [("site_disabled", "shop")]


def test_the_example_has_every_action_and_can_be_applied(house: House) -> None:
    text = (Path(__file__).parents[2] / "examples/notifications.yaml").read_text("utf-8")
    asked = YAML(typ="safe").load(text.replace("${NOTICES_URL}", "https://ops.example/hooks"))
    assert {each["name"] for each in asked["custom_actions"]} == set(ACTIONS)
    account = asked.pop("account")
    house.made("PUT", f"/v1/{account}/configuration", asked)
    assert Telling(house, notify_account=account).notifier._wanted("site_disabled")
