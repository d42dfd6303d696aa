"""The rate of an endpoint: who is beyond it is told when to come again, and nothing is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.incoming import rate as module
from gateway.incoming.rate import EndpointRate
from schemas.settings import Settings
from tests.gateway.conftest import MakeHouse


def test_beyond_the_rate_it_is_429_with_retry_after_and_no_row(make_house: MakeHouse) -> None:
    house = make_house(incoming_rate="2/s")
    house.webhook()
    house.webhook(name="other", endpoint="other")
    found = [house.post("points", {"customer": "c"}) for _ in range(10)]
    assert {each.status for each in found} == {200, 429}
    refused = next(each for each in found if each.status == 429)
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.json["error"]["code"] == "too_many_requests"
    assert len(house.requests) == [each.status for each in found].count(200)
    assert house.post("other", {"customer": "c"}).status == 200
    assert b"hookline_too_many_requests_total" in house.send("GET", "/metrics").body


def test_without_the_setting_there_is_no_limit() -> None:
    rate = EndpointRate(None)
    assert {rate.wait(("shop", "a"), 0.0) for _ in range(10_000)} == {0}
    assert len(rate) == 0
    assert Settings().incoming_rate is None


@given(st.floats(0.1, 1000), st.lists(st.floats(0, 0.5), max_size=200))
def test_no_more_than_the_rate_and_its_burst_come(per_second: float, gaps: list[float]) -> None:
    rate, now, taken = EndpointRate(per_second), 0.0, 0
    for gap in gaps:
        now += gap
        taken += rate.wait(("shop", "a"), now) == 0
    assert taken <= max(1.0, per_second) + now * per_second + 1e-6


@given(st.floats(0.1, 1000))
def test_who_waits_as_told_is_taken(per_second: float) -> None:
    rate = EndpointRate(per_second)
    while not (wait := rate.wait(("shop", "a"), 5.0)):
        pass
    assert rate.wait(("shop", "a"), 5.0 + wait + 1e-6) == 0


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 100)
    rate = EndpointRate(10)
    for number in range(1000):
        assert rate.wait(("shop", str(number)), number / 10) == 0
    assert len(rate) <= 102
