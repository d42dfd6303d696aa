"""The OpenAPI document is valid, names every path, and answers have the shapes that it shows."""

from __future__ import annotations

import re
from typing import Any

from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.gateway.house import House

POINTS = {"name": "points", "endpoint": "points", "action": "point_add"}
SITE = {"name": "crm", "url": "https://crm.example/hooks"}


def test_the_document_is_valid(house: House) -> None:
    document = house.send("GET", "/openapi.json").json
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_path_of_the_application_is_in_it(house: House) -> None:
    document = house.send("GET", "/openapi.json").json
    resources = {resource.canonical for resource in house.app.router.resources()}
    hidden = {"/{path}", "/openapi.json", "/docs", "/metrics", "/webhooks/custom/{account}/{endpoint}"}
    hidden |= {"/", "/login", "/a/{path}", "/assets/{version}/{path}"}
    assert set(document["paths"]) == resources - hidden


def test_answers_have_the_shapes_that_it_shows(house: House) -> None:
    document = house.send("GET", "/openapi.json").json
    site = house.made("POST", "/v1/shop/sites", SITE)
    authentication = {"type": "standard_webhooks", "secrets": ["whsec_" + "A" * 32]}
    signed = house.made("POST", "/v1/shop/sites", SITE | {"name": "signed", "authentication": authentication})
    webhook = house.webhook(filters={"all": [{"attribute": "body.a", "operator": "in", "value": ["x"]}]})
    house.webhook(name="other", endpoint="taken")
    archived = house.webhook(active=False, name="old")["id"]
    house.made("POST", f"/v1/shop/incoming-webhooks/{archived}/archive")
    house.made("POST", "/v1/shop/subscriptions", {"name": "s", "site_id": site["id"], "actions": ["*"]})
    for method, path, body in (
        ("GET", "/v1/accounts", None),
        ("PUT", "/v1/accounts/shop", None),
        ("PUT", "/v1/accounts/another", None),
        ("POST", "/v1/accounts/shop/keys", {"name": "k"}),
        ("GET", "/v1/accounts/shop/keys", None),
        ("GET", "/v1/catalogue", None),
        ("GET", "/livez", None),
        ("GET", "/readyz", None),
        ("GET", "/v1/unknown-endpoints", None),
        ("GET", "/v1/shop/sites", None),
        ("GET", f"/v1/shop/sites/{site['id']}", None),
        ("GET", f"/v1/shop/sites/{signed['id']}", None),
        ("POST", f"/v1/shop/sites/{signed['id']}/secrets", None),
        ("PUT", f"/v1/shop/sites/{signed['id']}", signed | {"revision": 2}),
        ("POST", f"/v1/shop/sites/{site['id']}/enable", None),
        ("GET", f"/v1/shop/sites/{site['id']}/revisions", None),
        ("GET", "/v1/shop/subscriptions", None),
        ("GET", f"/v1/shop/incoming-webhooks/{webhook['id']}", None),
        ("GET", f"/v1/shop/incoming-webhooks/{webhook['id']}/revisions", None),
        ("GET", "/v1/shop/configuration", None),
        ("PUT", "/v1/shop/configuration", {}),
        ("POST", "/v1/shop/events", {"customer": "c", "action": "birthday"}),
        ("POST", "/v1/shop/events", {"events": [{"customer": "c", "action": "no"}]}),
        ("PUT", f"/v1/shop/incoming-webhooks/{webhook['id']}", POINTS | {"revision": 1}),
        ("PUT", f"/v1/shop/incoming-webhooks/{webhook['id']}", POINTS | {"revision": 2, "endpoint": "taken"}),
        ("POST", f"/v1/shop/incoming-webhooks/{archived}/activate", None),
        ("PUT", f"/v1/shop/incoming-webhooks/{archived}", POINTS | {"name": "old", "revision": 2}),
        ("POST", f"/v1/shop/incoming-webhooks/{webhook['id']}/archive", None),
        ("POST", "/v1/shop/sites", {"name": 1}),
        ("GET", "/v1/shop/sites/nothing", None),
    ):
        answer = house.call(method, path, body)
        schema = schema_of(document, method, path, answer.status, answer.headers["content-type"])
        Draft202012Validator({**schema, "components": document["components"]}).validate(answer.json)


def schema_of(document: dict[str, Any], method: str, path: str, status: int, content_type: str) -> dict[str, Any]:
    """The schema of one answer; the most literal path that fits."""
    fitting = [each for each in document["paths"] if re.fullmatch(re.sub(r"{\w+}", "[^/]+", each), path)]
    template = min(fitting, key=lambda each: each.count("{"))
    response = document["paths"][template][method.lower()]["responses"][str(status)]
    found: dict[str, Any] = response["content"][content_type]["schema"]
    return found


def test_the_page_for_people_needs_nothing_from_elsewhere(house: House) -> None:
    page = house.send("GET", "/docs")
    text = page.body.decode()
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in text
    assert not re.search(r'(src|href)="(https?:)?//', text)
    assert 'id="stale_revision"' in text


def test_the_page_for_people_shows_what_is_sent_and_links_to_its_shape(house: House) -> None:
    text = house.send("GET", "/docs").body.decode()
    assert "Change an incoming webhook; <code>revision</code> is" in text
    assert "`" not in text
    links = set(re.findall(r'href="#shape-([^"]+)"', text))
    assert "IncomingWebhookSent" in links
    assert links <= set(re.findall(r'id="shape-([^"]+)"', text))
