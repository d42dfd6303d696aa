"""Joins the handlers of the API: what each of them needs of the gateway's parts."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata

from gateway.api.accounts import Accounts
from gateway.api.asking import Asking
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
from gateway.api.outgoing_table import OutgoingDoors
from gateway.api.previewing import Previewing
from gateway.api.revision_diffs import RevisionDiffs
from gateway.api.secrets import Secrets
from gateway.api.session_door import SessionDoor
from gateway.api.site_health import SiteHealths
from gateway.api.status import Status
from gateway.api.table import Doors
from gateway.api.testing import Testing
from gateway.api.times import now_ms
from gateway.api.unknown import UnknownDoor
from gateway.edges import Edges
from gateway.incoming.unknown import UnknownEndpoints
from gateway.job_doors import incoming_doors, resend_doors
from gateway.outgoing.requester import Requester
from gateway.read_doors import read_doors
from schemas.settings import Settings
from schemas.topics import Topics
from streams.core.definitions import Compiler
from streams.core.site_views import Sites

__all__ = ["Shared", "api_doors"]

VERSION = metadata.version("hookline")
USER_AGENT = f"Hookline/{VERSION}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What many handlers work with, one of each in the process."""

    topics: Topics
    changer: Changer
    compiler: Compiler
    checks: Checks
    entrance: Entrance
    health: Health
    requester: Requester
    unknown: UnknownEndpoints


def api_doors(settings: Settings, edges: Edges, shared: Shared) -> Doors:
    """The handlers of every operation."""
    changer, compiler, checks, topics = shared.changer, shared.compiler, shared.checks, shared.topics
    return Doors(
        health=shared.health,
        accounts=Accounts(changer, shared.entrance.callers),
        collections={kind.path: Collection(kind, changer, checks, facts(kind, edges, shared)) for kind in KINDS},
        diffs={kind.path: RevisionDiffs(kind, changer) for kind in KINDS},
        secrets={kind.path: Secrets(kind, changer) for kind in KINDS if kind.secrets},
        incoming=incoming_doors(changer, checks, compiler, edges.reader, topics),
        configuration=AccountConfiguration(changer, checks, shared.health.has_been_applied),
        events=EventDoor(changer=changer, compiler=compiler, ids=edges.ids, topic=topics.customer_events),
        logs=Logs(edges.reader, changer),
        outgoing=outgoing_doors(settings, edges, shared),
        unknown=UnknownDoor(shared.unknown),
        reading=read_doors(edges.reader, changer, compiler, topics),
        sessions=SessionDoor(shared.entrance),
        retry_delays=tuple(settings.retry_tiers),
        figures=figure_doors(settings, edges, topics),
    )


def facts(kind: Kind, edges: Edges, shared: Shared) -> tuple[Fills, ...]:
    """Who knows more of a kind: the store does, when secrets were used and how sites do."""
    if kind is INCOMING_WEBHOOKS:
        return (LastVerified(edges.reader, shared.compiler, edges.keyring),)
    if kind is SITES:
        return (LastUse(edges.reader), SiteHealths(edges.reader, edges.follower.configuration, now_ms))
    return ()


def outgoing_doors(settings: Settings, edges: Edges, shared: Shared) -> OutgoingDoors:
    """What people do about outgoing webhooks."""
    reader, writer, topics, configuration = edges.reader, edges.writer, shared.topics, edges.follower.configuration
    static_ip = settings.static_ip_proxy is not None
    sites = Sites(configuration, settings.partitions, edges.keyring.open_text, static_ip=static_ip)
    resends, resend_jobs = resend_doors(shared.changer, reader, topics)
    return OutgoingDoors(
        testing=Testing(
            sites=sites,
            requester=shared.requester,
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
        conditions=ConditionRuns(changer=shared.changer, reader=reader),
        exports=Exports(reader, configuration),
        resends=resends,
        resend_jobs=resend_jobs,
    )


def figure_doors(settings: Settings, edges: Edges, topics: Topics) -> FigureDoors:
    """Figures of an account, and how all roles do."""
    configuration = edges.follower.configuration
    return FigureDoors(
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
    )
