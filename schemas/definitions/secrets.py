"""Where secrets lie in a definition's JSON, and what happens to them: sealed in the topic, masked in answers.

A sealed value is `{"$sealed": "v1.<key id>.<base64>"}`; a masked one is eight-dots text. Sending back the mask keeps
what is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from schemas.errors import FieldInvalid

__all__ = ["MASK", "SEALED", "keep_masked", "mask", "replace_secrets", "sealed_texts", "unseal"]

MASK = "••••"
SEALED = "$sealed"
SECRET_FIELDS = frozenset({"password", "secret_access_key"})

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


def copied(value: Any) -> Any:
    if isinstance(value, list):
        return [copied(item) for item in value]
    return {key: copied(item) for key, item in value.items()} if isinstance(value, dict) else value


def replace_secrets(body: dict[str, Any], replace: Callable[[Any], Any]) -> dict[str, Any]:
    """A copy of a definition with each secret replaced."""
    result: dict[str, Any] = copied(body)
    for place in list(places(result)):
        place[0][place[1]] = replace(secret(place))  # type: ignore[index]  # a dict has str keys, a list int ones
    return result


def mask(body: dict[str, Any]) -> dict[str, Any]:
    """A copy for people: each secret is dots."""
    return replace_secrets(body, lambda _: MASK)


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


def keep_masked(new: dict[str, Any], stored: dict[str, Any] | None) -> dict[str, Any]:
    """A copy of what was sent, with each mask replaced by the secret that is stored in the same place.

    The same place is the same path; for a criterion that has moved, the one with the same attribute and operator.

    Raises:
        FieldInvalid: a mask stands where nothing is stored.
    """
    result: dict[str, Any] = copied(new)
    kept: dict[tuple[str, ...], Any] = {}
    for place in places(stored or {}):
        for name in names(place):
            kept.setdefault(name, secret(place))
    for place in list(places(result)):
        if secret(place) == MASK:
            found = [kept[name] for name in names(place) if name in kept]
            if not found:
                raise FieldInvalid(place[2], f"{MASK} keeps a stored secret, and none is stored here; send the secret")
            place[0][place[1]] = found[0]  # type: ignore[index]  # a dict has str keys, a list int ones
    return result


def secret(place: Place) -> Any:
    return place[0][place[1]]  # type: ignore[index]  # a dict has str keys, a list int ones


def names(place: Place) -> list[tuple[str, ...]]:
    """What a secret is known by, the most exact first."""
    container, _, path = place
    if isinstance(container, dict) and "attribute" in container:
        attribute, operator = str(container["attribute"]), str(container.get("operator"))
        return [(path, attribute), ("criterion", attribute, operator)]
    return [(path,)]
