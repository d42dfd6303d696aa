"""A browser page that fails its test on what nobody may see: errors, what the policy refuses, other hosts, 5xx."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

__all__ = ["Watch"]

ANSWERED = re.compile(r"Failed to load resource: .*status of 4\d\d")  # the API's word, which the page shows
VIOLATIONS = "document.addEventListener('securitypolicyviolation', e => console.error('CSP: ' + e.violatedDirective))"


@dataclass
class Watch:
    """What has gone wrong so far; `allowed` are patterns of what a test provokes."""

    host: str
    found: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Look at every page of the context from now on."""
        context.add_init_script(VIOLATIONS)
        context.on("page", self._page)
        context.on("request", self._request)
        context.on("response", self._response)

    def allow(self, *patterns: str) -> None:
        """This is provoked, so it is no failure."""
        self.allowed += patterns

    @property
    def failures(self) -> list[str]:
        """What nobody asked for."""
        return [each for each in self.found if not any(re.search(pattern, each) for pattern in self.allowed)]

    def _page(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"page error: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not ANSWERED.search(message.text):
            self.found.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != self.host:
            self.found.append(f"request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.found.append(f"{response.status}: {response.url}")
