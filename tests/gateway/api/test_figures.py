"""Figures over HTTP: what the logs have, step by step, in groups, and what failed."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.api import figure_shapes as shapes
from schemas.records import AttemptError, AttemptStatus, Trigger
from schemas.times import iso
from tests.gateway.folded import fold
from tests.gateway.house import House
from tests.projections.records import NOW, a_delivery, a_message, a_request, an_attempt

MINUTE = 60_000
AT = NOW // 3_600_000 * 3_600_000  # an hour's begin, ms
RANGE = f"from={iso(AT)}&to={iso(AT + 10 * MINUTE)}"


def site(house: House, name: str) -> str:
    made: str = house.made("POST", "/v1/shop/sites", {"name": name, "url": "https://crm.example/hooks"})["id"]
    return made


def records(house: House, *records: Any) -> None:
    """Fold these records, each after the other in its topic."""
    fold(house, *(a_message(record)._replace(offset=number) for number, record in enumerate(records)))


def series(house: House, name: str, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.made("GET", f"/v1/shop/stats/{name}?{RANGE}&{query}")["items"]
    return found


def attempt(number: int, **changes: Any) -> Any:
    return an_attempt(delivery_id=f"dlv_{number}", **({"created_at": AT + 1000} | changes))


def test_attempts_are_counted_by_status_minute_by_minute(house: House) -> None:
    records(
        house,
        attempt(1, duration_us=4_000),
        attempt(2, created_at=AT + MINUTE, status=AttemptStatus.RESENT, response_code=503, duration_us=400_000),
        attempt(3, created_at=AT + MINUTE + 1, status=AttemptStatus.FAILED, response_code=503, duration_us=400_000),
    )
    answer = house.made("GET", f"/v1/shop/stats/attempts?{RANGE}&step=1m")
    shapes.Series[shapes.AttemptPoint].model_validate(answer)
    first, second, *others = answer["items"]
    assert (first["at"], first["count"], first["done"], first["failed"]) == (iso(AT), 1, 1, 0)
    assert (second["resent"], second["failed"], second["count"]) == (1, 1, 2)
    assert 3 <= first["p50"] <= 5
    assert 300 <= second["p99"] <= 500
    assert len(others) == 8
    assert all((item["count"], item["p50"]) == (0, None) for item in others)


def test_a_step_of_an_hour_has_what_its_minutes_have(house: House) -> None:
    records(house, attempt(1), attempt(2, created_at=AT + 59 * MINUTE), attempt(3, created_at=AT + 60 * MINUTE))
    (hour,) = series(house, "attempts", "step=1h")
    assert (hour["at"], hour["count"]) == (iso(AT), 2)


@pytest.mark.parametrize(
    ("group_by", "groups"),
    [("response_code", {"200": 2, "503": 1, "none": 1}), ("error", {"none": 3, "timeout": 1})],
)
def test_attempts_in_groups_of_their_answers(house: House, group_by: str, groups: dict[str, int]) -> None:
    crm = site(house, "crm")
    records(
        house,
        attempt(1, site_id=crm),
        attempt(2, site_id=crm),
        attempt(3, site_id=crm, status=AttemptStatus.RESENT, response_code=503),
        attempt(4, site_id=crm, status=AttemptStatus.FAILED, response_code=None, error=AttemptError.TIMEOUT),
    )
    items = series(house, "attempts", f"step=10m&group_by={group_by}")
    assert {item["group"]: item["count"] for item in items} == groups
    assert {item["p50"] for item in items} == {None}


def test_one_site_and_each_site(house: House) -> None:
    crm, erp = site(house, "crm"), site(house, "erp")
    records(house, attempt(1, site_id=crm), attempt(2, site_id=crm), attempt(3, site_id=erp))
    assert [item["count"] for item in series(house, "attempts", f"step=10m&site_id={erp}")] == [1]
    items = series(house, "attempts", "step=10m&group_by=site_id")
    assert [(item["group"], item["count"]) for item in items] == [(crm, 2), (erp, 1)]


def test_requests_are_counted_by_outcome(house: House) -> None:
    webhook = house.webhook()["id"]
    records(house, *(a_request(id=f"req_{n}", definition_id=webhook, received_at=AT + n) for n in range(3)))
    items = series(house, "incoming", "step=10m&group_by=definition_id")
    assert [(item["group"], item["count"], item["accepted"]) for item in items] == [(webhook, 3, 3)]
    answer = house.made("GET", f"/v1/shop/stats/incoming?{RANGE}&definition_id={webhook}")
    shapes.Series[shapes.IncomingPoint].model_validate(answer)
    assert (answer["step"], len(answer["items"]), answer["items"][0]["accepted"]) == ("1m", 10, 3)


def test_the_queue_was_as_long_as_what_had_begun_and_not_ended(house: House) -> None:
    def delivery(number: int, minute: int) -> Any:
        return a_delivery(delivery_id=f"dlv_{number}", created_at=AT + minute * MINUTE)

    records(
        house,
        delivery(1, 0),
        delivery(2, 1),
        delivery(3, 2),
        attempt(1, created_at=AT + 3 * MINUTE),
        attempt(2, created_at=AT + 4 * MINUTE, status=AttemptStatus.RESENT, response_code=503),
        attempt(2, step=2, created_at=AT + 5 * MINUTE, status=AttemptStatus.FAILED, response_code=503),
        attempt(9, trigger=Trigger.TEST),
    )
    answer = house.made("GET", f"/v1/shop/stats/queue?{RANGE}&step=1m")
    shapes.QueueSeries.model_validate(answer)
    assert [item["count"] for item in answer["items"]] == [1, 2, 3, 2, 2, 1, 1, 1, 1, 1]
    assert (answer["queued"], answer["oldest_queued_at"]) == (1, iso(AT + 2 * MINUTE))


def test_failures_are_grouped_by_site_code_and_error(house: House) -> None:
    crm = site(house, "crm")
    records(
        house,
        attempt(1, site_id=crm),
        attempt(2, site_id=crm, created_at=AT + 1, status=AttemptStatus.RESENT, response_code=503),
        attempt(3, site_id=crm, created_at=AT + MINUTE, status=AttemptStatus.FAILED, response_code=503),
        attempt(
            4, site_id=crm, created_at=AT + 5, status=AttemptStatus.FAILED, response_code=None, error=AttemptError.DNS
        ),
    )
    answer = house.made("GET", f"/v1/shop/stats/failures?{RANGE}")
    shapes.Failures.model_validate(answer)
    code, error = answer["items"]
    assert (code["site_name"], code["response_code"], code["count"]) == ("crm", 503, 2)
    assert (code["failed"], code["resent"]) == (1, 1)
    assert (code["first_at"], code["last_at"]) == (iso(AT + 1), iso(AT + MINUTE))
    assert house.made("GET", f"/v1/shop/webhook-log/{code['last_attempt_id']}")["delivery_id"] == "dlv_3"
    assert (error["error"], error["response_code"], error["count"]) == ("dns", None, 1)


@pytest.mark.parametrize("name", ["attempts", "incoming", "queue", "failures"])
def test_figures_of_an_empty_store(house: House, name: str) -> None:
    fold(house)
    items = house.made("GET", f"/v1/shop/stats/{name}")["items"]
    assert len(items) == (0 if name == "failures" else 145)
    assert not any(item["count"] for item in items)


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("step=7m", "step"),
        ("step=soon", "step"),
        ("step=1m&from=2020-01-01T00:00:00Z", "step"),
        ("from=yesterday", "from"),
        (f"from={iso(AT)}&to={iso(AT - 1)}", "to"),
        ("group_by=customer", "group_by"),
        ("status=done", "status"),
    ],
)
def test_a_parameter_that_there_is_not_is_400(house: House, query: str, path: str) -> None:
    fold(house)
    answer = house.call("GET", f"/v1/shop/stats/attempts?{query}")
    assert (answer.status, answer.paths) == (400, [path])
