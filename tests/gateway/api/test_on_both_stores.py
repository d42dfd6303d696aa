"""What is read over HTTP is the same on SQLite and on PostgreSQL: every list, file and figure, with odd values too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from schemas.times import iso
from tests.gateway.folded import fold
from tests.gateway.house import Answer, House
from tests.postgres import Postgres
from tests.projections.records import (
    NOW,
    a_delivery,
    a_message,
    a_rejected,
    a_request,
    an_attempt,
    an_event,
)

ODD = ("a\0b", "%'\"\\", "\U0010ffff", "9" * 30, "none")
TIMES = {"from": iso(NOW - 3_600_000), "to": iso(NOW + 3_600_000)}
SAID = {
    "step": ("1m", "10m", "30m", "1h"),
    "group_by": ("site_id", "response_code", "error", "definition_id"),
    "count": ("true",),
    "after": ("", "attempts:0:0"),
    "limit": ("1",),
}
ALIVE = re.compile(r'"(as_of|created_at|queued_at|oldest_queued_at|at|from|to|stored_at)":"[^"]*"')  # of two houses
CUSTOMER = "c\0<b>1"


@dataclass(frozen=True)
class Both:
    """Two gateways that have the same records, each in a store of its own kind."""

    sqlite: House
    postgresql: House

    def same(self, path: str) -> Answer:
        """Both answers, which are the same one."""
        one, other = (house.call("GET", path) for house in (self.sqlite, self.postgresql))
        assert (one.status, said(one)) == (other.status, said(other)), path
        assert one.status in (200, 400, 404), (path, one.body)
        return one


def said(answer: Answer) -> str:
    """The answer without what the hour made of it."""
    return ALIVE.sub("", answer.body.decode().replace("\0", "\u2400").replace("\\u0000", "\u2400"))


def filled(folder: Path, **settings: Any) -> House:
    house = House(folder, **settings)
    house.start()
    house.made("PUT", "/v1/accounts/shop")
    records = (
        *(an_attempt(delivery_id=f"dlv_{n}", customer=CUSTOMER, created_at=NOW + n) for n in range(3)),
        a_delivery(delivery_id="dlv_9", customer=CUSTOMER),
        *(a_request(id=f"req_{n}", customer=CUSTOMER, received_at=NOW + n) for n in range(3)),
        *(an_event(id=f"evt_{n}", timestamp=NOW + n) for n in range(3)),
        a_rejected(detail="c\0", account="shop"),
    )
    fold(house, *(a_message(record)._replace(offset=number) for number, record in enumerate(records)))
    return house


@pytest.fixture(scope="module")
def both(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    name = postgres.create()
    sqlite = filled(tmp_path_factory.mktemp("sqlite"))
    other = filled(tmp_path_factory.mktemp("postgresql"), database_url=postgres.url(name))
    yield Both(sqlite, other)
    sqlite.stop()
    other.stop()
    postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


def reads(house: House) -> Iterator[tuple[str, list[str]]]:
    """The path and the parameters of every GET of an account that ends."""
    for path, methods in house.send("GET", "/openapi.json").json["paths"].items():
        if "get" in methods and path.startswith("/v1/{account}/") and not path.endswith("/stream"):
            given = methods["get"].get("parameters", ())
            yield path.replace("{account}", "shop"), [each["name"] for each in given if each["in"] == "query"]


def test_every_parameter_of_every_read(both: Both) -> None:
    answered = 0
    for template, names in reads(both.sqlite):
        path = re.sub(r"{\w+}", "dlv_1", template)
        span = "&".join(f"{name}={value}" for name, value in TIMES.items() if name in names)
        both.same(f"{path}?{span}")
        for name in (name for name in names if name not in TIMES):
            for value in (*(ODD if name != "after" else ()), *SAID.get(name, ())):  # what is to come is waited for
                found = both.same(f"{path}?{span}&{name}={quote(value, safe='', errors='surrogatepass')}")
                answered += found.status == 200
    assert answered > 200, "most of them were refused, so little was read"


def test_things_with_odd_names(both: Both) -> None:
    for template, _ in reads(both.sqlite):
        if "{" in template:
            for value in ODD:
                both.same(re.sub(r"{\w+}", quote(value, safe=""), template))


@pytest.mark.parametrize("collection", ["webhook-log", "incoming-log", "queue"])
def test_what_has_a_nul_is_found_by_it(both: Both, collection: str) -> None:
    found = both.same(f"/v1/shop/{collection}?customer={quote(CUSTOMER)}").json["items"]
    assert found


@pytest.mark.parametrize("figures", ["attempts", "incoming"])
def test_the_chart_of_one_thing(both: Both, figures: str) -> None:
    """Its rows are summed in the statement, which PostgreSQL groups by no constant."""
    one = "site_id=site_1" if figures == "attempts" else "definition_id=inw_1"
    span = "&".join(f"{name}={value}" for name, value in TIMES.items())
    assert both.same(f"/v1/shop/stats/{figures}?{span}&step=10m&{one}").json["items"]
