"""Secrets as a backup has them: sealed as in the log, with the details of those in lists; put back as they were.

Only the operator's: whoever could hand in what he cannot read could have it sent to a site of his own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from schemas.definitions.secret_lists import PLAIN, details
from schemas.definitions.secrets import DETAILS, SEALED, Place, list_of, replace_places, secret
from schemas.errors import FieldInvalid, SecretUnreadable
from schemas.times import iso_milliseconds

__all__ = ["Details", "opened", "restored"]

Details = Mapping[tuple[str, str], dict[str, Any]]  # (path of the list, secret in clear) -> id, hint, times


def opened(sent: dict[str, Any], open_sealed: Callable[[str], str]) -> tuple[dict[str, Any], Details]:
    """What was sent with each sealed secret in clear, and the details of those in lists.

    Raises:
        FieldInvalid: one cannot be opened here, or its details are not of their form.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}

    def clear(place: Place) -> Any:
        value = secret(place)
        if not isinstance(value, dict) or not isinstance(value.get(SEALED), str):
            return value
        try:
            text = open_sealed(value[SEALED])
        except SecretUnreadable as problem:
            raise FieldInvalid(place[2], str(problem)) from None
        if (members := list_of(place)) is not None and value.keys() >= set(DETAILS):
            found[members, text] = checked(place[2], details(value))
        return text

    return replace_places(sent, clear), found


def checked(path: str, given: dict[str, Any]) -> dict[str, Any]:
    texts = all(isinstance(given[name], str) for name in ("id", "hint", "created_at"))
    ends = given["expires_at"]
    times = [given["created_at"], *([] if ends is None else [ends])]
    if not texts or any(not isinstance(at, str) or iso_milliseconds(at, needs_zone=True) is None for at in times):
        raise FieldInvalid(path, f"a sealed secret of a list has {', '.join(DETAILS)}, as a backup wrote them")
    return given


def restored(body: dict[str, Any], known: Details) -> dict[str, Any]:
    """A definition to be sealed, each secret of a list with the details that it had."""

    def with_details(place: Place) -> Any:
        found = known.get((list_of(place) or "", str(secret(place))))
        return secret(place) if found is None else {**found, PLAIN: secret(place)}

    return replace_places(body, with_details) if known else body
