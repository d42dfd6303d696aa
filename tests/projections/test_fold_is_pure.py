"""The store is a pure fold: any interleaving of partitions, any repetition, any crash point, the same rows."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections.folds.fold import Batch
from projections.folds.places import Message
from projections.store.write import Writer
from tests.projections.conftest import MakeStore
from tests.projections.folding import FOLD, digests_of, fold_into, moves_of
from tests.projections.histories import histories, interleavings

fewer = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
several = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@several
@given(data=st.data())
def test_any_interleaving_and_any_repetition_gives_the_same_rows(data: st.DataObject, make_sqlite: MakeStore) -> None:
    log = data.draw(histories())
    first, second = make_sqlite(), make_sqlite()
    fold_into(first, *data.draw(interleavings(log)))
    fold_into(second, *data.draw(interleavings(log)))
    assert digests_of(first) == digests_of(second)


@several
@given(log=histories())
def test_one_batch_and_one_record_a_batch_give_the_same_rows(log: list[Message], make_sqlite: MakeStore) -> None:
    first, second = make_sqlite(), make_sqlite()
    fold_into(first, log)
    fold_into(second, *([message] for message in log))
    assert digests_of(first) == digests_of(second)


class Crash(Exception):
    pass


@several
@given(data=st.data())
def test_a_crash_at_any_point_of_a_transaction_loses_and_doubles_nothing(
    data: st.DataObject, make_sqlite: MakeStore
) -> None:
    log = data.draw(histories())
    whole, crashed = make_sqlite(), make_sqlite()
    fold_into(whole, log)
    crash_at = data.draw(st.integers(0, 7))
    with pytest.raises(Crash):
        write_and_crash(crashed, log, crash_at)
    writer = Writer(crashed)
    positions = writer.positions({(message.topic, message.partition) for message in log})
    writer.close()
    assert set(positions.values()) == {0}
    fold_into(crashed, [m for m in log if m.offset >= positions[m.topic, m.partition]])
    assert digests_of(whole) == digests_of(crashed)


@fewer
@given(data=st.data())
def test_any_interleaving_and_any_repetition_gives_the_same_rows_on_postgresql(
    data: st.DataObject, make_postgresql: MakeStore
) -> None:
    log = data.draw(histories())
    first, second, crashed = make_postgresql(), make_postgresql(), make_postgresql()
    fold_into(first, *data.draw(interleavings(log)))
    fold_into(second, *([message] for message in log))
    with pytest.raises(Crash):
        write_and_crash(crashed, log, data.draw(st.integers(0, 7)))
    fold_into(crashed, log)
    assert digests_of(first) == digests_of(second) == digests_of(crashed)


def write_and_crash(url: str, log: list[Message], statements: int) -> None:
    """Dies before the given number of tables is written, or just before the commit."""
    writer = Writer(url)
    batch = Batch()
    for message in log:
        batch.add(FOLD.rows(message))
    moves = moves_of(writer, log)
    kept = dict(list(batch.tables.items())[:statements])
    batch.tables = cast("Any", {**kept, Crash: {}})  # a kind without a statement, after those
    try:
        writer.write(batch, moves)
    except KeyError:
        raise Crash from None
    finally:
        writer.close()
