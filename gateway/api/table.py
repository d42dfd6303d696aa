"""Every operation of the API, in the order in which paths are tried: words before names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from gateway.api import event_shapes, shapes
from gateway.api import log_queries as queries
from gateway.api import log_shapes as logs
from gateway.api.account_table import of_accounts
from gateway.api.accounts import Accounts
from gateway.api.catalogue import Catalogue, catalogue
from gateway.api.collection import Collection
from gateway.api.condition_runs import of_conditions
from gateway.api.configuration import AccountConfiguration
from gateway.api.events import MAX_EVENTS_BODY, EventDoor
from gateway.api.figure_table import FigureDoors, of_figures
from gateway.api.health import Alive, Health, Ready
from gateway.api.incoming_table import IncomingDoors, of_incoming
from gateway.api.kinds import INCOMING_WEBHOOKS, KINDS, Kind
from gateway.api.log_table import of_logs
from gateway.api.logs import Logs
from gateway.api.operations import Access, Operation
from gateway.api.outgoing_table import OutgoingDoors, of_outgoing
from gateway.api.read_table import ReadDoors, of_reading
from gateway.api.revision_diffs import RevisionDiffs
from gateway.api.revision_table import of_revisions
from gateway.api.secret_shapes import SecretMade, SecretSent
from gateway.api.secrets import Secrets
from gateway.api.session_door import SessionDoor, of_sessions
from gateway.api.unknown import UnknownDoor, UnknownList

__all__ = ["Doors", "operations"]

MAX_CONFIGURATION = 4 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """The handlers."""

    health: Health
    accounts: Accounts
    collections: dict[str, Collection]  # by path
    diffs: dict[str, RevisionDiffs]  # the same
    secrets: dict[str, Secrets]
    incoming: IncomingDoors
    configuration: AccountConfiguration
    events: EventDoor
    logs: Logs
    outgoing: OutgoingDoors
    unknown: UnknownDoor
    reading: ReadDoors
    sessions: SessionDoor
    figures: FigureDoors
    retry_delays: tuple[float, ...]  # seconds


def operations(doors: Doors) -> Iterator[Operation]:
    """All of them."""
    yield from of_health(doors)
    yield from of_accounts(doors.accounts)
    yield from of_unknown(doors.unknown)
    yield from of_sessions(doors.sessions)
    yield from of_incoming(doors.incoming)
    yield from of_conditions(doors.outgoing.conditions)
    for kind in KINDS:
        yield from of_kind(kind, doors.collections[kind.path])
        yield from of_revisions(kind, doors.collections[kind.path], doors.diffs[kind.path])
        if kind.secrets:
            yield from of_secrets(kind, doors.secrets[kind.path])
    yield from of_outgoing(doors.outgoing)
    yield from of_configuration(doors.configuration)
    yield from of_events(doors)
    yield from of_reading(doors.reading)
    yield from of_logs(doors.logs)
    yield from of_figures(doors.figures)


def of_health(doors: Doors) -> Iterator[Operation]:
    anybody = partial(Operation, method="GET", access=Access.ANYBODY, tag="Health")
    yield anybody(path="/livez", summary="Whether the process answers", handle=doors.health.live, answer=Alive)
    yield anybody(
        path="/readyz", summary="Whether a request can be acknowledged", handle=doors.health.ready, answer=Ready
    )
    yield Operation(
        method="GET",
        path="/v1/catalogue",
        access=Access.KEY,
        tag="Events",
        summary="The built-in actions, and the delays that resends may have",
        handle=partial(catalogue, delays=doors.retry_delays),
        answer=Catalogue,
    )


def of_unknown(door: UnknownDoor) -> Iterator[Operation]:
    yield Operation(
        method="GET",
        path="/v1/unknown-endpoints",
        access=Access.OPERATOR,
        tag="Accounts and keys",
        summary="The last hundred endpoints that were asked for and that nobody has",
        handle=door.list,
        answer=UnknownList,
    )
    yield Operation(
        method="GET",
        path="/v1/{account}/unknown-endpoints",
        access=Access.READ,
        tag="Incoming webhooks",
        summary="Of the last hundred endpoints that were asked for and that nobody has: those of this account",
        handle=door.list_of,
        answer=UnknownList,
    )


def of_kind(kind: Kind, collection: Collection) -> Iterator[Operation]:
    yield from reads_of(kind, collection)
    yield from writes_of(kind, collection)


def reads_of(kind: Kind, collection: Collection) -> Iterator[Operation]:
    base = f"/v1/{{account}}/{kind.path}"
    reads = partial(Operation, method="GET", access=Access.READ, tag=tag_of(kind))
    listing = shapes.ConfigurationList[kind.shown]  # type: ignore[name-defined]  # a class chosen at run time
    query = shapes.StateQuery if kind.verbs else shapes.ListQuery
    yield reads(path=base, summary=f"All of them, each {kind.one}", handle=collection.list, query=query, answer=listing)
    if kind is INCOMING_WEBHOOKS:
        yield reads(
            path=f"{base}/active",
            summary="The active ones",
            handle=collection.list_active,
            query=shapes.ListQuery,
            answer=listing,
        )
    yield reads(path=f"{base}/{{id}}", summary=f"One {kind.one}", handle=collection.read, answer=kind.shown)


def writes_of(kind: Kind, collection: Collection) -> Iterator[Operation]:
    base, one = f"/v1/{{account}}/{kind.path}", f"/v1/{{account}}/{kind.path}/{{id}}"
    taken = ("endpoint_taken",) if kind is INCOMING_WEBHOOKS else ()
    writes = partial(Operation, access=Access.WRITE, tag=tag_of(kind), answer=kind.written)
    yield writes(
        method="POST",
        path=base,
        summary=f"Make a new {kind.one}",
        handle=collection.create,
        body=kind.sent,
        status=201,
        problems=("invalid", "name_taken"),
    )
    yield writes(
        method="PUT",
        path=one,
        summary=f"Change {kind.a_one}; `revision` is the one that it was made from",
        handle=collection.update,
        body=kind.sent,
        problems=("invalid", "name_taken", "stale_revision", "archived", *taken),
    )
    if kind.deletable:
        yield Operation(
            method="DELETE",
            path=one,
            access=Access.WRITE,
            tag=tag_of(kind),
            summary=f"Remove {kind.a_one}",
            handle=collection.delete,
            status=204,
            problems=("in_use",),
        )
    for verb, state in kind.verbs.items():
        yield writes(
            method="POST",
            path=f"{one}/{verb}",
            summary=f"{verb.capitalize()} {kind.a_one}",
            handle=partial(collection.set_state, state=state),
            problems=("wrong_state", "stale_revision", "archived", *taken),
        )


def tag_of(kind: Kind) -> str:
    return kind.path.replace("-", " ").capitalize()


def of_secrets(kind: Kind, door: Secrets) -> Iterator[Operation]:
    base = f"/v1/{{account}}/{kind.path}/{{id}}/secrets"
    writes = partial(Operation, access=Access.WRITE, tag=tag_of(kind))
    yield writes(
        method="POST",
        path=base,
        summary=f"Add a secret to {kind.a_one}; it is shown once",
        handle=door.add,
        body=SecretSent,
        body_optional=True,
        answer=SecretMade,
        status=201,
        problems=("invalid", "wrong_state", "archived"),
    )
    yield writes(
        method="DELETE",
        path=f"{base}/{{secret}}",
        summary=f"Remove a secret of {kind.a_one}",
        handle=door.remove,
        status=204,
        problems=("wrong_state", "archived"),
    )


def of_configuration(door: AccountConfiguration) -> Iterator[Operation]:
    path, tag = "/v1/{account}/configuration", "Configuration"
    yield Operation(
        method="GET",
        path=path,
        access=Access.READ,
        tag=tag,
        summary="Everything that an account has configured, by name",
        handle=door.export,
        answer=shapes.Exported,
    )
    yield Operation(
        method="GET",
        path="/v1/accounts/{account}/backup",
        access=Access.OPERATOR,
        tag=tag,
        summary="The same with its secrets, encrypted with the secret key; apply takes it",
        handle=door.back_up,
        answer=shapes.BackedUp,
    )
    yield Operation(
        method="PUT",
        path=path,
        access=Access.WRITE,
        tag=tag,
        summary="Apply a configuration: one change, all or nothing; twice is once",
        handle=door.apply,
        query=shapes.ApplyQuery,
        body=shapes.ApplySent,
        max_body=MAX_CONFIGURATION,
        answer=shapes.ApplyDone,
        new_account=True,
        problems=("invalid", "name_taken", "endpoint_taken", "stale_revision"),
    )


def of_events(doors: Doors) -> Iterator[Operation]:
    reads = partial(Operation, method="GET", access=Access.READ, tag="Events")
    page = partial(reads, query=queries.EventQuery, answer=logs.LogList[logs.EventRow])
    yield page(path="/v1/{account}/events", summary="The event history", handle=doors.logs.events)
    yield Operation(
        method="POST",
        path="/v1/{account}/events",
        access=Access.WRITE,
        tag="Events",
        summary="Send one event, or up to a thousand",
        handle=doors.events.take,
        body=event_shapes.EventSent | event_shapes.EventsSent,
        max_body=MAX_EVENTS_BODY,
        answer=event_shapes.EventsTaken,
        status=202,
        problems=("invalid", "id_conflict"),
    )
    yield page(
        path="/v1/{account}/customers/{customer}/events",
        summary="One customer's event history",
        handle=doors.logs.events_of_customer,
    )
    yield reads(path="/v1/{account}/events/{id}", summary="One event", handle=doors.logs.event, answer=logs.EventRow)
