"""Ports: a taken one is said with the name of the setting."""

from __future__ import annotations

import socket

import pytest

from gateway.up.errors import PortTaken
from gateway.up.ports import LASTING, is_free, lasting_port, require_free
from tests.waiting import free_port


def test_a_taken_port_is_named_with_the_setting_that_moves_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        listen = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(PortTaken, match=rf"the gateway cannot listen on {listen}.*taken.*HOOKLINE_LISTEN"):
            require_free(listen, "HOOKLINE_LISTEN", "the gateway")


def test_a_free_port_passes() -> None:
    require_free(f"127.0.0.1:{free_port()}", "HOOKLINE_LISTEN", "the gateway")


def test_an_address_of_another_machine_is_not_called_taken() -> None:
    with pytest.raises(PortTaken, match=r"Cannot assign.*HOOKLINE_LISTEN"):
        require_free("192.0.2.1:8080", "HOOKLINE_LISTEN", "the gateway")


def test_a_lasting_port_is_free_and_below_the_ephemeral_range() -> None:
    port = lasting_port("127.0.0.1")
    assert port in LASTING
    assert is_free("127.0.0.1", port)
