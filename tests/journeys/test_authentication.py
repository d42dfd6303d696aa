"""Every way of proving that a message is ours, seen by the receiver's own library, on one Hookline and a real Kafka."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
import standardwebhooks
import svix.webhooks
from botocore.auth import SigV4Auth

from schemas.definitions.secrets import MASK
from streams.core.signing import OutgoingRequest
from tests.broker import Broker
from tests.connect_proxy import ConnectProxy
from tests.journeys.hookline import Hookline
from tests.journeys.receiver import Received, Receiver
from tests.journeys.shop import Shop
from tests.streams.core.signing.botocore_oracle import botocore_headers
from tests.streams.core.signing.escher_oracle import accepts
from tests.streams.core.signing.requests import aws
from tests.streams.core.signing.s3_server import Server, s3_server
from tests.waiting import eventually

pytestmark = pytest.mark.journey

PASSWORD = "pässwörd: correct horse"
KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
OLD, NEW = ("whsec_" + base64.b64encode(letter * 32).decode() for letter in (b"o", b"n"))
AWS, ESCHER = aws(), aws(algorithm_prefix="EMS", vendor_key="EMS")
S3 = aws("aws_s3", region="us-east-1", service="s3", filename="{date:%Y}/{customer}/{action} {id}.{ext}")
S3 = {name: value for name, value in S3.items() if name not in ("algorithm_prefix", "vendor_key")}


@dataclass(frozen=True, slots=True)
class House:
    """A Hookline that runs, and everybody around it."""

    hookline: Hookline
    shop: Shop
    receiver: Receiver
    s3: Server
    proxy: ConnectProxy

    def send(self, **fields: Any) -> str:
        """A customer event; answers its id."""
        event = {"customer": "Zoë + 1", "action": "point_add", "data": {"points": 5}} | fields
        answer = self.hookline.api.call("POST", "/v1/shop/events", event)
        made: str = answer["items"][0]["id"]
        return made

    def arrived(self, path: str, event_id: str, count: int = 1) -> list[Received]:
        """The requests of one event's message at a path, once there are so many."""
        return eventually(
            lambda: found if len(found := self.found(path, event_id)) >= count else [], what=f"{count} at {path}"
        )

    def found(self, path: str, event_id: str) -> list[Received]:
        return [each for each in self.receiver.at(path) if event_id.encode() in each.body]

    def put(self, name: str, site: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """A site's next revision."""
        now = self.hookline.api.call("GET", f"/v1/shop/sites/{site['id']}")
        answer: dict[str, Any] = self.hookline.api.call("PUT", f"/v1/shop/sites/{site['id']}", now | changes)
        assert answer["name"] == name
        return answer


@pytest.fixture(scope="module")
def house(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with ExitStack() as stack:
        s3, proxy = stack.enter_context(s3_server(S3)), stack.enter_context(ConnectProxy())
        receiver = Receiver()
        receiver.start()
        stack.callback(receiver.stop)
        folder = tmp_path_factory.mktemp("authentication")
        hookline = Hookline(broker, folder, "authentication.", retry_tiers="1s,10s", static_ip_proxy=proxy.url)
        hookline.create_topics()
        stack.callback(hookline.delete_topics)
        stack.callback(hookline.stop_all)
        hookline.start()
        yield House(hookline, Shop(hookline), receiver, s3, proxy)


def request_of(received: Received, receiver: Receiver) -> OutgoingRequest:
    """What arrived, as the verifiers take it."""
    return OutgoingRequest(received.method, receiver.url(received.path), tuple(received.headers.items()), received.body)


def time_of(text: str, form: str) -> int:
    """A header's time in milliseconds."""
    return int(datetime.strptime(text, form).replace(tzinfo=UTC).timestamp() * 1000)


def test_basic_is_read_by_a_server_s_library(house: House) -> None:
    authentication = {"type": "basic", "username": "hööks", "password": PASSWORD}
    house.shop.site("basic", house.receiver.url("/basic"), authentication=authentication)
    (message,) = house.arrived("/basic", house.send())
    read = aiohttp.BasicAuth.decode(message.headers["authorization"], encoding="utf-8")
    assert (read.login, read.password) == ("hööks", PASSWORD)


def test_signature_v4_is_what_botocore_signs_and_anew_for_each_attempt(house: House) -> None:
    house.receiver.script("/aws", 500, 200)
    house.shop.site("aws", house.receiver.url("/aws"), authentication=AWS, retry_delays=["1s"])
    first, second = house.arrived("/aws", house.send(), count=2)
    assert first.body == second.body
    assert first.webhook_id == second.webhook_id
    assert first.headers["authorization"] != second.headers["authorization"]
    for message in (first, second):
        at = time_of(message.headers["x-amz-date"], "%Y%m%dT%H%M%SZ")
        expected = botocore_headers(SigV4Auth, AWS, request_of(message, house.receiver), at)
        assert message.headers["authorization"] == expected["authorization"]


def test_escher_is_accepted_by_its_own_library(house: House) -> None:
    house.shop.site("escher", house.receiver.url("/escher"), authentication=ESCHER)
    (message,) = house.arrived("/escher", house.send())
    at = time_of(message.headers["date"], "%a, %d %b %Y %H:%M:%S GMT")
    scope = "eu-west-1/execute-api/ems_request"
    assert accepts(request_of(message, house.receiver), ESCHER, scope, "EMS", at) == ESCHER["access_key_id"]


@pytest.mark.parametrize(("encoding", "extension"), [("json", "json"), ("form", "txt")])
def test_a_message_becomes_an_object_of_s3(house: House, encoding: str, extension: str) -> None:
    url = f"{house.s3.url}/bucket {encoding}".replace(" ", "%20")
    house.shop.site(f"s3-{encoding}", url, authentication=S3, content_type=encoding)
    event = house.send(timestamp="2026-01-02T03:04:05Z")
    folder = f"bucket {encoding}/2026/Zoë + 1/point_add dlv_"
    key, (content_type, body) = eventually(
        lambda: next(((key, o) for key, o in house.s3.objects.items() if key.startswith(folder)), None),
        what=f"an object appears among {house.s3.objects}",
    ) or ("", ("", b""))
    assert key.endswith(f".{extension}")
    assert event.encode() in body
    assert ("json" in content_type) == (encoding == "json")
    rows = house.shop.ended("dlv_" + key.rsplit("dlv_", 1)[1].removesuffix(f".{extension}"))
    whole = house.hookline.api.call("GET", f"/v1/shop/webhook-log/{rows[0]['id']}")
    assert whole["request"]["method"] == "PUT"
    assert whole["request"]["url"].startswith(f"{url}/2026/Zo%C3%AB%20%2B%201/point_add%20dlv_")


def test_a_form_is_read_by_a_server_s_library(house: House) -> None:
    house.shop.site("form", house.receiver.url("/form"), content_type="form")
    event = house.send(data={"points": 5, "paid": True, "tags": ["a b", "ü"], "gone": None})
    (message,) = house.arrived("/form", event)
    assert message.headers["content-type"] == "application/x-www-form-urlencoded"
    fields = dict(parse_qsl(message.body.decode(), strict_parsing=True))
    assert fields["customer"] == "Zoë + 1"
    assert {name: value for name, value in fields.items() if name.startswith("data")} == {
        "data[points]": "5",
        "data[paid]": "1",
        "data[tags][0]": "a b",
        "data[tags][1]": "ü",
    }


def verified(secret: str, message: Received) -> bool:
    """Whether a receiver's library takes the message; that of Svix agrees."""
    answers = set()
    for library in (standardwebhooks.Webhook, svix.webhooks.Webhook):
        try:
            library(secret).verify(message.body.decode(), message.headers)
            answers.add(True)
        except standardwebhooks.WebhookVerificationError:
            answers.add(False)
    (answer,) = answers
    return answer


def test_secrets_of_standard_webhooks_are_rotated_without_a_message_that_fails(house: House) -> None:
    authentication = {"type": "standard_webhooks", "secrets": [OLD]}
    site = house.shop.site("standard", house.receiver.url("/standard"), authentication=authentication)
    (message,) = house.arrived("/standard", house.send())
    assert verified(OLD, message)

    kept = house.hookline.api.call("GET", f"/v1/shop/sites/{site['id']}")["authentication"]["secrets"]
    house.put("standard", site, authentication=authentication | {"secrets": [NEW, *kept]})
    both = house.arrived("/standard", house.send())[0]
    assert [verified(secret, both) for secret in (OLD, NEW)] == [True, True]

    house.put("standard", site, authentication=authentication | {"secrets": [NEW]})
    after = house.arrived("/standard", house.send())[0]
    assert [verified(secret, after) for secret in (OLD, NEW)] == [False, True]


def test_a_secret_retires_by_itself_after_its_overlap(house: House) -> None:
    authentication = {"type": "standard_webhooks", "secrets": [OLD]}
    site = house.shop.site("rotated", house.receiver.url("/rotated"), authentication=authentication)
    path = f"/v1/shop/sites/{site['id']}"
    assert verified(OLD, house.arrived("/rotated", house.send())[0])
    made = house.hookline.api.call("POST", f"{path}/secrets", {"overlap": "1s"})
    assert verified(made["secret"], house.arrived("/rotated", house.send())[0])
    message = eventually(
        lambda: found if not verified(OLD, found := house.arrived("/rotated", house.send())[0]) else None,
        what="the old secret signs no more",
    )
    assert message is not None
    assert verified(made["secret"], message)

    def used() -> list[Any]:
        return [each["last_used_at"] for each in house.hookline.api.call("GET", path)["authentication"]["secrets"]]

    eventually(lambda: all(times := used()) and times[0] > times[1], what="the log has the last use of each")


def test_a_site_with_a_static_ip_is_reached_through_the_proxy(house: House) -> None:
    authentication = {"type": "basic", "username": "u", "password": PASSWORD}
    house.shop.site("static", house.receiver.url("/static"), proxy="static_ip", authentication=authentication)
    (message,) = house.arrived("/static", house.send())
    assert set(house.proxy.asked) == {house.receiver.url().removeprefix("http://").removesuffix("/")}
    assert all("authorization" not in head.lower() for head in house.proxy.heads)
    (row,) = house.shop.ended(message.webhook_id)
    assert (row["status"], row["remote_ip"]) == ("done", "127.0.0.1")


def test_no_secret_is_anywhere_in_clear(house: House) -> None:
    authentication = {"type": "basic", "username": "u", "password": PASSWORD}
    house.receiver.script("/echo", 500)
    house.shop.site("failing", house.receiver.url("/echo"), retry_delays=["1s"], authentication=authentication)
    (message, *_) = house.arrived("/echo", house.send(), count=2)
    house.shop.ended(message.webhook_id)
    secrets = {PASSWORD, KEY, OLD, NEW, *(each.removeprefix("whsec_") for each in (OLD, NEW))}
    secrets |= {base64.b64encode(f"{name}:{PASSWORD}".encode()).decode() for name in ("u", "hööks")}
    places = dict(everything(house))
    for secret in secrets:
        for form in {secret.encode(), json.dumps(secret)[1:-1].encode()}:
            assert [place for place, content in places.items() if form in content] == []
    for shown in (MASK.encode(), AWS["access_key_id"].encode(), message.webhook_id.encode()):
        assert [place for place, content in places.items() if shown in content], "what is no secret is found"


def everything(house: House) -> Iterator[tuple[str, bytes]]:
    """What each topic, file and answer holds, in bytes."""
    hookline = house.hookline
    for message in hookline.messages(*(topic.name for topic in hookline.topics.catalogue)):
        place = f"{message.topic()}/{message.partition()}/{message.offset()}"
        yield place, b"".join((message.key() or b"", message.value() or b"", repr(message.headers()).encode()))
    for file in hookline.folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # one of the store's, which comes and goes
            if file.is_file():
                yield str(file), file.read_bytes()
    base = "/v1/shop"
    paths = [f"{base}/sites", f"{base}/subscriptions", f"{base}/configuration", f"{base}/webhook-log"]
    paths += [f"{base}/sites/{site['id']}/revisions" for site in hookline.items(f"{base}/sites")]
    paths += [f"{base}/webhook-log/{row['id']}" for row in house.shop.log()]
    for path in paths:
        yield path, json.dumps(hookline.api.call("GET", path), ensure_ascii=False).encode()
    for path in (f"{base}/webhook-log.csv", f"{base}/webhook-log.psv", f"{base}/incoming-log.csv"):
        yield path, b"".join(hookline.api.lines(path, {}, timeout=60))
    for command in (["log"], ["log", "--json"], ["queue"], ["export"], ["tail", "config", "--from-beginning"]):
        done = hookline.command(*command)
        assert done.returncode == 0, done.stderr
        yield " ".join(command), done.stdout + done.stderr
