"""What people ask for, in the store: the queued row of a resend, and operations as they were last seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from projections.folds.rows import AttemptRow, OperationRow
from projections.queries import queue, webhook_log
from projections.queries.store import Store
from schemas.records import AttemptStatus, CommandKind, Trigger
from tests.projections.folding import FOLD, fold_into
from tests.projections.records import (
    NOW,
    TOPICS,
    a_command,
    a_delivery,
    a_message,
    a_parked,
    an_attempt,
    an_operation,
)


def rows(url: str) -> list[dict[str, object]]:
    with Store(url).read() as connection:
        items: list[dict[str, object]] = webhook_log.page(connection, "shop", {})["items"]
    return items


def test_a_resend_waits_as_the_first_step_of_a_new_chain(store_url: str) -> None:
    fold_into(store_url, [a_message(a_delivery()), a_message(an_attempt()), a_message(a_command(at=NOW + 5000))])
    queued, done = rows(store_url)
    assert (queued["chain"], queued["attempt"], queued["status"], queued["trigger"]) == (1, 1, "queued", "resend")
    assert queued["created_at"] == "2025-11-24T16:00:05.000Z"
    assert (done["chain"], done["status"]) == (0, "done")


def test_the_attempt_of_a_resend_takes_the_place_of_its_queued_row_in_any_order(store_url: str) -> None:
    attempt = an_attempt(chain="cmd_1", trigger=Trigger.RESEND)
    fold_into(store_url, [a_message(attempt)], [a_message(a_command())])
    (row,) = rows(store_url)
    assert (row["id"], row["status"]) == ("dlv_1.cmd_1.1", "done")


@pytest.mark.parametrize("kind", [CommandKind.CANCEL, CommandKind.SEND_NOW])
def test_other_commands_only_say_who_gave_them(kind: CommandKind) -> None:
    (row,) = FOLD.rows(a_message(a_command(kind=kind)))
    assert isinstance(row, OperationRow)
    assert (row.id, row.kind, row.state, row.author) == ("cmd_1", "command", kind.value, "ann")


def test_commands_of_a_resend_of_many_are_told_by_their_job() -> None:
    (row,) = FOLD.rows(a_message(a_command(resend_id="rsd_1")))
    assert isinstance(row, AttemptRow)


def test_chains_are_numbered_in_the_order_of_their_names(store_url: str) -> None:
    fold_into(store_url, [a_message(an_attempt(chain=chain)) for chain in ("cmd_2", "0", "cmd_1")])
    assert {row["id"]: row["chain"] for row in rows(store_url)} == {
        "dlv_1.0.1": 0,
        "dlv_1.cmd_1.1": 1,
        "dlv_1.cmd_2.1": 2,
    }


def test_an_operation_is_as_it_was_last_seen_and_keeps_its_beginning(store_url: str) -> None:
    first = a_message(an_operation(sent=0), timestamp=NOW)
    last = a_message(an_operation(state="done", sent=9), timestamp=NOW + 9)
    fold_into(store_url, [last], [first])
    (row,) = FOLD.rows(last)
    with Store(store_url).read() as connection:
        (stored,) = connection.exec_driver_sql("SELECT state, created_at, kind FROM operations").all()
    assert tuple(stored) == ("done", NOW, "job")
    assert row[0] == "rsd_1"


def test_what_is_said_to_a_job_is_no_row() -> None:
    assert FOLD.rows(a_message(an_operation(state=None, ask="cancel"))) == ()


@pytest.mark.parametrize("body", ["", "[]", "{"])
def test_a_body_that_is_no_object_is_a_rejected_row(body: str) -> None:
    (row,) = FOLD.rows(a_message(replace(an_operation(), body=body)))
    assert type(row).__name__ == "RejectedRow"


def test_the_summary_of_the_queue_groups_by_reason_and_site(store_url: str) -> None:
    resent = an_attempt(delivery_id="dlv_2", status=AttemptStatus.RESENT, next_attempt_at=NOW + 10_000)
    messages = [a_delivery(delivery_id=f"dlv_1{n}", created_at=NOW + n, due=NOW + n) for n in range(3)]
    fold_into(
        store_url,
        [
            *(a_message(each, offset=n) for n, each in enumerate(messages)),
            a_message(resent),
            a_message(a_parked(a_delivery(delivery_id="dlv_3", site_id="site_2")), topic=TOPICS.parked),
        ],
    )
    with Store(store_url).read() as connection:
        found = queue.summary(connection, "shop", site_names={"site_1": "crm"})
    groups = {(group["reason"], group["site_name"]): group for group in found["items"]}
    assert {name: group["count"] for name, group in groups.items()} == {
        ("queued", "crm"): 3,
        ("retrying", "crm"): 1,
        ("parked", None): 1,
    }
    assert found["count"] == 5
    assert groups["queued", "crm"]["oldest_queued_at"] == "2025-11-24T16:00:00.000Z"
    assert groups["parked", None]["blocked_by"] == "site_inactive"
