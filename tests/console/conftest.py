"""One Hookline and one browser for all tests of the console; a page for each test that forgives nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.broker import Broker
from tests.console.house import Account, ConsoleHouse
from tests.console.watching import Watch
from tests.journeys.conftest import show_logs
from tests.journeys.hookline import Hookline
from tests.journeys.receiver import Receiver

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 60_000  # ms; machines are shared
WIDE = {"width": 1440, "height": 900}

MakeContext = Callable[..., BrowserContext]


@pytest.fixture(scope="package")
def console(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleHouse]:
    """Hookline with every role, the example account `shop` with some traffic, and a receiver."""
    folder = tmp_path_factory.mktemp("console")
    receiver = Receiver()
    receiver.start()
    hookline = Hookline(broker, folder, "console.", retry_tiers="1s,2s,10s")
    hookline.create_topics()
    try:
        hookline.start()
        house = ConsoleHouse(hookline, receiver)
        house.load_example(folder)
        yield house
    finally:
        hookline.stop_all()
        hookline.delete_topics()
        receiver.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Without it these tests fail; they do not skip."""
    if not CHROMIUM.exists():
        pytest.fail(f"there is no {CHROMIUM}: run `make setup` as root, or `apt-get install chromium`", pytrace=False)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield one
        one.close()


@pytest.fixture
def watch(console: ConsoleHouse, request: pytest.FixtureRequest) -> Iterator[Watch]:
    """What may not happen on any page; `watch.allow(pattern)` for what a test provokes."""
    one = Watch(urlsplit(console.url).netloc)
    yield one
    show_logs(console.hookline, request.node)
    assert one.failures == []


@pytest.fixture
def make_context(browser: Browser, console: ConsoleHouse, watch: Watch) -> Iterator[MakeContext]:
    """Makes a browser of its own, logged in with the key that is given; `options` are Playwright's."""
    made: list[BrowserContext] = []

    def make(key: str = "", **options: object) -> BrowserContext:
        context = browser.new_context(**{"base_url": console.url, "viewport": WIDE} | options)  # type: ignore[arg-type]
        made.append(context)
        context.set_default_timeout(PATIENCE)
        watch.over(context)
        if key:
            assert context.request.post("/v1/session", data={"key": key}).status == 201
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def page(make_context: MakeContext, console: ConsoleHouse) -> Page:
    """A page of 1440 px, logged in as the operator."""
    return make_context(console.operator_key).new_page()


@pytest.fixture
def visitor(make_context: MakeContext) -> Page:
    """A page of somebody who is not logged in."""
    return make_context().new_page()


@pytest.fixture
def account(console: ConsoleHouse) -> Account:
    """An account of this test's own, empty."""
    return console.account()
