"""Every field of a site and of a subscription with everything that it cannot be: named, told what to do, not saved."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.definitions import Site, Subscription
from tests.gateway.house import House

SITES, SUBSCRIPTIONS = "/v1/shop/sites", "/v1/shop/subscriptions"
PLAIN = {"name": "crm", "url": "https://crm.example/hooks"}
KEYS = {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "wJalrXUtnFEMI"}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TYPES: dict[str, dict[str, Any]] = {
    "basic": {"username": "till", "password": "s3cret"},
    "aws": {"region": "eu", "service": "s", "algorithm_prefix": "EMS", "vendor_key": "EMS", **KEYS},
    "aws_s3": {"region": "eu", "service": "s3", "filename": "{id}", **KEYS},
    "standard_webhooks": {"secrets": [SECRET]},
}
LINES = ["a\r\nX-Evil: 1", "a\nb", "a\x00b", "a\x1b[31m", "a\x7f", "a\u2028b"]
NO_TEXT = [7, 1.5, True, [], ["x"], {}, {"$sealed": "v1.x.y"}]
NO_NUMBER = ["5", "", "x", True, [], {}]
NO_LIST = ["", "x", 7, True, {}, {"0": "x"}]
BLANK = ["", " ", "\t"]
SITE: dict[str, list[Any]] = {
    "name": [None, *BLANK, *NO_TEXT, *LINES, "x" * 201],
    "url": [None, *BLANK, *NO_TEXT, *[f"https://crm.example/{each}" for each in LINES], "x", "//h/", "javascript:1",
            "file:///etc/passwd", "gopher://h/", "https://crm.example/" + "x" * 2048, "https://h:0/", "https://h:65536/"],
    "state": [*BLANK, *NO_TEXT, "archived", "Active", "enabled"],
    "timeout_seconds": [0, -1, 61, 60.001, 1e308, "5", " ", "x", True, [], {}],
    "content_type": [None, *BLANK, *NO_TEXT, "xml", "application/json", "JSON"],
    "proxy": [None, *BLANK, *NO_TEXT, "socks5://h:1", "http://h", "static"],
    "parallel": [None, 0, -1, 1001, 1.5, 10**30, *NO_NUMBER],
    "ordering": [None, *BLANK, *NO_TEXT, "fifo", "strict"],
    "retry_delays": [*NO_LIST, ["11s"], ["10s", None], [10], ["-10s"], ["0s"], ["10"], ["soon"], [["10s"]],
                     ["10s"] * 21],
    "authentication": [None, *BLANK, *NO_TEXT, "basic", {"type": "oauth2"}, {"type": None}],
}  # fmt: skip
AUTHENTICATION: dict[str, dict[str, list[Any]]] = {
    "basic": {
        "username": [None, "", *NO_TEXT, *LINES[:5], "a:b", ":", "x" * 257],
        "password": [None, "", *NO_TEXT, *LINES[:5], "x" * 1025, "••••"],
    },
    "aws": {
        "region": [None, *BLANK, *NO_TEXT, *LINES, "eu/west", "é", "x" * 65],
        "service": [None, *BLANK, *NO_TEXT, *LINES, "a b", "x" * 65],
        "access_key_id": [None, *BLANK, *NO_TEXT, *LINES, "a/b", "a,b", "a=b", "é", " a", "x" * 257],
        "secret_access_key": [None, *BLANK, *NO_TEXT, *LINES[:5], " a", "x" * 1025, "••••"],
        "algorithm_prefix": [" ", *NO_TEXT, *LINES, "E-M-S", "x" * 33],
        "vendor_key": [" ", *NO_TEXT, *LINES, "a b", "a/b", "x" * 65],
    },
    "aws_s3": {
        "region": [" ", *NO_TEXT, *LINES, "eu/west"],
        "service": [" ", *NO_TEXT, *LINES, "a b"],
        "access_key_id": [None, *BLANK, *NO_TEXT, *LINES],
        "secret_access_key": [None, *BLANK, *NO_TEXT, *LINES[:5]],
        "filename": [*NO_TEXT, *LINES, "{nope}", "{", "}", "{}", "{data}", "{date:%Q}", "{date:}", "{ID}",
                     "/a", "a/", "a//b", "..", "a/../b", "x" * 513],
    },
    "standard_webhooks": {
        "secrets": [None, *NO_LIST, [], [None], [7], [""], ["short"], ["whsec_"], ["whsec_!"], [SECRET.upper()],
                    [SECRET + "\n"], [SECRET, SECRET], ["••••"], [{"id": "sec_nobody"}], [{}], [SECRET[6:]]],
    },
}  # fmt: skip
SUBSCRIPTION: dict[str, list[Any]] = {
    "name": SITE["name"],
    "site_id": [None, *BLANK, *NO_TEXT, *LINES, "site_nobody", "x" * 10_000],
    "actions": [None, *NO_LIST, [], [None], [7], [""], ["no_such"], ["point_add,checkout"], ["POINT_ADD"],
                ["point_add\n"], ["**"], ["point_add"] * 1001],
    "condition": ["", "x", 7, True, [], {}, {"all": []}, {"attribute": "body.x", "operator": "exists"},
                  {"attribute": "data.x", "operator": "is"},
                  {"attribute": "data.x", "operator": "matches", "value": "("},
                  {"all": [{"any": [{"attribute": "data..x", "operator": "exists"}]}]}],
    "path": ["", " ", *NO_TEXT, *[f"/{each}" for each in LINES], "x", "/a b", "/a?b", "/a#b", "/é", "/{nope}",
             "/{data}", "/{", "/}", "/" + "x" * 2048],
    "active": [None, "", "yes", 1, 0, [], {}],
}  # fmt: skip


def refused(house: House, path: str, body: dict[str, Any], field: str) -> None:
    """That the API says no, where, and what to do; by itself and in a file; and that nothing is there afterwards."""
    before = house.call("GET", "/v1/shop/configuration").body
    answer = house.call("POST", path, body)
    assert answer.status == 422, (body, answer.body)
    assert all(found == field or found.startswith(f"{field}.") for found in answer.paths), answer.paths
    assert all(len(error["message"]) > 5 for error in answer.json["errors"])
    kind = path.rpartition("/")[2]
    whole = house.call("PUT", "/v1/shop/configuration", {kind: [body]})
    assert whole.status == 422
    assert all(found.startswith(f"{kind}.0") for found in whole.paths), whole.paths
    assert house.call("GET", "/v1/shop/configuration").body == before


def test_every_field_is_among_them() -> None:
    assert set(SITE) == set(Site.model_fields)
    assert set(SUBSCRIPTION) == set(Subscription.model_fields)
    assert {kind: set(fields) for kind, fields in AUTHENTICATION.items()} == {
        kind: set(fields) for kind, fields in TYPES.items()
    }


@pytest.mark.parametrize("field", SITE)
def test_a_site_is_refused_by_the_field_that_is_wrong(house: House, field: str) -> None:
    for value in SITE[field]:
        refused(house, SITES, PLAIN | {field: value}, field)


@pytest.mark.parametrize("kind", AUTHENTICATION)
def test_an_authentication_is_refused_by_the_field_that_is_wrong(house: House, kind: str) -> None:
    for field, values in AUTHENTICATION[kind].items():
        for value in values:
            authentication = {"type": kind} | TYPES[kind] | {field: value}
            refused(house, SITES, PLAIN | {"authentication": authentication}, f"authentication.{field}")


@pytest.mark.parametrize("field", SUBSCRIPTION)
def test_a_subscription_is_refused_by_the_field_that_is_wrong(house: House, field: str) -> None:
    site = house.made("POST", SITES, PLAIN)
    for value in SUBSCRIPTION[field]:
        body = {"name": "all", "site_id": site["id"], "actions": ["*"]} | {field: value}
        refused(house, SUBSCRIPTIONS, body, field)
