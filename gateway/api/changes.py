"""Who changed what, when: every change of an account's configuration with its difference; secrets are dots."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from gateway.api.answers import Answer
from gateway.api.changing import Changer
from gateway.api.operations import AFTER_WITHIN, Call, Query
from gateway.api.paging import read_cursor, write_cursor
from gateway.api.reading import refused_parameter
from gateway.api.revision_diffs import ChangedField, differences
from gateway.api.times import Time, iso
from schemas.definitions.secrets import unseal
from schemas.records import EntityKind
from schemas.times import iso_milliseconds
from streams.core.configuration import Configuration, Entity

__all__ = ["ChangeShown", "Changes", "ChangesQuery"]

NEVER_SHOWN = "hash"  # of a key


class ChangesQuery(Query):
    """What to list."""

    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: Annotated[str | None, Field(description="`next` of the answer before")] = None
    after: Annotated[int | None, Field(ge=0, description="wait until the change at this position is in effect")] = None
    from_: Annotated[str | None, Field(alias="from", description="ISO 8601, included")] = None
    to: Annotated[str | None, Field(description="ISO 8601, not included")] = None
    kind: EntityKind | None = None
    id: Annotated[str | None, Field(min_length=1, max_length=1024, description="of the thing that was changed")] = None
    author: Annotated[str | None, Field(min_length=1, max_length=1024)] = None


class ChangedThing(BaseModel):
    """One thing that a change concerned."""

    kind: EntityKind
    id: str
    name: str | None
    revision: int
    change: Literal["created", "updated", "deleted"]
    diff: list[ChangedField]


class ChangeShown(BaseModel):
    """One change: one save, or one apply."""

    position: int
    at: Time
    author: str
    items: list[ChangedThing]


@dataclass(frozen=True, slots=True)
class Changes:
    """The handler."""

    changer: Changer

    async def list(self, call: Call) -> Answer:
        """A page of them, the newest first."""
        query: ChangesQuery = call.query
        reached = query.after is None or await self.changer.reached(query.after, AFTER_WITHIN)
        wanted = wanted_of(query)
        before = None if query.cursor is None else read_cursor(query.cursor)[0]
        revisions = [
            each
            for each in revisions_of(self.changer.configuration, call.account)
            if (before is None or each.offset < before) and wanted(each)
        ]
        revisions.sort(key=lambda each: each.offset, reverse=True)
        offsets = list(dict.fromkeys(each.offset for each in revisions))
        page = set(offsets[: query.limit])
        found = groupby((each for each in revisions if each.offset in page), key=lambda each: each.offset)
        items = [self._shown(list(entities)) for _, entities in found]
        following = write_cursor((offsets[query.limit - 1], "")) if len(offsets) > query.limit else None
        seen = iso(self.changer.now())
        return Answer({"items": items, "next": following, "as_of": seen, "stale": not reached})

    def _shown(self, entities: Sequence[Entity]) -> dict[str, Any]:
        first = entities[0]
        things = [self._thing(each) for each in entities]
        return {"position": first.offset, "at": iso(first.at), "author": first.author, "items": things}

    def _thing(self, entity: Entity) -> dict[str, Any]:
        configuration = self.changer.configuration
        before = configuration.revision(entity.account, entity.kind, entity.id, entity.revision - 1)
        old, new = self._plain(before), self._plain(entity)
        change = "deleted" if entity.body is None else "updated" if old else "created"
        return {
            "kind": entity.kind.value,
            "id": entity.id,
            "name": (new or old).get("name"),
            "revision": entity.revision,
            "change": change,
            "diff": list(differences(old, new)),
        }

    def _plain(self, entity: Entity | None) -> dict[str, Any]:
        body = unseal((entity.body if entity else None) or {}, self.changer.keyring.open_text)
        return {name: value for name, value in body.items() if name != NEVER_SHOWN}


def revisions_of(configuration: Configuration, account: str) -> Iterator[Entity]:
    for (owner, _, _), revisions in list(configuration.history.items()):
        if owner == account:
            yield from revisions


def wanted_of(query: ChangesQuery) -> Callable[[Entity], bool]:
    """Whether a revision is among what was asked for.

    Raises:
        Problem: names the parameter.
    """
    start, end = (time_of(name, text) for name, text in (("from", query.from_), ("to", query.to)))
    if start is not None and end is not None and start > end:
        raise refused_parameter("to", "is before `from`")

    def wanted(entity: Entity) -> bool:
        return (
            query.kind in (None, entity.kind)
            and query.id in (None, entity.id)
            and query.author in (None, entity.author)
            and (start is None or entity.at >= start)
            and (end is None or entity.at < end)
        )

    return wanted


def time_of(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    if (at := iso_milliseconds(text)) is None:
        raise refused_parameter(name, "must be a time such as 2026-11-24T09:00:00Z")
    return at
