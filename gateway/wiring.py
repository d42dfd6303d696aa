"""Joins the gateway's parts: from a writer and a follower to an application with every path."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata

from aiohttp import hdrs, web

from gateway.api import docs, openapi, serving
from gateway.api.accounts import Accounts
from gateway.api.asking import Asking
from gateway.api.callers import Callers
from gateway.api.changing import Changer
from gateway.api.checks import Checks
from gateway.api.collection import Collection, Fills
from gateway.api.condition_runs import ConditionRuns
from gateway.api.configuration import AccountConfiguration
from gateway.api.entering import Entrance
from gateway.api.events import EventDoor
from gateway.api.exports import Exports
from gateway.api.figure_table import FigureDoors
from gateway.api.figures import Figures
from gateway.api.health import Health
from gateway.api.kinds import INCOMING_WEBHOOKS, KINDS, SITES, Kind
from gateway.api.last_use import LastUse
from gateway.api.last_verified import LastVerified
from gateway.api.logs import Logs
from gateway.api.operations import Operation
from gateway.api.outgoing_table import OutgoingDoors
from gateway.api.previewing import Previewing
from gateway.api.reading import Reader
from gateway.api.revision_diffs import RevisionDiffs
from gateway.api.secrets import Secrets
from gateway.api.session_door import SessionDoor
from gateway.api.sessions import Cookies
from gateway.api.site_health import SiteHealths
from gateway.api.status import Status
from gateway.api.table import Doors, operations
from gateway.api.testing import Testing
from gateway.api.times import now_ms
from gateway.api.unknown import UnknownDoor
from gateway.awaiting import Awaiting, Follows
from gateway.console.serving import add_console
from gateway.forwarded import Forwarded
from gateway.gate import Gate
from gateway.incoming import answers
from gateway.incoming.allowance import Allowance
from gateway.incoming.copies import Copies
from gateway.incoming.producer_ids import ProducerIds
from gateway.incoming.rate import EndpointRate
from gateway.incoming.requests import PATHS, Incoming
from gateway.incoming.unknown import UnknownEndpoints
from gateway.job_doors import incoming_doors, resend_doors
from gateway.outgoing.requester import Requester
from gateway.protocol import spoken
from gateway.read_doors import read_doors
from gateway.status.cluster import ClusterSeen
from gateway.status.gauges import Gauges
from gateway.writing import Writes
from schemas.settings import Settings
from schemas.topics import Topics
from streams.core.definitions import Compiler
from streams.core.site_views import Sites
from streams.edges.guard import Guard
from streams.edges.keyring import Keyring

__all__ = ["Edges", "application"]

VERSION = metadata.version("hookline")
USER_AGENT = f"Hookline/{VERSION}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """What the gateway touches the world with; tests have their own. `reachable`: whether Kafka would take a record;
    `look` and `members`: at all roles, as Kafka knows them.
    """

    writer: Writes
    follower: Follows
    keyring: Keyring
    reader: Reader
    copies: Copies
    ids: ProducerIds
    operator_key: str
    reachable: Callable[[], bool]
    look: Callable[[], ClusterSeen]
    members: Callable[[], Awaitable[Mapping[str, tuple[str, ...]]]]


def application(settings: Settings, edges: Edges, gate: Gate, loop: asyncio.AbstractEventLoop) -> web.Application:
    """The application, its doors behind the gate."""
    topics, configuration = Topics(settings), edges.follower.configuration
    compiler = Compiler(configuration, edges.keyring.open_text)
    changer = Changer(
        follower=edges.follower,
        awaiting=Awaiting(edges.follower, loop),
        keyring=edges.keyring,
        writer=edges.writer,
        topic=topics.config,
        now=now_ms,
    )
    incoming = Incoming(
        compiler=compiler,
        keyring=edges.keyring,
        writer=edges.writer,
        topic=topics.incoming_requests,
        max_body=settings.max_body,
        unknown=UnknownEndpoints(),
        rate=EndpointRate(settings.incoming_rate),
        allowance=Allowance(),
        copies=edges.copies,
        ids=edges.ids,
    )
    callers = Callers(configuration, edges.operator_key, now_ms)
    cookies = Cookies(edges.keyring, secure=settings.public_url.startswith("https:"))
    entrance = Entrance(callers, cookies, now_ms, EndpointRate(settings.api_rate))
    guard, proxy = Guard(settings.allowed_networks), settings.static_ip_proxy
    checks = Checks(frozenset(settings.retry_tiers), guard, proxy is not None)
    requester = Requester(guard, proxy)
    health = Health(
        edges.reachable,
        edges.look,
        edges.reader,
        lambda: configuration.offset if gate.open else None,
        applied=not settings.await_apply,
    )
    doors = Doors(
        health=health,
        accounts=Accounts(changer, callers),
        collections={
            kind.path: Collection(kind, changer, checks, facts(kind, edges.reader, changer, compiler)) for kind in KINDS
        },
        diffs={kind.path: RevisionDiffs(kind, changer) for kind in KINDS},
        secrets={kind.path: Secrets(kind, changer) for kind in KINDS if kind.secrets},
        incoming=incoming_doors(changer, checks, compiler, edges.reader, topics),
        configuration=AccountConfiguration(changer, checks, health.has_been_applied),
        events=EventDoor(changer=changer, compiler=compiler, ids=edges.ids, topic=topics.customer_events),
        logs=Logs(edges.reader, changer),
        outgoing=outgoing_doors(settings, edges.writer, edges.reader, changer, requester),
        unknown=UnknownDoor(incoming.unknown),
        reading=read_doors(edges.reader, changer, compiler, topics),
        sessions=SessionDoor(entrance),
        retry_delays=tuple(settings.retry_tiers),
        figures=FigureDoors(
            figures=Figures(edges.reader, configuration, now_ms),
            status=Status(
                look=edges.look,
                members=edges.members,
                reader=edges.reader,
                topics=topics,
                store_url=settings.store_url,
                configuration=lambda: configuration.offset,
                version=VERSION,
            ),
        ),
    )
    front = serving.Serving(entrance, configuration, settings.max_body, gate, Forwarded(settings.trusted_proxies))
    gauges = Gauges(
        look=edges.look,
        reader=edges.reader,
        topics=topics,
        configuration=configuration,
        now=now_ms,
        is_operator=lambda request: callers.is_operator(request.headers.get(hdrs.AUTHORIZATION)),
    )
    app = routed(incoming, front, tuple(operations(doors)), gate, gauges)
    app.on_cleanup.append(requester.clean_up)
    app.on_shutdown.append(edges.reader.let_go)
    return app


def facts(kind: Kind, reader: Reader, changer: Changer, compiler: Compiler) -> tuple[Fills, ...]:
    """Who knows more of a kind: the store does, when secrets were used and how sites do."""
    if kind is INCOMING_WEBHOOKS:
        return (LastVerified(reader, compiler, changer.keyring),)
    return (LastUse(reader), SiteHealths(reader, changer.configuration, now_ms)) if kind is SITES else ()


def outgoing_doors(
    settings: Settings, writer: Writes, reader: Reader, changer: Changer, requester: Requester
) -> OutgoingDoors:
    """What people do about outgoing webhooks."""
    topics, configuration = Topics(settings), changer.configuration
    static_ip = settings.static_ip_proxy is not None
    sites = Sites(configuration, settings.partitions, changer.keyring.open_text, static_ip=static_ip)
    resends, resend_jobs = resend_doors(changer, reader, topics)
    return OutgoingDoors(
        testing=Testing(
            sites=sites,
            requester=requester,
            reader=reader,
            writer=writer,
            topics=topics,
            user_agent=USER_AGENT,
            now=now_ms,
        ),
        previewing=Previewing(
            sites=sites, configuration=configuration, reader=reader, user_agent=USER_AGENT, now=now_ms
        ),
        asking=Asking(configuration=configuration, reader=reader, writer=writer, topics=topics, now=now_ms),
        conditions=ConditionRuns(changer=changer, reader=reader),
        exports=Exports(reader, configuration),
        resends=resends,
        resend_jobs=resend_jobs,
    )


def routed(
    incoming: Incoming, front: serving.Serving, table: Sequence[Operation], gate: Gate, gauges: Gauges
) -> web.Application:
    """Every path, in the order in which they are tried."""
    app = web.Application(middlewares=[spoken])
    for path in PATHS:
        app.router.add_route("*", path, gate.keep(incoming.handle, answers.starting))
    front.add_to(app.router, table)
    app.router.add_get("/metrics", serving.without_query(gauges.show))
    app.router.add_get("/openapi.json", serving.without_query(openapi.serve(table)))
    app.router.add_get("/docs", docs.serve(table))
    add_console(app.router)
    app.router.add_route("*", "/{path:.*}", serving.no_such_path)
    return app
