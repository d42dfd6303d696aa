"""Joins the parts of what is looked into: traces."""

from __future__ import annotations

from gateway.api.changing import Changer
from gateway.api.read_table import ReadDoors
from gateway.api.reading import Reader
from gateway.api.traces import Traces
from streams.core.definitions import Compiler

__all__ = ["read_doors"]


def read_doors(reader: Reader, changer: Changer, compiler: Compiler) -> ReadDoors:
    """The handlers."""
    return ReadDoors(traces=Traces(reader=reader, changer=changer, compiler=compiler))
