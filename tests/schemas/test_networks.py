"""The form of HOOKLINE_ALLOWED_NETWORKS: a CIDR with an optional port."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from schemas.networks import parse_network


@pytest.mark.parametrize(
    ("text", "address", "port", "covered"),
    [
        ("127.0.0.0/8", "127.1.2.3", 80, True),
        ("127.0.0.0/8", "128.0.0.1", 80, False),
        ("127.0.0.1/32:8090", "127.0.0.1", 8090, True),
        ("127.0.0.1/32:8090", "127.0.0.1", 8091, False),
        ("127.0.0.1/32:8090", "127.0.0.2", 8090, False),
        ("10.0.0.5", "10.0.0.5", 1, True),
        ("::1/128", "::1", 80, True),
        ("[::1/128]:8090", "::1", 8090, True),
        ("[::1/128]:8090", "::1", 80, False),
        ("[fd00::/8]", "fd12::1", 443, True),
        ("0.0.0.0/0", "::1", 80, False),
        ("::/0", "127.0.0.1", 80, False),
    ],
)
def test_what_a_network_covers(text: str, address: str, port: int, covered: bool) -> None:  # noqa: FBT001 - a column
    assert parse_network(text).covers(ip_address(address), port) is covered


@pytest.mark.parametrize(
    "text", ["", "localhost", "127.0.0.1/33", "127.0.0.1/8", "10.0.0.0/8:x", "10.0.0.0/8:", "[::1", "::1/129", "1.2.3"]
)
def test_what_is_none_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as 10\.0\.0\.0/8"):
        parse_network(text)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "99999"])
def test_a_port_that_cannot_be_one_is_refused(port: str) -> None:
    with pytest.raises(ValueError, match=r"such as 10\.0\.0\.0/8"):
        parse_network(f"127.0.0.1/32:{port}")
