"""The figures always say what the rows say: whatever came, however often, in whatever order."""

from __future__ import annotations

from collections import Counter
from typing import Any

from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from projections.figure_tables import FIGURES
from projections.folds.figures import additions, counted, said_by
from projections.folds.rows import SHAPES, AttemptRow, DeliveryRow, RequestRow
from projections.queries.store import Store
from projections.store.merge import table_of
from projections.store.migrate import MIGRATIONS, upgrade
from projections.store.opening import backend_of
from schemas.records import AttemptStatus
from tests.projections.conftest import MakeStore
from tests.projections.folding import fold_into
from tests.projections.histories import histories, interleavings
from tests.projections.records import NOW, a_delivery, a_message, a_request, an_attempt

several = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def kept(connection: Connection) -> Counter[Any]:
    """Every number of every figure that is not zero."""
    found: Counter[Any] = Counter()
    for table in FIGURES:
        size = len(table.primary_key)
        for row in connection.execute(select(table)):
            for column, number in zip(list(table.columns)[size:], row[size:], strict=True):
                if number:
                    found[table.name, tuple(row[:size]), column.name] = number
    return found


def counted_anew(connection: Connection) -> Counter[Any]:
    """The same, from the rows."""
    rows = [
        (kind, kind(*row))
        for kind in (AttemptRow, DeliveryRow, RequestRow)
        for row in connection.execute(select(table_of(kind)))
    ]
    assert {AttemptRow, DeliveryRow, RequestRow} <= set(SHAPES)
    return Counter(
        {tuple(key): number for key, number in additions((said_by(k, r), 1) for k, r in rows if counted(r)).items()}
    )


def look(url: str) -> tuple[Counter[Any], Counter[Any]]:
    store = Store(url)
    with store.read() as connection:
        found = kept(connection), counted_anew(connection)
    store.close()
    return found


@several
@given(data=st.data())
def test_figures_are_those_of_the_rows_after_any_interleaving_and_repetition(
    data: st.DataObject, make_store: MakeStore
) -> None:
    url = make_store()
    fold_into(url, *data.draw(interleavings(data.draw(histories()))))
    told, true = look(url)
    assert told == true


def test_an_outcome_that_gives_way_to_another_leaves_no_row_behind(store_url: str) -> None:
    resent = an_attempt(status=AttemptStatus.RESENT, response_code=503)
    done = an_attempt(status=AttemptStatus.DONE)
    log = [
        a_message(record)._replace(offset=offset) for offset, record in enumerate([a_delivery(), resent, done, resent])
    ]
    fold_into(store_url, *([message] for message in log))
    told, true = look(store_url)
    assert told == true
    assert {key[1][4] for key in told if key[0] == "answer_figures"} == {"200"}
    assert told["attempt_figures", ("shop", "site_1", 60_000, NOW // 60_000 * 60_000), "done"] == 1


def test_a_store_of_before_the_figures_gets_them_from_its_rows(store_url: str) -> None:
    records = [
        a_delivery(),
        an_attempt(status=AttemptStatus.RESENT, response_code=503, duration_us=1_000),
        an_attempt(step=2, status=AttemptStatus.FAILED, response_code=None, duration_us=0, created_at=NOW + 90_000),
        an_attempt(delivery_id="dlv_2", site_id="site_2", duration_us=61_000_000),
        an_attempt(delivery_id="dlv_3", chain="0192-b", created_at=NOW + 4_000_000),
        a_request(),
        a_request(id="req_2", received_at=NOW + 70_000, duration_us=0),
    ]
    fold_into(store_url, [a_message(record)._replace(offset=offset) for offset, record in enumerate(records)])
    kept_before, _ = look(store_url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with backend_of(store_url).upgrading() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0004")
    upgrade(store_url)
    assert look(store_url) == (kept_before, kept_before)
