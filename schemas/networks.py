"""Networks that an operator allows: a CIDR with an optional port, `127.0.0.1/32:8090`.

The address rules themselves are the courier's guard; this is only the setting's form.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

__all__ = ["LAST_PORT", "AllowedNetwork", "parse_network"]

LAST_PORT = 65535
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class AllowedNetwork:
    """Addresses that may be used although they are not public; `port` None is every port."""

    network: ipaddress.IPv4Network | ipaddress.IPv6Network
    port: int | None = None

    def covers(self, address: Address, port: int) -> bool:
        """Whether this address and port may be used."""
        return address.version == self.network.version and address in self.network and self.port in (None, port)


def parse_network(text: str) -> AllowedNetwork:
    """Read `CIDR` or `CIDR:port`; an IPv6 one with a port is `[::1/128]:8090`.

    Raises:
        ValueError: it is neither.
    """
    network, port = text, ""
    if text.startswith("["):
        network, closed, port = text[1:].partition("]")
        port = port.removeprefix(":") if closed else "?"
    elif text.count(":") == 1:
        network, _, port = text.partition(":")
        port = port or "?"
    try:
        return AllowedNetwork(ipaddress.ip_network(network), port_of(port) if port else None)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a network such as 10.0.0.0/8 or 127.0.0.1/32:8090: {error}") from None


def port_of(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= LAST_PORT):
        raise ValueError(f"a port is a number from 1 to {LAST_PORT}")
    return int(text)
