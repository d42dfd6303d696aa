"""A live log at 200 rows a second: what it costs the page, and what it costs those whose requests come in meanwhile."""

from __future__ import annotations

import queue
import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, CDPSession, Page, expect

from bench.browsing import Figure, a_page, logged_in, next_change
from bench.feeding import Feed
from tests.gateway.house import OPERATOR

__all__ = ["Tail", "live", "tail"]

MB = 1_000_000
SETTLE = 15_000  # ms for the last rows
# Every row that has been in the table, told as it comes.
SEEN = """() => {
  bench.seen = new Set();
  bench.tailing = true;
  const add = node =>
    node.dataset?.row ? bench.seen.add(node.dataset.row) : node.querySelectorAll?.("[data-row]").forEach(add);
  document.querySelectorAll("[data-row]").forEach(add);
  bench.before = bench.seen.size;
  const watch = new MutationObserver(list => list.forEach(each => each.addedNodes.forEach(add)));
  watch.observe(document.body, {childList: true, subtree: true});
  bench.task = 0;
}"""


class Tail:
    """A page whose log is live."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._devtools: CDPSession = page.context.new_cdp_session(page)
        self._devtools.send("Performance.enable")

    @property
    def seen(self) -> int:
        """How many rows have come."""
        return int(self._page.evaluate("bench.seen.size - bench.before"))

    @property
    def skipped(self) -> int:
        """How many rows the page says that it does not show."""
        said = self._page.locator(".bulk .warn")
        return int(re.sub(r"\D", "", said.inner_text().split(" rows")[0])) if said.count() else 0

    @property
    def task(self) -> float:
        """The longest task since it is live, in ms; 0 when none had more than 50."""
        return float(self._page.evaluate("bench.task"))

    @property
    def busy(self) -> float:
        """Seconds of the page's thread so far."""
        metrics = self._devtools.send("Performance.getMetrics")["metrics"]
        return next(float(each["value"]) for each in metrics if each["name"] == "TaskDuration")

    def heap(self, *, collected: bool = True) -> float:
        """Bytes in use, with or without what nobody needs any more."""
        if collected:
            self._devtools.send("HeapProfiler.collectGarbage")
        return float(self._devtools.send("Runtime.getHeapUsage")["usedSize"])

    def wait(self, rows: int) -> None:
        """Until so many rows have come or were said to be left out; as long as the page has time."""
        for _ in range(SETTLE // 100):
            if self.seen + self.skipped >= rows:
                return
            self._page.wait_for_timeout(100)


@contextmanager
def live(page: Page, path: str) -> Iterator[Tail]:
    """The page of a log, live."""
    page.goto(path)
    next_change(page)
    page.evaluate(SEEN)
    page.get_by_role("button", name="Live").click()
    expect(page.locator(".bulk .meta", has_text=re.compile("^Live$"))).to_be_visible(timeout=10_000)
    yield Tail(page)
    page.goto("about:blank")


def tail(browser: Browser, url: str, path: str, feed: Feed) -> list[Figure]:
    """The outgoing log live, for as long as the store is fed."""
    context = logged_in(browser, url, OPERATOR)
    page = a_page(context)
    with live(page, path) as shown:
        before, busy, told, peak, fed = shown.heap(), shown.busy, feed.start(), 0.0, 0
        while not fed:
            page.wait_for_timeout(2000)
            peak = max(peak, shown.heap(collected=False))
            try:
                fed = told.get_nowait()
            except queue.Empty:
                continue
        shown.wait(fed)
        busy, grown, task = shown.busy - busy, shown.heap() - before, shown.task
        lost, skipped = fed - shown.seen - shown.skipped, shown.skipped
    context.close()
    return [
        Figure(f"live tail, {fed:,} rows: longest task", [task], 200),
        Figure("  heap, grown", [grown / MB], 20, "MB"),
        Figure("  heap, grown at most, with its garbage", [(peak - before) / MB], None, "MB"),
        Figure("  the page's thread is busy", [busy / feed.seconds * 100], None, "%"),
        Figure("  rows left out, said on the page", [skipped], None, "rows"),
        Figure("  rows lost", [lost], 0, "rows"),
    ]
