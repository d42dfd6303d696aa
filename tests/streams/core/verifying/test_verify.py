"""What holds for every scheme: any bit counts, any secret counts, time counts, and nothing raises."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.verifying import TOLERANCE, Checked, Reason, Verifier, compile_verification

NOW = 1_764_000_000_000  # ms
SECRETS = ["first secret", "second secret", "third secret"]
Sent = list[list[str]]


def sha256(secret: str, content: bytes) -> bytes:
    return hmac.digest(secret.encode(), content, hashlib.sha256)


def in_base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def standard_webhooks(secret: str, body: bytes, at: int) -> Sent:
    signature = in_base64(sha256(secret, b"m.%d.%b" % (at, body)))
    return [["webhook-id", "m"], ["webhook-timestamp", str(at)], ["webhook-signature", f"v1,{signature}"]]


def stripe(secret: str, body: bytes, at: int) -> Sent:
    return [["stripe-signature", f"t={at},v1={sha256(secret, b'%d.%b' % (at, body)).hex()}"]]


def slack(secret: str, body: bytes, at: int) -> Sent:
    signature = sha256(secret, b"v0:%d:%b" % (at, body)).hex()
    return [["x-slack-request-timestamp", str(at)], ["x-slack-signature", f"v0={signature}"]]


def github(secret: str, body: bytes, _: int) -> Sent:
    return [["x-hub-signature-256", f"sha256={sha256(secret, body).hex()}"]]


def shopify(secret: str, body: bytes, _: int) -> Sent:
    return [["x-shopify-hmac-sha256", in_base64(sha256(secret, body))]]


def plain(secret: str, body: bytes, _: int) -> Sent:
    return [["x-sign", sha256(secret, body).hex()]]


SIGNERS: dict[str, Callable[[str, bytes, int], Sent]] = {
    "standard_webhooks": standard_webhooks,
    "stripe": stripe,
    "slack": slack,
    "github": github,
    "shopify": shopify,
    "hmac": plain,
}
TIMED = ["standard_webhooks", "stripe", "slack"]
KINDS = st.sampled_from(sorted(SIGNERS))


def verifier(kind: str, *secrets: str, ends: tuple[int | None, ...] = ()) -> Verifier:
    shown = [in_base64(secret.encode()) for secret in secrets] if kind == "standard_webhooks" else [*secrets]
    more = {"header": "X-Sign", "algorithm": "sha256", "encoding": "hex"} if kind == "hmac" else {}
    return compile_verification({"type": kind, "secrets": shown, **more}, ends)


def signed(kind: str, body: bytes = b"{}", secret: str = SECRETS[0], age: int = 0) -> Sent:
    return SIGNERS[kind](secret, body, NOW // 1000 - age)


def flipped(text: str, bit: int) -> str:
    raw = bytearray(text.encode())
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    return bytes(raw).decode("utf-8", "surrogateescape")


@given(KINDS, st.binary(max_size=300), st.integers(0, 2))
def test_every_active_secret_verifies_and_the_answer_says_which(kind: str, body: bytes, index: int) -> None:
    checked = verifier(kind, *SECRETS).check(body, signed(kind, body, SECRETS[index]), NOW)
    assert checked == Checked(secret=index)
    assert checked.verified
    assert checked.detail == ""


@pytest.mark.parametrize("kind", sorted(SIGNERS))
def test_a_secret_verifies_until_it_ends(kind: str) -> None:
    now, old, new = NOW, signed(kind, secret=SECRETS[0]), signed(kind, secret=SECRETS[1])
    ending = verifier(kind, *SECRETS[:2], ends=(NOW, None))
    assert ending.check(b"{}", old, now - 1) == Checked(secret=0)
    assert ending.check(b"{}", old, now).reason is Reason.SIGNATURE_WRONG
    assert ending.check(b"{}", new, now) == Checked(secret=1)


@given(KINDS, st.binary(min_size=1, max_size=100), st.integers(0))
def test_a_flipped_bit_of_the_body_is_noticed(kind: str, body: bytes, bit: int) -> None:
    changed = bytearray(body)
    changed[bit // 8 % len(body)] ^= 1 << bit % 8
    checked = verifier(kind, *SECRETS).check(bytes(changed), signed(kind, body), NOW)
    assert checked.reason is Reason.SIGNATURE_WRONG


@given(KINDS, st.integers(0), st.data())
def test_a_flipped_bit_of_what_a_header_says_is_noticed(kind: str, bit: int, data: st.DataObject) -> None:
    headers = signed(kind)
    header = data.draw(st.sampled_from(headers))
    original = header[1]
    header[1] = flipped(original, bit)
    same = kind == "hmac" and header[1].lower() == original  # hex of a plain HMAC may be in capitals
    assert verifier(kind, *SECRETS).check(b"{}", headers, NOW).verified is same


@given(KINDS, st.data())
def test_a_signature_that_is_cut_or_longer_is_noticed(kind: str, data: st.DataObject) -> None:
    headers = signed(kind)
    text = headers[-1][1]
    headers[-1][1] = data.draw(
        st.one_of(st.just(text + "0"), st.integers(0, len(text) - 1).map(lambda end: text[:end]))
    )
    assert not verifier(kind, *SECRETS).check(b"{}", headers, NOW).verified


@pytest.mark.parametrize("kind", SIGNERS)
def test_a_secret_that_is_no_longer_active_is_refused(kind: str) -> None:
    checked = verifier(kind, *SECRETS[1:]).check(b"{}", signed(kind), NOW)
    assert checked.reason is Reason.SIGNATURE_WRONG


@pytest.mark.parametrize("kind", SIGNERS)
def test_a_header_that_is_missing_empty_or_there_twice_is_named(kind: str) -> None:
    for index in range(len(signed(kind))):
        headers = signed(kind)
        name, value = headers.pop(index)
        for instead, reason in (
            ([], Reason.HEADER_MISSING),
            ([[name, ""]], Reason.HEADER_MISSING),
            ([[name, value], [name.title(), value]], Reason.HEADER_REPEATED),
        ):
            checked = verifier(kind, *SECRETS).check(b"{}", [*headers, *instead], NOW)
            assert (checked.reason, checked.header, checked.verified) == (reason, name, False)
            assert checked.detail == f"{reason}: {name}"


@pytest.mark.parametrize("kind", TIMED)
@pytest.mark.parametrize(
    ("age", "reason"),
    [
        (0, None),
        (TOLERANCE, None),
        (-TOLERANCE, None),
        (TOLERANCE + 1, Reason.TIMESTAMP_TOO_OLD),
        (-TOLERANCE - 1, Reason.TIMESTAMP_TOO_NEW),
    ],
)
def test_a_timestamp_is_taken_five_minutes_before_and_after(kind: str, age: int, reason: Reason | None) -> None:
    assert verifier(kind, *SECRETS).check(b"{}", signed(kind, age=age), NOW).reason is reason


@pytest.mark.parametrize("kind", sorted(set(SIGNERS) - set(TIMED)))
def test_a_scheme_without_a_timestamp_does_not_look_at_the_time(kind: str) -> None:
    assert verifier(kind, *SECRETS).check(b"{}", signed(kind), 0).verified


@pytest.mark.parametrize("timestamp", ["", " 1", "1 ", "+1", "-1", "1.0", "1e9", "٣", "x", "9" * 13, "9" * 5000])
def test_a_timestamp_is_digits_only(timestamp: str) -> None:
    for kind in TIMED:
        headers = [[name, value.replace(str(NOW // 1000), timestamp)] for name, value in signed(kind)]
        if kind != "stripe":
            headers = [[name, timestamp if "timestamp" in name else value] for name, value in headers]
        reason = verifier(kind, *SECRETS).check(b"{}", headers, NOW).reason
        assert reason is Reason.HEADER_MALFORMED or (reason is Reason.HEADER_MISSING and not timestamp)


@pytest.mark.parametrize("kind", ["standard_webhooks", "stripe"])
def test_one_good_signature_among_several_is_enough(kind: str) -> None:
    old, new = signed(kind, secret="of nobody"), signed(kind)
    space = "," if kind == "stripe" else " "
    good, bad = (headers[-1][1].partition(",v1=")[2] if kind == "stripe" else headers[-1][1] for headers in (new, old))
    both = f"{old[-1][1]},v1={good}" if kind == "stripe" else space.join([bad, good])
    assert verifier(kind, *SECRETS).check(b"{}", [*new[:-1], [new[-1][0], both]], NOW).verified


NAMES = st.sampled_from(sorted({name for kind in SIGNERS for name, _ in signed(kind)} | {"svix-id", "svix-signature"}))
VALUES = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(), max_size=40),
    st.sampled_from([str(NOW // 1000), "v1,", "v0=", "t=1,v1=", ",", "=", " ", "sha256=", "\udcff", "\ud800"]),
)


@given(KINDS, st.lists(st.tuples(NAMES, VALUES).map(list), max_size=6), st.binary(max_size=50), st.integers())
def test_no_header_makes_it_raise_or_verify(kind: str, headers: Sent, body: bytes, now: int) -> None:
    assert verifier(kind, *SECRETS).check(body, headers, now).reason is not None


@given(st.lists(st.tuples(NAMES, VALUES).map(list), max_size=4), st.binary(max_size=50), st.integers())
def test_without_verification_everybody_may_send(headers: Sent, body: bytes, now: int) -> None:
    for definition in (None, {"type": "none"}, {"type": "none", "secrets": []}):
        assert compile_verification(definition).check(body, headers, now) == Checked()


def test_every_secret_is_compared_with_every_signature_whatever_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[Any, Any]] = []
    genuine = hmac.compare_digest

    def counted(left: bytes, right: bytes) -> bool:
        compared.append((left, right))
        return genuine(left, right)

    monkeypatch.setattr(hmac, "compare_digest", counted)
    headers = signed("standard_webhooks")
    headers[-1][1] += " v1,AAAA v1,BBBB"
    assert verifier("standard_webhooks", *SECRETS).check(b"{}", headers, NOW).secret == 0
    assert len(compared) == len(SECRETS) * 3


def test_the_headers_that_carry_signatures_are_known() -> None:
    named: dict[str, Any] = {kind: verifier(kind, *SECRETS).headers for kind in SIGNERS}
    assert named["hmac"] == {"x-sign"}
    assert all(signed(kind)[-1][0] in named[kind] for kind in SIGNERS)
    assert compile_verification(None).headers == frozenset()
