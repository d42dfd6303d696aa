"""The message of a test: a sample event, or one that there was, as the site's subscription would send it."""

from __future__ import annotations

from schemas.identity import lane_key
from schemas.json_text import dump
from schemas.records import CustomerEvent, Delivery, QueueReason, SourceType, Trigger
from streams.core.content import Contents
from streams.core.site_views import SiteView

__all__ = ["ACTION", "message_for", "sample_event"]

ACTION = "test"  # what a test's row of the webhook log says; no action of the catalogue
SAMPLE_DATA = {"points": 325, "reason": "a test from Hookline"}


def sample_event(account: str, event_id: str, now: int) -> CustomerEvent:
    """An event that nobody caused; `now` in milliseconds."""
    return CustomerEvent(
        id=event_id,
        account=account,
        customer="test-customer",
        action=ACTION,
        timestamp=now,
        data=dump(SAMPLE_DATA),
        source=SourceType.API,
        request_id=None,
        definition_id=None,
        definition_revision=None,
        config_offset=-1,
    )


def message_for(
    site: SiteView, event: CustomerEvent, delivery_id: str, now: int, *, path: str | None = None
) -> Delivery:
    """One message of this event for the site as it is saved; of no subscription, but for the path that one adds."""
    content = Contents(event).of(site.entity.body or {}, path, delivery_id)
    return Delivery(
        delivery_id=delivery_id,
        chain="0",
        step=1,
        account=event.account,
        event_id=event.id,
        event_timestamp=event.timestamp,
        subscription_id="",
        site_id=site.entity.id,
        customer=event.customer,
        action=ACTION,
        lane=lane_key(site.entity.id, 0),
        ordering="none",
        content_type=content.content_type,
        body=content.body,
        path=content.path,
        filename=content.filename,
        problem=content.problem,
        created_at=now,
        config_offset=site.entity.offset,
        trigger=Trigger.TEST,
        resend_id=None,
        reason=QueueReason.QUEUED,
        due=0,
        postponed_since=None,
        origin_offset=-1,
        parent_attempt=None,
    )
