"""Which of a name's addresses a request goes to: one that is permitted, another on each attempt; or why to none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from schemas.records import AttemptError
from streams.core.answer import Fault, Request

__all__ = ["address_for", "unresolved"]


def address_for(request: Request, addresses: Sequence[str], permits: Callable[[str, int], bool]) -> str | Fault:
    """The address to dial, out of all that the name has."""
    where = request.destination
    permitted = [ip for ip in addresses if permits(ip, where.port)]
    if permitted:
        return permitted[request.turn % len(permitted)]
    if addresses:
        detail = f"{where.host} is {', '.join(addresses)} port {where.port}, which sites may not have"
        return Fault(AttemptError.FORBIDDEN_ADDRESS, detail)
    return Fault(AttemptError.DNS, f"{where.host} has no address")


def unresolved(request: Request) -> Fault:
    """The look-up took as long as the whole attempt may."""
    return Fault(AttemptError.DNS, f"the name was not resolved within {request.timeout:g} s")
