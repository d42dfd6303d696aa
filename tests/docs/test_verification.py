"""Every example of docs/verification.md is verified as it stands there, and no other body and no other secret is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from schemas.definitions.incoming import IncomingWebhook
from schemas.definitions.verification import TYPES
from streams.core.verifying import Reason, compile_verification

PAGE = (Path(__file__).parents[2] / "docs" / "verification.md").read_text("utf-8")
NOW = 1_764_000_000_000
EXAMPLE = re.compile(r"^## (.+?)\n.*?^```yaml\n(.*?)^```\n\n```http\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXAMPLES = [(title, text, request) for title, text, request in EXAMPLE.findall(PAGE)]


def definition_of(text: str) -> dict[str, Any]:
    """The verification as it is stored."""
    form = {"name": "n", "endpoint": "points", "action": "point_add", **YAML(typ="safe", pure=True).load(text)}
    stored: dict[str, Any] = IncomingWebhook.model_validate(form).model_dump(mode="json")["verification"]
    return stored


def request_of(text: str) -> tuple[bytes, list[list[str]]]:
    head, _, body = text.rstrip("\n").partition("\n\n")
    return body.encode(), [line.split(": ", 1) for line in head.splitlines()[1:]]


@pytest.mark.parametrize(("title", "text", "request_text"), EXAMPLES, ids=[each[0] for each in EXAMPLES])
def test_an_example_is_verified_and_nothing_that_is_like_it(title: str, text: str, request_text: str) -> None:
    definition, (body, headers) = definition_of(text), request_of(request_text)
    verifier = compile_verification(definition)
    assert verifier.check(body, headers, NOW).verified, title
    for place in range(len(body)):
        flipped = bytes([*body[:place], body[place] ^ 1, *body[place + 1 :]])
        assert verifier.check(flipped, headers, NOW).reason is Reason.SIGNATURE_WRONG
    other = compile_verification(definition | {"secrets": ["whsec_b3RoZXI="]})
    assert other.check(body, headers, NOW).reason is Reason.SIGNATURE_WRONG
    assert not verifier.check(body, [], NOW).verified


def test_every_type_has_an_example() -> None:
    assert {definition_of(text)["type"] for _, text, _ in EXAMPLES} == set(TYPES) - {"none"}


def test_every_reason_is_told() -> None:
    assert set(Reason) <= set(re.findall(r"`([a-z_]+)`", PAGE))
