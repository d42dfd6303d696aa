"""For benches of the console: a real headless Chromium, pages that time themselves, figures beside their bounds."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import TimeoutError as NotInTime

__all__ = ["CHROMIUM", "Figure", "a_browser", "a_page", "asked", "logged_in", "next_change", "report"]

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 30_000  # ms
WIDE = {"width": 1440, "height": 900}

# A page's own clock. `version` counts the states of the page that were painted: the rows of another question, other
# rows, a message beside them. `at` is when the latest was, `began` when a person had chosen or typed, `draw` how long
# the frame's script, style and layout took. All in ms since the navigation.
TIMED = """
window.bench = {cls: 0, task: 0, state: "", version: 0, began: 0, at: 0, draw: 0};
const of = (type, take) =>
  new PerformanceObserver(list => list.getEntries().forEach(take)).observe({type, buffered: true});
of("layout-shift", each => each.hadRecentInput || (bench.cls += each.value));
of("longtask", each => (bench.task = Math.max(bench.task, each.duration)));
const stateOf = () => {
  if (document.querySelector("main[aria-busy=true], .skeleton")) return bench.state;
  const row = document.querySelector("tbody tr[data-row]"), empty = document.querySelector(".empty");
  if (!row && !empty) return bench.state;
  const parts = [location.search, row?.dataset.row, document.querySelectorAll(".pane .message").length];
  return parts.join(" ");
};
const nextFrame = requestAnimationFrame.bind(window);
window.requestAnimationFrame = draw => nextFrame(time => {
  const began = performance.now();
  draw(time);
  if (bench.tailing) return;
  const state = stateOf();
  if (state === bench.state) return;
  document.body.offsetHeight;
  bench.draw = performance.now() - began;
  bench.state = state;
  const painted = new MessageChannel();
  painted.port1.onmessage = () => { bench.at = performance.now(); bench.version += 1; };
  painted.port2.postMessage(null);
});
const begin = () => (bench.began ||= performance.now());
addEventListener("change", begin, true);
addEventListener("click", begin, true);
addEventListener("keydown", event => event.key === "Enter" && begin(), true);
"""
ASKED = """name => performance.getEntriesByType("resource").filter(each => new URL(each.name).pathname.endsWith(name))
  .filter(each => !new URL(each.name).searchParams.has("limit")) // how many there are in a wider range
  .map(each => each.responseEnd - each.requestStart)"""


@dataclass(frozen=True)
class Figure:
    """What was measured several times; `bound` is for the percentile `counts` (50: median, 100: the worst)."""

    name: str
    values: Sequence[float]
    bound: float | None
    unit: str = "ms"
    counts: int = 50

    def at(self, percentile: int) -> float:
        """The value that so many percent do not exceed."""
        if percentile == 50:
            return statistics.median(self.values)
        ordered = sorted(self.values)
        return ordered[min(len(ordered) - 1, len(ordered) * percentile // 100)]

    def __str__(self) -> str:
        cells = [f"{value:10,.{0 if value >= 100 else 3 if value < 0.1 else 1}f}" for value in self.cuts]
        verdict = "" if self.bound is None else "  ok" if self.at(self.counts) <= self.bound else "  OVER"
        word = {50: "median", 100: "worst"}.get(self.counts, f"p{self.counts}")
        bound = "" if self.bound is None else f"{word} {self.bound:,g} {self.unit}"
        return f"{self.name:52} {len(self.values):4}{''.join(cells)}  {self.unit:5} {bound:>18}{verdict}"

    @property
    def cuts(self) -> tuple[float, ...]:
        """Best, median, 95th percentile, worst."""
        return min(self.values), self.at(50), self.at(95), max(self.values)


def report(figures: Sequence[Figure]) -> None:
    """Print them as a table."""
    heads = "".join(f"{word:>10}" for word in ("best", "median", "p95", "worst"))
    print(f"\n{'':52} {'n':>4}{heads}  {'':5} {'bound':>18}", *figures, sep="\n", flush=True)


@contextmanager
def a_browser(executable: Path = CHROMIUM) -> Iterator[Browser]:
    """Debian's Chromium, or what starts it in another way."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(executable), args=["--no-sandbox", "--enable-precise-memory-info"]
        )
        yield browser
        browser.close()


def logged_in(browser: Browser, url: str, key: str) -> BrowserContext:
    """A browser of its own, with nothing in its cache, logged in."""
    context = browser.new_context(base_url=url, viewport=WIDE)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    answer = context.request.post("/v1/session", data={"key": key})
    if not answer.ok:
        raise SystemExit(f"no session: {answer.status} {answer.text()}")
    return context


def a_page(context: BrowserContext) -> Page:
    """A page with its own clock."""
    page = context.new_page()
    page.add_init_script(TIMED)
    return page


def next_change(page: Page, since: int = 0) -> dict[str, Any]:
    """The page's clock once it has painted another state than number `since`."""
    try:
        page.wait_for_function("since => bench.version > since", arg=since)
    except NotInTime:
        raise SystemExit(f"{page.url} has not changed: {page.locator('main').inner_text()}") from None
    found: dict[str, Any] = page.evaluate("bench")
    return found


def asked(page: Page, path: str) -> list[float]:
    """How long answers to a path of the API took, as the browser saw it, in ms."""
    found: list[float] = page.evaluate(ASKED, path)
    return found
