"""Which addresses a site may have, however they are written."""

from __future__ import annotations

import ipaddress

import pytest

from schemas.networks import parse_network
from streams.edges.guard import Guard, is_public
from streams.edges.resolver import literal_addresses

NOBODY = Guard([])

FORBIDDEN = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",  # noqa: S104
    "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.19.255.255",
    "198.51.100.7", "203.0.113.7", "192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:5db8:d822::1", "2001::1",
    "2001:0:5ef5:79fb::", "2001:db8::1", "3fff::1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1", "100::1",
    "4000::1", "5f00::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "93.184.216.34", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0", "11.0.0.1",
          "2606:4700::1111", "2a00:1450:4001::1", "2003::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]  # fmt: skip


@pytest.mark.parametrize("ip", FORBIDDEN)
def test_an_address_that_is_not_public_is_refused(ip: str) -> None:
    assert not is_public(ipaddress.ip_address(ip))
    assert not NOBODY.permits(ip, 443)


@pytest.mark.parametrize("ip", PUBLIC)
def test_a_public_address_is_permitted(ip: str) -> None:
    assert is_public(ipaddress.ip_address(ip))
    assert NOBODY.permits(ip, 443)


@pytest.mark.parametrize("text", ["", "localhost", "127.0.0.1:80", "1.2.3", "fe80::1%eth0", "x"])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert not NOBODY.permits(text, 80)


WRITTEN = [
    "127.0.0.1", "127.1", "127.0.1", "0", "0.0", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001",
    "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "0:0:0:0:0:ffff:7f00:0001", "169.254.43518", "0xa9fea9fe",
    "2852039166", "3232235777", "0xc0.0xa8.0x01.0x01",
]  # fmt: skip


@pytest.mark.parametrize("host", WRITTEN)
def test_every_notation_of_an_address_is_seen_through(host: str) -> None:
    addresses = literal_addresses(host)
    assert addresses, "the C library takes it as an address"
    assert not any(NOBODY.permits(ip, 80) for ip in addresses)


@pytest.mark.parametrize("host", ["example.com", "localhost", "127.0.0.1.nip.io", "1e100.net", "", "fe80::1%nowhere"])
def test_a_name_is_no_address(host: str) -> None:
    assert literal_addresses(host) == ()


def test_an_allowed_network_covers_its_addresses_and_its_port() -> None:
    guard = Guard([parse_network("127.0.0.1/32:8090"), parse_network("10.0.0.0/8")])
    assert guard.permits("127.0.0.1", 8090)
    assert not guard.permits("127.0.0.1", 8091)
    assert not guard.permits("127.0.0.2", 8090)
    assert guard.permits("10.1.2.3", 1)
    assert not guard.permits("11.0.0.1", 1) or is_public(ipaddress.ip_address("11.0.0.1"))


def test_an_allowed_network_covers_an_address_inside_another() -> None:
    guard = Guard([parse_network("127.0.0.0/8")])
    assert guard.permits("::ffff:127.0.0.1", 80)
    assert not guard.permits("::1", 80)
    assert Guard([parse_network("::1/128")]).permits("::1", 80)
