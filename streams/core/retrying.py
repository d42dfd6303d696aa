"""Retrying: what follows an attempt. Delivered, sent again at a time, or failed for good.

Every failure is sent again until the site's schedule is used up (manual 001, 'Webhook log': first attempt and resends).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.records import AttemptStatus

__all__ = ["Delivered", "Exhausted", "Resend", "Verdict", "status_of", "tier_for", "verdict"]

TOLERANCE = 0.1  # seconds by which a tier may be longer than the delay it serves; `due` is exact


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


def verdict(*, succeeded: bool, step: int, delays: Sequence[float], tiers: Sequence[float], now: int) -> Verdict:
    """What follows step `step` (1 is the first attempt), known at `now` (ms); `delays` and `tiers` in seconds."""
    if succeeded:
        return Delivered()
    if step > len(delays):
        return Exhausted()
    delay = delays[step - 1]
    return Resend(due=now + round(delay * 1000), tier=tier_for(delay, tiers))


def tier_for(delay: float, tiers: Sequence[float]) -> float:
    """The largest tier that is not longer than the delay; the smallest where all are."""
    return max((tier for tier in tiers if tier <= delay + TOLERANCE), default=min(tiers))


def status_of(verdict: Verdict) -> AttemptStatus:
    """The word for it in the webhook log."""
    match verdict:
        case Delivered():
            return AttemptStatus.DONE
        case Resend():
            return AttemptStatus.RESENT
        case Exhausted():
            return AttemptStatus.FAILED
