"""Both logs live over HTTP: what comes, filters, taking up again, bad input, and how a stream ends."""

from __future__ import annotations

import http.client
import json
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from gateway.api import log_queries, streaming
from projections.queries import incoming_log, webhook_log
from projections.queries.lists import COMMON
from schemas.records import AttemptStatus
from tests.gateway.folded import fold
from tests.gateway.house import OPERATOR, House
from tests.projections.records import a_message, an_attempt
from tests.waiting import eventually


class Reading:
    """One stream, read in a thread: its events as (kind, data), and the last id."""

    def __init__(self, house: House, path: str, last: str = "", key: str = OPERATOR) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=60)
        headers = {"authorization": f"Bearer {key}"} | ({"last-event-id": last} if last else {})
        self.connection.request("GET", path, headers=headers)
        self.response = self.connection.getresponse()
        self.events: list[tuple[str, Any]] = []
        self.id, self.beats, self.ended = "", 0, False
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self) -> None:
        kind = "message"
        for line in self.response:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "id":
                self.id = value
            elif name == "event":
                kind = value
            elif name == "data":
                self.events.append((kind, json.loads(value)))
                kind = "message"
            elif name == ":":
                self.beats += 1
        self.ended = True

    def ids(self) -> list[str]:
        return [data["id"] for kind, data in self.events if kind == "message"]

    def close(self) -> None:
        if self.connection.sock is not None:
            self.connection.sock.shutdown(2)
        self.thread.join(60)
        self.connection.close()


Follow = Callable[..., Any]


@contextmanager
def following(house: House, path: str, **given: str) -> Iterator[Reading]:
    one = Reading(house, path, **given)
    try:
        assert one.response.status == 200, one.response.read()
        eventually(lambda: one.id, what="the stream has begun")
        yield one
    finally:
        one.close()


def put(house: House, first: int, count: int = 1, **changes: Any) -> None:
    rows = [an_attempt(delivery_id=f"dlv_{first + n}", **changes) for n in range(count)]
    fold(house, *(a_message(row, offset=first + n) for n, row in enumerate(rows)))


def test_attempts_come_as_the_list_shows_them_and_only_those_that_match(house: House) -> None:
    put(house, 0)
    with following(house, "/v1/shop/webhook-log/stream?status=failed") as stream:
        assert stream.response.getheader("content-type") == "text/event-stream"
        put(house, 1)
        put(house, 2, status=AttemptStatus.FAILED, response_code=500)
        eventually(lambda: stream.events)
        (row,) = house.made("GET", "/v1/shop/webhook-log?status=failed")["items"]
        assert stream.events == [("message", row)]


def test_requests_come_too(house: House) -> None:
    house.webhook()
    fold(house)
    with following(house, "/v1/shop/incoming-log/stream") as stream:
        house.post("points", {"customer": "c-1", "points": 5})
        fold(house)
        eventually(lambda: stream.events)
        assert stream.events == [("message", row) for row in house.made("GET", "/v1/shop/incoming-log")["items"]]


@pytest.mark.parametrize("way", ["header", "parameter"])
def test_a_stream_goes_on_after_the_last_event_of_another(house: House, way: str) -> None:
    put(house, 0)
    with following(house, "/v1/shop/webhook-log/stream") as stream:
        put(house, 1, 3)
        eventually(lambda: len(stream.events) == 3)
        last = stream.id
    put(house, 4, 2)
    path = "/v1/shop/webhook-log/stream" + ("" if way == "header" else f"?last_event_id={last}")
    with following(house, path, last=last if way == "header" else "") as again:
        eventually(lambda: len(again.events) == 2)
        put(house, 6)
        eventually(lambda: len(again.events) == 3)
        assert again.ids() == ["dlv_4.0.1", "dlv_5.0.1", "dlv_6.0.1"]


def test_more_rows_than_a_page_holds_come_whole_and_in_order(house: House) -> None:
    put(house, 0)
    with following(house, "/v1/shop/webhook-log/stream") as stream:
        put(house, 1, streaming.PAGE * 2 + 7)
        eventually(lambda: len(stream.events) >= streaming.PAGE * 2 + 7)
        assert stream.ids() == [f"dlv_{n}.0.1" for n in range(1, streaming.PAGE * 2 + 8)]


def test_beyond_the_pace_that_was_asked_for_a_gap_says_how_many(house: House) -> None:
    put(house, 0)
    with following(house, "/v1/shop/webhook-log/stream?most=5") as stream:
        put(house, 1, 150)
        eventually(lambda: len(stream.ids()) + gaps(stream) == 150)
        assert gaps(stream) > 0


def test_rows_that_come_at_the_pace_are_all_shown_however_they_fall_on_seconds() -> None:
    now = 1000.9
    pace = streaming.Pace(200, lambda: now)
    for _ in range(40):
        assert all(pace.allows() for _ in range(50))
        now += 0.25
    assert [pace.allows() for _ in range(450)].count(True) == 200  # and a second more of them at once
    assert pace.skipped == 250


def gaps(stream: Reading) -> int:
    return sum(data["skipped"] for kind, data in stream.events if kind == "gap")


def test_an_idle_stream_beats_and_its_id_moves_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "HEARTBEAT", 0.1)
    put(house, 0)
    with following(house, "/v1/shop/webhook-log/stream?customer=nobody") as stream:
        start = stream.id
        put(house, 1)
        eventually(lambda: stream.beats and stream.id != start)
        assert stream.events == []


def test_a_stream_ends_with_its_key(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "HEARTBEAT", 0.1)
    put(house, 0)
    made = house.made("POST", "/v1/accounts/shop/keys", {"name": "k", "scope": "read"})
    with following(house, "/v1/shop/webhook-log/stream", key=made["key"]) as stream:
        house.made("DELETE", f"/v1/accounts/shop/keys/{made['id']}")
        eventually(lambda: stream.ended, what="the stream has ended")


def test_a_key_has_so_many_streams_and_keeps_nobody_else_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "MOST_OF_A_KEY", 1)
    monkeypatch.setattr(streaming, "HEARTBEAT", 0.05)  # a reader that has gone is met with the next word
    fold(house)
    key, path = house.made("POST", "/v1/accounts/shop/keys", {"name": "till"})["key"], "/v1/shop/webhook-log/stream"
    with following(house, path, key=key):
        refused = house.call("GET", path, key=key)
        assert (refused.status, refused.json["type"], refused.headers["retry-after"]) == (429, "/docs#too_many", "10")
        assert "1 streams open already" in refused.json["detail"]
        with following(house, path):
            pass
    eventually(lambda: house.call("HEAD", path, key=key).status == 200, what="the room of a closed stream is free")


def test_a_stream_is_one_call_of_its_key_however_long_it_lasts(make_house: Callable[..., House]) -> None:
    house = make_house(api_rate="0.01/s")
    fold(house)
    key = house.made("POST", "/v1/accounts/shop/keys", {"name": "till"})["key"]
    with following(house, "/v1/shop/webhook-log/stream", key=key) as stream:
        put(house, 0)
        eventually(lambda: len(stream.events) == 1)
        put(house, 1)
        eventually(lambda: len(stream.events) == 2, what="the stream goes on")


def test_streams_end_with_the_gateway(house: House) -> None:
    put(house, 0)
    with following(house, "/v1/shop/webhook-log/stream") as stream:
        house.stop()
        assert stream.ended or eventually(lambda: stream.ended)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("nonsense=1", "nonsense"),
        ("limit=5", "limit"),
        ("cursor=x", "cursor"),
        ("status=queued", "status"),
        ("response_code=9xx", "response_code"),
        ("from=2026-01-02&to=2026-01-01", "to"),
        ("last_event_id=r1.2", "last_event_id"),
        ("most=0", "most"),
    ],
)
def test_what_a_stream_does_not_take_is_400(house: House, query: str, name: str) -> None:
    put(house, 0)
    answer = house.call("GET", f"/v1/shop/webhook-log/stream?{query}")
    assert (answer.status, answer.paths) == (400, [name])


def test_streams_of_somebody_else_are_not_there(house: House) -> None:
    house.made("PUT", "/v1/accounts/other")
    key = house.made("POST", "/v1/accounts/other/keys", {"name": "k"})["key"]
    for name in ("webhook-log", "incoming-log"):
        assert house.call("GET", f"/v1/shop/{name}/stream", key=key).status == 404
        assert house.send("GET", f"/v1/shop/{name}/stream").status == 401


def test_streams_take_the_filters_of_their_lists() -> None:
    for query, listing in (
        (log_queries.AttemptStream, webhook_log.LISTING),
        (log_queries.RequestStream, incoming_log.LISTING),
    ):
        names = {field.alias or name for name, field in query.model_fields.items()}
        taken = {*COMMON, "after"} - {"limit", "cursor", "count"}
        assert names == {*listing.filters, *taken, "last_event_id", "most"}


def test_a_slow_reader_misses_nothing_and_costs_little_memory(house: House) -> None:
    put(house, 0)
    headers = {"authorization": f"Bearer {OPERATOR}"}
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=60)
    connection.request("GET", "/v1/shop/webhook-log/stream", headers=headers)
    response = connection.getresponse()
    response.readline()
    put(house, 1, 3_000, site_name="c" * 2000)
    assert house.call("GET", "/v1/shop/webhook-log?limit=1").status == 200, "it holds nobody else up"
    seen = 0
    tracemalloc.start()
    try:
        while seen < 3_000:
            seen += response.readline().startswith(b"data: ")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        connection.close()
    assert peak < 4_000_000, "of some 8 MB"
