"""Deliveries that failed, and resends of them as a caller and a courier see them."""

from __future__ import annotations

from typing import Any

from schemas.records import AttemptStatus, Command
from tests.gateway.folded import fold
from tests.gateway.house import House
from tests.projections.records import NOW, a_delivery, a_message, an_attempt

__all__ = ["FAILED", "a_site", "commands", "dry_run", "put_failed", "start", "state"]

FAILED = {"status": "failed"}


def a_site(house: House) -> str:
    made: dict[str, Any] = house.made("POST", "/v1/shop/sites", {"name": "crm", "url": "https://crm.example/"})
    return str(made["id"])


def put_failed(house: House, site: str, *numbers: int, **attempt: Any) -> None:
    """Deliveries of these numbers, each with one attempt that failed unless told otherwise."""
    given: dict[str, Any] = {"status": AttemptStatus.FAILED, "response_code": 500, "site_id": site} | attempt
    messages = []
    for number in numbers:
        delivery = a_delivery(delivery_id=f"dlv_{number:03}", site_id=site, lane=f"{site}/0")
        row = an_attempt(delivery_id=delivery.delivery_id, created_at=NOW + number, **given)
        messages += [a_message(delivery, offset=number), a_message(row, offset=number)]
    fold(house, *messages)


def dry_run(house: House, **wanted: str) -> dict[str, Any]:
    found: dict[str, Any] = house.made("POST", "/v1/shop/resends", {"filter": wanted, "dry_run": True})
    return found


def start(house: House, token: str, **more: Any) -> dict[str, Any]:
    answer = house.call("POST", "/v1/shop/resends", {"token": token} | more)
    assert answer.status == 202, answer.body
    found: dict[str, Any] = answer.json
    return found


def commands(house: House) -> list[Command]:
    return house.log.records(house.topics.commands)


def state(house: House, job_id: str) -> dict[str, Any]:
    fold(house)
    found: dict[str, Any] = house.made("GET", f"/v1/shop/resends/{job_id}")
    return found
