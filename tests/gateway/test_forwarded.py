"""Forwarded headers are believed of trusted proxies, and of nobody else."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from gateway.forwarded import Forwarded, counted_as
from schemas.settings import Settings

PROXIES = Forwarded((ip_network("10.0.0.0/8"), ip_network("::1/128")))


def headers(*pairs: tuple[str, str]) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict(pairs))


@pytest.mark.parametrize(
    ("peer", "named", "caller"),
    [
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),  # a stranger may say what it likes
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("::1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),  # what the caller itself wrote comes first
        ("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),  # two proxies of ours
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),  # nobody: the proxy that said so answers for it
        ("10.0.0.1", "203.0.113.9, unknown", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),  # Azure's gateways write the port, too
        ("10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("10.0.0.1", "[2001:db8::7]", "2001:db8::7"),
        ("10.0.0.1", "2001:DB8:0:0::7", "2001:db8::7"),  # one address has one spelling here
        ("10.0.0.1", "fe80::1%eth0", "fe80::1"),
        ("10.0.0.1", "198.51.100.7, ::ffff:10.0.0.2", "198.51.100.7"),
        ("", "198.51.100.7", ""),
    ],
)
def test_the_last_address_that_no_proxy_of_ours_has_is_the_caller(peer: str, named: str, caller: str) -> None:
    assert PROXIES.caller(peer, headers(("X-Forwarded-For", named))) == caller
    assert Forwarded().caller(peer, headers(("X-Forwarded-For", named))) == peer


def test_ipv4_inside_ipv6_is_ipv4() -> None:
    """A socket of both families shows it so."""
    said = headers(("X-Forwarded-For", "::ffff:198.51.100.7"))
    assert PROXIES.caller("::ffff:10.0.0.1", said) == "198.51.100.7"


def test_several_headers_are_one_list() -> None:
    two = headers(("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-For", "198.51.100.7"))
    assert PROXIES.caller("10.0.0.1", two) == "198.51.100.7"


@pytest.mark.parametrize(
    ("address", "counted"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8::7", "2001:db8::/64"), ("2001:db8::ffff:8", "2001:db8::/64"), ("", "")],
)
def test_a_caller_with_a_network_of_its_own_is_one_caller(address: str, counted: str) -> None:
    assert counted_as(address) == counted


def test_https_is_what_a_trusted_proxy_says_it_was() -> None:
    said = headers(("X-Forwarded-Proto", "https"))
    assert PROXIES.is_secure("10.0.0.1", said, here=False)
    assert not PROXIES.is_secure("192.0.2.1", said, here=False)
    assert not PROXIES.is_secure("10.0.0.1", headers(("X-Forwarded-Proto", "http")), here=True)
    assert PROXIES.is_secure("10.0.0.1", headers(), here=True)


def test_the_setting_is_a_list_of_networks() -> None:
    assert Settings(trusted_proxies="10.0.0.0/8, ::1/128").trusted_proxies == list(PROXIES.trusted)
    with pytest.raises(ValueError, match="trusted_proxies"):
        Settings(trusted_proxies="10.0.0.1/8")
