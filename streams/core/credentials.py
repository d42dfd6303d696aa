"""Which headers carry credentials, and what is shown of them: dots. Also where a site sends them back to us."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from schemas.definitions.secrets import MASK
from streams.core.filtering import header_name

__all__ = ["is_credential", "masked", "without_echo"]

NAMES = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie"})
WORDS = ("token", "secret", "signature", "api-key", "apikey")


@lru_cache(maxsize=4096)
def is_credential(name: str) -> bool:
    """Whether a header of this name carries a credential; case ignored, `-` and `_` alike."""
    plain = header_name(name)
    return plain in NAMES or any(word in plain for word in WORDS)


def masked(headers: Iterable[Sequence[str]]) -> list[list[str]]:
    """The headers, each credential as dots."""
    return [[name, MASK if is_credential(name) else value] for name, value in headers]


def without_echo(sent: Iterable[Sequence[str]], headers: list[list[str]], body: bytes) -> tuple[list[list[str]], bytes]:
    """An answer's headers and body, its credentials and those of the headers `sent` as dots."""
    headers = masked(headers)
    for name, value in sent:
        if is_credential(name):
            credential = value.partition(" ")[2] or value  # without the scheme of `Authorization`
            headers = [[each, said.replace(credential, MASK)] for each, said in headers]
            body = body.replace(credential.encode(), MASK.encode())
    return headers, body
