"""Networks that an operator allows: a CIDR with an optional port, `127.0.0.1/32:8090`.

The address rules themselves are the courier's guard; this is only the setting's form.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

__all__ = ["AllowedNetwork", "parse_network"]

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
    network, port = text, None
    if text.startswith("["):
        network, _, port = text[1:].partition("]")
        port = port.removeprefix(":") or None
    elif text.count(":") == 1:
        network, _, port = text.partition(":")
    try:
        return AllowedNetwork(ipaddress.ip_network(network), None if port is None else int(port))
    except ValueError as error:
        raise ValueError(f"{text!r} is not a network such as 10.0.0.0/8 or 127.0.0.1/32:8090: {error}") from None
