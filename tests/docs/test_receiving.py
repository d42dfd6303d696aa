"""docs/receiving.md: its programs take what Hookline signs and nothing like it, and its tables say what is done."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from schemas.definitions import Site
from schemas.durations import format_duration
from schemas.settings import Settings
from streams.agents.deliver.disabling import GONE
from streams.core.answer import Answer
from streams.core.retrying import Resend, retry_after, verdict
from streams.edges.curl import IDLE_KEPT
from streams.edges.curl_handle import MOST_BODY
from tests.gateway.conftest import MakeHouse, house, make_house
from tests.gateway.house import House
from tests.journeys.receiver import Receiver
from tests.waiting import eventually, free_port

__all__ = ["MakeHouse", "house", "make_house"]

PAGE = (Path(__file__).parents[2] / "docs" / "receiving.md").read_text("utf-8")
VERIFIES, RECEIVES = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(JAVASCRIPT,) = re.findall(r"^```javascript\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(SHELL,) = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
OLD, NEW = ("whsec_" + base64.b64encode(letter * 32).decode() for letter in (b"o", b"n"))
OTHER = "whsec_" + base64.b64encode(b"x" * 24).decode()
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as it arrived, and the secret that somebody holds."""

    secret: str
    headers: dict[str, str]
    body: bytes

    def with_header(self, name: str, value: str) -> Sent:
        return replace(self, headers=self.headers | {name: value})


Verify = Callable[[list[Sent]], list[bool]]


@pytest.fixture
def sites() -> Iterator[Receiver]:
    one = Receiver()
    one.start()
    yield one
    one.stop()


@pytest.fixture
def signed(house: House, sites: Receiver) -> Sent:
    """A message of a site with two secrets, as it came over the wire."""
    site_of(house, sites.url("/hooks"))
    (message,) = sites.at("/hooks")
    return Sent(NEW, {name: message.headers[name] for name in HEADERS}, message.body)


def site_of(house: House, url: str) -> str:
    """Makes a site, and sends it a message by the courier's own code."""
    authentication = {"type": "standard_webhooks", "secrets": [NEW, OLD]}
    site = {"name": url, "url": url, "timeout_seconds": 10, "authentication": authentication}
    path = f"/v1/shop/sites/{house.made('POST', '/v1/shop/sites', site)['id']}/test"
    house.made("POST", path)
    return path


def by_python(cases: list[Sent]) -> list[bool]:
    names: dict[str, Any] = {}
    exec(compile(VERIFIES, "receiving.md", "exec"), names)  # noqa: S102 - the page's own program
    return [names["verified"](case.secret, case.headers, case.body) for case in cases]


def by_node(cases: list[Sent]) -> list[bool]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node here")
    driver = """
    const cases = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    const answers = cases.map((c) => verified(c.secret, c.headers, Buffer.from(c.body, "base64")));
    console.log(JSON.stringify(answers));
    """
    asked = [{"secret": c.secret, "headers": c.headers, "body": base64.b64encode(c.body).decode()} for c in cases]
    program, given = JAVASCRIPT + driver, json.dumps(asked).encode()
    done = subprocess.run([node, "-e", program], input=given, capture_output=True, check=True)
    answers: list[bool] = json.loads(done.stdout)
    return answers


def in_a_shell(folder: Path, cases: list[Sent]) -> list[bool]:
    return [in_one_shell(folder, case) for case in cases]


def in_one_shell(folder: Path, case: Sent) -> bool:
    (folder / "body").write_bytes(case.body)
    given = {name.removeprefix("webhook-").upper(): case.headers[name] for name in HEADERS}
    variables = os.environ | given | {"SECRET": case.secret}
    done = subprocess.run(["/bin/sh", "-c", SHELL], cwd=folder, env=variables, capture_output=True, check=False)
    assert (done.returncode, done.stdout) in ((0, b"verified\n"), (1, b"")), done.stderr
    return done.returncode == 0


def forged(sent: Sent) -> Iterator[Sent]:
    """The same with something changed that is signed, or with another secret."""
    for place in range(0, len(sent.body), max(1, len(sent.body) // 20)):
        yield replace(sent, body=bytes([*sent.body[:place], sent.body[place] ^ 1, *sent.body[place + 1 :]]))
    yield replace(sent, body=sent.body + b" ")
    yield replace(sent, body=b"")
    yield replace(sent, secret=OTHER)
    yield sent.with_header("webhook-id", sent.headers["webhook-id"] + "0")
    yield sent.with_header("webhook-timestamp", str(int(sent.headers["webhook-timestamp"]) + 1))
    first, _, second = sent.headers["webhook-signature"].partition(" ")
    for wrong in ("", first[:-5], second, f"{first[:7]}{chr(ord(first[7]) ^ 1)}{first[8:]}", first.replace("v1", "v2")):
        yield sent.with_header("webhook-signature", wrong)


def out_of_time(sent: Sent) -> Iterator[Sent]:
    """What carries no usable time; whether the signature fits does not matter then."""
    now = int(time.time())
    for wrong in ("", "soon", str(now - 301), str(now + 310), f"-{now}", "²"):
        yield sent.with_header("webhook-timestamp", wrong)
    for name in HEADERS:
        yield replace(sent, headers={each: value for each, value in sent.headers.items() if each != name})


@pytest.mark.parametrize("verify", [by_python, by_node])
def test_a_program_takes_what_hookline_signs_and_nothing_like_it(signed: Sent, verify: Verify) -> None:
    first, second = signed.headers["webhook-signature"].split(" ")
    right = [signed, replace(signed, secret=OLD), signed.with_header("webhook-signature", first)]
    right += [replace(signed.with_header("webhook-signature", second), secret=OLD)]
    assert verify(right) == [True] * len(right)
    wrong = [*forged(signed), *out_of_time(signed)]
    assert verify(wrong) == [False] * len(wrong)


def test_a_shell_says_whether_a_signature_fits(signed: Sent, tmp_path: Path) -> None:
    assert in_a_shell(tmp_path, [signed, replace(signed, secret=OLD)]) == [True, True]
    wrong = list(forged(signed))
    assert in_a_shell(tmp_path, wrong) == [False] * len(wrong)


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The whole receiver of the guide as a process: its address, and its folder."""
    program = tmp_path / "receiver.py"
    program.write_text(f"{VERIFIES}\n\n{RECEIVES}")
    port = free_port()
    with (tmp_path / "receiver.log").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, program], cwd=tmp_path, env=os.environ | {"SECRET": OLD, "PORT": str(port)}, stderr=said
        )
    try:
        eventually(lambda: "created" if (tmp_path / "messages.db").exists() else "", what="the receiver has its table")
        yield f"http://127.0.0.1:{port}/hooks", tmp_path
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(60)


def test_the_receiver_of_the_guide_takes_what_hookline_sends(house: House, endpoint: tuple[str, Path]) -> None:
    url, folder = endpoint
    path = site_of(house, url)
    eventually(lambda: house.made("POST", path)["status"] == "done", what="it listens, and takes a message")
    rows = house.log.records(house.topics.attempts)
    taken = {row.delivery_id: row.request_body for row in rows if row.response_code == 204}

    def stored() -> dict[str, bytes]:
        with sqlite3.connect(folder / "messages.db") as store:
            return dict(store.execute("SELECT id, body FROM messages").fetchall())

    assert stored() == taken
    assert taken


def test_the_receiver_of_the_guide_takes_a_message_once_and_no_forged_one(
    house: House, signed: Sent, endpoint: tuple[str, Path]
) -> None:
    url, folder = endpoint
    path = site_of(house, url)
    eventually(lambda: house.made("POST", path)["status"] == "done", what="it listens")
    headers = signed.headers | {"content-type": "application/json"}
    for _ in range(3):
        assert posted(url, headers, signed.body) == 204
    for wrong in forged(replace(signed, secret=OLD)):
        if wrong.secret == OLD and wrong.headers["webhook-signature"] != signed.headers["webhook-signature"].split()[1]:
            assert posted(url, wrong.headers, wrong.body) == 401
    with sqlite3.connect(folder / "messages.db") as store:
        found = store.execute("SELECT body FROM messages WHERE id = ?", [signed.headers["webhook-id"]]).fetchall()
    assert found == [(signed.body,)]


def posted(url: str, headers: dict[str, str], body: bytes) -> int:
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.netloc, timeout=60)
    try:
        connection.request("POST", where.path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("row", "answers"),
    [
        ("200 to 299", [200, 204, 299]),
        ("300 to 399", [300, 301, 308, 399]),
        ("410", [410]),
        ("any other status", [199, 400, 401, 404, 500, 599]),
    ],
)
def test_a_status_does_what_the_table_says(row: str, answers: list[int]) -> None:
    (says,) = re.findall(rf"^\| {row}[^|]*\|(.*)\|$", PAGE, re.MULTILINE)
    for status in answers:
        succeeded = Answer(began_at=0, duration_us=0, status=status).succeeded
        assert succeeded == ("*Done*" in says) != ("a failure" in says)
        assert ("disabled" in says) == (status == GONE)


def test_retry_after_counts_where_the_table_says_so() -> None:
    (says,) = re.findall(r"^\| (.*) with `Retry-After` \|", PAGE, re.MULTILINE)
    named = [int(status) for status in says.split(" or ")]
    counts = [status for status in range(200, 600) if retry_after(status, [["Retry-After", "60"]], 0)]
    assert counts == named
    asked = verdict(succeeded=False, step=1, delays=(10,), tiers=(10, 60), now=0, not_before=10**12)
    assert isinstance(asked, Resend)
    assert asked.due == 24 * 3600 * 1000, "at most a day"


def test_schedules_are_as_long_as_it_says() -> None:
    assert f"`{', '.join(Site(name='x', url='https://crm.example/').retry_delays)}`:\nsix requests" in PAGE
    tiers = Settings.model_validate({}).retry_tiers
    assert f"`{', '.join(map(format_duration, tiers))}`: seven requests" in PAGE
    assert [len(tiers) + 1, round(sum(tiers) / 3600, 1)] == [7, 14.6]


def test_limits_are_those_of_the_courier() -> None:
    assert MOST_BODY == 64 * 1024
    assert f"up to {IDLE_KEPT} idle seconds" in PAGE
