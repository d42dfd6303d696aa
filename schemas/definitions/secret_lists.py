"""Secrets in lists, as they are stored: sealed, with an id, a hint, when they were made and until when they are valid.

What a secret is, is its text: a definition that is written again keeps the details of those that it still has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from schemas.definitions.secrets import DETAILS, SEALED, Place, list_of, places, replace_places, secret

__all__ = ["PLAIN", "details", "expiries", "milliseconds", "seal"]

PLAIN = "$plain"  # a secret in clear that has its details beside it already, on its way to be sealed
HINTED = 16  # characters that a secret has at least, for four of them to be shown
SHOWN = 4


def seal(
    body: dict[str, Any],
    stored: dict[str, Any] | None,
    *,
    encrypt: Callable[[str], str],
    decrypt: Callable[[str], str],
    new_id: Callable[[], str],
    at: str,
) -> dict[str, Any]:
    """A copy to be stored: each secret encrypted; `stored` is the revision before, `at` ISO 8601.

    Raises:
        SecretUnreadable: from `decrypt`.
    """
    known = details_by_text(stored or {}, decrypt)

    def stored_form(place: Place) -> dict[str, Any]:
        value, members = secret(place), list_of(place)
        if members is None:
            return {SEALED: encrypt(str(value))}
        if isinstance(value, dict):
            return {**details(value), SEALED: encrypt(value[PLAIN])}
        new = {"id": new_id(), "hint": hint_of(str(value)), "created_at": at, "expires_at": None}
        return {**known.get((members, str(value)), new), SEALED: encrypt(str(value))}

    return replace_places(body, stored_form)


def details_by_text(stored: dict[str, Any], decrypt: Callable[[str], str]) -> dict[tuple[str, str], dict[str, Any]]:
    """The details of each stored secret in a list, by the list's path and the secret itself."""
    members = [(list_of(place), secret(place)) for place in places(stored)]
    return {
        (path, decrypt(value[SEALED])): details(value) for path, value in members if path is not None and "id" in value
    }


def details(value: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of a stored secret besides itself."""
    return {name: value[name] for name in DETAILS}


def hint_of(text: str) -> str:
    """Its last four characters, which tell it from others; nothing of a short one."""
    return f"…{text.rstrip('=')[-SHOWN:]}" if len(text) >= HINTED else ""


def expiries(members: Any) -> tuple[int | None, ...]:
    """Until when each stored secret of a list is valid, in milliseconds; None: until it is removed.

    An end that cannot be read, for another wrote it, has passed.
    """
    return tuple(map(expiry, members)) if isinstance(members, list) else ()


def expiry(member: Any) -> int | None:
    text = member.get("expires_at") if isinstance(member, dict) else None
    try:
        return None if text is None else milliseconds(text)
    except (ValueError, TypeError):
        return 0


def milliseconds(text: str) -> int:
    """ISO 8601 with a zone."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)
