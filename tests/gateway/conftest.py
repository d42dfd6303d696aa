"""A gateway for each test, with the account `shop`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.house import House

MakeHouse = Callable[..., House]


@pytest.fixture
def make_house(tmp_path: Path) -> Iterator[MakeHouse]:
    """Makes a gateway with settings of one's own."""
    made: list[House] = []

    def make(**settings: Any) -> House:
        house = House(tmp_path, **settings)
        made.append(house)
        house.start()
        house.made("PUT", "/v1/accounts/shop")
        return house

    yield make
    for house in made:
        house.stop()


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """A gateway with the usual settings."""
    return make_house()
