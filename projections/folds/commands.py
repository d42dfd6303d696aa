"""A resend becomes the queued row of its chain's first step; each command of a person an operation, with who gave it.

What a command ends, the courier says in `attempts`.
"""

from __future__ import annotations

import json

from projections.folds.deliveries import waiting
from projections.folds.places import Kind, Message, place_of
from projections.folds.rows import OperationRow, Row
from schemas.codec import decode_as
from schemas.records import Command, CommandKind, Delivery

__all__ = ["fold_command"]


def fold_command(message: Message) -> tuple[Row, ...]:
    """Rows of one record of `commands`.

    Raises:
        RecordUnreadable: it, or the delivery in it, is none of ours.
    """
    command = decode_as(Command, message.value)
    delivery = decode_as(Delivery, command.delivery)
    place = place_of(Kind.COMMAND, message.partition, message.offset)
    asked = () if command.resend_id is not None else (activity(command, message.timestamp, place),)
    if command.kind is not CommandKind.RESEND:
        return asked
    queued = waiting(delivery, message.timestamp, place)._replace(created_at=command.at, next_attempt_at=command.at)
    return (queued, *asked)


def activity(command: Command, recorded_at: int, place: int) -> OperationRow:
    """Who asked for it; of a resend of many the job says that."""
    return OperationRow(
        id=command.id,
        rank=0,
        recorded_at=recorded_at,
        place=place,
        account=command.account,
        created_at=command.at,
        kind="command",
        author=command.author,
        state=command.kind.value,
        body=json.dumps({"delivery_id": command.delivery_id}),
    )
