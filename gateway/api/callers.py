"""Who calls: an API key is the operator's or one account's; no key and a wrong key are the same to the caller."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from schemas.records import EntityKind
from streams.core.configuration import AccountState, Configuration, Entity

__all__ = ["Caller", "Callers", "Session", "hash_of"]

SCHEME = "Bearer "


@dataclass(frozen=True, slots=True)
class Session:
    """A login at the console: whose key it is, by hash, until when, in ms, and its own id."""

    key_hash: str
    until: int
    id: str


@dataclass(frozen=True, slots=True)
class Caller:
    """The owner of a key; `account` None is the operator. `session`: where a cookie named the key."""

    account: str | None
    name: str
    may_write: bool
    key_hash: str = field(default="", repr=False)
    session: Session | None = None

    @property
    def author(self) -> str:
        """How this caller signs a change."""
        return self.name if self.account is None else f"key {self.name}"


def hash_of(key: str) -> str:
    """What is stored of a key: it has too many random bits for anybody to try."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


class Callers:
    """Knows every key by its hash.

    Args:
        configuration: where accounts' keys are.
        operator_key: the operator's.
        now: milliseconds.
    """

    def __init__(self, configuration: Configuration, operator_key: str, now: Callable[[], int]) -> None:
        self._configuration = configuration
        self._operator = hash_of(operator_key)
        self._now = now
        self._seen: Mapping[str, AccountState] | None = None
        self._keys: dict[str, Entity] = {}
        self.last_used: dict[str, int] = {}  # key id -> ms, as far as this process knows

    def identify(self, authorization: str | None) -> Caller | None:
        """The caller of an `Authorization` header; None where there is no key, a wrong one, or one that has expired."""
        if authorization is None or authorization[: len(SCHEME)].lower() != SCHEME.lower():
            return None
        return self.known(hash_of(authorization[len(SCHEME) :].strip()))

    def is_operator(self, authorization: str | None) -> bool:
        """Whether this `Authorization` header has the operator's key."""
        caller = self.identify(authorization)
        return caller is not None and caller.account is None

    def known(self, hashed: str) -> Caller | None:
        """The caller whose key has this hash; None as above."""
        if hmac.compare_digest(hashed, self._operator):
            return Caller(None, "operator", may_write=True, key_hash=hashed)
        entity = self._known().get(hashed)
        if entity is None or entity.body is None or self._expired(entity.body.get("expires_at")):
            return None
        self.last_used[entity.id] = self._now()
        return Caller(entity.account, entity.body["name"], entity.body["scope"] == "write", key_hash=hashed)

    def _known(self) -> dict[str, Entity]:
        accounts = self._configuration.accounts
        if accounts is not self._seen:
            keys = (key for state in accounts.values() for key in state.of(EntityKind.KEY).values())
            self._keys = {key.body["hash"]: key for key in keys if key.body is not None}
            self._seen = accounts
        return self._keys

    def _expired(self, at: str | None) -> bool:
        return at is not None and datetime.fromisoformat(at) <= datetime.fromtimestamp(self._now() / 1000, UTC)
