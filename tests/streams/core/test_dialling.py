"""Which of a name's addresses is dialled: never one that is not permitted, whatever else the name has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.networks import parse_network
from schemas.records import AttemptError
from streams.core.answer import Fault
from streams.core.dialling import address_for, unresolved
from streams.edges.guard import Guard
from tests.streams.courier_values import a_request

GUARD = Guard([parse_network("10.0.0.0/8:8080")])
ADDRESSES = st.lists(st.ip_addresses().map(str), max_size=5)


def chosen(*addresses: str, port: int = 443, turn: int = 0) -> str | Fault:
    request = a_request(f"https://crm.example:{port}/", port, turn=turn)
    return address_for(request, addresses, GUARD.permits)


@given(ADDRESSES, st.integers(1, 65535), st.integers(0, 100))
def test_what_is_chosen_is_permitted_and_otherwise_it_is_said_why(addresses: list[str], port: int, turn: int) -> None:
    found = chosen(*addresses, port=port, turn=turn)
    if isinstance(found, Fault):
        assert not any(GUARD.permits(ip, port) for ip in addresses)
        assert found.error is (AttemptError.FORBIDDEN_ADDRESS if addresses else AttemptError.DNS)
        assert all(ip in found.detail for ip in addresses)
    else:
        assert found in addresses
        assert GUARD.permits(found, port)


@pytest.mark.parametrize("private", ["127.0.0.1", "::1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:a00:1::"])
def test_a_name_with_a_private_address_beside_a_public_one_is_reached_at_the_public_one(private: str) -> None:
    for turn in range(6):
        assert chosen(private, "93.184.216.34", private, turn=turn) == "93.184.216.34"


def test_a_name_whose_answer_changes_is_judged_anew() -> None:
    assert chosen("93.184.216.34") == "93.184.216.34"
    again = chosen("127.0.0.1")
    assert isinstance(again, Fault)
    assert again.error is AttemptError.FORBIDDEN_ADDRESS


def test_attempts_take_turns_among_the_addresses() -> None:
    both = ("93.184.216.34", "2606:4700::1111")
    assert [chosen(*both, turn=turn) for turn in range(4)] == [*both, *both]


def test_an_allowed_network_with_a_port_allows_that_port_alone() -> None:
    assert chosen("10.1.2.3", port=8080) == "10.1.2.3"
    assert isinstance(chosen("10.1.2.3", port=8081), Fault)


def test_a_look_up_that_does_not_end_says_how_long_was_waited() -> None:
    fault = unresolved(a_request("https://crm.example/", 443, timeout=2.5))
    assert (fault.error, fault.detail) == (AttemptError.DNS, "the name was not resolved within 2.5 s")
