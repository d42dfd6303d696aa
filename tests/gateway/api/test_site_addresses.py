"""Addresses that a site's URL says itself: judged when it is saved, however they are written, and told to people."""

from __future__ import annotations

import pytest

from tests.gateway.conftest import MakeHouse
from tests.gateway.house import House

SITES = "/v1/shop/sites"


def site(host: str, name: str = "crm") -> dict[str, str]:
    return {"name": name, "url": f"http://{host}/hooks"}


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "10.1",
        "012.0.0.1",
        "0xa9fea9fe",
        "169.254.43518:80",
        "3232235777:8080",
        "0.0.0.0",  # noqa: S104 - it is refused
        "100.64.0.1",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::10.0.0.1]",
        "[2002:7f00:1::]",
        "[::1]:8090",
        "[fd00::1]",
    ],
)
def test_an_address_that_is_not_public_is_refused_however_it_is_written(house: House, host: str) -> None:
    answer = house.call("POST", SITES, site(host))
    assert (answer.status, answer.paths) == (422, ["url"])
    assert "is not a public address; an operator can allow it" in answer.json["detail"]
    assert house.made("GET", SITES)["items"] == []


@pytest.mark.parametrize(
    "host", ["localhost", "LocalHost.", "a.localhost", "127.0.0.1", "2130706433", "127.0.0.1:8091"]
)
def test_this_machine_by_any_name_is_refused_with_what_it_means(make_house: MakeHouse, host: str) -> None:
    answer = make_house(allowed_networks="127.0.0.1/32:8090").call("POST", SITES, site(host))
    assert (answer.status, answer.paths) == (422, ["url"])
    assert "127.0.0.1" in answer.json["detail"]
    assert "HOOKLINE_ALLOWED_NETWORKS" in answer.json["detail"]


def test_a_site_may_have_an_address_that_the_operator_allows(make_house: MakeHouse) -> None:
    house = make_house(allowed_networks="127.0.0.1/32:8090")
    for number, host in enumerate(("127.0.0.1:8090", "127.1:8090", "localhost:8090", "[::ffff:127.0.0.1]:8090")):
        assert house.call("POST", SITES, site(host, f"s{number}")).status == 201


def test_public_addresses_and_names_are_taken(house: House) -> None:
    for number, host in enumerate(
        ("8.8.8.8", "134744072:8443", "[2606:4700::1111]", "localhost.example", "crm.example.")
    ):
        assert house.call("POST", SITES, site(host, f"s{number}")).status == 201
