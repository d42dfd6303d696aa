"""The records of the topics: frozen values, built straight from Avro, one module a kind.

Times are milliseconds since 1970 UTC, durations microseconds. A record inside a record (the delivery of a dead
letter) travels as its own encoded bytes, so that each kind evolves alone and is passed on bit for bit.
"""

from schemas.records.attempt import Attempt, AttemptError, AttemptStatus, Trigger
from schemas.records.change import Change, ChangeItem, EntityKind
from schemas.records.command import Command, CommandKind, PendingStep
from schemas.records.delivery import DeadLetter, Delivery, DrainProgress, Parked, QueueReason
from schemas.records.event import CustomerEvent, SourceType
from schemas.records.operation import Operation, OperationKind
from schemas.records.rejected import Rejected, RejectedReason
from schemas.records.request import IncomingRequest, Outcome

__all__ = [
    "Attempt",
    "AttemptError",
    "AttemptStatus",
    "Change",
    "ChangeItem",
    "Command",
    "CommandKind",
    "CustomerEvent",
    "DeadLetter",
    "Delivery",
    "DrainProgress",
    "EntityKind",
    "IncomingRequest",
    "Operation",
    "OperationKind",
    "Outcome",
    "Parked",
    "PendingStep",
    "QueueReason",
    "Rejected",
    "RejectedReason",
    "SourceType",
    "Trigger",
]
