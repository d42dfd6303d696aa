"""Joins the gateway's parts: from a writer and a follower to an application with every path."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiohttp import hdrs, web

from gateway.api import docs, openapi, serving
from gateway.api.callers import Callers
from gateway.api.changing import Changer
from gateway.api.checks import Checks
from gateway.api.entering import Entrance
from gateway.api.health import Health
from gateway.api.operations import Operation
from gateway.api.sessions import Cookies
from gateway.api.table import operations
from gateway.api.times import now_ms
from gateway.api_doors import Shared, api_doors
from gateway.awaiting import Awaiting
from gateway.console.serving import add_console
from gateway.edges import Edges
from gateway.forwarded import Forwarded
from gateway.gate import Gate
from gateway.incoming import answers
from gateway.incoming.allowance import Allowance
from gateway.incoming.rate import EndpointRate
from gateway.incoming.requests import PATHS, Incoming
from gateway.incoming.unknown import UnknownEndpoints
from gateway.outgoing.requester import Requester
from gateway.protocol import spoken
from gateway.status.gauges import Gauges
from schemas.settings import Settings
from schemas.topics import Topics
from streams.core.definitions import Compiler
from streams.edges.guard import Guard

__all__ = ["application"]


def application(settings: Settings, edges: Edges, gate: Gate, loop: asyncio.AbstractEventLoop) -> web.Application:
    """The application, its doors behind the gate."""
    shared = parts(settings, edges, gate, loop)
    front = serving.Serving(
        shared.entrance,
        edges.follower.configuration,
        settings.max_body,
        gate,
        Forwarded(settings.trusted_proxies),
    )
    table = tuple(operations(api_doors(settings, edges, shared)))
    app = routed(receiving(settings, edges, shared), front, table, gate, gauges(edges, shared))
    app.on_cleanup.append(shared.requester.clean_up)
    app.on_shutdown.append(edges.reader.let_go)
    return app


def parts(settings: Settings, edges: Edges, gate: Gate, loop: asyncio.AbstractEventLoop) -> Shared:
    """What the doors share."""
    topics, configuration = Topics(settings), edges.follower.configuration
    guard, proxy = Guard(settings.allowed_networks), settings.static_ip_proxy
    cookies = Cookies(edges.keyring, secure=settings.public_url.startswith("https:"))
    return Shared(
        topics=topics,
        changer=Changer(
            follower=edges.follower,
            awaiting=Awaiting(edges.follower, loop),
            keyring=edges.keyring,
            writer=edges.writer,
            topic=topics.config,
            now=now_ms,
        ),
        compiler=Compiler(configuration, edges.keyring.open_text),
        checks=Checks(frozenset(settings.retry_tiers), guard, proxy is not None),
        entrance=Entrance(
            Callers(configuration, edges.operator_key, now_ms), cookies, now_ms, EndpointRate(settings.api_rate)
        ),
        health=Health(
            edges.reachable,
            edges.look,
            edges.reader,
            lambda: configuration.offset if gate.open else None,
            applied=not settings.await_apply,
        ),
        requester=Requester(guard, proxy),
        unknown=UnknownEndpoints(),
    )


def receiving(settings: Settings, edges: Edges, shared: Shared) -> Incoming:
    """The door of incoming requests."""
    return Incoming(
        compiler=shared.compiler,
        keyring=edges.keyring,
        writer=edges.writer,
        topic=shared.topics.incoming_requests,
        max_body=settings.max_body,
        unknown=shared.unknown,
        rate=EndpointRate(settings.incoming_rate),
        allowance=Allowance(),
        copies=edges.copies,
        ids=edges.ids,
    )


def gauges(edges: Edges, shared: Shared) -> Gauges:
    """What `/metrics` shows of all roles."""
    callers = shared.entrance.callers
    return Gauges(
        look=edges.look,
        reader=edges.reader,
        topics=shared.topics,
        configuration=edges.follower.configuration,
        now=now_ms,
        is_operator=lambda request: callers.is_operator(request.headers.get(hdrs.AUTHORIZATION)),
    )


def routed(
    incoming: Incoming, front: serving.Serving, table: Sequence[Operation], gate: Gate, metrics: Gauges
) -> web.Application:
    """Every path, in the order in which they are tried."""
    app = web.Application(middlewares=[spoken])
    for path in PATHS:
        app.router.add_route("*", path, gate.keep(incoming.handle, answers.starting))
    front.add_to(app.router, table)
    app.router.add_get("/metrics", serving.without_query(metrics.show))
    app.router.add_get("/openapi.json", serving.without_query(openapi.serve(table)))
    app.router.add_get("/docs", docs.serve(table))
    add_console(app.router)
    app.router.add_route("*", "/{path:.*}", serving.no_such_path)
    return app
