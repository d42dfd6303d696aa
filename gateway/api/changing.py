"""Changes configuration: one record in `config`, all or nothing, and what the fold says of it.

1. Secrets are sealed. 2. The fold is asked whether it would take the change; what it would refuse is not written.
3. It is written. 4. When this process has folded it, the verdict is the answer: another gateway may have been faster.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.api.times import iso
from gateway.awaiting import Awaiting, Follows
from gateway.identifiers import time_ordered
from gateway.writing import ACKNOWLEDGED_WITHIN, Writes
from schemas.codec import encode
from schemas.definitions.secret_lists import seal
from schemas.definitions.secrets import keep_masked, unseal
from schemas.errors import ConfigurationRefused, FieldError, KafkaUnavailable
from schemas.json_text import dump
from schemas.records import Change, ChangeItem, EntityKind
from streams.core.configuration import AccountState, Configuration, Entity
from streams.edges.kafka import Message
from streams.edges.keyring import Keyring

__all__ = ["Changer", "Item", "single"]


@dataclass(frozen=True, slots=True)
class Item:
    """One entity as it should be, secrets in clear; `body` None deletes it. `base_revision` 0: it is new."""

    kind: EntityKind
    id: str
    base_revision: int
    body: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changer:
    """Writes configuration, and reads it with its secrets in clear; `topic` is `config`, `now` milliseconds."""

    follower: Follows
    awaiting: Awaiting
    keyring: Keyring
    writer: Writes
    topic: str
    now: Callable[[], int]

    @property
    def configuration(self) -> Configuration:
        """What holds now."""
        return self.follower.configuration

    def plain(self, entity: Entity) -> dict[str, Any]:
        """A definition with its secrets in clear."""
        return unseal(entity.body or {}, self.keyring.open_text)

    def with_kept(self, sent: dict[str, Any], entity: Entity | None) -> dict[str, Any]:
        """What was sent, the secrets that it keeps of what is stored in clear.

        Raises:
            FieldInvalid: it keeps what is not stored.
        """
        return keep_masked(sent, entity.body if entity else None, self.keyring.open_text)

    def preview(self, account: str, author: str, items: Sequence[Item]) -> None:
        """Whether the fold would take the change now.

        Raises:
            ConfigurationRefused: it would not.
        """
        if (refused := self.configuration.preview(self._change(account, author, items))) is not None:
            raise refused

    async def change(self, account: str, author: str, items: Sequence[Item]) -> int:
        """Make a change; answers its offset in `config`. Without items nothing is written.

        Raises:
            ConfigurationRefused: a revision is stale, a name or endpoint taken; paths begin with `items.N`.
            KafkaUnavailable: it is not known whether it was made.
        """
        if not items:
            return self.configuration.offset
        change = self._change(account, author, items)
        if (refused := self.configuration.preview(change)) is not None:
            raise refused
        placed = await self.writer.write(Message(self.topic, account.encode(), encode(change), 0))
        offset = placed[0].offset
        if not await self.reached(offset, ACKNOWLEDGED_WITHIN):
            raise KafkaUnavailable(f"the change at {offset} was written, and did not come back in time")
        if (refused := self.follower.verdict(offset)) is not None:
            raise refused
        return offset

    async def reached(self, offset: int, within: float) -> bool:
        """Wait until this process has folded `config` up to `offset`; False when `within` seconds were not enough."""
        return self.configuration.offset >= offset or await self.awaiting.reached(offset, within)

    def _change(self, account: str, author: str, items: Sequence[Item]) -> Change:
        state, now = self.configuration.account(account) or AccountState(account), self.now()
        return Change(
            id=time_ordered("chg"),
            account=account,
            author=author,
            at=now,
            items=[
                ChangeItem(kind=i.kind, id=i.id, base_revision=i.base_revision, body=self._text(i, state, now))
                for i in items
            ],
        )

    def _text(self, item: Item, state: AccountState, now: int) -> str:
        if item.body is None:
            return ""
        stored = state.of(item.kind).get(item.id)
        sealed = seal(
            item.body,
            stored.body if stored else None,
            encrypt=lambda plain: self.keyring.seal(plain.encode()),
            decrypt=self.keyring.open_text,
            new_id=lambda: time_ordered("sec"),
            at=iso(now),
        )
        return dump(sealed)


def single(refused: ConfigurationRefused) -> ConfigurationRefused:
    """The refusal of a change of one item, with paths as its sender knows them."""
    errors = (FieldError(error.path.removeprefix("items.0").lstrip("."), error.message) for error in refused.errors)
    return ConfigurationRefused(refused.code, tuple(errors))
