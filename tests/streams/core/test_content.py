"""What a message carries: made once from the event, by the site and the subscription of that moment."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.records import EntityKind
from streams.core.content import Content, Contents
from streams.core.routing import deliveries_of
from tests.streams.shop import ACCOUNT, NOW, SITE, Shop, an_event

S3: dict[str, Any] = {
    "type": "aws_s3",
    "region": "us-east-1",
    "service": "s3",
    "access_key_id": "AKIDEXAMPLE",
    "secret_access_key": {"$sealed": "v1.x"},
    "filename": "{date:%Y/%m}/{customer}-{id}.{ext}",
}


def content(site: dict[str, Any], path: str | None = None, **fields: Any) -> Content:
    return Contents(an_event(**fields)).of(site, path, "dlv_1")


def test_json_is_the_message_and_a_form_is_the_same_object() -> None:
    fields = {"customer": "Zoë", "data": '{"points":325,"tags":["a b",null]}'}
    as_json, as_form = content({"content_type": "json"}, **fields), content({"content_type": "form"}, **fields)
    assert as_json.content_type == "application/json"
    assert as_json.body.startswith(b'{"id":"evt_1","account":"shop","customer":"Zo\xc3\xab"')
    assert as_form.content_type == "application/x-www-form-urlencoded"
    assert as_form.body == (
        b"id=evt_1&account=shop&customer=Zo%C3%AB&action=point_add&timestamp=2025-11-24T16%3A00%3A00.000Z"
        b"&data%5Bpoints%5D=325&data%5Btags%5D%5B0%5D=a+b"
    )


def test_a_body_is_made_once_for_all_sites() -> None:
    contents = Contents(an_event())
    first, second = (contents.of({"content_type": "form"}, None, name) for name in ("dlv_1", "dlv_2"))
    assert first.body is second.body


@pytest.mark.parametrize(("encoding", "extension"), [("json", "json"), ("form", "txt")])
def test_a_message_for_s3_has_its_filename(encoding: str, extension: str) -> None:
    made = content({"content_type": encoding, "authentication": S3}, customer="a b")
    assert made.filename == f"2025/11/a%20b-dlv_1.{extension}"
    assert made.problem == ""


def test_a_filename_that_cannot_be_made_is_the_message_s_problem() -> None:
    made = content({"authentication": S3 | {"filename": "{data.order}.json"}})
    assert (made.filename, made.problem) == ("", "authentication.filename: {data.order} has no value")


@pytest.mark.parametrize("customer", ["../../other", "a/../b", "x/.", "./x"])
def test_no_value_of_a_path_climbs_out_of_the_site(customer: str) -> None:
    made = content({"authentication": S3}, "/in/{customer}", customer=customer)
    assert made.problem.startswith("path: a part of it came out as")
    assert content({}, "/in/{customer}", customer=customer).problem == "", "elsewhere a slash in a value stays encoded"


def test_other_messages_have_no_filename() -> None:
    assert content({"authentication": {"type": "none"}}).filename == ""
    assert content({}).filename == ""


def test_a_delivery_carries_its_content() -> None:
    shop = Shop(site={"content_type": "form", "authentication": S3}, subscription={"path": "/in/{customer}"})
    view = shop.compiler.account(ACCOUNT)
    assert view is not None
    (made,) = deliveries_of(view, an_event(), partitions=12, now=NOW, config_offset=0)
    assert (made.content_type, made.path) == ("application/x-www-form-urlencoded", "/in/c-1")
    assert made.filename == f"2025/11/c-1-{made.delivery_id}.txt"
    shop.put(EntityKind.SITE, "site_1", SITE | {"ordering": "site", "parallel": 8}, base_revision=1)
    view = shop.compiler.account(ACCOUNT)
    assert view is not None
    lanes = {
        each.lane
        for customer in "abcdefgh"
        for each in deliveries_of(view, an_event(customer=customer), partitions=12, now=NOW, config_offset=0)
    }
    assert lanes == {"site_1/0"}, "a site that wants one order has one lane"
