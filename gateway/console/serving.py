"""Serves the console: `/`, `/login` and all under `/a/` are one page; a file never changes at its address."""

from __future__ import annotations

import structlog
from aiohttp import hdrs, web

from gateway.api.answers import HEADERS
from gateway.api.problems import Problem, missing, respond_problem
from gateway.console.assets import Asset, Assets, ConsoleIncomplete, read_assets
from gateway.gate import Handler

__all__ = ["PAGES", "POLICY", "add_console"]

log = structlog.get_logger(__name__)
PAGES = ("/", "/login", "/a/{path:.*}")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types lit-html"
)
OF_THE_PAGE = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
OF_FILES = {"Cache-Control": "public, max-age=31536000, immutable", "Cross-Origin-Resource-Policy": "same-origin"}


def add_console(router: web.UrlDispatcher) -> None:
    """Route the console's paths; without its library they say what to do, and the rest of the gateway works."""
    try:
        assets = read_assets()
    except ConsoleIncomplete as error:
        log.warning("there is no console", reason=str(error))
        answer = incomplete(str(error))
        for path in PAGES:
            router.add_get(path, answer)
        return
    page = serve_page(assets)
    for path in PAGES:
        router.add_get(path, page)
    router.add_get("/assets/{version}/{path:.*}", serve_file(assets))


def serve_page(assets: Assets) -> Handler:
    tag = f'"{assets.version}"'

    async def handle(request: web.Request) -> web.Response:
        headers = {**OF_THE_PAGE, "ETag": tag}
        if request.headers.get(hdrs.IF_NONE_MATCH) == tag:
            return web.Response(status=304, headers=HEADERS | headers)
        return respond(assets.index, request, headers)

    return handle


def serve_file(assets: Assets) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        """A file of another state of the console is not there: the page that asks for it is to be loaded again."""
        found = assets.files.get(request.match_info["path"])
        if found is None or request.match_info["version"] != assets.version:
            return respond_problem(missing())
        return respond(found, request, OF_FILES)

    return handle


def incomplete(sentence: str) -> Handler:
    async def handle(_: web.Request) -> web.Response:
        return respond_problem(Problem("unavailable", sentence))

    return handle


def respond(asset: Asset, request: web.Request, headers: dict[str, str]) -> web.Response:
    zipped = "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, "")
    own = {"Content-Type": asset.content_type, "Vary": "Accept-Encoding"} | (
        {"Content-Encoding": "gzip"} if zipped else {}
    )
    return web.Response(body=asset.gzipped if zipped else asset.plain, headers=HEADERS | headers | own)
