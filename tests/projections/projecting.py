"""A projector in a thread of the test, and looks at the store that it fills."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from projections.follow import Projector
from projections.queries import webhook_log
from projections.queries.store import Store, StoreUnavailable
from schemas.settings import Settings

__all__ = ["Running", "has", "rows", "running", "statuses"]


class Running:
    """A projector in a thread, and what it ended with."""

    def __init__(self, settings: Settings) -> None:
        self.stop = threading.Event()
        self.error: BaseException | None = None
        self._projector = Projector(settings, self.stop)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self._projector.run()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            self.error = error

    def end(self, *, ask: bool = True) -> BaseException | None:
        if ask:
            self.stop.set()
        self.thread.join(60)
        assert not self.thread.is_alive()
        return self.error


@contextmanager
def running(settings: Settings) -> Iterator[Running]:
    one = Running(settings)
    try:
        yield one
    finally:
        one.stop.set()
        one.thread.join(60)


def listed(settings: Settings) -> list[dict[str, Any]]:
    store = Store(settings.store_url)
    try:
        with store.read() as connection:
            return list(webhook_log.page(connection, "shop", {"limit": "500"})["items"])
    except StoreUnavailable:
        return []
    finally:
        store.close()


def rows(settings: Settings) -> int:
    return len(listed(settings))


def statuses(settings: Settings) -> set[str]:
    """A retry is Queued until its attempt is folded: only the statuses say that all was read."""
    return {row["status"] for row in listed(settings)}


def has(settings: Settings, count: int) -> Callable[[], bool]:
    return lambda: rows(settings) == count
