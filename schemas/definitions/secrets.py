"""Where secrets lie in a definition's JSON, and what happens to them: sealed in the topic, masked in answers.

A sealed value is `{"$sealed": "v1.<key id>.<base64>"}`; in a list its details stand beside that, see `secret_lists`. A
masked one is eight-dots text, in a list an object with its `id`. Sending back what came out keeps what is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from schemas.errors import FieldInvalid

__all__ = [
    "DETAILS",
    "MASK",
    "SEALED",
    "Place",
    "keep_masked",
    "list_of",
    "mask",
    "masked",
    "places",
    "replace_places",
    "replace_secrets",
    "sealed_texts",
    "secret",
    "unseal",
]

MASK = "••••"
SEALED = "$sealed"
SECRET_FIELDS = frozenset({"password", "secret_access_key"})
DETAILS = ("id", "hint", "created_at", "expires_at")  # of a secret in a list

FREE_FIELDS = frozenset({"success_response", "error_response", "mapping"})  # any JSON; no secrets of ours

Place = tuple[dict[str, Any] | list[Any], str | int, str]


def places(value: Any, path: str = "") -> Iterator[Place]:
    """Every secret as (container, key, path), in the order of the definition.

    Secrets are: the value of a criterion marked secret, `password`, `secret_access_key`, and members of `secrets`.
    """
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, f"{path}{index}.")
    elif isinstance(value, dict):
        if value.get("secret") is True and value.get("value") is not None:
            yield value, "value", f"{path}value"
        for key, item in value.items():
            yield from places_of_field(value, key, item, path)


def places_of_field(container: dict[str, Any], key: str, item: Any, path: str) -> Iterator[Place]:
    if key in SECRET_FIELDS and item is not None:
        yield container, key, f"{path}{key}"
    elif key == "secrets" and isinstance(item, list):
        yield from ((item, index, f"{path}secrets.{index}") for index in range(len(item)))
    elif key not in FREE_FIELDS:
        yield from places(item, f"{path}{key}.")


def list_of(place: Place) -> str | None:
    """The path of the list that a secret is a member of; None for one that stands alone."""
    return place[2].rpartition(".")[0] if isinstance(place[0], list) else None


def copied(value: Any) -> Any:
    if isinstance(value, list):
        return [copied(item) for item in value]
    return {key: copied(item) for key, item in value.items()} if isinstance(value, dict) else value


def replace_secrets(body: dict[str, Any], replace: Callable[[Any], Any]) -> dict[str, Any]:
    """A copy of a definition with each secret replaced."""
    return replace_places(body, lambda place: replace(secret(place)))


def replace_places(body: dict[str, Any], replace: Callable[[Place], Any]) -> dict[str, Any]:
    """The same by what stands where."""
    result: dict[str, Any] = copied(body)
    for place in list(places(result)):
        put(place, replace(place))
    return result


def mask(body: dict[str, Any]) -> dict[str, Any]:
    """A copy for people: each secret is dots, each in a list an object that tells it from the others."""
    return replace_secrets(body, masked)


def masked(value: Any) -> Any:
    """One stored secret for people."""
    if not isinstance(value, dict) or "id" not in value:
        return MASK
    return {"last_used_at": None} | {name: value[name] for name in DETAILS}


def sealed_texts(body: dict[str, Any]) -> list[str]:
    """Every ciphertext in a stored definition."""
    return [value[SEALED] for value in map(secret, places(body)) if isinstance(value, dict) and SEALED in value]


def unseal(body: dict[str, Any], open_sealed: Callable[[str], str]) -> dict[str, Any]:
    """A copy with each sealed secret in clear.

    Raises:
        SecretUnreadable: from `open_sealed`.
    """

    def plain(value: Any) -> Any:
        return open_sealed(value[SEALED]) if isinstance(value, dict) and SEALED in value else value

    return replace_secrets(body, plain)


def keep_masked(
    new: dict[str, Any], stored: dict[str, Any] | None, open_sealed: Callable[[str], str] | None = None
) -> dict[str, Any]:
    """A copy of what was sent, with each mask replaced by the stored secret that it stands for.

    That is the one in the same place: the same path; for a criterion that has moved, the one with the same attribute
    and operator; for an object in a list, the one with its id. With `open_sealed` the secrets are in clear.

    Raises:
        FieldInvalid: a mask stands where nothing is stored.
    """
    kept = {name: secret(place) for place in reversed([*places(stored or {})]) for name in names(place)}

    def replaced(place: Place) -> Any:
        value = secret(place)
        if value != MASK and not (isinstance(value, dict) and list_of(place)):
            return value
        found = stored_for(place, kept)
        sealed = open_sealed is not None and isinstance(found, dict)
        return open_sealed(found[SEALED]) if open_sealed is not None and sealed else found

    refuse_unmarked(new)
    return replace_places(new, replaced)


def refuse_unmarked(value: Any, path: str = "") -> None:
    """A criterion with dots for its value, no longer marked secret, would compare with the dots."""
    if isinstance(value, dict):
        if "attribute" in value and value.get("value") == MASK and value.get("secret") is not True:
            raise FieldInvalid(f"{path}value", f"{MASK} stands for a secret, and this criterion is not marked so")
        for key, item in value.items():
            refuse_unmarked(item, f"{path}{key}.")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            refuse_unmarked(item, f"{path}{index}.")


def stored_for(place: Place, kept: dict[tuple[str, ...], Any]) -> Any:
    """What a mask, or an object of a list, stands for."""
    sent, path = secret(place), place[2]
    if sent == MASK:
        found = next((kept[name] for name in names(place) if name in kept), None)
        if found is None:
            raise FieldInvalid(path, f"{MASK} keeps a stored secret, and none is stored here; send the secret")
        return found
    found = kept.get((list_of(place) or "", str(sent.get("id"))))
    if found is None:
        raise FieldInvalid(path, "give a secret as text; an object keeps the stored one that has its `id`")
    if sent.get("expires_at", found["expires_at"]) != found["expires_at"]:
        raise FieldInvalid(f"{path}.expires_at", "is set by POST .../secrets with an `overlap`, or by DELETE")
    return found


def secret(place: Place) -> Any:
    """What stands in a place."""
    return place[0][place[1]]  # type: ignore[index]  # a dict has str keys, a list int ones


def put(place: Place, value: Any) -> None:
    place[0][place[1]] = value  # type: ignore[index]  # a dict has str keys, a list int ones


def names(place: Place) -> list[tuple[str, ...]]:
    """What a stored secret, or a mask, is known by; the most exact first."""
    container, _, path = place
    if isinstance(container, dict) and "attribute" in container:
        attribute, operator = str(container["attribute"]), str(container.get("operator"))
        return [(path, attribute), ("criterion", attribute, operator)]
    value = secret(place)
    known = [(list_of(place) or "", str(value["id"]))] if isinstance(value, dict) and "id" in value else []
    return [(path,), *known]
