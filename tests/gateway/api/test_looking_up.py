"""The search box over HTTP: ids, customers and names, of this account only."""

from __future__ import annotations

import pytest

from gateway.api.looking_up import Looked
from tests.gateway.folded import fold
from tests.gateway.house import House
from tests.projections.records import a_delivery, a_message, a_request, an_attempt, an_event


@pytest.fixture
def filled(house: House) -> House:
    house.made("POST", "/v1/shop/sites", {"name": "CRM of Ann", "url": "https://crm.example/"})
    others = [an_event(id=f"evt_c{n}", customer=f"c-1{n}") for n in range(3)]
    fold(
        house,
        a_message(a_request(customer="c-19/x")),
        a_message(an_event()),
        *(a_message(event, offset=n + 1) for n, event in enumerate(others)),
        a_message(a_delivery()),
        a_message(an_attempt()),
    )
    return house


def looked(house: House, text: str) -> list[tuple[str, str]]:
    answer = Looked.model_validate(house.made("GET", f"/v1/shop/lookup?q={text}"))
    return [(item.kind, item.id) for item in answer.items]


def test_ids_are_found_whatever_they_are_of(filled: House) -> None:
    site = filled.made("GET", "/v1/shop/sites")["items"][0]["id"]
    for kind, thing in (
        ("request", "req_1"),
        ("event", "evt_1"),
        ("delivery", "dlv_1"),
        ("attempt", "dlv_1.0.1"),
        ("site", site),
    ):
        assert looked(filled, thing) == [(kind, thing)]


def test_customers_are_found_by_how_they_begin(filled: House) -> None:
    assert [thing for _, thing in looked(filled, "c-1")] == ["c-1", "c-10", "c-11", "c-12", "c-19/x"]
    (item,) = filled.made("GET", "/v1/shop/lookup?q=c-19")["items"]
    assert item["path"] == "/a/shop/customers/c-19%2Fx"


def test_names_are_found_by_any_part(filled: House) -> None:
    assert [kind for kind, _ in looked(filled, "of%20ann")] == ["site"]


def test_another_account_finds_nothing_of_it(filled: House) -> None:
    filled.made("PUT", "/v1/accounts/other")
    for text in ("req_1", "evt_1", "dlv_1", "dlv_1.0.1", "c-1", "CRM"):
        assert filled.made("GET", f"/v1/other/lookup?q={text}") == {"items": []}


@pytest.mark.parametrize("query", ["", "q=", "q=%20", "q=x&nonsense=1", "q=" + "x" * 257])
def test_what_it_does_not_take_is_400(filled: House, query: str) -> None:
    answer = filled.call("GET", f"/v1/shop/lookup?{query}")
    assert (answer.status, answer.paths) == (400, ["nonsense" if "nonsense" in query else "q"])


def test_names_are_known_without_a_store(house: House) -> None:
    house.made("POST", "/v1/shop/sites", {"name": "crm", "url": "https://crm.example/"})
    assert [kind for kind, _ in looked(house, "crm")] == ["site"]
    assert house.call("GET", "/v1/shop/lookup?q=c-1").status == 503
