"""The operations of revisions: all of them, what one changed, one brought back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from gateway.api import shapes
from gateway.api.collection import Collection
from gateway.api.kinds import INCOMING_WEBHOOKS, Kind
from gateway.api.operations import Access, Operation
from gateway.api.revision_diffs import DiffQuery, RevisionDiff, RevisionDiffs

__all__ = ["of_revisions"]


def of_revisions(kind: Kind, collection: Collection, diffs: RevisionDiffs) -> Iterator[Operation]:
    """Those of one kind."""
    base, tag = f"/v1/{{account}}/{kind.path}/{{id}}/revisions", kind.path.replace("-", " ").capitalize()
    reads = partial(Operation, method="GET", access=Access.READ, tag=tag)
    taken = ("endpoint_taken",) if kind is INCOMING_WEBHOOKS else ()
    yield reads(
        path=base,
        summary=f"Every revision of {kind.a_one}",
        handle=collection.revisions,
        answer=shapes.ConfigurationList[shapes.Revision[kind.shown]],  # type: ignore[name-defined]  # chosen at run time
    )
    yield reads(
        path=f"{base}/{{n}}/diff",
        summary=f"What a revision of {kind.a_one} changed",
        handle=diffs.show,
        query=DiffQuery,
        answer=RevisionDiff,
    )
    yield Operation(
        method="POST",
        path=f"{base}/{{n}}/restore",
        access=Access.WRITE,
        tag=tag,
        summary=f"Make an earlier revision of {kind.a_one} the newest, as a new one; state and secrets stay",
        handle=collection.restore,
        answer=kind.written,
        problems=("invalid", "name_taken", "stale_revision", "archived", *taken),
    )
