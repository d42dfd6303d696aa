"""Definitions at the door: what is taken as it is, and for what is wrong the exact field and a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from schemas.definitions import Account, CustomAction, IncomingWebhook, Site, Subscription
from schemas.definitions.accounts import RESERVED_ACCOUNTS
from schemas.definitions.forms import PathsInvalid

WEBHOOK: dict[str, Any] = {"name": "Points", "endpoint": "points", "action": "point_add"}
SITE: dict[str, Any] = {"name": "crm", "url": "https://crm.example/hooks"}
SUBSCRIPTION: dict[str, Any] = {"name": "all", "site_id": "site_1", "actions": ["*"]}
EXISTS: dict[str, Any] = {"attribute": "body.x", "operator": "exists"}


def problems(model: type[BaseModel], body: dict[str, Any]) -> list[tuple[str, str]]:
    """Path and sentence of each problem; the problems inside a filter have paths of their own."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(body)
    found: list[tuple[str, str]] = []
    for error in caught.value.errors():
        path = ".".join(map(str, error["loc"]))
        cause = error.get("ctx", {}).get("error")
        if isinstance(cause, PathsInvalid):
            found += [(f"{path}.{inner}".rstrip("."), said) for inner, said in cause.problems]
        else:
            found.append((path, error["msg"]))
    return found


def test_a_webhook_needs_name_endpoint_and_action_and_has_defaults_for_the_rest() -> None:
    webhook = IncomingWebhook.model_validate(WEBHOOK)
    assert (webhook.method, webhook.state, webhook.filters, webhook.mapping) == ("POST", "inactive", None, [])
    assert (webhook.on_filtered, webhook.success_response) == ("reject", None)
    assert {path for path, _ in problems(IncomingWebhook, {})} == {"name", "endpoint", "action"}


def test_what_comes_out_goes_in_again() -> None:
    body = WEBHOOK | {
        "filters": {"all": [EXISTS, {"any": [{"attribute": "query.a", "operator": "in", "value": ["1", 2, True]}]}]},
        "mapping": [
            {"from": "a", "to": "customer", "replace": [{"value": 1, "with": None}]},
            {"to": "data.x", "default": [1, {"a": None}]},
        ],
        "success_response": {"ok": True},
        "error_response": "no",
    }
    out = json.loads(IncomingWebhook.model_validate(body).model_dump_json(by_alias=True))
    assert IncomingWebhook.model_validate(out) == IncomingWebhook.model_validate(body)
    assert out["mapping"][0]["replace"] == [{"value": 1, "with": None}]


@pytest.mark.parametrize(
    ("change", "path", "said"),
    [
        ({"name": ""}, "name", "at least 1"),
        ({"name": "   "}, "name", "at least 1"),
        ({"name": "x" * 201}, "name", "at most 200"),
        ({"name": "a\nb"}, "name", "cannot be printed"),
        ({"name": 7}, "name", "string"),
        ({"method": "GET"}, "method", "'POST' or 'PUT'"),
        ({"endpoint": "a/b"}, "endpoint", "pattern"),
        ({"endpoint": "points\n"}, "endpoint", "pattern"),
        ({"endpoint": ""}, "endpoint", "pattern"),
        ({"endpoint": "ä"}, "endpoint", "pattern"),
        ({"state": "on"}, "state", "'inactive', 'active' or 'archived'"),
        ({"on_filtered": "drop"}, "on_filtered", "'reject' or 'accept'"),
        ({"colour": 1}, "colour", "not permitted"),
        ({"success_response": "{'ok':true}"}, "success_response", '{"ok":true}'),
        ({"error_response": ' ["a"]'}, "error_response", '["a"]'),
        ({"error_response": "{broken"}, "error_response", "for example"),
        ({"mapping": [{"to": "customer"}]}, "mapping.0", "constant in `default`"),
        ({"mapping": [{"from": "a", "to": "action"}]}, "mapping.0.to", "is none of customer"),
        ({"mapping": [{"from": "a", "to": "data"}]}, "mapping.0.to", "is none of"),
        ({"mapping": [{"from": "a", "to": "data."}]}, "mapping.0.to", "is none of"),
        ({"mapping": [{"from": "a..b", "to": "id"}]}, "mapping.0.from", "no empty part"),
        ({"mapping": [{"from": "", "to": "id"}]}, "mapping.0.from", "1 to 512"),
        ({"mapping": [{"from": "a", "to": "id"}, {"from": "b", "to": "id"}]}, "mapping", "one place"),
        ({"mapping": [{"from": "a", "to": "data.x"}, {"from": "b", "to": "data.x.y"}]}, "mapping", "one place"),
        ({"mapping": [{"default": 1, "to": f"data.x{n}"} for n in range(1001)]}, "mapping", "at most 200"),
        ({"filters": {"all": []}}, "filters.all.all", "at least 1"),
        ({"filters": {"operator": "exists"}}, "filters.criterion.attribute", "required"),
        ({"filters": {"all": [EXISTS], "any": [EXISTS]}}, "filters.all.any", "not permitted"),
        ({"filters": EXISTS | {"operator": "is"}}, "filters.criterion.operator", "'exists'"),
        ({"filters": EXISTS | {"value": 1}}, "filters.criterion", "takes no value"),
        ({"filters": EXISTS | {"operator": "equals"}}, "filters.criterion", "takes a text, a number"),
        ({"filters": EXISTS | {"operator": "equals", "value": [1]}}, "filters.criterion", "takes a text, a number"),
        ({"filters": EXISTS | {"operator": "less_than", "value": "x"}}, "filters.criterion", "takes a number"),
        ({"filters": EXISTS | {"operator": "in", "value": []}}, "filters.criterion", "a list of at least one"),
        ({"filters": EXISTS | {"operator": "in", "value": "a"}}, "filters.criterion", "a list of at least one"),
        ({"filters": EXISTS | {"operator": "starts_with", "value": 1}}, "filters.criterion", "takes a text"),
        ({"filters": EXISTS | {"operator": "matches", "value": "("}}, "filters.criterion", "RE2"),
        ({"filters": EXISTS | {"operator": "matches", "value": r"(a)\1"}}, "filters.criterion", "RE2"),
        ({"filters": EXISTS | {"operator": "matches", "value": "a" * 1001}}, "filters.criterion", "at most 1000"),
        (
            {"filters": EXISTS | {"operator": "equals", "value": 1, "secret": True}},
            "filters.criterion",
            "secret value is text",
        ),
    ],
)
def test_a_wrong_webhook_is_told_where_and_why(change: dict[str, Any], path: str, said: str) -> None:
    ((found, sentence),) = problems(IncomingWebhook, WEBHOOK | change)
    assert found == path
    assert said in sentence


@pytest.mark.parametrize(
    ("attribute", "said"),
    [
        ("customer", "is none of headers.PATH, query.PATH, method, path, body.PATH"),
        ("body", "say which: body.PATH"),
        ("body.", "1 to 512"),
        ("body.a..b", "no empty part"),
        ("method.x", "method has no parts"),
        ("", "is none of"),
    ],
)
def test_a_wrong_attribute_is_told_by_its_place_in_the_tree(attribute: str, said: str) -> None:
    tree = {"all": [EXISTS, {"any": [EXISTS, EXISTS | {"attribute": attribute}]}]}
    ((path, sentence),) = problems(IncomingWebhook, WEBHOOK | {"filters": tree})
    assert path == "filters.all.1.any.1.attribute"
    assert said in sentence


def test_a_tree_is_bounded_in_size_and_depth() -> None:
    wide = {"all": [EXISTS] * 2001}
    deep: dict[str, Any] = EXISTS
    for _ in range(33):
        deep = {"all": [deep]}
    assert "at most 2000" in problems(IncomingWebhook, WEBHOOK | {"filters": wide})[0][1]
    assert "at most 32 deep" in problems(IncomingWebhook, WEBHOOK | {"filters": deep})[0][1]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("{'ok':true}", '{"ok":true}'),
        ("{'note':'it is true','n':null}", '{"note":"it is true","n":null}'),
        ("{'a': [1, False, None]}", '{"a":[1,false,null]}'),
        ('{"a": "it\'s null"}', '{"a":"it\'s null"}'),
        ('  {"a": 1} ', '{"a":1}'),
    ],
)
def test_a_text_that_looks_like_json_is_refused_with_what_was_meant(text: str, meant: str) -> None:
    ((_, sentence),) = problems(IncomingWebhook, WEBHOOK | {"success_response": text})
    assert sentence.endswith(f"give the JSON itself: {meant}")


@pytest.mark.parametrize("answer", [None, "thanks", "", 7, False, {"ok": True}, [], "a {text} with braces"])
def test_any_other_json_is_an_answer(answer: Any) -> None:
    assert IncomingWebhook.model_validate(WEBHOOK | {"success_response": answer}).success_response == answer


@pytest.mark.parametrize(
    "target", ["customer", "account", "id", "timestamp", "data.a", "data.a.b.0", "data.$x", "data.data"]
)
def test_every_target_of_a_mapping(target: str) -> None:
    IncomingWebhook.model_validate(WEBHOOK | {"mapping": [{"from": "body.a", "to": target}]})


def test_a_site_has_the_defaults_of_the_manuals() -> None:
    site = Site.model_validate(SITE)
    assert (site.state, site.timeout_seconds, site.content_type, site.proxy) == ("inactive", 1, "json", "direct")
    assert (site.parallel, site.ordering, site.retry_delays) == (1, "none", ["10s"] * 5)
    assert Site.model_validate(SITE | {"timeout_seconds": ""}).timeout_seconds == 1
    assert Site.model_validate(SITE | {"timeout_seconds": None}).timeout_seconds == 1


@pytest.mark.parametrize(
    ("change", "path", "said"),
    [
        ({"timeout_seconds": 0}, "timeout_seconds", "greater than 0"),
        ({"timeout_seconds": 60.1}, "timeout_seconds", "less than or equal to 60"),
        ({"timeout_seconds": "5"}, "timeout_seconds", "valid number"),
        ({"parallel": 0}, "parallel", "greater than or equal to 1"),
        ({"parallel": 1001}, "parallel", "less than or equal to 1000"),
        ({"parallel": 1.5}, "parallel", "integer"),
        ({"parallel": True}, "parallel", "integer"),
        ({"retry_delays": ["10"]}, "retry_delays.0", "is not a duration"),
        ({"retry_delays": ["10s"] * 21}, "retry_delays", "at most 20"),
        ({"url": "crm.example"}, "url", "https:// or http://"),
        ({"url": "ftp://crm.example"}, "url", "https:// or http://"),
        ({"url": "https://"}, "url", "names no host"),
        ({"url": "https://:443/"}, "url", "names no host"),
        ({"url": "https://crm.example:0/"}, "url", "port 0"),
        ({"url": "https://crm.example:99999/"}, "url", "not a URL"),
        ({"url": "https://crm.example:x/"}, "url", "not a URL"),
        ({"url": "https://u:p@crm.example/"}, "url", "use `authentication`"),
        ({"url": "https://u@crm.example/"}, "url", "use `authentication`"),
        ({"url": "https://crm.example/#a"}, "url", "#fragment"),
        ({"url": "https://crm.example/a b"}, "url", "printable ASCII"),
        ({"url": "https://crm.example/\r\nX: y"}, "url", "printable ASCII"),
        ({"url": "https://crm.exämple/"}, "url", "printable ASCII"),
        ({"url": "https://[::1/"}, "url", "not a URL"),
        ({"url": "https://crm.example/" + "x" * 2048}, "url", "2048"),
    ],
)
def test_a_wrong_site_is_told_where_and_why(change: dict[str, Any], path: str, said: str) -> None:
    ((found, sentence),) = problems(Site, SITE | change)
    assert found == path
    assert said in sentence


def test_delays_are_kept_in_their_largest_unit() -> None:
    assert Site.model_validate(SITE | {"retry_delays": ["60s", "90s", "3600s"]}).retry_delays == ["1m", "90s", "1h"]


@pytest.mark.parametrize(
    ("change", "path", "said"),
    [
        ({"site_id": ""}, "site_id", "at least 1"),
        ({"actions": []}, "actions", "at least 1"),
        ({"actions": "point_add"}, "actions", "list"),
        ({"active": "yes"}, "active", "boolean"),
        ({"path": "customers"}, "path", "begins with /"),
        ({"path": "/a?b=c"}, "path", "begins with /"),
        ({"path": "/a b"}, "path", "begins with /"),
        ({"path": "/ä"}, "path", "begins with /"),
        ({"path": "/{colour}"}, "path", "{colour} is none of"),
        ({"path": "/{data}"}, "path", "is none of"),
        ({"path": "/{data.}"}, "path", "is none of"),
        ({"path": "/{customer"}, "path", "has no }"),
        ({"path": "/{}"}, "path", "is none of"),
        ({"path": "/{{customer}}"}, "path", "has no }"),
        ({"condition": {"attribute": "body.x", "operator": "exists"}}, "condition.attribute", "is none of customer"),
        (
            {"condition": {"any": [{"attribute": "data", "operator": "exists"}]}},
            "condition.any.0.attribute",
            "data.PATH",
        ),
    ],
)
def test_a_wrong_subscription_is_told_where_and_why(change: dict[str, Any], path: str, said: str) -> None:
    ((found, sentence),) = problems(Subscription, SUBSCRIPTION | change)
    assert found == path
    assert said in sentence


def test_a_good_subscription_is_taken() -> None:
    condition = {"all": [{"attribute": "data.points", "operator": "greater_than", "value": 10}]}
    body = SUBSCRIPTION | {"path": "/x/{customer}/{data.a.0}", "condition": condition}
    assert Subscription.model_validate(body).active


@pytest.mark.parametrize("name", ["shop", "a", "0-9", "x" * 64])
def test_account_names(name: str) -> None:
    assert Account(account=name, created_at="").account == name


@pytest.mark.parametrize("name", ["", "Shop", "a_b", "a.b", "x" * 65, "ä", "shop\n", *sorted(RESERVED_ACCOUNTS)])
def test_names_that_no_account_can_have(name: str) -> None:
    assert problems(Account, {"account": name, "created_at": ""})[0][0] == "account"


@pytest.mark.parametrize("name", ["point_add", "birthday", "", "Spin", "1st", "a-b", "x" * 65])
def test_names_that_no_own_action_can_have(name: str) -> None:
    assert problems(CustomAction, {"name": name, "label": "x"})[0][0] == "name"


def test_errors_do_not_repeat_what_was_sent() -> None:
    criterion = EXISTS | {"operator": "less_than", "value": "t0psecret", "secret": True}
    with pytest.raises(ValidationError) as caught:
        IncomingWebhook.model_validate(WEBHOOK | {"filters": criterion})
    assert "t0psecret" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["all", "any", "attribute", "operator", "value", "to", "from"]), inner, max_size=3
        )
    ),
    max_leaves=10,
)


@given(st.sampled_from([IncomingWebhook, Site, Subscription, CustomAction]), st.data())
def test_any_json_is_a_definition_or_refused_and_nothing_else(model: type[BaseModel], data: st.DataObject) -> None:
    body = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(model.model_fields, JSON)))
    try:
        model.model_validate(body)
    except ValidationError:
        return
