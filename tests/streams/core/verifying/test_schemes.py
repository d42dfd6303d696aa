"""Every scheme against its provider's own library where there is one, else against documented examples."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier
from standardwebhooks import Webhook, WebhookVerificationError
from stripe import SignatureVerificationError, WebhookSignature

from streams.core.verifying import Reason, compile_verification

NOW = 1_764_000_000
BODIES = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
TEXTS = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_categories=["Cs"]), min_size=1)
Sent = list[list[str]]


def verified(definition: dict[str, Any], body: str | bytes, headers: Sent, now: float = NOW) -> bool:
    raw = body.encode() if isinstance(body, str) else body
    return compile_verification(definition).check(raw, headers, int(now * 1000)).verified


def standard_secret(key: bytes) -> str:
    return "whsec_" + base64.b64encode(key).decode()


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def openssl_hmac(key: str, algorithm: str, body: bytes) -> bytes:
    """An HMAC of OpenSSL's through another library than the one under test."""
    hash_ = {"sha256": hashes.SHA256(), "sha1": hashes.SHA1(), "sha512": hashes.SHA512()}[algorithm]  # noqa: S303
    mac = HMAC(key.encode(), hash_)
    mac.update(body)
    return mac.finalize()


@given(st.binary(min_size=1, max_size=80), BODIES, st.sampled_from(["webhook", "svix"]))
def test_what_the_library_of_standard_webhooks_signs_is_verified(key: bytes, body: str, family: str) -> None:
    signature = Webhook(key).sign("msg_1", at(NOW), body)
    headers = [[f"{family}-id", "msg_1"], [f"{family}-timestamp", str(NOW)], [f"{family}-signature", signature]]
    assert verified({"type": "standard_webhooks", "secrets": [standard_secret(key)]}, body, headers)
    assert not verified({"type": "standard_webhooks", "secrets": [standard_secret(key + b"x")]}, body, headers)


def test_the_example_of_the_standard_webhooks_specification_is_verified() -> None:
    headers = [
        ["webhook-id", "msg_loFOjxBNrRLzqYUf"],
        ["webhook-timestamp", "1731705121"],
        ["webhook-signature", "v1a,bm9uZQ== v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="],
    ]
    definition = {"type": "standard_webhooks", "secrets": ["whsec_plJ3nmyCDGBKInavdOK15jsl"]}
    assert verified(definition, '{"event_type":"ping","data":{"success":true}}', headers, 1731705121)


@given(st.data())
def test_what_is_verified_by_standard_webhooks_is_verified_by_its_library_too(data: st.DataObject) -> None:
    body, now = '{"a":1}', int(time.time())
    signature = Webhook(b"key").sign("m", at(now), body)
    texts = st.sampled_from([signature, "v1,", "v2,x", "v1", " ", ",", signature.upper(), "v1,AAAA"])
    sent = {
        "webhook-id": data.draw(st.sampled_from(["m", "m", "n", "m "])),
        "webhook-timestamp": data.draw(
            st.sampled_from([str(now), str(now), f"{now}.0", f" {now}", "x", str(now - 400)])
        ),
        "webhook-signature": " ".join(data.draw(st.lists(texts, max_size=4))),
    }
    ours = verified(
        {"type": "standard_webhooks", "secrets": [standard_secret(b"key")]},
        body,
        [[*pair] for pair in sent.items()],
        now,
    )
    try:
        Webhook(b"key").verify(body, sent)
    except (WebhookVerificationError, ValueError):
        assert not ours


@given(TEXTS.filter(str.strip), BODIES, st.lists(st.sampled_from(["v0=6ffb", "v1=00", "x=1"]), max_size=3))
def test_what_the_library_of_stripe_signs_is_verified(secret: str, body: str, others: list[str]) -> None:
    header = ",".join([WebhookSignature.generate_signature_header(body, secret, NOW), *others])
    assert verified({"type": "stripe", "secrets": [secret]}, body, [["Stripe-Signature", header]])
    assert not verified({"type": "stripe", "secrets": [secret + "x"]}, body, [["Stripe-Signature", header]])


@given(st.data())
def test_what_is_verified_by_stripe_is_verified_by_its_library_too(data: st.DataObject) -> None:
    body, now = '{"a":1}', int(time.time())
    t, v1 = WebhookSignature.generate_signature_header(body, "s", now).split(",")
    items = st.sampled_from([t, t, v1, v1, v1.upper(), "v1=", "t=", "t=1", "v1", "=", "", f" {t}", f"{v1}=", "v0=0"])
    header = ",".join(data.draw(st.lists(items, min_size=1, max_size=5)))
    ours = verified({"type": "stripe", "secrets": ["s"]}, body, [["Stripe-Signature", header]], now)
    try:
        WebhookSignature.verify_header(body, header, "s", 300)
    except SignatureVerificationError:
        assert not ours


@given(TEXTS, BODIES)
def test_what_the_library_of_slack_signs_is_verified(secret: str, body: str) -> None:
    signature = SignatureVerifier(secret).generate_signature(timestamp=str(NOW), body=body)
    headers = [["X-Slack-Request-Timestamp", str(NOW)], ["X-Slack-Signature", str(signature)]]
    assert verified({"type": "slack", "secrets": [secret]}, body, headers)
    assert not verified({"type": "slack", "secrets": [secret + "x"]}, body, headers)


@given(st.data())
def test_what_is_verified_by_slack_is_verified_by_its_library_too(data: st.DataObject) -> None:
    now = int(time.time())
    signature = str(SignatureVerifier("s").generate_signature(timestamp=str(now), body="b"))
    headers = {
        "X-Slack-Request-Timestamp": data.draw(st.sampled_from([str(now), f"0{now}", f"{now} ", str(now - 301), "-1"])),
        "X-Slack-Signature": data.draw(
            st.sampled_from([signature, signature[3:], "v0=", signature.upper(), "v1=" + signature[3:]])
        ),
    }
    if verified({"type": "slack", "secrets": ["s"]}, "b", [[*pair] for pair in headers.items()], now):
        assert SignatureVerifier("s").is_valid_request("b", headers)


def test_slacks_documented_example_is_verified() -> None:
    body = (
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    headers = [["X-Slack-Signature", signature], ["X-Slack-Request-Timestamp", "1531420618"]]
    definition = {"type": "slack", "secrets": ["8f742231b10e8888abcd99yyyzzz85a5"]}
    assert verified(definition, body, headers, 1531420618)


def test_githubs_documented_example_is_verified() -> None:
    definition = {"type": "github", "secrets": ["It's a Secret to Everybody"]}
    signature = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert verified(definition, "Hello, World!", [["X-Hub-Signature-256", f"sha256={signature}"]])
    assert not verified(definition, "Hello, World!", [["X-Hub-Signature-256", signature]])
    assert not verified(definition, "Hello, World!", [["X-Hub-Signature", f"sha1={signature}"]])


@given(TEXTS, st.binary(max_size=200))
def test_shopify_signs_the_raw_bytes_in_base64(secret: str, body: bytes) -> None:
    signature = base64.b64encode(openssl_hmac(secret, "sha256", body)).decode()
    assert verified({"type": "shopify", "secrets": [secret]}, body, [["X-Shopify-Hmac-Sha256", signature]])
    assert not verified({"type": "shopify", "secrets": [secret]}, body + b" ", [["X-Shopify-Hmac-Sha256", signature]])


@given(
    TEXTS,
    st.binary(max_size=200),
    st.sampled_from(["sha256", "sha1", "sha512"]),
    st.sampled_from(["hex", "base64"]),
    st.sampled_from(["", "{}="]),
)
def test_a_plain_hmac_is_read_as_described(
    secret: str, body: bytes, algorithm: str, encoding: str, prefix: str
) -> None:
    digest = openssl_hmac(secret, algorithm, body)
    text = digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()
    definition = {"type": "hmac", "header": "X-Sign", "algorithm": algorithm, "encoding": encoding, "secrets": [secret]}
    assert verified(definition, body, [["x-sign", prefix.format(algorithm) + text]])
    assert verified(definition, body, [["X-SIGN", text.upper() if encoding == "hex" else text]])
    assert not verified(definition, body, [["X-Other", text]])
    assert not verified(definition, body, [["X-Sign", f"md5={text}"]])


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [
        ("sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            "sha512",
            (
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
            ),
        ),
        ("sha1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
    ],
)
def test_the_second_case_of_rfc_2202_and_rfc_4231_is_verified(algorithm: str, digest: str) -> None:
    definition = {"type": "hmac", "header": "X", "algorithm": algorithm, "encoding": "hex", "secrets": ["Jefe"]}
    assert verified(definition, "what do ya want for nothing?", [["X", digest]])


def test_what_this_version_does_not_know_verifies_nobody() -> None:
    unknown: list[dict[str, Any]] = [
        {"type": "of the future", "secrets": ["a"]},
        {"secrets": ["a"]},
        {"type": "github"},
        {"type": "github", "secrets": []},
        {"type": "github", "secrets": [""]},
        {"type": "github", "secrets": [{"$sealed": "v1"}]},
        {"type": "standard_webhooks", "secrets": ["whsec_"]},
        {"type": "hmac", "secrets": ["a"]},
        {"type": "hmac", "secrets": ["a"], "header": "X", "algorithm": "md5", "encoding": "hex"},
    ]
    for definition in unknown:
        empty = openssl_hmac("", "sha256", b"").hex() if definition.get("secrets") == [""] else ""
        checked = compile_verification(definition).check(b"", [["X-Hub-Signature-256", f"sha256={empty}"]], NOW)
        assert checked.reason is Reason.SCHEME_UNKNOWN
