"""What of a stored request is sealed: credentials and signatures in headers, and what a secret criterion reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from streams.core.credentials import is_credential
from streams.core.definitions import Receiving
from streams.core.filtering import header_name
from streams.edges.keyring import Keyring

__all__ = ["Sealed", "seal"]


@dataclass(frozen=True, slots=True)
class Sealed:
    """The parts of a request as they are stored."""

    headers: list[list[str]]
    query: str
    query_sealed: bool
    body: bytes
    body_sealed: bool


def seal(
    keyring: Keyring, definitions: Iterable[Receiving], headers: Sequence[Sequence[str]], query: str, body: bytes
) -> Sealed:
    """Seal what any definition of the endpoint reads as a secret: a query or a body as a whole."""
    definitions = tuple(definitions)
    secrets = frozenset[str]().union(*(definition.secrets for definition in definitions))
    signatures = frozenset[str]().union(*(definition.verifier.headers for definition in definitions))
    read = (name.removeprefix("headers.") for name in secrets if name.startswith("headers."))
    names = frozenset(map(header_name, (*read, *signatures)))
    query_sealed = bool(query) and any(name.startswith("query.") for name in secrets)
    body_sealed = bool(body) and any(name.startswith("body") for name in secrets)
    return Sealed(
        headers=[
            [name, keyring.seal(value.encode()), "sealed"]
            if is_credential(name) or (names and header_name(name) in names)
            else [name, value]
            for name, value in headers
        ],
        query=keyring.seal(query.encode()) if query_sealed else query,
        query_sealed=query_sealed,
        body=keyring.seal(body).encode() if body_sealed else body,
        body_sealed=body_sealed,
    )
