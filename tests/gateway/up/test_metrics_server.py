"""Figures of roles without HTTP: where, what, and that a taken port is one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from gateway.up.errors import PortTaken
from gateway.up.metrics_server import MetricsServer, listen_of, serve_metrics
from schemas import metrics
from schemas.settings import Settings


@pytest.fixture
def server() -> Iterator[MetricsServer]:
    meters = metrics.Meters(metrics.Role.COURIER)
    meters.counter(metrics.DEAD).inc(3)
    one = MetricsServer("127.0.0.1:0", meters.registry)
    yield one
    one.close()


def got(server: MetricsServer, path: str) -> str:
    with urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=60) as response:
        text: str = response.read().decode()
        return text


def test_figures_and_health(server: MetricsServer) -> None:
    text = got(server, "/metrics")
    assert "hookline_dead_letters_total 3.0" in text
    assert "process_cpu_seconds_total" in text
    assert got(server, "/livez") == '{"alive":true}'
    with pytest.raises(HTTPError, match="404"):
        got(server, "/")


def test_a_taken_port_is_said(server: MetricsServer) -> None:
    settings = Settings(metrics_listen=f"127.0.0.1:{server.port}")
    with pytest.raises(PortTaken, match="the port is taken; set HOOKLINE_METRICS_LISTEN"):
        serve_metrics(settings, metrics.Meters(metrics.Role.COURIER))


def test_nothing_is_shown_unless_a_place_is_named() -> None:
    assert serve_metrics(Settings(), metrics.Meters(metrics.Role.COURIER)) is None


@pytest.mark.parametrize(
    ("role", "listen"),
    [("streams", "0.0.0.0:9400"), ("courier", "0.0.0.0:9401"), ("projector", "0.0.0.0:9402"), ("gateway", "")],
)
def test_under_up_each_role_has_the_next_port(role: str, listen: str) -> None:
    assert listen_of(Settings(metrics_listen="0.0.0.0:9400"), role) == listen
    assert listen_of(Settings(), role) == ""


def test_an_address_of_ipv6_stays_one() -> None:
    assert listen_of(Settings(metrics_listen="[::1]:9400"), "courier") == "[::1]:9401"
