"""Secrets in definitions: sealed in the topic, masked in answers, kept when the mask comes back."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.definitions.secrets import MASK, SEALED, keep_masked, mask, replace_secrets, sealed_texts, unseal
from schemas.errors import FieldInvalid

TOKEN: dict[str, Any] = {"attribute": "headers.X-Token", "operator": "equals", "value": "s3cret", "secret": True}
PLAIN: dict[str, Any] = {"attribute": "body.x", "operator": "equals", "value": "open"}
WEBHOOK: dict[str, Any] = {
    "name": "points",
    "filters": {"all": [PLAIN, {"any": [TOKEN]}]},
    "mapping": [{"to": "data.password", "default": "not ours"}],
    "success_response": {"secret": True, "value": "not ours", "secrets": ["not ours"], "password": "not ours"},
    "verification": {"type": "hmac", "secrets": ["one", "two"]},
}
SITE: dict[str, Any] = {"name": "crm", "authentication": {"type": "basic", "username": "u", "password": "p4ss"}}


def seal(text: Any) -> dict[str, str]:
    return {SEALED: f"v1.{text}"}


def test_every_secret_is_masked_and_nothing_else() -> None:
    masked = mask(WEBHOOK)
    assert masked["filters"]["all"][1]["any"][0]["value"] == MASK
    assert masked["filters"]["all"][0] == PLAIN
    assert masked["verification"]["secrets"] == [MASK, MASK]
    assert masked["success_response"] == WEBHOOK["success_response"]
    assert masked["mapping"] == WEBHOOK["mapping"]
    assert mask(SITE)["authentication"] == {"type": "basic", "username": "u", "password": MASK}


def test_masking_changes_a_copy() -> None:
    mask(WEBHOOK)
    assert TOKEN["value"] == "s3cret"


def test_sealing_and_opening_give_back_the_definition() -> None:
    sealed = replace_secrets(WEBHOOK, seal)
    assert sealed_texts(sealed) == ["v1.s3cret", "v1.one", "v1.two"]
    assert "s3cret" not in str(sealed["filters"]["all"][0])
    assert unseal(sealed, lambda text: text.removeprefix("v1.")) == WEBHOOK


def test_a_definition_without_secrets_stays_as_it_is() -> None:
    body = {"name": "x", "authentication": {"type": "none"}, "filters": None}
    assert mask(body) == body
    assert sealed_texts(body) == []


def test_sending_back_the_mask_keeps_what_is_stored() -> None:
    stored = replace_secrets(WEBHOOK, seal)
    assert keep_masked(mask(stored), stored) == stored


def test_a_new_secret_takes_the_place_of_the_stored_one() -> None:
    stored = replace_secrets(SITE, seal)
    new = {**SITE, "authentication": {**SITE["authentication"], "password": "new"}}
    assert keep_masked(new, stored)["authentication"]["password"] == "new"


def test_a_criterion_that_has_moved_keeps_its_secret() -> None:
    stored = replace_secrets(WEBHOOK, seal)
    moved = {**mask(stored), "filters": {"all": [{**TOKEN, "value": MASK}, PLAIN]}}
    assert keep_masked(moved, stored)["filters"]["all"][0]["value"] == seal("s3cret")


def test_a_criterion_that_reads_something_else_now_keeps_nothing() -> None:
    stored = replace_secrets(WEBHOOK, seal)
    other = {**TOKEN, "attribute": "body.visible", "value": MASK}
    with pytest.raises(FieldInvalid) as caught:
        keep_masked({"filters": {"all": [PLAIN, {"any": [other]}]}}, stored)
    assert caught.value.path == "filters.all.1.any.0.value"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"authentication": {"password": MASK}}, "authentication.password"),
        ({"verification": {"secrets": ["a", "b", MASK]}}, "verification.secrets.2"),
        ({"filters": {**TOKEN, "value": MASK}}, "filters.value"),
    ],
)
def test_a_mask_where_nothing_is_stored_is_refused_and_named(body: dict[str, Any], path: str) -> None:
    nothing: tuple[dict[str, Any] | None, ...] = (None, {})
    for stored in nothing:
        with pytest.raises(FieldInvalid) as caught:
            keep_masked(body, stored)
        assert caught.value.path == path
        assert "none is stored here" in caught.value.message


def test_a_mask_in_a_criterion_that_is_no_longer_secret_is_refused() -> None:
    stored = {"filters": {"attribute": "headers.X-T", "operator": "equals", "value": "token", "secret": True}}
    sent = {"filters": {"attribute": "headers.X-T", "operator": "equals", "value": MASK, "secret": False}}
    with pytest.raises(FieldInvalid, match="not marked so"):
        keep_masked(sent, stored)
