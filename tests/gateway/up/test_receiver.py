"""The receiver to look at: one line a message, and the answer that it was told to give."""

from __future__ import annotations

import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from tests.broker import HOOKLINE, environment
from tests.waiting import eventually, free_port


@pytest.fixture
def listen() -> str:
    return f"127.0.0.1:{free_port()}"


@pytest.fixture
def receiver(listen: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [HOOKLINE, "receiver", "--listen", listen, "--status", "503"]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE) as process:
        yield process
        process.kill()


def post(listen: str, body: bytes) -> int:
    request = urllib.request.Request(f"http://{listen}/hooks?a=1", body, {"webhook-id": "dlv_1"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 - http of this machine
            return int(response.status)
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code
    except urllib.error.URLError:
        return 0


def test_it_shows_what_arrives_answers_as_told_and_stops(receiver: subprocess.Popen[bytes], listen: str) -> None:
    message = b'{"id":"e","account":"shop","customer":"c-1","action":"point_add","data":{"points":5}}'
    assert eventually(lambda: post(listen, message)) == 503
    assert post(listen, b"points=5") == 503
    assert receiver.stdout is not None
    first, second = receiver.stdout.readline().decode(), receiver.stdout.readline().decode()
    assert first.endswith(' POST /hooks?a=1 dlv_1 point_add c-1 {"points":5}\n')
    assert second.endswith(" POST /hooks?a=1 dlv_1 8 bytes: points=5\n")
    receiver.send_signal(signal.SIGTERM)
    assert receiver.wait(60) == 0
