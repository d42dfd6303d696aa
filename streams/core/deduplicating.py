"""Deduplicating: which value tells copies of a request, and the event id that all of them have.

Two gateways that do not know of each other give copies one event: its id is derived from the value and the window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.durations import parse_duration
from schemas.identity import deduplication_key, event_id_of_copies
from schemas.paths import is_empty
from streams.core.filtering import Subject

__all__ = ["Deduplication", "compile_deduplication"]


@dataclass(frozen=True, slots=True)
class Deduplication:
    """One definition's rule; `window` in milliseconds."""

    definition_id: str
    attribute: str
    window: int

    def key(self, subject: Subject) -> str | None:
        """The hash that copies of a request have in common; None where there is no value to know them by."""
        found = subject.find(self.attribute)
        return None if is_empty(found.value) else deduplication_key(self.definition_id, self.attribute, found.text)

    def event_id(self, key: str, received_at: int) -> str:
        """The event that all copies of one window become."""
        return event_id_of_copies(self.definition_id, key, self.window, received_at // self.window)


def compile_deduplication(definition_id: str, stored: Mapping[str, Any] | None) -> Deduplication | None:
    """Prepare the `deduplicate` of a stored definition."""
    if not stored:
        return None
    window = max(1, round(parse_duration(stored["window"]) * 1000))
    return Deduplication(definition_id, stored["attribute"], window)
