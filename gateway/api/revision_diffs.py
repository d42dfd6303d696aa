"""What a revision of something configured changed: field by field, secrets as dots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field

from gateway.api.answers import Answer
from gateway.api.changing import Changer
from gateway.api.kinds import Kind
from gateway.api.operations import Call, Query
from gateway.api.problems import missing
from gateway.api.times import Time, iso
from schemas.definitions.secrets import MASK, places, unseal
from streams.core.configuration import Entity

__all__ = ["DiffQuery", "RevisionDiff", "RevisionDiffs", "number_of"]

MOST_DIGITS = 9  # of a revision


class DiffQuery(Query):
    """What to hold the revision against."""

    from_: Annotated[int | None, Field(alias="from", ge=1, description="a revision; default: the one before")] = None


class ChangedField(BaseModel):
    """One field; null where it was not there."""

    path: str
    before: Any
    after: Any


class RevisionDiff(BaseModel):
    """What is different."""

    revision: int
    from_revision: int | None
    author: str
    at: Time
    items: list[ChangedField]


@dataclass(frozen=True, slots=True)
class RevisionDiffs:
    """The handler of one kind."""

    kind: Kind
    changer: Changer

    async def show(self, call: Call) -> Answer:
        """A revision against the one before, or another."""
        after = self._revision(call, number_of(call.path["n"]))
        wanted = call.query.from_ or after.revision - 1
        before = self._revision(call, wanted) if wanted else None
        answer = {
            "revision": after.revision,
            "from_revision": before.revision if before else None,
            "author": after.author,
            "at": iso(after.at),
            "items": list(differences(self._plain(before), self._plain(after))),
        }
        return Answer(answer)

    def _revision(self, call: Call, number: int) -> Entity:
        found = self.changer.configuration.revision(call.account, self.kind.entity, call.path["id"], number)
        if found is None or found.body is None:
            raise missing()
        return found

    def _plain(self, entity: Entity | None) -> dict[str, Any]:
        return {} if entity is None else unseal(entity.body or {}, self.changer.keyring.open_text)


def number_of(text: str) -> int:
    """A revision's number; 0, which none has, where it is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0


def differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each field that is different, in the order of the definition; of a secret only that it is."""
    old, new = dict(leaves(before)), dict(leaves(after))
    hidden = {place[2] for body in (before, after) for place in places(body)}
    for path in dict.fromkeys((*old, *new)):
        was, now = old.get(path), new.get(path)
        if not same(was, now):
            told = [MASK if path in hidden and value is not None else value for value in (was, now)]
            yield {"path": path, "before": told[0], "after": told[1]}


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that is no object or array with members, by its path."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not members or not value:
        yield path, value
        return
    for key, member in members:
        yield from leaves(member, f"{path}.{key}" if path else str(key))


def same(left: Any, right: Any) -> bool:
    """Equal, and of one type: 1 is not true."""
    return type(left) is type(right) and bool(left == right)
