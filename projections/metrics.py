"""The figures that the projector counts."""

from __future__ import annotations

from schemas import metrics

__all__ = ["FOLDED", "FOLD_SECONDS", "PROJECTOR", "UNUSABLE", "WRITABLE"]

PROJECTOR = metrics.Meters(metrics.Role.PROJECTOR)
FOLDED = PROJECTOR.counter(metrics.FOLDED)
FOLD_SECONDS = PROJECTOR.histogram(metrics.FOLD_SECONDS)
UNUSABLE = PROJECTOR.counter(metrics.UNUSABLE)
WRITABLE = PROJECTOR.gauge(metrics.WRITABLE)
