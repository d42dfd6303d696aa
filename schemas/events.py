"""What a customer event must be, at every door: the webhook, the topic, the API and the command line.

`read_event` checks the form, which needs no configuration; `check_action` what the account's catalogue says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from schemas.avro_values import json_value
from schemas.catalogue import ACTIONS, NUMBER_FIELDS
from schemas.codec import decode_as, is_ours, outside
from schemas.errors import ActionUnknown, FieldInvalid, RecordUnreadable
from schemas.framing import FRAMED
from schemas.identity import event_id_of_record
from schemas.json_text import JsonMalformed, dump, is_number, number_of, parse
from schemas.records import CustomerEvent, SourceType
from schemas.times import iso_milliseconds

__all__ = [
    "MAX_CUSTOMER",
    "MAX_EVENT_BYTES",
    "action_problem",
    "check_action",
    "content_hash",
    "event_of",
    "read_event",
]

MAX_EVENT_BYTES = 2 * 1024 * 1024
MAX_CUSTOMER = 256
MAX_LENGTHS = {"id": 256, "account": 64, "customer": MAX_CUSTOMER, "action": 64}  # characters
MILLISECONDS_FROM = 100_000_000_000  # larger numbers are milliseconds, smaller ones seconds
LATEST = 253_402_300_799_999  # the last millisecond of the year 9999
FIELDS = frozenset({"id", "account", "customer", "action", "timestamp", "data"})


def event_of(payload: Any, *, default_id: str, default_timestamp: int, source: SourceType) -> CustomerEvent:
    """An event out of `{account, customer, action, id?, timestamp?, data?}`; timestamps in milliseconds.

    Raises:
        FieldInvalid: names the field, and what it should be.
    """
    if not isinstance(payload, dict):
        raise FieldInvalid("", "an event is a JSON object")
    if unknown := sorted(payload.keys() - FIELDS - {"source"}):
        raise FieldInvalid(unknown[0], f"is not a field of an event; those are {', '.join(sorted(FIELDS))}")
    data = payload.get("data")
    if data is not None and not isinstance(data, dict):
        raise FieldInvalid("data", "must be an object")
    event = CustomerEvent(
        id=default_id if payload.get("id") is None else text("id", payload.get("id")),
        account=text("account", payload.get("account")),
        customer=text("customer", payload.get("customer")),
        action=text("action", payload.get("action")),
        timestamp=timestamp(payload.get("timestamp"), default_timestamp),
        data=dump(data or {}),
        source=source,
        request_id=None,
        definition_id=None,
        definition_revision=None,
        config_offset=-1,
    )
    if len(event.data.encode("utf-8", "surrogatepass")) > MAX_EVENT_BYTES:
        raise FieldInvalid("data", f"an event has at most {MAX_EVENT_BYTES:,} bytes")
    return event


def text(field: str, value: Any) -> str:
    longest = MAX_LENGTHS[field]
    if value is None:
        raise FieldInvalid(field, "is missing")
    if not isinstance(value, str):
        raise FieldInvalid(field, "must be a text")
    if not 0 < len(value) <= longest:
        raise FieldInvalid(field, f"must have 1 to {longest} characters")
    if "\x00" in value:
        raise FieldInvalid(field, "has a NUL character")
    return value


def timestamp(value: Any, default: int) -> int:
    """ISO 8601, Unix seconds or milliseconds; a time without a zone is UTC.

    Raises:
        FieldInvalid: it is neither.
    """
    if value is None:
        return default
    number = number_of(value)
    if number is None and isinstance(value, str):
        number = iso_milliseconds(value)
    elif number is not None and abs(number) < MILLISECONDS_FROM:
        number *= 1000
    if number is None or not 0 <= number <= LATEST:
        raise FieldInvalid("timestamp", "must be ISO 8601 such as 2026-11-24T09:00:00Z, Unix seconds or milliseconds")
    return int(number)


def action_problem(action: str, custom: Mapping[str, Any], *, from_outside: bool = False) -> str | None:
    """Why an account's events cannot have this action; `from_outside`: by an incoming webhook."""
    if action in custom:
        return None
    known = ACTIONS.get(action)
    if known is None:
        return f"{action!r} is neither a built-in action nor one of this account's own"
    return (
        f"{action} is internal; outside systems cannot trigger it" if from_outside and not known.triggerable else None
    )


def check_action(event: CustomerEvent, custom: Mapping[str, frozenset[str]]) -> CustomerEvent:
    """The event with its number fields as numbers; `custom`: the account's own actions and their number fields.

    Raises:
        ActionUnknown: the action is in no catalogue.
        FieldInvalid: a number field is something else; names it.
    """
    if problem := action_problem(event.action, custom):
        raise ActionUnknown("action", problem)
    data = object_of(event.data)
    changed = {}
    for field in data.keys() & custom.get(event.action, NUMBER_FIELDS):
        number = number_of(data[field])
        if data[field] is not None and number is None:
            raise FieldInvalid(f"data.{field}", "must be a number, or a text that is one, such as 12.50")
        if not is_number(data[field]) and number is not None:
            changed[field] = number
    return replace(event, data=dump({**data, **changed})) if changed else event


def content_hash(event: CustomerEvent) -> bytes:
    """What two events with one id must have in common, in 16 bytes: customer, action and data, whatever its order.

    Of an event by its catalogue (`check_action`), so that `"12.50"` and `12.5` are one. Without the time: where a
    producer gives none, each copy has its own. Data that is no JSON is taken as it is.
    """
    try:
        data = json.dumps(json.loads(event.data, parse_float=shortest), sort_keys=True, separators=(",", ":"))
    except ValueError:
        data = event.data
    parts = (event.customer, event.action, data)
    text = b"".join(b"%d:%b" % (len(part), part) for part in (each.encode("utf-8", "surrogatepass") for each in parts))
    return hashlib.blake2b(text, digest_size=16).digest()


def shortest(text: str) -> float:
    """`7.0` and `7` are one number."""
    value = float(text)
    return int(value) if value.is_integer() else value


def object_of(data: str) -> dict[str, Any]:
    try:
        value = parse(data.encode("utf-8", "surrogatepass"))
    except JsonMalformed as error:
        raise FieldInvalid("data", f"is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise FieldInvalid("data", "must be an object")
    return value


def account_of(value: bytes) -> str | None:
    """The account that a record names which is no valid event otherwise; None where it names none.

    Raises:
        RecordUnreadable, RegistryUnavailable: as `read_event`.
    """
    if is_ours(value):
        return decode_as(CustomerEvent, value).account
    payload = object_of_outside(value) if value.startswith(FRAMED) else json_of(value)
    account = payload.get("account") if isinstance(payload, dict) else None
    return account if isinstance(account, str) else None


def well_formed(event: CustomerEvent) -> CustomerEvent:
    """An event that somebody else may have written as Avro, by the rules of `event_of`; `data` by `check_action`."""
    for field in MAX_LENGTHS:
        text(field, getattr(event, field))
    timestamp(event.timestamp, 0)
    if len(event.data.encode()) > MAX_EVENT_BYTES:
        raise FieldInvalid("data", f"an event has at most {MAX_EVENT_BYTES:,} bytes")
    return event


def json_of(value: bytes) -> Any:
    try:
        return parse(value)
    except JsonMalformed as error:
        raise RecordUnreadable(f"not JSON: {error}") from None


def object_of_outside(value: bytes) -> Any:
    """Another producer's Avro as JSON would have it; `data` may be the text of a JSON object."""
    payload = json_value(outside(value))
    if isinstance(payload, dict) and isinstance(payload.get("data"), str):
        payload["data"] = object_of(payload["data"])
    return payload


def read_event(
    value: bytes | None, *, cluster: str, topic: str, partition: int, offset: int, timestamp: int
) -> CustomerEvent:
    """The event that a record of `customer-events` is: our Avro, or an object from any producer.

    An object is JSON; or, where there is a schema registry, Avro by a schema of the producer's own.

    Raises:
        RecordUnreadable: it is neither.
        FieldInvalid: it breaks a rule.
        RegistryUnavailable: its schema is not known here, and the registry does not answer.
    """
    if value is None:
        raise RecordUnreadable("an event is Avro by our schema or a JSON object; this is neither")
    if is_ours(value):
        return well_formed(decode_as(CustomerEvent, value))
    payload = object_of_outside(value) if value.startswith(FRAMED) else json_of(value)
    return event_of(
        payload,
        default_id=event_id_of_record(cluster, topic, partition, offset, timestamp),
        default_timestamp=timestamp,
        source=SourceType.TOPIC,
    )
