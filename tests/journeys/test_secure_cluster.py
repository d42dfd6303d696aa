"""A cluster that wants TLS, a certificate of ours and a login: every role gets in, Faust's client too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.hookline import Hookline
from tests.journeys.receiver import Receiver
from tests.journeys.shop import Shop
from tests.secure_broker import PASSWORD, SecureBroker
from tests.waiting import eventually

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureBroker]:
    one = SecureBroker(tmp_path_factory.mktemp("secure"))
    try:
        one.start()
        yield one
    finally:
        one.stop()


def test_a_request_arrives_as_a_message_over_sasl_ssl(secure: SecureBroker, receiver: Receiver, tmp_path: Path) -> None:
    hookline = Hookline(secure, tmp_path / "hookline", "secure.", **secure.settings("SCRAM-SHA-512"))
    plain = {name: value for name, value in secure.settings("PLAIN").items() if name == "kafka_sasl_mechanism"}
    try:
        eventually(lambda: hookline.command("topics", "create").returncode == 0, within=90, what="topics are made")
        for role in ("projector", "streams"):
            hookline.start_role(role)
        hookline.start_role("courier", **plain)
        hookline.start("gateway")
        shop = Shop(hookline)
        shop.endpoint()
        shop.site("crm", receiver.url("/hooks"))
        status, answer = hookline.post("shop", "points", {"customer": "c-1", "points": 5})
        assert status == 200
        message = eventually(lambda: receiver.at("/hooks"), within=60, what="the message arrives")[0]
        assert message.json["id"] == answer["event_id"]
        (row,) = shop.ended(message.webhook_id)
        assert row["status"] == "done"
        listed = hookline.command("kafka", "tool", "topics", "--list")
        assert listed.returncode == 0, listed.stderr
        assert b"secure.attempts" in listed.stdout
        assert not any(PASSWORD in hookline.log(role) for role in ("gateway", "streams", "courier", "projector"))
    finally:
        hookline.stop_all()


def test_a_wrong_password_is_said_in_one_line(secure: SecureBroker, tmp_path: Path) -> None:
    wrong = secure.settings("SCRAM-SHA-512") | {"kafka_sasl_password": "wrong"}
    done = Hookline(secure, tmp_path / "hookline", "secure.", **wrong).command("topics", "list")
    assert done.returncode == 1
    assert b"Kafka does not answer at" in done.stderr
    assert b"wrong" not in done.stderr
