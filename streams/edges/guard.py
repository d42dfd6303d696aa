"""The destination guard: which addresses a site may have. Public ones, and those that the operator allows.

Judged by address, never by name, whatever way it was written; an IPv4 address inside an IPv6 one is judged as itself.
The lists are IANA's special-purpose registries (RFC 6890), fixed here so that no library version changes them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

from schemas.networks import AllowedNetwork

__all__ = ["Guard", "is_public"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NOT_PUBLIC_4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # carrier-grade NAT
            "127.0.0.0/8",
            "169.254.0.0/16",  # link-local; the metadata service of clouds
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
GLOBAL_6 = ipaddress.IPv6Network("2000::/3")  # all that is given out
NOT_PUBLIC_6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: an IPv4 address behind a relay
            "2620:4f:8000::/48",
            "3fff::/20",  # documentation
        ),
    )
)
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for (mapped, NAT64's well-known prefix); otherwise the address."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Whether anyone on the Internet could have it."""
    address = embedded(address)
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_4)
    return address in GLOBAL_6 and not any(address in network for network in NOT_PUBLIC_6)


class Guard:
    """Public addresses, and the operator's own."""

    def __init__(self, allowed: Iterable[AllowedNetwork]) -> None:
        self._allowed = tuple(allowed)
        self.permits = lru_cache(maxsize=4096)(self._permits)

    def _permits(self, ip: str, port: int) -> bool:
        """Whether a request may go to this address, as text, and port."""
        try:
            address = ipaddress.ip_address(ip)
        except ValueError:
            return False
        inner = embedded(address)
        return is_public(address) or any(
            network.covers(address, port) or network.covers(inner, port) for network in self._allowed
        )
