"""Builders of the courier's values, each with defaults that are valid."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from schemas.identity import lane_key
from schemas.records import Change, ChangeItem, Delivery, EntityKind, QueueReason, Trigger
from streams.core.answer import Answer, Request
from streams.core.configuration import Configuration
from streams.core.destination import Destination
from streams.core.site_views import Sites

__all__ = ["a_change", "a_delivery", "a_request", "a_site", "an_account", "an_answer", "configured", "sites_of"]

PLAIN = Delivery(
    delivery_id="dlv_1",
    chain="0",
    step=1,
    account="shop",
    event_id="evt_1",
    event_timestamp=0,
    subscription_id="sub_1",
    site_id="crm",
    customer="c-1",
    action="point_add",
    lane="crm/0",
    ordering="none",
    content_type="application/json",
    body=b'{"id":"evt_1"}',
    path="",
    filename="",
    problem="",
    created_at=0,
    config_offset=-1,
    trigger=Trigger.AUTO,
    resend_id=None,
    reason=QueueReason.QUEUED,
    due=0,
    postponed_since=None,
    origin_offset=-1,
    parent_attempt=None,
)


def a_delivery(**fields: Any) -> Delivery:
    """A first attempt, due at once; its lane is slot 0 of its site."""
    site = fields.get("site_id", PLAIN.site_id)
    return replace(PLAIN, **({"lane": lane_key(site, 0)} | fields))


def an_answer(status: int | None = 200, **fields: Any) -> Answer:
    """An answer of a site."""
    return Answer(**({"began_at": 1000, "duration_us": 250, "status": status} | fields))


def a_request(url: str, port: int, **fields: Any) -> Request:
    """A request to 127.0.0.1 or wherever the URL says."""
    given: dict[str, Any] = {
        "method": "POST",
        "destination": Destination(url, "127.0.0.1", port),
        "headers": [["Content-Type", "application/json"], ["webhook-id", "dlv_1"]],
        "body": b'{"id":"evt_1"}',
        "timeout": 30.0,
    }
    return Request(**(given | fields))


def an_account(name: str = "shop") -> ChangeItem:
    """An account, for a change."""
    return ChangeItem(kind=EntityKind.ACCOUNT, id=name, base_revision=0, body=json.dumps({"account": name}))


def a_site(site_id: str = "crm", base_revision: int = 0, **fields: Any) -> ChangeItem:
    """An active site, for a change."""
    body = {
        "name": site_id,
        "url": "https://crm.example/hooks",
        "state": "active",
        "timeout_seconds": 20,
        "content_type": "json",
        "proxy": "direct",
        "parallel": 1,
        "ordering": "none",
        "retry_delays": ["10s"] * 5,
        "authentication": {"type": "none"},
    }
    return ChangeItem(kind=EntityKind.SITE, id=site_id, base_revision=base_revision, body=json.dumps(body | fields))


def a_change(*items: ChangeItem, account: str = "shop") -> Change:
    """One save."""
    return Change(id="chg_1", account=account, author="test", at=0, items=list(items))


def configured(*items: ChangeItem, account: str = "shop") -> Configuration:
    """A configuration that has the account and these."""
    configuration = Configuration()
    assert configuration.apply(0, a_change(an_account(account), *items, account=account)) is None
    return configuration


def sites_of(configuration: Configuration, *, static_ip: bool = False) -> Sites:
    """Its sites over 12 partitions; what is sealed is `v1.` and the secret."""
    return Sites(configuration, 12, lambda sealed: sealed.removeprefix("v1."), static_ip=static_ip)
