"""Retrying: what follows an attempt. Delivered, sent again at a time, or failed for good.

Every failure is sent again until the site's schedule is used up (manual 001, 'Webhook log': first attempt and resends).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from schemas.records import AttemptStatus

__all__ = [
    "Delivered",
    "Exhausted",
    "Resend",
    "Verdict",
    "departure",
    "leaves_at",
    "retry_after",
    "status_of",
    "tier_for",
    "verdict",
]

TOLERANCE = 0.1  # seconds by which a tier may be longer than the delay it serves; `due` is exact
SAYS_WHEN = (429, 503)
LATEST = 86_400_000  # ms: whatever a site asks for, it is asked again within a day
MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Delivered:
    """The site has it."""


@dataclass(frozen=True, slots=True)
class Resend:
    """It failed; the same content is sent again at `due` (ms), and waits in the tier of `tier` seconds."""

    due: int
    tier: float


@dataclass(frozen=True, slots=True)
class Exhausted:
    """It failed, and no resend is left."""


Verdict = Delivered | Resend | Exhausted


def verdict(
    *, succeeded: bool, step: int, delays: Sequence[float], tiers: Sequence[float], now: int, not_before: int = 0
) -> Verdict:
    """What follows step `step` (1 is the first attempt), known at `now` (ms); `delays` and `tiers` in seconds.

    `not_before` (ms) is when the site asked to be asked again: the later of it and the schedule, at most a day.
    """
    if succeeded:
        return Delivered()
    if step > len(delays):
        return Exhausted()
    scheduled = now + round(delays[step - 1] * 1000)
    due = max(scheduled, min(not_before, now + LATEST))
    return Resend(due=due, tier=tier_for((due - now) / 1000, tiers))


def retry_after(status: int | None, headers: Iterable[Sequence[str]], now: int) -> int:
    """When a 429 or 503 asks to be asked again, in ms; 0 where it does not say (RFC 9110, 10.2.3)."""
    if status not in SAYS_WHEN:
        return 0
    for name, value in ((header[0], header[1].strip()) for header in headers):
        if name.lower() == "retry-after":
            return moment(value, now)
    return 0


def moment(value: str, now: int) -> int:
    if value.isascii() and value.isdigit():
        return now + int(value) * 1000 if len(value) <= MOST_DIGITS else now + LATEST
    try:
        found = parsedate_to_datetime(value)
        return round((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0


def tier_for(delay: float, tiers: Sequence[float]) -> float:
    """The largest tier that is not longer than the delay; the smallest where all are."""
    return max((tier for tier in tiers if tier <= delay + TOLERANCE), default=min(tiers))


def leaves_at(due: int, written_at: int, delay: float) -> int:
    """When a message leaves a tier of `delay` seconds (ms): it is due then, or goes on waiting elsewhere."""
    return min(due, written_at + round(delay * 1000))


def departure(due: int, now: int, tiers: Sequence[float]) -> float | None:
    """The tier in which a message that has left one goes on waiting (ms); None: too short for any, or it is due."""
    left = (due - now) / 1000
    return None if left + TOLERANCE < min(tiers) else tier_for(left, tiers)


def status_of(verdict: Verdict) -> AttemptStatus:
    """The word for it in the webhook log."""
    match verdict:
        case Delivered():
            return AttemptStatus.DONE
        case Resend():
            return AttemptStatus.RESENT
        case Exhausted():
            return AttemptStatus.FAILED
