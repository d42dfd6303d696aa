"""The store that the API reads: whether it is there, and how far it is behind the log; and the gateway itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gateway.cli.client import Client, NotReached, Refused
from gateway.doctor.finding import Finding, fine, warning, wrong
from projections.queries import offsets
from projections.queries.store import Store
from schemas.errors import HooklineError
from schemas.settings import Settings

__all__ = ["gateway", "store"]

BEHIND = 10_000  # records


def store(settings: Settings, ends: Mapping[tuple[str, int], int]) -> Iterator[Finding]:
    """Whether it can be read; `ends` are the next offsets of the partitions that it folds."""
    try:
        with Store(settings.store_url, connections=1).read() as connection:
            folded, as_of = offsets.folded(connection), offsets.as_of(connection)
    except HooklineError as problem:
        do = "start the projector, which makes it; a damaged one is made anew: `hookline projections rebuild`"
        yield wrong("store", str(problem), do)
        return
    behind = sum(max(0, end - folded.get(place, 0)) for place, end in ends.items())
    said = f"it has everything up to {as_of}" if as_of else "nothing has been folded yet"
    if behind > BEHIND:
        yield warning(
            "store", f"{behind:,} records behind the log; {said}", "is the projector running, and is its disk full?"
        )
    else:
        yield fine("store", f"{behind:,} records behind the log; {said}")


def gateway(client: Client) -> Iterator[Finding]:
    """Whether a gateway answers, and can acknowledge a request."""
    try:
        client.call("GET", "/readyz")
    except NotReached as problem:
        what, _, do = str(problem).partition(": ")
        yield warning("gateway", what, do)
    except Refused as refused:
        known = refused.problem if isinstance(refused.problem, dict) else {}
        parts = [name for name in ("kafka", "configuration", "applied") if known.get(name) in (False, None)]
        yield wrong(
            "gateway", f"{client.url} is not ready: {', '.join(parts) or refused}", "its log says what it waits for"
        )
    else:
        yield fine("gateway", f"{client.url} is ready")
