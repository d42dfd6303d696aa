"""Joins the parts of what is looked into: traces, streams."""

from __future__ import annotations

import time

from gateway.api.activity import Activity
from gateway.api.changes import Changes
from gateway.api.changing import Changer
from gateway.api.customers import Customers
from gateway.api.looking_up import Lookup
from gateway.api.read_table import ReadDoors
from gateway.api.reading import Reader
from gateway.api.rejecting import RejectedDoor
from gateway.api.streaming import Streams
from gateway.api.traces import Traces
from schemas.topics import Topics
from streams.core.definitions import Compiler

__all__ = ["read_doors"]


def read_doors(reader: Reader, changer: Changer, compiler: Compiler, topics: Topics) -> ReadDoors:
    """The handlers."""
    configuration = changer.configuration
    reader.configured = changer.reached
    return ReadDoors(
        traces=Traces(reader=reader, changer=changer, compiler=compiler),
        streams=Streams(reader, configuration, topics, time.monotonic),
        customers=Customers(reader, configuration),
        lookup=Lookup(reader, configuration),
        changes=Changes(changer),
        activity=Activity(reader),
        rejected=RejectedDoor(reader=reader, writer=changer.writer, topics=topics, compiler=compiler, now=changer.now),
    )
