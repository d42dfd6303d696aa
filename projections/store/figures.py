"""Keeps the figures in step with the rows, within the transaction that writes them.

1. Before the rows are written: which of them are new, and which take the place of another. 2. After all rows: the
difference is added. The figures come last, because projectors of one account meet at them, and wait there for each
other's commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, and_, delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from projections.figure_tables import FIGURES
from projections.folds.attempts import Rank
from projections.folds.figures import Additions, Said, additions, counted, said_by
from projections.folds.fold import Batch, stays
from projections.folds.rows import SHAPES, AttemptRow, DeliveryRow, RequestRow, Row
from projections.store.copying import without_nul
from projections.store.merge import key_of, table_of
from projections.tables import attempts, deliveries, incoming_requests

__all__ = ["add", "differences"]

CHUNK = 1000  # ids of one query

ORDER = ("rank", "recorded_at", "place")
# What is read again of a row that is there: its key, its order, and what it says.
SAID = {
    AttemptRow: ("account", "site_id", "created_at", "status", "response_code", "error", "duration_us", "trigger"),
    DeliveryRow: ("account", "site_id", "created_at"),
    RequestRow: ("account", "definition_id", "received_at", "outcome", "duration_us"),
}
IDS: dict[type[Row], Column[str]] = {
    AttemptRow: attempts.c.delivery_id,
    DeliveryRow: deliveries.c.delivery_id,
    RequestRow: incoming_requests.c.id,
}


def differences(connection: Connection, batch: Batch) -> Additions:
    """What the batch will add to the figures; to be called before its rows are written."""
    return additions(changed(connection, batch))


def changed(connection: Connection, batch: Batch) -> Iterator[tuple[Said, int]]:
    for kind in SAID:
        rows: Sequence[Row] = [row for row in batch.tables.get(kind, {}).values() if counted(row)]
        if connection.dialect.name == "postgresql":
            rows = without_nul(rows)
        shape, known = SHAPES[kind], there_already(connection, kind, rows)
        for row in rows:
            other = known.get(row[: shape.key])
            if other is None:
                yield said_by(kind, row), 1
            elif stays(row, other, shape.key, latest=shape.latest):
                yield said_by(kind, row), 1
                yield said_by(kind, other), -1


def there_already(connection: Connection, kind: type[Row], rows: Sequence[Row]) -> dict[tuple[object, ...], Any]:
    """What the store has under the keys of these rows, or under others of the same ids, as far as it counts."""
    size, query = SHAPES[kind].key, again(kind)
    ids = iter(dict.fromkeys(row[0] for row in rows))
    found = {}
    while some := list(islice(ids, CHUNK)):
        for row in connection.execute(query.where(IDS[kind].in_(some))):
            found[tuple(row[:size])] = row  # key and order come first, as in the rows themselves
    return found


def again(kind: type[Row]) -> Select[Any]:
    table = table_of(kind)
    query = select(*(table.c[name] for name in (*key_of(kind), *ORDER, *SAID[kind])))
    return query.where(table.c["rank"] >= Rank.RESENT.value) if kind is AttemptRow else query


def add(connection: Connection, differences: Additions) -> None:
    """Add to the figures; a row that comes to say nothing goes. To be called when all rows are written."""
    rows: dict[str, dict[tuple[str | int, ...], dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for (name, key, column), number in differences.items():
        rows[name][key][column] = number
    database = connection.dialect.name
    for table, silent in FIGURES.items():
        # Always in one order, so that two projectors never wait for each other in a ring.
        wanted = sorted(rows[table.name].items())
        if wanted:
            connection.execute(adding(database, table), [values(table, key, numbers) for key, numbers in wanted])
            gone = [key for key, numbers in wanted if min(numbers.values()) < 0]
            if gone:
                connection.execute(clearing(table, silent, gone))


def values(table: Table, key: tuple[str | int, ...], numbers: dict[str, int]) -> dict[str, Any]:
    names = [column.name for column in table.columns]
    return dict(zip(names, key, strict=False)) | {name: numbers.get(name, 0) for name in names[len(key) :]}


@cache
def adding(database: str, table: Table) -> Any:
    dialect = postgresql if database == "postgresql" else sqlite
    statement = dialect.insert(table)
    counts = [column for column in table.columns if not column.primary_key]
    added = {column.name: column + statement.excluded[column.name] for column in counts}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=added)


def clearing(table: Table, silent: Sequence[str], keys: Sequence[tuple[str | int, ...]]) -> Any:
    nothing = and_(*(table.c[name] <= 0 for name in silent))
    return delete(table).where(tuple_(*table.primary_key.columns).in_(keys), nothing)
