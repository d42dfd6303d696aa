"""Every block of docs/sites.md: what is configured is taken as it stands, and what is sent is what a courier sends."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from ruamel.yaml import YAML

from schemas.definitions import Site, Subscription
from schemas.definitions.secrets import mask
from schemas.identity import lane_key
from schemas.records import CustomerEvent, Delivery, SourceType
from streams.core.content import Contents
from streams.core.filenames import rendered_filename
from streams.core.sending import Send, step_for
from tests.gateway.conftest import MakeHouse, house, make_house
from tests.gateway.house import House
from tests.streams.courier_values import a_delivery, a_site, configured, sites_of

__all__ = ["house", "make_house"]

PAGE = Path(__file__).parents[2] / "docs" / "sites.md"
BLOCKS = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = r"^\| `(\w+)` \|([^|]*)\|"
NOW = 1_795_510_800_000  # ms
EVENT = CustomerEvent(
    id="evt_1",
    account="shop",
    customer="c-1042",
    action="point_add",
    timestamp=NOW - 500,
    data='{"points":325}',
    source=SourceType.API,
    request_id=None,
    definition_id=None,
    definition_revision=None,
    config_offset=0,
)
ID = "dlv_7c0e"


def blocks() -> list[tuple[str, str]]:
    """Every block with its language, in the order of the page."""
    return BLOCKS.findall(PAGE.read_text("utf-8"))


def examples() -> Iterator[Any]:
    """Each configuration with the request that stands below it."""
    found = blocks()
    for (language, text), (following, request) in itertools.pairwise(found):
        if language == "yaml":
            assert following == "http", text
            file = YAML(typ="safe", pure=True).load(text)
            yield pytest.param(file, request, id=file["sites"][0]["name"])


def delivery_of(site: dict[str, Any], path: str | None = None) -> Delivery:
    content = Contents(EVENT).of(site, path, ID)
    return a_delivery(
        delivery_id=ID,
        lane=lane_key("crm", 0),
        content_type=content.content_type,
        body=content.body,
        path=content.path,
        filename=content.filename,
        problem=content.problem,
    )


def sent(site: dict[str, Any], path: str | None = None) -> str:
    """The request as it goes out, as text."""
    found = sites_of(configured(a_site(**site))).find("shop", "crm")
    step = step_for(found, delivery_of(site, path), NOW, "Hookline/1.0")
    assert isinstance(step, Send)
    request, where = step.request, urlsplit(step.request.destination.url)
    headers = [pair for pair in request.headers if pair[0] != "Host"]
    target = where._replace(scheme="", netloc="").geturl()
    lines = [f"{request.method} {target} HTTP/1.1", f"Host: {where.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\n".join([*lines, "", request.body.decode(), ""])


@pytest.mark.parametrize(("file", "request_text"), list(examples()))
def test_what_is_configured_is_sent(house: House, file: dict[str, Any], request_text: str) -> None:
    done = house.made("PUT", f"/v1/{file['account']}/configuration", file)
    assert {each["change"] for each in done["changes"]} == {"created"}
    site = Site.model_validate(file["sites"][0]).model_dump(mode="json")
    subscription: dict[str, Any] = next(iter(file.get("subscriptions", ())), {})
    assert sent(site | {"state": "active"}, subscription.get("path")) == request_text


def test_every_type_of_authentication_has_its_example() -> None:
    shown = {
        file["sites"][0].get("authentication", {}).get("type", "none") for file, _ in (e.values for e in examples())
    }
    assert shown == {"none", "basic", "standard_webhooks", "aws", "aws_s3"}


def test_every_placeholder_is_what_the_table_says() -> None:
    rows = re.findall(r"^\| `(\{[^`]*\})` \|[^|]*\| `([^`]*)` \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(rows) == 10
    for placeholder, value in rows:
        assert rendered_filename(placeholder, EVENT, delivery_id=ID, content_type="json") == value


def test_fields_and_defaults_are_those_of_a_site() -> None:
    site_rows, _, _ = PAGE.read_text("utf-8").partition("## The message")
    rows = re.findall(ROW, site_rows, re.MULTILINE)
    site = Site(name="x", url="https://crm.example/").model_dump(mode="json")
    fields = dict(rows)
    assert set(fields) == set(site)
    for name in ("state", "timeout_seconds", "content_type", "proxy", "parallel", "ordering"):
        assert YAML(typ="safe", pure=True).load(fields[name].strip(" `")) == site[name]


def test_fields_of_a_subscription_are_those_that_there_are() -> None:
    _, _, rest = PAGE.read_text("utf-8").partition("## Subscriptions")
    fields = dict(re.findall(ROW, rest.partition("## Authentication")[0], re.MULTILINE))
    assert {"site_id" if name == "site" else name for name in fields} == set(Subscription.model_fields)
    assert {name for name, field in Subscription.model_fields.items() if not field.is_required()} == {
        name for name, default in fields.items() if default.strip()
    }


def test_a_secret_of_a_list_is_shown_with_these_fields() -> None:
    (shown,) = (json.loads(text) for language, text in blocks() if language == "json")
    stored = {
        "authentication": {"secrets": [{"$sealed": "", "id": "", "hint": "", "created_at": "", "expires_at": None}]}
    }
    assert set(mask(stored)["authentication"]["secrets"][0]) == set(shown)


def test_a_site_with_a_static_ip_is_refused_where_there_is_no_proxy(make_house: MakeHouse) -> None:
    site = {"name": "x", "url": "https://crm.example/", "proxy": "static_ip"}
    answer = make_house().call("POST", "/v1/shop/sites", site)
    assert (answer.status, answer.paths) == (422, ["proxy"])
