"""Who really called, behind reverse proxies: what trusted ones say in `X-Forwarded-For` and `X-Forwarded-Proto`."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from multidict import CIMultiDictProxy

__all__ = ["Forwarded", "Network"]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
FOR, PROTO = "X-Forwarded-For", "X-Forwarded-Proto"


@dataclass(frozen=True, slots=True)
class Forwarded:
    """Reads what proxies say; anybody may write these headers, so only an address in `trusted` is believed."""

    trusted: Sequence[Network] = ()

    def caller(self, peer: str, headers: CIMultiDictProxy[str]) -> str:
        """The address of the caller: the last one that no trusted proxy has; each proxy adds its peer at the end."""
        address = peer
        for named in reversed(named_in(headers.getall(FOR, ()))):
            if not self._trusts(address):
                break
            address = named
        return address

    def is_secure(self, peer: str, headers: CIMultiDictProxy[str], *, here: bool) -> bool:
        """Whether the caller came by https; `here`: whether the last step did."""
        said = named_in(headers.getall(PROTO, ()))
        return said[-1].lower() == "https" if said and self._trusts(peer) else here

    def _trusts(self, text: str) -> bool:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:  # a name, or anything: nobody's
            return False
        return any(address.version == network.version and address in network for network in self.trusted)


def named_in(values: Iterable[str]) -> list[str]:
    return [word.strip() for value in values for word in value.split(",") if word.strip()]
