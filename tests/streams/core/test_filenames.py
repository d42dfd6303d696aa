"""Names of objects: each placeholder, and what no value of an event can do."""

from __future__ import annotations

import json
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.definitions.filenames import DEFAULT_FILENAME
from schemas.errors import FieldInvalid
from streams.core.filenames import rendered_filename
from streams.core.signing.s3 import object_url
from tests.streams.shop import an_event

AT = 1_767_323_045_006  # Fri, 02 Jan 2026 03:04:05.006 GMT, in milliseconds
DATA = {"order": {"id": 7, "total": 12.5}, "tags": ["a", "b"], "none": None, "empty": "", "gold": True, "a.b": "dotted"}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


def rendered(form: str, *, content_type: str = "json", customer: str = "c-1", **data: object) -> str:
    event = an_event(customer=customer, timestamp=AT, data=json.dumps(DATA | data))
    return rendered_filename(form, event, delivery_id="dlv_9", content_type=content_type)


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (DEFAULT_FILENAME, "point_add-2026-01-02-dlv_9.json"),
        ("{id}", "dlv_9"),
        ("{account}/{customer}", "shop/c-1"),
        ("{timestamp}", "2026-01-02T03%3A04%3A05.006Z"),
        ("{date}_{time}", "2026-01-02_03-04-05"),
        ("{date:%Y/%m/%d}/{id}.{ext}", "2026/01/02/dlv_9.json"),
        ("{date:%Y%m%dT%H%M%S}", "20260102T030405"),
        ("{date:%A %j %d%%}", "Friday%20002%2002%25"),
        ("{data.order.id}-{data.order.total}-{data.gold}", "7-12.5-true"),
        ("{data.tags.1}-{data.a.b}", "b-dotted"),
        ("{data.tags}", "%5B%22a%22%2C%22b%22%5D"),
        ("x{data.empty}.json", "x.json"),
        ("a b+c~d/\u00fc%.json", "a%20b%2Bc~d/%C3%BC%25.json"),
    ],
)
def test_a_placeholder_becomes(form: str, name: str) -> None:
    assert rendered(form) == name


def test_the_extension_follows_the_content_type() -> None:
    assert rendered("{id}.{ext}", content_type="form") == "dlv_9.txt"


def test_the_same_delivery_has_the_same_name_every_time() -> None:
    assert rendered(DEFAULT_FILENAME) == rendered(DEFAULT_FILENAME)


@pytest.mark.parametrize("form", ["{data.missing}.json", "{data.none}", "{data.order.id.x}", "{data.tags.2}"])
def test_a_placeholder_without_a_value_is_an_error_that_names_it(form: str) -> None:
    with pytest.raises(FieldInvalid, match=r"^authentication\.filename: \{data\.[a-z.]+[0-9x]?\} has no value"):
        rendered(form)


@pytest.mark.parametrize("customer", ["..", ".", "../x", "x/..", "a/../b", "/x", "x/", "a//b", "a/./b", "/"])
def test_a_value_that_makes_an_empty_or_dotted_part_is_an_error(customer: str) -> None:
    with pytest.raises(FieldInvalid, match=r"empty, `\.` or `\.\.`"):
        rendered("{customer}", customer=customer)


def test_an_empty_value_alone_between_slashes_is_an_error() -> None:
    with pytest.raises(FieldInvalid, match=r"empty, `\.` or `\.\.`"):
        rendered("a/{data.empty}/b.json")


def test_a_name_that_s3_would_not_take_for_its_length_is_an_error() -> None:
    assert rendered("{data.long}", long="\u00fc" * 512) == "%C3%BC" * 512
    with pytest.raises(FieldInvalid, match="longer than the 1024 bytes"):
        rendered("{data.long}", long="\u00fc" * 512 + "x")


@given(TEXT, TEXT)
@example("..", "../../x")
@example("a?b#c", "%2e%2e/%2F")
@example("\r\nHost: evil", "\x00")
def test_no_value_leads_out_of_the_site_s_url(customer: str, value: str) -> None:
    try:
        name = rendered("{customer}/in/{data.value}.json", customer=customer, value=value)
    except FieldInvalid:
        return
    url = object_url("https://bucket.example/base?keep=1", name)
    parts = urlsplit(url)
    assert url.isascii()
    assert url.isprintable()
    assert (parts.netloc, parts.query, parts.fragment) == ("bucket.example", "keep=1", "")
    assert unquote(parts.path) == f"/base/{customer}/in/{value}.json"
    assert not {"", ".", ".."} & set(unquote(name).split("/"))
