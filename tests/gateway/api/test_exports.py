"""The logs as files: the same rows as the list, quoted as RFC 4180 says, no formula among them, in little memory."""

from __future__ import annotations

import asyncio
import csv
import http.client
import io
import json
import tracemalloc

import pytest
from aiohttp import web

from gateway.api import answers
from projections.queries.tables_as_text import cell, lines
from schemas.records import AttemptStatus
from tests.gateway.folded import fold
from tests.gateway.house import OPERATOR, House
from tests.projections.records import NOW, a_delivery, a_message, an_attempt, an_event

AWKWARD = 'says "hi", then|leaves\r\nfor ever'


def read(body: bytes, separator: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8"), newline=""), delimiter=separator, strict=True))


def put(house: House, count: int, **fields: object) -> None:
    fold(
        house,
        *(
            a_message(an_attempt(delivery_id=f"dlv_{n:06}", created_at=NOW + n, **fields), offset=n)
            for n in range(count)
        ),
    )


@pytest.mark.parametrize(("name", "separator"), [("webhook-log.csv", ","), ("webhook-log.psv", "|")])
def test_a_file_has_the_rows_of_the_list_over_all_pages(house: House, name: str, separator: str) -> None:
    put(house, 1203, customer=AWKWARD)
    answer = house.call("GET", f"/v1/shop/{name}")
    assert answer.status == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="shop-{name}"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    rows = read(answer.body, separator)
    assert [row["delivery_id"] for row in rows] == [f"dlv_{n:06}" for n in reversed(range(1203))]
    assert {row["customer"] for row in rows} == {AWKWARD}
    first = house.made("GET", "/v1/shop/webhook-log?limit=1")["items"][0]
    assert rows[0]["id"] == first["id"]
    assert (rows[0]["response_code"], rows[0]["error"], rows[0]["duration_ms"]) == ("200", "", "12.345")
    assert answer.body.count(b"\r\n") == 1204 + 1203, "lines end as RFC 4180 says; each customer has one more"


def test_filters_are_those_of_the_list(house: House) -> None:
    put(house, 3)
    fold(house, a_message(an_attempt(delivery_id="dlv_x", status=AttemptStatus.FAILED, response_code=503), offset=9))
    assert [row["delivery_id"] for row in read(house.call("GET", "/v1/shop/webhook-log.csv?status=failed").body, ",")]
    for query in ("nonsense=1", "status=lost", "limit=5", "cursor=x", "from=yesterday"):
        assert house.call("GET", f"/v1/shop/webhook-log.csv?{query}").status == 400
    (row,) = read(house.call("GET", "/v1/shop/webhook-log.csv?response_code=5xx").body, ",")
    assert row["delivery_id"] == "dlv_x"


def test_nothing_found_is_the_head_alone_and_no_store_is_503(house: House) -> None:
    assert house.call("GET", "/v1/shop/webhook-log.csv").status == 503
    fold(house)
    assert house.call("GET", "/v1/shop/webhook-log.csv").body.startswith(b"id,created_at,action,customer,")
    assert house.call("GET", "/v1/shop/webhook-log.csv").body.count(b"\r\n") == 1


def test_the_incoming_log_is_a_file_too(house: House) -> None:
    house.webhook()
    house.post("points", {"customer": "=1+1", "points": 5})
    house.post("points", {"points": 5})
    fold(house)
    rows = read(house.call("GET", "/v1/shop/incoming-log.csv").body, ",")
    assert [row["outcome"] for row in rows] == ["invalid", "accepted"]
    assert rows[1]["customer"] == "'=1+1"
    assert rows[0]["error_path"] == "customer"
    (row,) = read(house.call("GET", "/v1/shop/incoming-log.csv?outcome=accepted").body, ",")
    assert row["request_line"] == "POST /webhooks/custom/shop/points"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1", "=cmd|' /C calc'!A0"]
)
def test_what_might_be_a_formula_is_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["plain", "1-1", "", "a=b", -1.5, 0, "é", "\U0001f600"])
def test_everything_else_is_as_it_is(value: object) -> None:
    assert cell(value) == value
    assert cell(None) == ""


def test_every_text_comes_back_from_its_file() -> None:
    rows = [{"a": text, "b": "x"} for text in ("", " lead", "tail ", '"', '""', ",", "|", "a\nb", "a\r\nb", "'", "é")]
    for separator in ",|":
        assert read(lines([["a", "b"], *rows], ["a", "b"], separator), separator) == rows


@pytest.mark.parametrize("name", ["webhook-log", "incoming-log", "events", "queue"])
def test_every_list_is_a_file_in_every_format_with_its_rows_and_filters(house: House, name: str) -> None:
    house.webhook()
    for n in range(3):
        house.post("points", {"customer": f"c-{n}", "points": n})
    made = [a_message(a_delivery(delivery_id=f"dlv_{n}", customer=f"c-{n}"), offset=n) for n in range(3)]
    sent = [a_message(an_attempt(delivery_id="dlv_0", customer="c-0"))]
    happened = [a_message(an_event(id=f"evt_{n}", customer=f"c-{n}"), offset=n) for n in range(3)]
    fold(house, *made, *sent, *happened)
    rows = house.made("GET", f"/v1/shop/{name}")["items"]
    answer = house.call("GET", f"/v1/shop/{name}.ndjson")
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in answer.body.splitlines()] == rows
    for suffix, separator in (("csv", ","), ("psv", "|")):
        read_back = read(house.call("GET", f"/v1/shop/{name}.{suffix}").body, separator)
        assert [row["customer"] for row in read_back] == [row["customer"] for row in rows]
        assert house.call("GET", f"/v1/shop/{name}.{suffix}?nonsense=1").paths == ["nonsense"]
    chosen = house.call("GET", f"/v1/shop/{name}.ndjson?customer=c-2").body
    assert {json.loads(line)["customer"] for line in chosen.splitlines()} <= {"c-2"}


def test_an_events_data_is_json_text_in_a_table(house: House) -> None:
    fold(house, a_message(an_event()))
    (row,) = read(house.call("GET", "/v1/shop/events.csv").body, ",")
    assert (row["data"], row["source_type"], row["request_id"]) == ('{"points":325}', "incoming_webhook", "req_1")


def test_a_large_file_is_streamed_in_little_memory(house: House) -> None:
    put(house, 20_000, customer="c" * 200)
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=60)
    tracemalloc.start()
    try:
        connection.request("GET", "/v1/shop/webhook-log.csv", headers={"authorization": f"Bearer {OPERATOR}"})
        response = connection.getresponse()
        size = 0
        while chunk := response.read(65536):
            size += len(chunk)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        connection.close()
    assert size > 6_000_000
    assert peak < 4_000_000


def test_a_caller_who_goes_away_is_no_fault(house: House) -> None:
    put(house, 5_000, customer="c" * 200)
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=60)
    connection.request("GET", "/v1/shop/webhook-log.csv", headers={"authorization": f"Bearer {OPERATOR}"})
    connection.getresponse().read(10)
    connection.close()
    assert house.call("GET", "/v1/shop/webhook-log?limit=1").status == 200
    assert house.send("HEAD", "/v1/shop/webhook-log.csv", None, {"authorization": f"Bearer {OPERATOR}"}).status == 200


def test_a_reader_that_takes_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(web.StreamResponse):
        async def write(self, _: object) -> None:
            await asyncio.Event().wait()

    async def send_some() -> None:
        await answers.written(Full(), b"rows")

    monkeypatch.setattr(answers, "STUCK", 0.01)
    with pytest.raises(ConnectionError, match="takes nothing"):
        asyncio.run(send_some())


def test_what_waits_for_a_reader_is_a_little_at_a_time() -> None:
    """Each has a minute of its own: a page of megabytes in one was too much for a reader on a slow line."""
    parts: list[bytes] = []

    class Taking(web.StreamResponse):
        async def write(self, data: object) -> None:
            parts.append(bytes(data))  # type: ignore[call-overload]

    some = bytes(range(256)) * 1000
    asyncio.run(answers.written(Taking(), some))
    assert (b"".join(parts), max(map(len, parts))) == (some, answers.SLICE)
