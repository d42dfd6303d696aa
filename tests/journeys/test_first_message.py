"""From the wire to the log: a request becomes an event, a delivery, an attempt, and every page shows it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from gateway.up.topics import Cluster
from tests.broker import HOOKLINE, environment
from tests.journeys.hookline import Hookline
from tests.journeys.receiver import Receiver
from tests.journeys.shop import Shop
from tests.waiting import eventually, free_port

pytestmark = pytest.mark.journey
ROOT = Path(__file__).parents[2]


def test_a_request_arrives_as_a_message_and_the_log_shows_each_step(hookline: Hookline, receiver: Receiver) -> None:
    hookline.start()
    shop = Shop(hookline)
    shop.endpoint()
    shop.site("crm", receiver.url("/hooks"))

    status, answer = hookline.post("shop", "points", {"customer": "c-1", "points": "325"})

    assert status == 200, answer
    message = eventually(lambda: receiver.at("/hooks"), what="the message arrives")[0]
    assert message.json["id"] == answer["event_id"]
    assert message.json["customer"] == "c-1"
    assert message.json["action"] == "point_add"
    assert message.json["data"] == {"points": 325}
    assert re.fullmatch(r"\d{10}", message.headers["webhook-timestamp"])
    assert message.headers["user-agent"].startswith("Hookline/")
    (row,) = shop.ended(message.webhook_id)
    assert (row["status"], row["response_code"], row["attempt"], row["site_name"]) == ("done", 200, 1, "crm")
    whole = hookline.api.call("GET", f"/v1/shop/webhook-log/{row['id']}")
    assert json.loads(whole["request"]["body"]) == message.json
    assert whole["response"]["body"] == "ok"
    (request,) = eventually(lambda: hookline.items("/v1/shop/incoming-log"), what="the request is in the log")
    assert (request["outcome"], request["event_id"]) == ("accepted", answer["event_id"])
    assert request["request_line"] == "POST /webhooks/custom/shop/points"
    (event,) = eventually(lambda: hookline.items("/v1/shop/events"), what="the event is there")
    assert event["data"] == {"points": 325}
    assert event["source"] == {"type": "incoming_webhook", "request_id": request["id"]}
    assert hookline.items("/v1/shop/customers/c-1/events") == [event]


def test_an_event_by_the_api_is_delivered_once_however_often_it_is_sent(hookline: Hookline, receiver: Receiver) -> None:
    hookline.start()
    shop = Shop(hookline)
    shop.site("crm", receiver.url("/hooks"))
    event = {"id": "order-17", "customer": "c-1", "action": "checkout", "data": {"total": 12.5}}

    for _ in range(3):
        hookline.api.call("POST", "/v1/shop/events", event)
    hookline.api.call("POST", "/v1/shop/events", event | {"id": "order-18"})

    eventually(lambda: [each for each in receiver.at("/hooks") if each.json["id"] == "order-18"])
    eventually(lambda: len(shop.log(status="done")) == 2, what="both have ended")
    assert len({each.webhook_id for each in receiver.at("/hooks")}) == 2
    assert len(receiver.at("/hooks")) == 2


def test_a_plain_kafka_producer_can_write_events(hookline: Hookline, receiver: Receiver) -> None:
    hookline.start()
    shop = Shop(hookline)
    shop.site("crm", receiver.url("/hooks"))
    topic = hookline.topics.customer_events
    lines = b'{"account": "shop", "customer": "c-7", "action": "point_add", "data": {"points": 5}}\nnot an event\n'

    servers = hookline.settings.bootstrap_servers
    arguments = ("kafka", "tool", "console-producer", "--bootstrap-server", servers, "--topic", topic)
    produced = hookline.command(*arguments, stdin=lines)

    assert produced.returncode == 0, produced.stderr
    message = eventually(lambda: receiver.at("/hooks"), what="the message arrives")[0]
    assert message.json["customer"] == "c-7"
    assert shop.ended(message.webhook_id)[-1]["status"] == "done"
    (rejected,) = eventually(lambda: hookline.records(hookline.topics.rejected), what="the other line is rejected")
    assert rejected.value == b"not an event"
    assert (rejected.topic, rejected.reason) == (topic, "unreadable")


@pytest.fixture
def newcomer(tmp_path: Path) -> dict[str, str]:
    """An environment for `hookline up` in an empty folder, on ports of its own."""
    return environment(
        listen=f"127.0.0.1:{free_port()}",
        local_kafka_listen=f"127.0.0.1:{free_port()}",
        data_dir=tmp_path / "data",
        partitions=3,
    )


def test_one_command_starts_everything_and_the_printed_line_works(newcomer: dict[str, str], tmp_path: Path) -> None:
    place = f"127.0.0.1:{free_port()}"
    example = tmp_path / "use-cases.yaml"
    example.write_text(
        (ROOT / "examples" / "use-cases.yaml").read_text("utf-8").replace("127.0.0.1:8090", place), "utf-8"
    )
    said = tmp_path / "said"
    with said.open("wb") as out:
        command = [HOOKLINE, "up", "--apply", str(example), "--receiver", place]
        up = subprocess.Popen(command, env=newcomer, cwd=tmp_path, stdout=out, stderr=out, start_new_session=True)
        try:
            curl = eventually(lambda: curl_line(said), within=120, what="a curl line is printed")
            sent = subprocess.run(curl, shell=True, env=newcomer, capture_output=True, text=True, check=True)  # noqa: S602
            assert json.loads(sent.stdout) == {"ok": True}
            eventually(lambda: "dlv_" in said.read_text("utf-8"), what="the receiver shows the message")
            demo = subprocess.run([HOOKLINE, "demo"], env=newcomer, capture_output=True, text=True, check=False)
            assert demo.returncode == 0, demo.stdout + demo.stderr
            up.terminate()
            assert up.wait(60) == 0
        finally:
            if up.poll() is None:
                up.kill()


def curl_line(said: Path) -> str:
    """The printed command, its continued lines joined."""
    text = said.read_text("utf-8", "replace").replace("\\\n", " ")
    return next((line[line.index("curl ") :] for line in text.splitlines() if "curl " in line), "")


def test_the_topics_are_as_the_catalogue_says(hookline: Hookline) -> None:
    assert [each for each in Cluster(hookline.settings).find() if each.drift] == []
