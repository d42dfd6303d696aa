"""Records out of the store: of a zstd frame what is in it, by the dictionary that it names; what is none, as it is."""

from __future__ import annotations

import threading
from typing import Any

import zstandard
from sqlalchemy import Connection, select

from projections.tables import dictionaries

__all__ = ["plain"]

known = threading.local()  # a decompressor is used by one thread at a time


def plain(connection: Connection, value: bytes) -> bytes:
    """The record, of a value as it is kept."""
    if not value.startswith(zstandard.FRAME_HEADER):
        return value
    number = zstandard.get_frame_parameters(value).dict_id
    mine: dict[Any, zstandard.ZstdDecompressor] = known.__dict__
    if number not in mine:
        mine[number] = zstandard.ZstdDecompressor(dict_data=dictionary(connection, number))
    return mine[number].decompress(value)


def dictionary(connection: Connection, number: int) -> zstandard.ZstdCompressionDict | None:
    if number == 0:
        return None
    content = connection.execute(select(dictionaries.c.content).where(dictionaries.c.id == number)).scalar_one()
    return zstandard.ZstdCompressionDict(content)
