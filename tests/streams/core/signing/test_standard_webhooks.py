"""Standard Webhooks: every secret's signature is accepted by the libraries that receivers use."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
import standardwebhooks
import svix.webhooks
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import FieldInvalid
from streams.core.signing import OutgoingRequest, signed
from tests.streams.core.signing.requests import NOW, a_request

WHSEC = st.binary(min_size=24, max_size=64).map(lambda key: f"whsec_{base64.b64encode(key).decode()}")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=5,
)


def standard(*secrets: str) -> dict[str, Any]:
    return {"type": "standard_webhooks", "secrets": list(secrets)}


def a_message(body: bytes, webhook_id: str = "dlv_1") -> OutgoingRequest:
    """A message of now: the libraries refuse what is older than five minutes."""
    stamp = str(int(datetime.now(UTC).timestamp()))
    return a_request(body=body, webhook_id=webhook_id, webhook_timestamp=stamp)


@settings(max_examples=500, deadline=None)
@given(st.lists(WHSEC, min_size=1, max_size=4, unique=True), VALUES, st.text("abc019_-", min_size=1, max_size=40))
def test_each_active_secret_verifies_with_both_libraries(secrets: list[str], value: Any, webhook_id: str) -> None:
    body = json.dumps({"data": value}, ensure_ascii=False).encode()
    sent = signed(standard(*secrets), a_message(body, webhook_id), NOW)
    for secret in secrets:
        assert standardwebhooks.Webhook(secret).verify(sent.body, dict(sent.headers)) == {"data": value}
        svix.webhooks.Webhook(secret).verify(sent.body, dict(sent.headers))
    assert sent.header("webhook-signature").count("v1,") == len(secrets)


@pytest.mark.parametrize("change", ["body", "webhook-id", "webhook-timestamp", "secret"])
def test_a_message_that_was_changed_is_refused(change: str) -> None:
    secrets = [f"whsec_{base64.b64encode(bytes([number]) * 32).decode()}" for number in range(3)]
    sent = signed(standard(*secrets[:2]), a_message(b'{"points":1}'), NOW)
    headers, body = dict(sent.headers), b'{"points":2}' if change == "body" else sent.body
    if change == "webhook-id":
        headers["webhook-id"] = "dlv_2"
    if change == "webhook-timestamp":
        headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) - 1)
    secret = secrets[2] if change == "secret" else secrets[0]
    with pytest.raises(standardwebhooks.WebhookVerificationError, match="No matching signature"):
        standardwebhooks.Webhook(secret).verify(body, headers)


def test_the_published_example_has_its_signature() -> None:
    request = a_request(
        body=b'{"test": 2432232314}', webhook_id="msg_p5jXN8AQM9LWM0D4loKWxJek", webhook_timestamp="1614265330"
    )
    sent = signed(standard("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), request, NOW)
    assert sent.header("webhook-signature") == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("missing", ["webhook_id", "webhook_timestamp"])
def test_without_id_or_timestamp_there_is_nothing_to_sign(missing: str) -> None:
    with pytest.raises(FieldInvalid, match="id and timestamp"):
        signed(standard("whsec_" + "A" * 32), a_request("https://crm.example", b"", **{missing: ""}), NOW)
