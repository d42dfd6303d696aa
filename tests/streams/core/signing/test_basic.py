"""Basic authentication against the examples of RFC 7617 and a decoder of its own."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.signing import signed
from tests.streams.core.signing.requests import NOW, SECRETS, a_request


def basic(username: str, password: str) -> dict[str, str]:
    return {"type": "basic", "username": username, "password": password}


@pytest.mark.parametrize(
    ("username", "password", "sent"),
    [("Aladdin", "open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), ("test", "123\u00a3", "dGVzdDoxMjPCow==")],
)
def test_the_examples_of_the_rfc(username: str, password: str, sent: str) -> None:
    assert signed(basic(username, password), a_request(), NOW).header("Authorization") == f"Basic {sent}"


@given(SECRETS.filter(lambda text: ":" not in text), st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_what_was_given_can_be_read_again(username: str, password: str) -> None:
    sent = signed(basic(username, password), a_request(), NOW)
    kind, _, encoded = sent.header("authorization").partition(" ")
    assert kind == "Basic"
    assert base64.b64decode(encoded).decode().split(":", 1) == [username, password]
    assert sent.headers[:-1] == a_request().headers
