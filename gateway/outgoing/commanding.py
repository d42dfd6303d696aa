"""Commands about deliveries, as the couriers obey them: a new chain, an end, a step before its time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from projections.queries.sending_again import Known
from schemas.codec import encode
from schemas.identity import lane_partition
from schemas.records import Command, CommandKind, Delivery, QueueReason, Trigger
from schemas.topics import Topics
from streams.edges.kafka import Message

__all__ = ["Asked", "cancel", "message_of", "resend", "send_now"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, when (ms), and under which configuration; `name` is the command's time-ordered id."""

    name: str
    author: str
    at: int
    config_offset: int
    resend_id: str | None = None


def resend(known: Known, asked: Asked) -> Command:
    """A new chain, named by the command; whatever waits of older ones is superseded."""
    trigger = Trigger.RESEND if asked.resend_id is None else Trigger.BULK
    first = replace(
        due_now(known.delivery, asked), chain=asked.name, step=1, trigger=trigger, resend_id=asked.resend_id
    )
    return command(CommandKind.RESEND, first, known, asked)


def cancel(known: Known, asked: Asked) -> Command:
    """Whatever waits is ended."""
    return command(CommandKind.CANCEL, due_now(known.delivery, asked), known, asked)


def send_now(known: Known, asked: Asked) -> Command:
    """The step that waits, of the newest chain, is made now."""
    step = known.pending[-1]
    waiting = replace(
        due_now(known.delivery, asked),
        chain=step.chain,
        step=step.step,
        trigger=step.trigger,
        resend_id=step.resend_id,
        reason=QueueReason.of_step(step.step),
    )
    return command(CommandKind.SEND_NOW, waiting, known, asked)


def due_now(delivery: Delivery, asked: Asked) -> Delivery:
    return replace(delivery, created_at=asked.at, due=asked.at, config_offset=asked.config_offset)


def command(kind: CommandKind, delivery: Delivery, known: Known, asked: Asked) -> Command:
    return Command(
        id=asked.name,
        kind=kind,
        account=delivery.account,
        delivery_id=delivery.delivery_id,
        lane=delivery.lane,
        author=asked.author,
        at=asked.at,
        resend_id=asked.resend_id,
        delivery=encode(delivery),
        pending=list(known.pending),
    )


def message_of(command: Command, topics: Topics) -> Message:
    """The command where its lane's courier finds it."""
    partition = lane_partition(command.lane, topics.partitions)
    return Message(topics.commands, command.lane.encode(), encode(command), partition)
