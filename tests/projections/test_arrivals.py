"""What has come into a log since a moment: each row once, by any pages, filters and interleaving."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections.queries.arrivals import ATTEMPTS, REQUESTS, Moment, Wanted, now_of, read_moment, since, write_moment
from projections.queries.store import Store
from schemas.errors import FieldInvalid
from schemas.records import AttemptStatus
from tests.projections.conftest import MakeStore
from tests.projections.folding import fold_into
from tests.projections.records import NOW, TOPICS, a_delivery, a_message, a_request, an_attempt


def wanted(**parameters: str) -> Wanted:
    return Wanted(ATTEMPTS, TOPICS.attempts, "shop", parameters)


def read(store: Store, moment: Moment, limit: int = 100, what: Wanted | None = None) -> tuple[list[str], Moment]:
    with store.read() as connection:
        found = since(connection, what or wanted(), moment, limit=limit)
    return [row.delivery_id for row, _ in found.rows], found.moment


def test_a_row_comes_when_its_attempt_has_ended_and_only_then(store_url: str) -> None:
    store = Store(store_url)
    with store.read() as connection:
        start = now_of(connection, TOPICS.attempts)
    fold_into(store_url, [a_message(a_delivery())])
    assert read(store, start) == ([], ())
    resent = an_attempt(status=AttemptStatus.RESENT, response_code=500, next_attempt_at=NOW)
    fold_into(store_url, [a_message(resent, partition=1, offset=5)])
    rows, moment = read(store, start)
    assert (rows, moment) == (["dlv_1"], (0, 6))
    assert read(store, moment) == ([], (0, 6))


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    places=st.lists(st.integers(0, 2), min_size=1, max_size=30),
    cut=st.integers(0, 30),
    limit=st.integers(1, 5),
    restart=st.booleans(),
)
def test_no_row_is_missed_and_none_comes_twice(
    make_sqlite: MakeStore, places: list[int], cut: int, limit: int, *, restart: bool
) -> None:
    url, offsets, messages = make_sqlite(), [0, 0, 0], []
    for number, partition in enumerate(places):
        attempt = an_attempt(delivery_id=f"dlv_{number}", account="shop" if number % 3 else "other")
        time = NOW + (number * 7) % 5  # a clock that is set back
        messages.append(a_message(attempt, partition=partition, offset=offsets[partition], timestamp=time))
        offsets[partition] += 1
    seen, moment, store = list[str](), Moment(), Store(url)
    for part in (messages[:cut], messages[cut:]):
        if part:
            fold_into(url, part)
        complete = False
        while not complete:
            with store.read() as connection:
                found = since(connection, wanted(), moment, limit=limit)
            taken = found.rows[:1] if restart else found.rows  # a reader that breaks off after any row
            seen += [row.delivery_id for row, _ in taken]
            moment = taken[-1][1] if restart and taken else found.moment
            moment = read_moment(ATTEMPTS, "id", write_moment(ATTEMPTS, moment)) if moment else moment
            complete = found.complete and not (restart and found.rows)
    store.close()
    assert sorted(seen) == sorted(f"dlv_{number}" for number in range(len(places)) if number % 3)


def test_filters_are_those_of_the_list(store_url: str) -> None:
    attempts = [an_attempt(delivery_id=f"dlv_{n}", customer=f"c-{n}", response_code=200 + 300 * n) for n in range(2)]
    fold_into(store_url, [a_message(each, offset=n) for n, each in enumerate(attempts)])
    store = Store(store_url)
    assert read(store, (), what=wanted(response_code="5xx"))[0] == ["dlv_1"]
    assert read(store, (), what=wanted(customer="c-0"))[0] == ["dlv_0"]
    for name, value in (("nonsense", "1"), ("status", "queued")):
        with pytest.raises(FieldInvalid, match=name):
            read(store, (), what=wanted(**{name: value}))


def test_requests_have_their_own_moments(store_url: str) -> None:
    fold_into(store_url, [a_message(a_request(id=f"req_{n}"), offset=n) for n in range(3)])
    with Store(store_url).read() as connection:
        what = Wanted(REQUESTS, TOPICS.incoming_requests, "shop", {"outcome": "accepted"})
        found = since(connection, what, (1,), limit=10)
    assert [row.id for row, _ in found.rows] == ["req_1", "req_2"]
    for text in ("a0", "", "r", "r1.", "rx", "r" + "1" * 13):
        with pytest.raises(FieldInvalid):
            read_moment(REQUESTS, "last_event_id", text)


def test_each_part_of_a_look_is_a_range_of_its_index(sqlite_url: str) -> None:
    fold_into(sqlite_url, [a_message(an_attempt(delivery_id=f"dlv_{n}"), partition=n, offset=0) for n in range(3)])
    plans: list[str] = []
    with Store(sqlite_url).read() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(plans.append)
        since(connection, wanted(status="failed"), (), limit=10)
        driver.set_trace_callback(None)
        (statement,) = [text for text in plans if "UNION" in text]
        plan = " ".join(str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}"))
    assert plan.count("attempts_place (account=? AND place>? AND place<?)") == 3
