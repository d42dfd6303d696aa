"""The console's time budgets in a real headless Chromium, on a store made by `bench.a_million`.

Run: `python -m bench.console sqlite:////tmp/million.db`, about five minutes; `--only pages`, `tail` or `intake`, and
fewer `--seconds`, `--changes` and `--runs`, make it shorter. It works on a copy of the store, which is deleted at the
end. The gateway is a process of its own, on the same machine as the browser: both share its cores.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import multiprocessing
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, Page

from bench.browsing import Figure, a_browser, a_page, asked, logged_in, next_change, report
from bench.feeding import Feed, big_bodies
from bench.intake import intake
from bench.live_tail import tail
from bench.pages import DAY, ask, serve
from projections.store.migrate import upgrade
from schemas.times import iso
from tests.gateway.house import OPERATOR
from tests.projections.records import NOW

LOADS = 7
LOG = "/a/shop/out/log"
API = "/webhook-log"
RANGE = {"from": iso(NOW - DAY), "to": iso(NOW + 2 * DAY)}
TEXTS = ("c-1042", "dlv_", "points", '"points":325', "crm.example")
CHIPS = {
    "status": ("resent", "done", "failed"),
    "response_code": ("503", "200", "5xx", "2xx", "none"),
    "site_id": ("site_3", "site_11", "site_17", "site_0"),
    "customer": ("c-1042", "c-7", "c-49999", "c-nobody"),
    "action": ("point_add", "checkout"),
    "error": ("timeout", "dns", ""),
    "subscription_id": ("sub_1", "sub_2"),
    "trigger": ("auto", "bulk"),
}


@contextmanager
def a_gateway(url: str, folder: str) -> Iterator[str]:
    """Where a gateway on this store is."""
    context = multiprocessing.get_context("spawn")
    port: multiprocessing.Queue[int] = context.Queue()
    over = context.Event()
    gateway = context.Process(target=serve, args=(url, folder, port, over))
    gateway.start()
    try:
        yield f"http://127.0.0.1:{port.get(timeout=60)}"
    finally:
        over.set()
        gateway.join()


def copy_of(store: str, folder: Path) -> str:
    """The store, copied, with the indexes of today; what is still in its write-ahead log with it."""
    copy = folder / "copy.db"
    with closing(sqlite3.connect(store.removeprefix("sqlite:///"))) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    url = f"sqlite:///{copy}"
    upgrade(url)
    return url


def loads(browser: Browser, url: str) -> list[Figure]:
    """The log of all attempts, in a browser that has nothing, then in one that was there before."""
    path = f"{LOG}?{urlencode(RANGE)}"
    cold, warm, paints, shifts = list[float](), list[float](), list[float](), list[float]()
    for _ in range(LOADS):
        context = logged_in(browser, url, OPERATOR)
        page = a_page(context)
        for rows in (cold, warm):
            page.goto(path)
            rows.append(next_change(page)["at"])
            page.wait_for_timeout(300)  # whatever moves the page afterwards
            shifts.append(page.evaluate("bench.cls"))
            if rows is cold:
                paints.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        context.close()
    return [
        Figure("cold: first contentful paint", paints, 1000),
        Figure("cold: first rows on screen", cold, 1500),
        Figure("warm: first rows on screen", warm, 600),
        Figure("layout shift", shifts, 0.05, "", 100),
    ]


def set_filter(page: Page, name: str, value: str) -> float:
    """Choose or type as a person does; ms from then to other rows on the screen."""
    control = page.locator(f"#filter-{name}")
    if not control.count():
        page.get_by_label("Add a filter").select_option(name)
    is_choice = control.evaluate("each => each.tagName") == "SELECT"
    if not is_choice:
        control.fill(value)
    page.evaluate("bench.began = 0")
    before = page.evaluate("bench.version")
    if is_choice:
        control.select_option(value)
    else:
        control.press("Enter")
    clock = next_change(page, before)
    return float(clock["at"] - clock["began"])


def filters(context: BrowserContext, changes: int) -> list[Figure]:
    """One filter of the outgoing log after another, each chip in turn through its values."""
    took, shown, figures = list[float](), list[float](), list[Figure]()
    each = -(-changes // len(CHIPS))
    for name, values in CHIPS.items():
        page = a_page(context)
        page.goto(f"{LOG}?{urlencode(RANGE)}")
        next_change(page)
        page.evaluate("performance.clearResourceTimings()")
        of_chip = [set_filter(page, name, value) for value in itertools.islice(itertools.cycle(values), each)]
        took += of_chip
        shown += asked(page, API)
        figures.append(Figure(f"  by {name}", of_chip, None))
        page.close()
    whole = Figure("a filter: from the choice to its rows on screen", took, 250, counts=95)
    return [whole, Figure("  its answer, as the browser sees it", shown, None), *figures]


def answers(url: str) -> Figure:
    """The same questions over one connection, by a program: the API without the browser that shares its cores."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
    questions = [{name: value} if value else {} for name, values in CHIPS.items() for value in values]
    paths = [f"/v1/shop{API}?{urlencode({**RANGE, 'count': 'true', **question})}" for question in questions]
    took = [ask(connection, path) for path in paths * 4]
    connection.close()
    return Figure("  the API's answers to the same, asked by a program", took, 20, counts=95)


def texts(context: BrowserContext) -> list[Figure]:
    """First hits of a text; and of one that is nowhere, which is looked for as long as a search may take."""
    page = a_page(context)
    page.goto(f"{LOG}?{urlencode(RANGE)}")
    next_change(page)
    hits = [set_filter(page, "q", text) for text in TEXTS * 2]
    nowhere = [set_filter(page, "q", f"no such text {n}") for n in range(3)]
    page.close()
    return [
        Figure("text: first hits on screen", hits, 1000, counts=100),
        Figure("text that is nowhere: how far it has come", nowhere, None),
    ]


def hundred_rows(context: BrowserContext) -> list[Figure]:
    """The frame that draws 100 rows, script, style and layout: others in their place, and those of a new page."""
    first, others = list[float](), list[float]()
    for _ in range(LOADS):
        page = a_page(context)
        page.goto(f"{LOG}?{urlencode(RANGE | {'limit': '100'})}")
        clock = next_change(page)
        first.append(clock["draw"])
        for _ in range(3):
            page.get_by_role("link", name="Older").click()
            clock = next_change(page, clock["version"])
            others.append(clock["draw"])
        page.close()
    return [
        Figure("100 rows drawn in the place of others: the frame", others, 50),
        Figure("  the first frame of a new page, whose scripts are cold", first, None),
    ]


def bodies(context: BrowserContext) -> list[Figure]:
    """Opening an attempt whose body has 1 MiB, from the click to the body beside the list."""
    figures = []
    for customer, kind in (("c-json", "JSON"), ("c-text", "text")):
        took = []
        for _ in range(LOADS):
            page = a_page(context)
            page.goto(f"{LOG}?{urlencode(RANGE | {'customer': customer})}")
            before = next_change(page)["version"]
            page.evaluate("bench.began = 0")
            page.locator("tbody tr a").first.click()
            clock = next_change(page, before)
            took.append(clock["at"] - clock["began"])
            page.close()
        figures.append(Figure(f"a body of 1 MiB opens, {kind}", took, 500))
    return figures


def pages(url: str, folder: Path, changes: int) -> list[Figure]:
    """Everything that a person waits for."""
    with a_gateway(url, str(folder)) as at, a_browser() as browser:
        found = loads(browser, at)
        context = logged_in(browser, at, OPERATOR)
        found += [*filters(context, changes), answers(at), *texts(context), *hundred_rows(context), *bodies(context)]
        context.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", help="URL of a store made by bench.a_million")
    parser.add_argument("--only", choices=("pages", "tail", "intake"), action="append")
    parser.add_argument("--changes", type=int, default=48, help="of filters")
    parser.add_argument("--seconds", type=float, default=60, help="of the live tail")
    parser.add_argument("--runs", type=int, default=5, help="with and without a console")
    parser.add_argument("--run-seconds", type=float, default=10, help="of each of them")
    chosen = parser.parse_args()
    parts = chosen.only or ["pages", "tail", "intake"]
    print("load averages", *(f"{each:.2f}" for each in os.getloadavg()), flush=True)
    with tempfile.TemporaryDirectory(prefix="hookline-bench-") as name:
        folder = Path(name)
        if {"pages", "tail"} & set(parts):
            url = copy_of(chosen.store, folder)
            big_bodies(url)
        if "pages" in parts:
            report(pages(url, folder, chosen.changes))
        if "tail" in parts:
            with a_gateway(url, str(folder)) as at, a_browser() as browser:
                report(tail(browser, at, f"{LOG}?{urlencode(RANGE)}", Feed(url, chosen.seconds)))
        if "intake" in parts:
            report(intake(folder, chosen.runs, chosen.run_seconds))


if __name__ == "__main__":
    main()
