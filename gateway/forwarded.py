"""Who really called, behind reverse proxies: what trusted ones say in `X-Forwarded-For` and `X-Forwarded-Proto`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from multidict import CIMultiDictProxy

__all__ = ["Forwarded", "Network", "counted_as"]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
FOR, PROTO = "X-Forwarded-For", "X-Forwarded-Proto"
PORTED = re.compile(r"(?:\[(?P<six>[^\]]+)\](?::\d+)?|(?P<four>[\d.]+):\d+)", re.ASCII)  # as some proxies write it
ONE_CALLER = 64  # leading bits of an IPv6 address: what follows is the caller's own to choose


@dataclass(frozen=True, slots=True)
class Forwarded:
    """Reads what proxies say; anybody may write these headers, so only an address in `trusted` is believed."""

    trusted: Sequence[Network] = ()

    def caller(self, peer: str, headers: CIMultiDictProxy[str]) -> str:
        """The address of the caller: the last one that no trusted proxy has; each proxy adds its peer at the end.

        A port or a zone beside it is left out. What is no address is nobody: whoever said it is the caller.
        """
        address = address_in(peer)
        for named in reversed(named_in(headers.getall(FOR, ()))):
            said = address_in(named)
            if said is None or not self._trusts(address):
                break
            address = said
        return peer if address is None else str(address)

    def is_secure(self, peer: str, headers: CIMultiDictProxy[str], *, here: bool) -> bool:
        """Whether the caller came by https; `here`: whether the last step did."""
        said = named_in(headers.getall(PROTO, ()))
        return said[-1].lower() == "https" if said and self._trusts(address_in(peer)) else here

    def _trusts(self, address: Address | None) -> bool:
        return address is not None and any(
            address.version == network.version and address in network for network in self.trusted
        )


def counted_as(address: str) -> str:
    """What a caller is counted by: its address, or of IPv6 the network whose addresses are all its own."""
    found = address_in(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, ONE_CALLER), strict=False))
    return address


def address_in(text: str) -> Address | None:
    """The address in a word like `192.0.2.1:4711`, `[2001:db8::1]:4711`, `fe80::1%eth0`; IPv4 inside IPv6 as IPv4."""
    ported = PORTED.fullmatch(text)
    bare = (ported["six"] or ported["four"]) if ported else text
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:  # a name, or anything: nobody's
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address


def named_in(values: Iterable[str]) -> list[str]:
    return [word.strip() for value in values for word in value.split(",") if word.strip()]
