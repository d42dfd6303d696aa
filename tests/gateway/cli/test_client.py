"""The command line's HTTP client: what it sends, and its errors as sentences."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from gateway.cli.client import Client, KeyUnusable, NotReached, Refused, sentence
from tests.waiting import free_port


class Answers(http.server.BaseHTTPRequestHandler):
    status: ClassVar[int] = 200
    body: ClassVar[bytes] = b"{}"
    asked: ClassVar[list[tuple[str, str, str | None, bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.asked.append((self.command, self.path, self.headers.get("authorization"), body))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.body)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Answers, "asked", [])
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as one:
        thread = threading.Thread(target=one.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{one.server_port}"
        one.shutdown()
        thread.join()


def test_a_call_carries_key_query_and_json(server: str) -> None:
    assert Client(server, "hk_1").call("POST", "/v1/x", {"a": 1}, query={"limit": "5"}) == {}
    assert Answers.asked == [("POST", "/v1/x?limit=5", "Bearer hk_1", b'{"a":1}')]


def test_a_problem_document_becomes_one_sentence(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = {
        "title": "Invalid",
        "detail": "two fields are wrong",
        "errors": [{"path": "name", "message": "is empty"}],
    }
    monkeypatch.setattr(Answers, "status", 422)
    monkeypatch.setattr(Answers, "body", json.dumps(problem).encode())
    with pytest.raises(Refused, match=r"two fields are wrong \(422\): name: is empty") as refused:
        Client(server, None).call("GET", "/v1/x")
    assert refused.value.status == 422


def test_nobody_at_the_address_says_what_to_do() -> None:
    with pytest.raises(NotReached, match=r"hookline up.*HOOKLINE_URL"):
        Client(f"http://127.0.0.1:{free_port()}", None).call("GET", "/livez")


@pytest.mark.parametrize("url", ["nowhere", "http://", "http://x:port", "http://ü.example", "ftp://x"])
def test_an_address_that_is_none_is_said(url: str) -> None:
    with pytest.raises(NotReached, match=f"HOOKLINE_URL={url.rstrip('/')}"):
        Client(url, None).call("GET", "/livez")


def test_a_missing_key_is_said() -> None:
    assert "HOOKLINE_API_KEY" in sentence(401, None)


def test_a_key_that_is_not_here_is_said_with_the_place_it_was_looked_for(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Answers, "status", 401)
    monkeypatch.setenv("HOOKLINE_URL", server)
    monkeypatch.setenv("HOOKLINE_DATA_DIR", str(tmp_path))
    with pytest.raises(Refused, match=r"there is no .*operator.key: run this in the folder of `hookline up`"):
        Client.from_environment().call("GET", "/v1/accounts")
    monkeypatch.setenv("HOOKLINE_API_KEY", "hk_old")
    with pytest.raises(Refused, match="it does not know the key of HOOKLINE_API_KEY"):
        Client.from_environment().call("GET", "/v1/accounts")
    monkeypatch.setenv("HOOKLINE_API_KEY", "ł\n")
    with pytest.raises(KeyUnusable, match="HOOKLINE_API_KEY is not an API key"):
        Client.from_environment()


def test_the_key_of_this_folder_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "operator.key").write_text("hk_here\n", "ascii")
    monkeypatch.setenv("HOOKLINE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HOOKLINE_LISTEN", "127.0.0.1:8123")
    client = Client.from_environment()
    assert (client.url, client.key) == ("http://127.0.0.1:8123", "hk_here")
    monkeypatch.setenv("HOOKLINE_API_KEY", "hk_mine")
    monkeypatch.setenv("HOOKLINE_URL", "https://hooks.example/")
    client = Client.from_environment()
    assert (client.url, client.key) == ("https://hooks.example", "hk_mine")
