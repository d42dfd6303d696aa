"""What is done with a message whose turn has come, given its site as it is now: send it, park it or end it.

URL, authentication, proxy, timeout and schedule are the site's of now, and signatures are made anew for each attempt;
body, content type and filename are those the message was made with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from schemas.errors import FieldInvalid
from schemas.quick import maker
from schemas.records import AttemptError, Delivery
from streams.core.answer import Fault, Request
from streams.core.destination import destination
from streams.core.signing import OutgoingRequest, signed
from streams.core.site_views import Sites, SiteView
from streams.core.tracing import HEADER as TRACE_HEADER

__all__ = ["End", "Fail", "Park", "Send", "SiteView", "Sites", "step_for"]

new_request = maker(Request)


@dataclass(frozen=True, slots=True)
class Send:
    """Make this request."""

    site: SiteView
    request: Request


@dataclass(frozen=True, slots=True)
class Fail:
    """An attempt fails before a request can be made."""

    site: SiteView
    fault: Fault


@dataclass(frozen=True, slots=True)
class Park:
    """Put it aside without spending an attempt."""

    cause: str


@dataclass(frozen=True, slots=True)
class End:
    """End the chain without a request."""

    site: SiteView | None
    fault: Fault


def step_for(
    site: SiteView | None, delivery: Delivery, now: int, user_agent: str, *, expired: bool = False
) -> Send | Fail | Park | End:
    """Decide; `now` in milliseconds, `expired`: it has been parked for so long that it is not parked again."""
    if site is None:
        return End(None, Fault(AttemptError.ARCHIVED, "the site does not exist"))
    if site.archived:
        return End(site, Fault(AttemptError.ARCHIVED, "the site was archived"))
    if not site.active:
        gone = End(site, Fault(AttemptError.EXPIRED, "the site was inactive for too long"))
        return gone if expired else Park("site_inactive")
    if problem := site.problem or delivery.problem:
        return Fail(site, Fault(AttemptError.CONFIGURATION, problem))
    try:
        return Send(site, request_of(site, delivery, now, user_agent))
    except FieldInvalid as error:
        return Fail(site, Fault(AttemptError.CONFIGURATION, str(error)))


def request_of(site: SiteView, delivery: Delivery, now: int, user_agent: str) -> Request:
    headers = (
        ("Content-Type", delivery.content_type),
        ("User-Agent", user_agent),
        ("Accept", "*/*"),
        ("webhook-id", delivery.delivery_id),
        ("webhook-timestamp", str(now // 1000)),
        *(((TRACE_HEADER, delivery.trace_parent),) if delivery.trace_parent else ()),
    )
    together = "".join([value for _, value in headers])
    if not together.isascii() or not together.isprintable():
        name = next(name for name, value in headers if not value.isascii() or not value.isprintable())
        raise FieldInvalid(name, "a header has printable ASCII characters only")
    where = destination(site.url, delivery.path)
    plain = OutgoingRequest("POST", where.url, headers, delivery.body)
    request = signed(site.authentication_at(now), plain, now, delivery.filename)
    return new_request(
        method=request.method,
        destination=where if request.url == where.url else replace(where, url=request.url),
        headers=[list(pair) for pair in request.headers],
        body=request.body,
        timeout=site.timeout,
        turn=delivery.step - 1,
        proxied=site.proxied,
    )
