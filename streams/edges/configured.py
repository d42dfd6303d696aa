"""Waits for an offset of `config` without holding up the loop: in a thread, for the rare record that is ahead of us."""

from __future__ import annotations

import threading
from collections.abc import Callable

from schemas.errors import KafkaUnavailable
from streams.edges.following import Follower
from streams.edges.loop import Loop

__all__ = ["FollowedConfiguration"]

PATIENCE = 30.0  # seconds


class FollowedConfiguration:
    """What a follower has folded.

    Args:
        follower: started.
        loop: where answers are given.
        on_failure: called in the loop when the configuration does not come; the process should end.
    """

    def __init__(self, follower: Follower, loop: Loop, on_failure: Callable[[Exception], None]) -> None:
        self._follower, self._loop, self._on_failure = follower, loop, on_failure

    def reached(self, offset: int) -> bool:
        """Whether the change at `offset` is in effect here."""
        return self._follower.configuration.offset >= offset

    def ask(self, offset: int, then: Callable[[bool], None]) -> None:
        """Call `then(True)` once it is in effect, `then(False)` when the topic has no such offset."""
        threading.Thread(target=self._wait, args=(offset, then), name="configured", daemon=True).start()

    def _wait(self, offset: int, then: Callable[[bool], None]) -> None:
        try:
            known = self._known(offset)
        except Exception as error:  # noqa: BLE001 - it must not end this thread unseen
            failure = error
            self._loop.post(lambda: self._on_failure(failure))
        else:
            self._loop.post(lambda: then(known))

    def _known(self, offset: int) -> bool:
        if offset >= self._follower.end_offset(PATIENCE):
            return False
        if not self._follower.wait_for(offset, PATIENCE):
            raise KafkaUnavailable(f"the change at offset {offset} of config did not come within {PATIENCE:g} s")
        return True
