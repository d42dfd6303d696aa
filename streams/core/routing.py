"""Routing: which deliveries an event becomes, one for each subscription that wants it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from schemas.errors import FieldInvalid
from schemas.identity import delivery_id, lane_key, lane_slot
from schemas.records import CustomerEvent, Delivery, QueueReason, Trigger
from streams.core.definitions import AccountView, Subscribed
from streams.core.filtering import Subject
from streams.core.message import json_body, rendered_path

__all__ = ["ORIGINAL", "deliveries_of"]

ORIGINAL = "0"  # the chain that is no resend


def deliveries_of(
    view: AccountView, event: CustomerEvent, *, partitions: int, now: int, config_offset: int
) -> Iterator[Delivery]:
    """The deliveries of an event under one configuration, in the order of the subscriptions; `now` in milliseconds."""
    wanting = [subscribed for subscribed in view.subscriptions if subscribed.wants(event.action)]
    if not wanting:
        return
    body = json_body(event)
    subject = Subject({"customer": event.customer, "action": event.action, "data": json.loads(event.data)})
    for subscribed in wanting:
        if subscribed.condition.failure(subject) is None:
            yield delivery(subscribed, event, body, partitions=partitions, now=now, config_offset=config_offset)


def delivery(
    subscribed: Subscribed, event: CustomerEvent, body: bytes, *, partitions: int, now: int, config_offset: int
) -> Delivery:
    site = subscribed.site
    parallel = (site.body or {}).get("parallel", 1)
    path, problem = path_of(subscribed, event)
    return Delivery(
        delivery_id=delivery_id(event.account, event.id, subscribed.entity.id),
        chain=ORIGINAL,
        step=1,
        account=event.account,
        event_id=event.id,
        event_timestamp=event.timestamp,
        subscription_id=subscribed.entity.id,
        site_id=site.id,
        customer=event.customer,
        action=event.action,
        lane=lane_key(site.id, lane_slot(event.customer, parallel, partitions)),
        content_type="application/json",
        body=body,
        path=path,
        problem=problem,
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


def path_of(subscribed: Subscribed, event: CustomerEvent) -> tuple[str, str]:
    """The rendered path, or why there is none."""
    try:
        return rendered_path(subscribed.path, event), ""
    except FieldInvalid as error:
        return "", str(error)
