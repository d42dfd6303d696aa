"""An operation becomes its row: the state that it was last seen in, whole.

A job's frozen set and what people ask of it are records of the same topic; they concern whoever runs the job.
"""

from __future__ import annotations

from typing import Any

import orjson

from projections.folds.places import LARGEST, Kind, Message, place_of
from projections.folds.rows import OperationRow, Row
from schemas.codec import decode_as
from schemas.errors import RecordUnreadable
from schemas.records import Operation

__all__ = ["fold_operation"]


def fold_operation(message: Message) -> tuple[Row, ...]:
    """Rows of one record of `operations`; `state` and `created_at` (ms) are looked for in its body.

    Raises:
        RecordUnreadable: it, or its body, is none of ours.
    """
    operation = decode_as(Operation, message.value)
    body = object_of(operation.body)
    state, created_at = body.get("state"), body.get("created_at")
    if not isinstance(state, str):
        return ()
    row = OperationRow(
        id=operation.id,
        rank=0,
        recorded_at=message.timestamp,
        place=place_of(Kind.OPERATION, message.partition, message.offset),
        account=operation.account,
        created_at=created_at if isinstance(created_at, int) and abs(created_at) < LARGEST else operation.at,
        kind=operation.kind.value,
        author=operation.author,
        state=state,
        body=operation.body,
    )
    return (row,)


def object_of(text: str) -> dict[str, Any]:
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise RecordUnreadable("the body of the operation is no JSON object")
    return body
