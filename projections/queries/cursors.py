"""Where a page of a list ended: the order values of its last row, as one URL-safe word."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Sequence

from schemas.errors import FieldInvalid

__all__ = ["read_cursor", "write_cursor"]


def write_cursor(kind: int, values: Sequence[int]) -> str:
    """A cursor of one kind of list (0 to 255)."""
    packed = struct.pack(f">B{len(values)}q", kind, *values)
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def read_cursor(kind: int, count: int, text: str) -> tuple[int, ...]:
    """The values of a cursor of this kind of list.

    Raises:
        FieldInvalid: it is not one of them.
    """
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        found, *values = struct.unpack(f">B{count}q", packed)
    except (binascii.Error, struct.error, ValueError):
        found, values = None, []
    if found != kind:
        raise FieldInvalid("cursor", "is not one that this list gave; take `next` of its last page, as it is")
    return tuple(values)
