"""What is spoken at every door, and what is refused of it: in JSON, or by a closed connection."""

from __future__ import annotations

import gzip
import json
import socket
import zlib
from typing import Any

import pytest

from schemas.definitions.accounts import RESERVED_ACCOUNTS, account_problem
from schemas.records import Outcome
from tests.gateway.house import OPERATOR, House

BODY = b'{"customer": "c-1", "points": 5}'
POINTS = "/beta/webhooks/custom/shop/points"


def raw(house: House, head: str, body: bytes = b"") -> tuple[str, dict[str, str], bytes]:
    """Send bytes as they are; the status line, the headers and the body of the answer, or nothing where it closed."""
    with socket.create_connection(("127.0.0.1", house.port), timeout=60) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode("latin-1") + b"\r\nConnection: close\r\n\r\n" + body)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    top, _, content = answer.partition(b"\r\n\r\n")
    status, *lines = top.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return status.partition(" ")[2][:3], headers, content


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("CONNECT example.com:443 HTTP/1.1\nHost: x", "404"),
        ("CONNECT /v1/accounts HTTP/1.1\nHost: x", "404"),
        ("OPTIONS * HTTP/1.1\nHost: x", "404"),
        ("GET /v1/accounts HTTP/1.1\nHost: x\nExpect: 999-x", "417"),
        ("GET /nothing HTTP/1.1\nHost: x\nExpect: 999-x", "417"),
        ("GET /nothing HTTP/1.1\nHost: x", "404"),
    ],
)
def test_the_servers_own_refusals_are_problems(house: House, head: str, status: str) -> None:
    found, headers, body = raw(house, head)
    if found in {"", "400"}:  # what is no request line is closed, or said to be no HTTP
        return
    assert (found, headers["content-type"]) == (status, "application/problem+json")
    assert json.loads(body)["status"] == int(status)


def test_an_expectation_at_an_endpoint_is_refused_in_its_form(house: House) -> None:
    house.webhook()
    head = f"POST {POINTS} HTTP/1.1\nHost: x\nExpect: 999-x\nContent-Length: {len(BODY)}"
    status, headers, body = raw(house, head, BODY)
    assert (status, headers["content-type"]) == ("417", "application/json")
    assert json.loads(body)["error"]["code"] == "expectation_failed"
    assert house.requests == []


@pytest.mark.parametrize("version", ["HTTP/2.0", "HTTP/3.0", "HTTP/1.2", "HTTP/0.9"])
def test_another_version_is_not_spoken(house: House, version: str) -> None:
    house.webhook()
    head = f"POST {POINTS} {version}\nHost: x\nContent-Type: application/json\nContent-Length: {len(BODY)}"
    assert raw(house, head, BODY)[0] in {"", "400", "505"}
    assert house.requests == []


@pytest.mark.parametrize("coding", ["identity", "gzip", "gzip, chunked", "chunked, identity", "x", "chunked, chunked"])
def test_a_framing_that_others_may_read_otherwise_is_refused(house: House, coding: str) -> None:
    house.webhook()
    head = f"POST {POINTS} HTTP/1.1\nHost: x\nContent-Type: application/json\nTransfer-Encoding: {coding}"
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
    assert raw(house, head, chunked)[0] in {"", "400"}
    assert house.requests == []


def test_the_older_version_has_no_chunks(house: House) -> None:
    """Who is between and does not know them may see a second request in the body."""
    house.webhook()
    head = f"POST {POINTS} HTTP/1.0\nHost: x\nContent-Type: application/json\nTransfer-Encoding: chunked"
    assert raw(house, head, b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY))[0] == "400"
    assert house.requests == []


def packed(how: str) -> bytes:
    if how == "gzip":
        return gzip.compress(BODY, mtime=0)
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS if how == "deflate" else -zlib.MAX_WBITS)
    return packer.compress(BODY) + packer.flush()


@pytest.mark.parametrize("how", ["gzip", "deflate", "raw deflate"])
def test_compressed_bodies_are_read(house: House, how: str) -> None:
    house.webhook()
    answer = house.post("points", packed(how), {"content-encoding": how.rpartition(" ")[2].upper()})
    assert answer.status == 200
    assert house.requests[0].body == BODY
    assert house.post("points", BODY, {"content-encoding": "identity"}).status == 200


@pytest.mark.parametrize(
    ("coding", "body", "status"),
    [
        ("gzip", packed("gzip")[:-1], 400),
        ("gzip", packed("gzip")[:-8], 400),
        ("deflate", packed("deflate")[:-1], 400),
        ("gzip", packed("gzip") + b"more", 400),
        ("gzip", BODY, 400),
        ("gzip", b"", 400),
        ("br", BODY, 415),
        ("compress", BODY, 415),
        ("gzip, gzip", gzip.compress(packed("gzip"), mtime=0), 415),
        ("gzip", gzip.compress(b" " * 2_000_000 + BODY, mtime=0), 413),
    ],
)
def test_what_is_not_packed_as_it_says_is_refused(house: House, coding: str, body: bytes, status: int) -> None:
    house.webhook()
    assert house.post("points", body, {"content-encoding": coding}).status == status
    assert [each.outcome for each in house.requests] == [Outcome.MALFORMED]
    key = {"authorization": f"Bearer {OPERATOR}", "content-type": "application/json", "content-encoding": coding}
    assert house.send("POST", "/v1/shop/sites", body, key).status in {status, 422}


def test_a_compressed_call_of_the_api_is_read(house: House) -> None:
    headers = {"authorization": f"Bearer {OPERATOR}", "content-type": "application/json", "content-encoding": "gzip"}
    body = gzip.compress(json.dumps({"name": "crm", "url": "https://crm.example/"}).encode())
    assert house.send("POST", "/v1/shop/sites", body, headers).status == 201


@pytest.mark.parametrize("path", ["/metrics", "/openapi.json"])
def test_what_takes_no_parameters_refuses_them(house: House, path: str) -> None:
    assert house.send("GET", path).status == 200
    answer = house.send("GET", f"{path}?colour=red")
    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")


def words(paths: Any) -> set[str]:
    return {word for path in paths for word in path.split("/") if word and "{" not in word and "." not in word}


def test_no_account_has_the_name_of_a_path(house: House) -> None:
    paths = house.send("GET", "/openapi.json").json["paths"]
    found = words([*paths, "/beta/webhooks/custom", "/docs", "/metrics", "/v1", "/assets", "/login"])
    assert {"sites", "jobs", "v1"} <= found
    assert found - RESERVED_ACCOUNTS == set()


@pytest.mark.parametrize("name", ["v1", "-", "--", "beta", "jobs"])
def test_such_an_account_cannot_be_made(house: House, name: str) -> None:
    assert account_problem(name)
    assert house.call("PUT", f"/v1/accounts/{name}").status == 422
