"""Headers that carry credentials are dots in the log."""

from __future__ import annotations

import pytest

from schemas.definitions.secrets import MASK
from streams.core.credentials import is_credential, masked


@pytest.mark.parametrize(
    "name",
    ["Authorization", "proxy_authorization", "Cookie", "Set-Cookie", "X-Amz-Security-Token", "webhook-signature"],
)
def test_a_credential_is_dots(name: str) -> None:
    assert is_credential(name)
    assert masked([(name, "s3cret")]) == [[name, MASK]]


@pytest.mark.parametrize("name", ["Content-Type", "Host", "Date", "X-Amz-Date", "X-Amz-Content-SHA256", "webhook-id"])
def test_anything_else_is_shown(name: str) -> None:
    assert masked([(name, "open")]) == [[name, "open"]]
