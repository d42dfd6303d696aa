"""Ids that are derived, so that doing a thing twice does it once; and keys and partitions of records.

The same inputs give the same id in every process and version; these rules never change.
"""

from __future__ import annotations

import hashlib
import uuid
import zlib

__all__ = [
    "attempt_id",
    "deduplication_key",
    "delivery_id",
    "event_id_of_copies",
    "event_id_of_record",
    "event_id_of_request",
    "event_id_of_rerun",
    "event_key",
    "lane_key",
    "lane_partition",
    "lane_share",
    "lane_slot",
    "request_id_of_rerun",
    "request_key",
]

NAMESPACE = uuid.UUID("5f1c6f9e-3f0e-5b7e-9d3a-6b1f0f6d9a51")


def derived(prefix: str, *parts: str) -> str:
    """`prefix` and the UUIDv5 of the parts; a length goes before each, so that no two lists read alike."""
    name = "".join(f"{len(part)}:{part}" for part in parts)
    # uuid.uuid5(NAMESPACE, name).hex, in a third of its time: RFC 9562, 5.5.
    digest = bytearray(hashlib.sha1(NAMESPACE.bytes + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    return f"{prefix}_{digest.hex()}"


def event_id_of_request(request_id: str) -> str:
    """The event that a request became."""
    return derived("evt", "request", request_id)


def deduplication_key(definition_id: str, attribute: str, value: str) -> str:
    """What copies of a request have in common, and what tells nobody the value itself: a hash in hex."""
    parts = (definition_id.encode(), attribute.encode(), value.encode("utf-8", "surrogatepass"))
    return hashlib.sha256(b"".join(b"%d:%b" % (len(part), part) for part in parts)).hexdigest()


def event_id_of_copies(definition_id: str, key: str, window: int, number: int) -> str:
    """The event of all copies of a request in one window of `window` ms, the `number`th since 1970."""
    return derived("evt", "copies", definition_id, key, str(window), str(number))


def event_id_of_rerun(event_id: str, run_id: str) -> str:
    """The event of a request that is reprocessed; `event_id` is what it would be the first time.

    `run_id` is blank for a run that leaves out what has given an event: two such runs at once make one event.
    """
    return derived("evt", "rerun", event_id, run_id)


def request_id_of_rerun(request_id: str, run_id: str) -> str:
    """The row of a request in one run of reprocessing."""
    return derived("req", "rerun", request_id, run_id)


def event_id_of_record(cluster: str, topic: str, partition: int, offset: int, timestamp: int) -> str:
    """An event that came by the topic without an id; the record's place and time (ms) name it."""
    return derived("evt", "record", cluster, topic, str(partition), str(offset), str(timestamp))


def delivery_id(account: str, event_id: str, subscription_id: str) -> str:
    """One message for one (event, subscription): the `webhook-id`."""
    return derived("dlv", account, event_id, subscription_id)


def attempt_id(delivery: str, chain: str, step: int) -> str:
    """One step of one chain of a delivery."""
    return f"{delivery}.{chain}.{step}"


def request_key(account: str, endpoint: str) -> bytes:
    """Key of `incoming-requests`: one endpoint's requests keep their order."""
    return f"{account}/{endpoint}".encode()


def event_key(account: str, customer: str) -> bytes:
    """Key of `customer-events`: one customer's events keep their order."""
    return f"{account}/{customer}".encode()


def lane_slot(customer: str, parallel: int, partitions: int) -> int:
    """The slot of a customer in a site of this parallelism."""
    return zlib.crc32(customer.encode()) % lane_slots(parallel, partitions)


def lane_slots(parallel: int, partitions: int) -> int:
    return max(1, min(parallel, partitions))


def lane_share(slot: int, parallel: int, partitions: int) -> int:
    """How many requests a slot may have in flight: the shares of a site's slots add up to `parallel`."""
    slots = lane_slots(parallel, partitions)
    return parallel // slots + (slot < parallel % slots)


def lane_key(site_id: str, slot: int) -> str:
    """`site/slot`, the key of every record that concerns a lane."""
    return f"{site_id}/{slot}"


def lane_partition(lane: str, partitions: int) -> int:
    """The partition of a lane: a site's slots lie in a row from its hash."""
    site_id, _, slot = lane.rpartition("/")
    return (zlib.crc32(site_id.encode()) + int(slot)) % partitions
