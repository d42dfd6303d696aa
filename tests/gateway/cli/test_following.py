"""`hookline log --follow`: first the newest rows, then what comes, also after the stream broke off; no row twice."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from gateway.cli import following
from gateway.cli.client import Client, NotReached, Refused
from gateway.cli.incoming_table import show_one
from tests.gateway.folded import fold
from tests.gateway.house import OPERATOR, House
from tests.projections.records import a_message, a_request, an_attempt
from tests.waiting import eventually

LOG = "/v1/shop/webhook-log"


def put(house: House, *numbers: int) -> None:
    fold(house, *(a_message(an_attempt(delivery_id=f"dlv_{n}"), offset=n) for n in numbers))


def client_of(house: House) -> Client:
    return Client(f"http://127.0.0.1:{house.port}", OPERATOR)


@pytest.fixture
def shown(house: House) -> list[dict[str, Any]]:
    """What a follower of the webhook log has shown so far; two rows are there when it begins."""
    put(house, 0, 1)
    rows: list[dict[str, Any]] = []
    arguments = (client_of(house), LOG, {"status": "done"}, 50, rows.append)
    threading.Thread(target=following.follow, args=arguments, daemon=True).start()
    eventually(lambda: len(rows) == 2)
    return rows


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["delivery_id"] for row in rows]


def test_first_what_is_there_then_what_comes(house: House, shown: list[dict[str, Any]]) -> None:
    put(house, 2)
    eventually(lambda: len(shown) == 3)
    assert ids(shown) == ["dlv_0", "dlv_1", "dlv_2"]


def test_a_stream_that_breaks_off_is_taken_up_where_it_was(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(following, "AGAIN_AFTER", 0.01)
    put(house, 0)
    client, asked = client_of(house), list[dict[str, str]]()
    whole = client.lines

    def breaking(path: str, headers: dict[str, str], timeout: float) -> Any:
        asked.append(headers)
        count = 0
        for line in whole(path, headers, timeout):
            yield line
            count += line.startswith(b"data: ")
            if len(asked) == 1 and count and not line.strip():
                raise ConnectionResetError("cut")

    monkeypatch.setattr(client, "lines", breaking)
    rows = following.Followed(client, LOG, {}).events()
    put(house, 1)
    assert next(rows)["delivery_id"] == "dlv_1"
    put(house, 2)
    assert next(rows)["delivery_id"] == "dlv_2"
    assert (asked[0], list(asked[1])) == ({}, ["Last-Event-ID"])
    assert "taken up again" in capsys.readouterr().err


def test_what_cannot_be_begun_is_said(house: House) -> None:
    put(house, 0)
    with pytest.raises(Refused, match="response_code"):
        following.Followed(client_of(house), LOG, {"response_code": "x"})
    house.stop()
    with pytest.raises(NotReached):
        following.Followed(client_of(house), LOG, {})


def test_the_incoming_log_is_followed_a_line_a_request(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    fold(house)
    rows = following.Followed(client_of(house), "/v1/shop/incoming-log", {}).events()
    fold(house, a_message(a_request(customer="[red]c-1")))
    show_one(next(rows))
    assert "accepted" in (printed := capsys.readouterr().out)
    assert "[red]c-1" in printed
