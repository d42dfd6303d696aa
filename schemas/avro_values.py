"""Plain Avro values as JSON has them: what fastavro makes of logical types becomes text or a number."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from schemas.errors import RecordUnreadable

__all__ = ["json_value"]


def json_value(value: Any) -> Any:
    """Times are ISO 8601, decimals numbers, UUIDs text.

    Raises:
        RecordUnreadable: bytes, which JSON does not have.
    """
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, dict):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_value(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    raise RecordUnreadable(f"an event has no {type(value).__name__}; write text")
