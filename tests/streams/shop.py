"""A shop to try things on: its configuration as changes of `config`, and records with valid defaults."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from schemas.codec import encode
from schemas.identity import event_id_of_request
from schemas.records import Change, ChangeItem, CustomerEvent, EntityKind, IncomingRequest, Outcome, SourceType
from streams.agents.hop import SourceRecord
from streams.core.configuration import Configuration
from streams.core.definitions import Compiler

__all__ = ["ACCOUNT", "NOW", "Shop", "a_change", "a_record", "a_request", "an_event", "an_item"]

ACCOUNT = "shop"
NOW = 1_764_000_000_000  # ms

WEBHOOK: dict[str, Any] = {
    "name": "Points from the till",
    "method": "POST",
    "endpoint": "points",
    "state": "active",
    "filters": {"all": [{"attribute": "body.pointstobeadded", "operator": "exists"}]},
    "action": "point_add",
    "mapping": [
        {"from": "clientID", "to": "customer"},
        {"from": "pointstobeadded", "to": "data.points"},
    ],
}
SITE: dict[str, Any] = {"name": "crm", "url": "https://crm.example/hooks", "state": "active", "parallel": 1}
SUBSCRIPTION: dict[str, Any] = {"name": "all", "site_id": "site_1", "actions": ["*"], "active": True}


def an_item(kind: EntityKind, entity_id: str, body: dict[str, Any] | None, base_revision: int = 0) -> ChangeItem:
    """One entity's next revision; no body deletes."""
    return ChangeItem(
        kind=kind, id=entity_id, base_revision=base_revision, body="" if body is None else json.dumps(body)
    )


def a_change(*items: ChangeItem, account: str = ACCOUNT) -> Change:
    """A change of some entities."""
    return Change(id="chg_1", account=account, author="a test", at=NOW, items=list(items))


class Shop:
    """An account with one active incoming webhook, one site and one subscription; fields are overridden by keyword."""

    def __init__(
        self,
        *,
        webhook: dict[str, Any] | None = None,
        site: dict[str, Any] | None = None,
        subscription: dict[str, Any] | None = None,
        open_sealed: Callable[[str], str] = str,
    ) -> None:
        self.change = a_change(
            an_item(EntityKind.ACCOUNT, ACCOUNT, {"account": ACCOUNT, "created_at": "2025-11-24T16:00:00.000Z"}),
            an_item(EntityKind.INCOMING_WEBHOOK, "wh_1", WEBHOOK | (webhook or {})),
            an_item(EntityKind.SITE, "site_1", SITE | (site or {})),
            an_item(EntityKind.SUBSCRIPTION, "sub_1", SUBSCRIPTION | (subscription or {})),
        )
        self.configuration = Configuration()
        self.compiler = Compiler(self.configuration, open_sealed)
        self.take(self.change)

    def take(self, change: Change) -> int:
        """Fold a change; answers its offset."""
        refused = self.configuration.apply(self.configuration.offset + 1, change)
        assert refused is None, refused
        return self.configuration.offset

    def put(self, kind: EntityKind, entity_id: str, body: dict[str, Any] | None, base_revision: int = 0) -> int:
        """Fold a change of one entity; answers its offset."""
        return self.take(a_change(an_item(kind, entity_id, body, base_revision)))


def a_request(**fields: Any) -> IncomingRequest:
    """An accepted request of the shop's webhook."""
    request_id = fields.get("id", "req_1")
    defaults: dict[str, Any] = {
        "id": request_id,
        "account": ACCOUNT,
        "endpoint": "points",
        "definition_id": "wh_1",
        "definition_revision": 1,
        "config_offset": 0,
        "received_at": NOW,
        "duration_us": 900,
        "method": "POST",
        "path": "/beta/webhooks/custom/shop/points",
        "query": "",
        "query_sealed": False,
        "headers": [["Content-Type", "application/json"]],
        "body": b'{"clientID":"c-1","pointstobeadded":325}',
        "body_sealed": False,
        "body_truncated": False,
        "outcome": Outcome.ACCEPTED,
        "status_code": 200,
        "response_headers": [],
        "response_body": b"{}",
        "event_id": event_id_of_request(request_id),
        "customer": "c-1",
        "action": "point_add",
        "error_code": None,
        "error_path": None,
        "error_detail": None,
        "deduplication": None,
        "reprocessed_request_id": None,
        "run_id": None,
    }
    return IncomingRequest(**(defaults | fields))


def an_event(**fields: Any) -> CustomerEvent:
    """An event of the shop, as the agent *map* writes it."""
    defaults: dict[str, Any] = {
        "id": "evt_1",
        "account": ACCOUNT,
        "customer": "c-1",
        "action": "point_add",
        "timestamp": NOW,
        "data": '{"points":325}',
        "source": SourceType.INCOMING_WEBHOOK,
        "request_id": "req_1",
        "definition_id": "wh_1",
        "definition_revision": 1,
        "config_offset": 0,
    }
    return CustomerEvent(**(defaults | fields))


def a_record(value: Any, **fields: Any) -> SourceRecord:
    """A record as Kafka gives it; `value` is bytes, None, or a record of ours."""
    raw = value if value is None or isinstance(value, bytes) else encode(value)
    defaults: dict[str, Any] = {
        "topic": "hookline.source",
        "partition": 2,
        "offset": 7,
        "timestamp": NOW,
        "key": b"key",
        "headers": (),
    }
    return SourceRecord(value=raw, **(defaults | fields))
