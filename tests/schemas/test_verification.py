"""What of a verification can be saved, and what is said about what cannot."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.definitions.secrets import MASK, keep_masked, mask, sealed_texts
from schemas.definitions.verification import Verification, signing_key

ADAPTER: TypeAdapter[Any] = TypeAdapter(Verification)
WHSEC = "whsec_" + base64.b64encode(bytes(range(24))).decode()


def saved(value: Any) -> Any:
    return ADAPTER.dump_python(ADAPTER.validate_python(value))


def problems(value: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        ADAPTER.validate_python(value)
    return [(".".join(map(str, error["loc"])), error["msg"]) for error in refused.value.errors()]


@pytest.mark.parametrize(
    "value",
    [
        {"type": "none", "secrets": []},
        {"type": "standard_webhooks", "secrets": [WHSEC, WHSEC.removeprefix("whsec_").rstrip("=") + "AAAA"]},
        {"type": "stripe", "secrets": ["whsec_of_stripe"]},
        {"type": "github", "secrets": ["It's a Secret to Everybody"]},
        {"type": "shopify", "secrets": ["hush"]},
        {"type": "slack", "secrets": [str(number) for number in range(10)]},
        {"type": "hmac", "secrets": ["k"], "header": "X-Signature", "algorithm": "sha512", "encoding": "base64"},
    ],
)
def test_every_scheme_is_saved_and_comes_out_as_it_went_in(value: dict[str, Any]) -> None:
    assert saved(value) == value
    assert saved(saved(value)) == value


def test_a_plain_hmac_is_sha256_in_hex_where_nothing_else_is_said() -> None:
    value = saved({"type": "hmac", "secrets": ["k"], "header": "X-Signature"})
    assert (value["algorithm"], value["encoding"]) == ("sha256", "hex")


@pytest.mark.parametrize(
    "value", [None, [], "none", {}, {"type": None}, {"type": []}, {"type": "paypal"}, {"type": "text_secrets"}]
)
def test_what_has_no_known_type_is_told_the_types(value: Any) -> None:
    ((_, message),) = problems(value)
    assert "standard_webhooks, stripe, github" in message


@pytest.mark.parametrize(
    ("value", "field", "sentence"),
    [
        ({"type": "github"}, "secrets", "Field required"),
        ({"type": "github", "secrets": []}, "secrets", "at least 1 item"),
        ({"type": "github", "secrets": [str(n) for n in range(11)]}, "secrets", "at most 10 items"),
        ({"type": "github", "secrets": "abc"}, "secrets", "valid list"),
        ({"type": "github", "secrets": ["a", "a"]}, "secrets", "twice"),
        ({"type": "github", "secrets": [""]}, "secrets.0", "1 to 512"),
        ({"type": "github", "secrets": ["a", "x" * 513]}, "secrets.1", "1 to 512"),
        ({"type": "github", "secrets": [" a"]}, "secrets.0", "no blank"),
        ({"type": "github", "secrets": ["a\n"]}, "secrets.0", "no blank"),
        ({"type": "github", "secrets": ["a\x00b"]}, "secrets.0", "cannot be printed"),
        ({"type": "github", "secrets": [1]}, "secrets.0", "valid string"),
        ({"type": "github", "secrets": ["a"], "header": "X"}, "header", "not permitted"),
        ({"type": "none", "secrets": ["a"]}, "secrets", "at most 0"),
        ({"type": "standard_webhooks", "secrets": ["whsec_"]}, "secrets.0", "base64"),
        ({"type": "standard_webhooks", "secrets": ["whsec_???"]}, "secrets.0", "base64"),
        ({"type": "standard_webhooks", "secrets": ["s3crét"]}, "secrets.0", "base64"),
        ({"type": "hmac", "secrets": ["a"]}, "header", "Field required"),
        ({"type": "hmac", "secrets": ["a"], "header": ""}, "header", "name of a header"),
        ({"type": "hmac", "secrets": ["a"], "header": "X Y"}, "header", "name of a header"),
        ({"type": "hmac", "secrets": ["a"], "header": "X\n"}, "header", "name of a header"),
        ({"type": "hmac", "secrets": ["a"], "header": "X" * 129}, "header", "name of a header"),
        ({"type": "hmac", "secrets": ["a"], "header": "X", "algorithm": "md5"}, "algorithm", "'sha256'"),
        ({"type": "hmac", "secrets": ["a"], "header": "X", "encoding": "base32"}, "encoding", "'hex'"),
    ],
)
def test_what_cannot_be_saved_names_the_field(value: dict[str, Any], field: str, sentence: str) -> None:
    ((path, message),) = problems(value)
    assert path.endswith(f".{field}")
    assert sentence in message


@given(st.text(min_size=1).filter(lambda text: not text.isprintable() or text != text.strip()))
def test_no_sentence_repeats_a_secret(secret: str) -> None:
    secret = f"{secret}s3cret\n"
    assert all("s3cret" not in message for _, message in problems({"type": "github", "secrets": [secret]}))


@given(st.text())
def test_any_text_is_a_signing_key_or_none(text: str) -> None:
    assert signing_key(text) != b""


def test_the_secrets_are_masked_and_kept_by_the_name_of_their_field() -> None:
    stored = {"verification": saved({"type": "stripe", "secrets": ["one", "two"]})}
    shown = mask(stored)
    assert shown["verification"]["secrets"] == [MASK, MASK]
    assert keep_masked(shown, stored) == stored
    assert sealed_texts({"verification": {"type": "stripe", "secrets": [{"$sealed": "v1.a.b"}]}}) == ["v1.a.b"]
