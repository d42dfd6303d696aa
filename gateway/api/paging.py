"""Pages of what the configuration holds: the newest first, by creation; a cursor survives what happens meanwhile."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable

import orjson

from gateway.api.problems import Problem
from schemas.errors import FieldError
from streams.core.configuration import Configuration, Entity

__all__ = ["page_of", "read_cursor", "write_cursor"]


def page_of(
    configuration: Configuration, entities: Iterable[Entity], limit: int, cursor: str | None
) -> tuple[list[Entity], str | None]:
    """One page and the cursor of the next.

    Raises:
        Problem: the cursor is not one of ours.
    """

    def created(entity: Entity) -> tuple[int, str]:
        first = configuration.revision(entity.account, entity.kind, entity.id, 1) or entity
        return first.offset, entity.id

    newest = sorted(entities, key=created, reverse=True)
    if cursor is not None:
        before = read_cursor(cursor)
        newest = [entity for entity in newest if created(entity) < before]
    page = newest[:limit]
    return page, write_cursor(created(page[-1])) if len(newest) > limit else None


def write_cursor(place: tuple[int, str]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[int, str]:
    try:
        match orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))):
            case [int(offset), str(entity_id)]:
                return offset, entity_id
    except (binascii.Error, ValueError):
        pass  # said below, as for any other text that is not ours
    sentence = "this is no cursor of this list"
    raise Problem("unknown_parameter", f"cursor: {sentence}", [FieldError("cursor", sentence)])
