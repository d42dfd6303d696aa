"""What a record looks like in `hookline tail`."""

from __future__ import annotations

import pytest

from gateway.cli.rendering import rendered
from schemas import codec
from schemas.records import CustomerEvent, DrainProgress, Parked, SourceType

EVENT = CustomerEvent(
    id="e-1",
    account="shop",
    customer="c-1",
    action="point_add",
    timestamp=1,
    data='{"points":325}',
    source=SourceType.API,
    request_id=None,
    definition_id=None,
    definition_revision=None,
    config_offset=-1,
)


def test_a_record_is_its_kind_and_its_fields_with_json_text_opened() -> None:
    found = rendered(codec.encode(EVENT))
    assert found["kind"] == "CustomerEvent"
    assert found["value"]["data"] == {"points": 325}
    assert found["value"]["source"] == "api"


def test_a_record_inside_a_record_is_decoded_too() -> None:
    inner = codec.encode(DrainProgress(site_id="s", partition=1, up_to_offset=7, at=9))
    parked = Parked(
        delivery=inner, delivery_id="d", chain="0", step=1, account="a", site_id="s", cause="lane_full", parked_at=1
    )
    found = rendered(codec.encode(parked))
    assert found["value"]["delivery"] == {"site_id": "s", "partition": 1, "up_to_offset": 7, "at": 9}


def test_plain_json_is_shown_as_what_it_says() -> None:
    assert rendered(b'{"account": "shop"}') == {"kind": "json", "value": {"account": "shop"}}


@pytest.mark.parametrize(
    ("value", "shown"),
    [(b"hello", "hello"), (b"\xff\xfe", {"base64": "//4="}), (b"{broken", "{broken"), (b"", ""), (None, None)],
)
def test_what_is_no_record_is_shown_raw_with_the_reason(value: bytes | None, shown: object) -> None:
    found = rendered(value)
    assert found["kind"] is None
    assert found["value"] == shown
    assert found["error"]
