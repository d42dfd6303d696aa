"""Definitions, compiled: once a revision, secrets opened, the view made anew when the account changes."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.definitions.secrets import SEALED
from schemas.errors import SecretUnreadable
from schemas.records import EntityKind
from streams.core.filtering import Subject
from tests.streams.shop import ACCOUNT, SITE, SUBSCRIPTION, WEBHOOK, Shop

SECRET: dict[str, Any] = {
    "attribute": "headers.X-Token",
    "operator": "equals",
    "value": {SEALED: "v1.k.tekcos"},
    "secret": True,
}


def opened(text: str) -> str:
    return text.removeprefix("v1.k.")[::-1]


def test_an_account_that_is_not_there_has_no_view() -> None:
    assert Shop().compiler.account("other") is None


def test_a_view_is_kept_until_its_account_changes() -> None:
    shop = Shop()
    first = shop.compiler.account(ACCOUNT)
    assert shop.compiler.account(ACCOUNT) is first
    shop.put(EntityKind.SITE, "site_2", SITE | {"name": "second"})
    assert shop.compiler.account(ACCOUNT) is not first


def test_endpoints_list_their_webhooks_in_order_of_creation_without_archived_ones() -> None:
    shop = Shop()
    filters = {"attribute": "body.x", "operator": "exists"}
    shop.put(EntityKind.INCOMING_WEBHOOK, "wh_0", WEBHOOK | {"name": "second", "filters": filters})
    shop.put(EntityKind.INCOMING_WEBHOOK, "wh_1", WEBHOOK | {"success_response": 1}, base_revision=1)
    view = shop.compiler.account(ACCOUNT)
    assert view is not None
    assert [found.entity.id for found in view.endpoints["points"]] == ["wh_1", "wh_0"]
    shop.put(EntityKind.INCOMING_WEBHOOK, "wh_1", WEBHOOK | {"state": "archived"}, base_revision=2)
    view = shop.compiler.account(ACCOUNT)
    assert view is not None
    assert [found.entity.id for found in view.endpoints["points"]] == ["wh_0"]


def test_a_revision_is_compiled_once_and_any_of_them_can_be_had() -> None:
    shop = Shop()
    first = shop.compiler.receiving(ACCOUNT, "wh_1", 1)
    shop.put(EntityKind.INCOMING_WEBHOOK, "wh_1", WEBHOOK | {"action": "refund"}, base_revision=1)
    second = shop.compiler.receiving(ACCOUNT, "wh_1", 2)
    assert first is not None
    assert second is not None
    assert shop.compiler.receiving(ACCOUNT, "wh_1", 1) is first
    assert (first.body["action"], second.body["action"]) == ("point_add", "refund")
    assert shop.compiler.receiving(ACCOUNT, "wh_1", 3) is None
    assert shop.compiler.receiving("other", "wh_1", 1) is None


def test_secrets_are_opened_for_the_filters_and_stay_sealed_in_the_body() -> None:
    shop = Shop(webhook={"filters": {"all": [SECRET]}}, open_sealed=opened)
    found = shop.compiler.receiving(ACCOUNT, "wh_1", 1)
    assert found is not None
    assert found.filters.failure(Subject({"headers": {"x-token": "socket"}})) is None
    assert found.secrets == {"headers.X-Token"}
    assert found.body["filters"]["all"][0]["value"] == {SEALED: "v1.k.tekcos"}


def test_a_key_that_is_missing_is_said() -> None:
    def missing(_: str) -> str:
        raise SecretUnreadable("no such key")

    with pytest.raises(SecretUnreadable):
        Shop(webhook={"filters": {"all": [SECRET]}}, open_sealed=missing).compiler.account(ACCOUNT)


def test_only_active_subscriptions_of_sites_that_are_not_archived_count() -> None:
    shop = Shop()
    more: dict[str, dict[str, Any]] = {
        "sub_2": {"active": False},
        "sub_3": {"site_id": "site_none"},
        "sub_4": {"actions": ["refund"], "path": "/x"},
    }
    for name, body in more.items():
        shop.put(EntityKind.SUBSCRIPTION, name, SUBSCRIPTION | {"name": name} | body)
    view = shop.compiler.account(ACCOUNT)
    assert view is not None
    assert [found.entity.id for found in view.subscriptions] == ["sub_1", "sub_4"]
    assert view.subscriptions[1].path == "/x"
    assert view.subscriptions[1].wants("refund")
    assert not view.subscriptions[1].wants("point_add")


def test_own_actions_with_their_number_fields() -> None:
    shop = Shop()
    shop.put(EntityKind.CUSTOM_ACTION, "act_1", {"name": "spin", "label": "Spin", "number_fields": ["turns"]})
    view = shop.compiler.account(ACCOUNT)
    assert view is not None
    assert view.custom_actions == {"spin": {"turns"}}


def test_a_view_of_an_earlier_offset_has_the_custom_actions_of_then() -> None:
    shop = Shop()
    action = {"name": "review", "label": "Review", "number_fields": ["stars"]}
    shop.put(EntityKind.CUSTOM_ACTION, "review", action)
    then = shop.configuration.offset
    shop.put(EntityKind.CUSTOM_ACTION, "review", action | {"number_fields": ["stars", "words"]}, 1)
    now = shop.compiler.account(ACCOUNT)
    before = shop.compiler.account_as_of(ACCOUNT, then)
    assert now is not None
    assert before is not None
    assert now.custom_actions == {"review": frozenset({"stars", "words"})}
    assert before.custom_actions == {"review": frozenset({"stars"})}
    assert shop.compiler.account_as_of(ACCOUNT, shop.configuration.offset) is now


def test_a_view_says_under_which_offset_it_decides() -> None:
    shop = Shop()
    first = shop.compiler.account(ACCOUNT)
    assert first is not None
    assert first.offset == shop.configuration.offset
    shop.put(EntityKind.SITE, "site_2", SITE | {"name": "second"})
    second = shop.compiler.account(ACCOUNT)
    assert second is not None
    assert second.offset == shop.configuration.offset > first.offset
