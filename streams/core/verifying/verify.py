"""Whether a claim holds: its time is near, and one of its signatures is what one of the active secrets gives.

Every secret is tried on every signature in constant time, whatever was found before: how long it takes tells nothing.
"""

from __future__ import annotations

import base64
import hmac
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.definitions.verification import signing_key
from streams.core.verifying import plain, slack, standard_webhooks, stripe
from streams.core.verifying.claims import Checked, Claim, Headers, Reason, Unproven

__all__ = ["TOLERANCE", "Verifier", "compile_verification"]

TOLERANCE = 300  # seconds, before and after

Key = tuple[int, bytes, float]  # which secret, what it signs with, and until when it is valid, in milliseconds


def text_key(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogatepass")


def in_hex(digest: bytes) -> str:
    return digest.hex()


def in_base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one kind of sender signs."""

    read: Callable[[Headers], Claim]
    headers: frozenset[str]  # that carry signatures, in lower case
    encode: Callable[[bytes], str] = in_hex
    algorithm: str = "sha256"
    key: Callable[[str], bytes | None] = text_key


SCHEMES = {
    "standard_webhooks": Scheme(standard_webhooks.read, standard_webhooks.HEADERS, in_base64, key=signing_key),
    "stripe": Scheme(stripe.read, stripe.HEADERS),
    "github": Scheme(plain.github, frozenset({plain.GITHUB})),
    "shopify": Scheme(plain.shopify, frozenset({plain.SHOPIFY}), in_base64),
    "slack": Scheme(slack.read, slack.HEADERS),
}
ALGORITHMS = ("sha256", "sha1", "sha512")
ENCODINGS: dict[str, Callable[[bytes], str]] = {"hex": in_hex, "base64": in_base64}


class Verifier:
    """One definition's way of proving a sender, ready for requests."""

    __slots__ = ("_keys", "_scheme", "headers")

    def __init__(self, scheme: Scheme | None, keys: Sequence[Key] = ()) -> None:
        self._scheme = scheme
        self._keys = tuple(keys)
        self.headers = scheme.headers if scheme else frozenset[str]()  # that carry signatures, in lower case

    def check(self, body: bytes, headers: Sequence[Sequence[str]], now: int) -> Checked:
        """Who sent `body`, raw as it came, with `headers` as `[name, value]`; `now` in milliseconds."""
        if self._scheme is None:
            return Checked()
        try:
            claim = self._scheme.read(Headers(headers))
            check_time(claim, now)
            return Checked(secret=self._signer(self._scheme, claim, body, now))
        except Unproven as error:
            return Checked(error.reason, error.header)

    def _signer(self, scheme: Scheme, claim: Claim, body: bytes, now: int) -> int:
        given = [signature.encode("utf-8", "surrogatepass") for signature in claim.signatures]
        signers = []
        for index, key, end in self._keys:
            if now >= end:
                continue
            mac = hmac.new(key, claim.prefix, scheme.algorithm)
            mac.update(body)
            expected = scheme.encode(mac.digest()).encode()
            if sum(hmac.compare_digest(expected, signature) for signature in given):
                signers.append(index)
        if not signers:
            raise Unproven(Reason.SIGNATURE_WRONG, claim.header)
        return signers[0]


def check_time(claim: Claim, now: int) -> None:
    if claim.seconds is None:
        return
    age = now - claim.seconds * 1000
    if abs(age) > TOLERANCE * 1000:
        reason = Reason.TIMESTAMP_TOO_OLD if age > 0 else Reason.TIMESTAMP_TOO_NEW
        raise Unproven(reason, claim.timestamp_header)


def compile_verification(definition: Mapping[str, Any] | None, ends: Sequence[int | None] = ()) -> Verifier:
    """Prepare the `verification` of a stored definition, secrets in clear; None and `none` let everybody send.

    `ends` has until when each of its secrets is valid, in milliseconds. What this version does not know verifies
    nobody.
    """
    kind = "none" if definition is None else definition.get("type")
    if definition is None or kind == "none":
        return Verifier(None)
    scheme = described(definition) if kind == "hmac" else SCHEMES.get(str(kind))
    keys = [] if scheme is None else keys_of(scheme, definition.get("secrets"), ends)
    return Verifier(scheme, keys) if scheme and keys else Verifier(UNKNOWN)


def described(definition: Mapping[str, Any]) -> Scheme | None:
    name, algorithm, encoding = (str(definition.get(field, "")) for field in ("header", "algorithm", "encoding"))
    if not name or algorithm not in ALGORITHMS or encoding not in ENCODINGS:
        return None
    header = name.lower()
    read = plain.described(header, algorithm, encoding)
    return Scheme(read, frozenset({header}), ENCODINGS[encoding], algorithm)


def keys_of(scheme: Scheme, secrets: Any, ends: Sequence[int | None]) -> Sequence[Key]:
    texts = [text if isinstance(text, str) else "" for text in secrets] if isinstance(secrets, list) else []
    until = [math.inf if end is None else end for end in ends] or [math.inf] * len(texts)
    keys = [(index, scheme.key(text), end) for index, (text, end) in enumerate(zip(texts, until, strict=True))]
    return [(index, key, end) for index, key, end in keys if key]  # an empty key would let everybody sign


def unknown(_: Headers) -> Claim:
    raise Unproven(Reason.SCHEME_UNKNOWN)


UNKNOWN = Scheme(unknown, frozenset())
