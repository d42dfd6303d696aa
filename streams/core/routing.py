"""Routing: which deliveries an event becomes, one for each subscription that wants it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.identity import delivery_id, lane_key, lane_slot
from schemas.records import CustomerEvent, Delivery, QueueReason, Trigger
from streams.core.content import Contents
from streams.core.definitions import AccountView, Subscribed
from streams.core.filtering import Subject

__all__ = ["ORIGINAL", "deliveries_of"]

ORIGINAL = "0"  # the chain that is no resend


def deliveries_of(
    view: AccountView, event: CustomerEvent, *, partitions: int, now: int, config_offset: int
) -> Iterator[Delivery]:
    """The deliveries of an event under one configuration, in the order of the subscriptions; `now` in milliseconds."""
    wanting = [subscribed for subscribed in view.subscriptions if subscribed.wants(event.action)]
    if not wanting:
        return
    contents = Contents(event)
    subject = Subject({"customer": event.customer, "action": event.action, "data": json.loads(event.data)})
    for subscribed in wanting:
        if subscribed.condition.failure(subject) is None:
            yield delivery(subscribed, event, contents, partitions=partitions, now=now, config_offset=config_offset)


def delivery(
    subscribed: Subscribed, event: CustomerEvent, contents: Contents, *, partitions: int, now: int, config_offset: int
) -> Delivery:
    site, definition = subscribed.site, subscribed.site.body or {}
    name = delivery_id(event.account, event.id, subscribed.entity.id)
    content = contents.of(definition, subscribed.path, name)
    return Delivery(
        delivery_id=name,
        chain=ORIGINAL,
        step=1,
        account=event.account,
        event_id=event.id,
        event_timestamp=event.timestamp,
        subscription_id=subscribed.entity.id,
        site_id=site.id,
        customer=event.customer,
        action=event.action,
        lane=lane_key(site.id, slot_of(definition, event.customer, partitions)),
        ordering=definition.get("ordering", "none"),
        content_type=content.content_type,
        body=content.body,
        path=content.path,
        filename=content.filename,
        problem=content.problem,
        created_at=now,
        config_offset=config_offset,
        trigger=Trigger.AUTO,
        resend_id=None,
        reason=QueueReason.QUEUED,
        due=0,
        postponed_since=None,
        origin_offset=-1,
        parent_attempt=None,
    )


def slot_of(site: Mapping[str, Any], customer: str, partitions: int) -> int:
    """A customer's slot; a site that wants its messages in one order has one slot."""
    return 0 if site.get("ordering") == "site" else lane_slot(customer, site.get("parallel", 1), partitions)
