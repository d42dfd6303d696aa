"""The tables of the store, and why their keys and indexes are what they are.

**Keys.** Rows lie in the order in which they came (SQLite's rowid; a heap in PostgreSQL), so inserts go to the end of
the table. Derived ids are random (UUIDv5): with one of them as the clustering key every insert dirties another page
of wide rows, and past some 600,000 rows the rate halves. So a derived id has only a unique index: 40 bytes an entry,
which stay in the cache. The index of `attempts` begins with the delivery, so it also answers 'all of this delivery'.

**Records.** `records` has each record whole, once, under its place in the log (topic, partition, offset as one
integer): it is appended to at the end of each partition, needs no second index, and no list reads it. A detail view
decodes it. `place` in the other tables points to it. Its values are compressed (`store/packing.py`).

**Indexes.** A list is one account's, newest first, by keyset: so each filter has an index (account, filter, time). Two
rows of one millisecond are told apart by `place`. Many events may bear one timestamp (their senders choose it), so
their indexes go on to `place`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, literal_column

__all__ = [
    "IS_ASKED_FOR",
    "IS_ENDED",
    "IS_QUEUED",
    "attempts",
    "customer_events",
    "dead_letters",
    "deliveries",
    "dictionaries",
    "incoming_requests",
    "metadata",
    "offsets",
    "operations",
    "origin",
    "records",
    "rejected",
]

metadata = MetaData()
whole = BigInteger().with_variant(Integer, "sqlite")  # SQLite keeps rows by an INTEGER PRIMARY KEY, which BIGINT is not

# As text, not as a parameter: a planner takes an index of some rows only where the query says the same words.
IS_QUEUED = literal_column("status") == literal_column("'queued'")
IS_ENDED = literal_column("status") != literal_column("'queued'")
IS_ASKED_FOR = literal_column('"trigger"') != literal_column("'auto'")


def text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, String, nullable=null)


def number(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=null)


def blob(name: str, *, null: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=null)


def where_known(name: str, account: str, column: str, time: str) -> Index:
    """An index of the few rows in which a column has a value; it costs the others nothing."""
    known = literal_column(column).is_not(None)
    return Index(name, account, column, time, sqlite_where=known, postgresql_where=known)


def order() -> tuple[Column[int], ...]:
    """What decides between two rows of one key."""
    return Column("rank", Integer, nullable=False), number("recorded_at"), number("place")


# Up to which offset each partition is folded, where it ended then, and the time of the last record folded.
offsets = Table(
    "offsets",
    metadata,
    Column("topic", String, primary_key=True),
    Column("partition", Integer, primary_key=True),
    number("next_offset"),
    number("end_offset"),
    number("recorded_at"),
)

# Which log the rows were folded from: the Kafka cluster and the topics' prefix; one row.
origin = Table(
    "origin",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    text("cluster"),
    text("topic_prefix"),
)

records = Table(
    "records",
    metadata,
    Column("place", whole, primary_key=True, autoincrement=False),
    number("recorded_at"),
    blob("value"),
)

# What records are compressed with, each by the frames that name it; of one kind the one of the last position.
dictionaries = Table(
    "dictionaries",
    metadata,
    Column("id", whole, primary_key=True, autoincrement=False),
    Column("kind", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    blob("content"),
)

incoming_requests = Table(
    "incoming_requests",
    metadata,
    text("id"),
    *order(),
    text("account"),
    number("received_at"),
    text("endpoint"),
    text("definition_id"),
    number("definition_revision"),
    text("method"),
    text("path"),
    text("outcome"),
    number("status_code"),
    number("duration_us"),
    text("event_id", null=True),
    text("customer", null=True),
    text("action", null=True),
    text("error_code", null=True),
    text("error_path", null=True),
    text("error_detail", null=True),
    text("deduplication", null=True),
    text("reprocessed_request_id", null=True),
    text("run_id", null=True),
    Index("incoming_requests_key", "id", unique=True),
    Index("incoming_requests_event", "event_id"),
    Index("incoming_requests_time", "account", "received_at"),
    Index("incoming_requests_outcome", "account", "outcome", "received_at"),
    Index("incoming_requests_endpoint", "account", "endpoint", "received_at"),
    Index("incoming_requests_definition", "account", "definition_id", "received_at"),
    Index("incoming_requests_status", "account", "status_code", "received_at"),
    Index("incoming_requests_customer", "account", "customer", "received_at"),
    Index("incoming_requests_action", "account", "action", "received_at"),
    Index("incoming_requests_place", "account", "place"),
    where_known("incoming_requests_copies", "account", "deduplication", "received_at"),
    where_known("incoming_requests_reruns", "account", "reprocessed_request_id", "received_at"),
)

customer_events = Table(
    "customer_events",
    metadata,
    text("account"),
    text("id"),
    *order(),
    text("customer"),
    text("action"),
    number("timestamp"),
    text("source"),
    text("request_id", null=True),
    text("definition_id", null=True),
    number("definition_revision", null=True),
    text("data"),
    Index("customer_events_key", "account", "id", unique=True),
    Index("customer_events_time", "account", "timestamp", "place"),
    Index("customer_events_customer", "account", "customer", "timestamp", "place"),
    Index("customer_events_action", "account", "action", "timestamp", "place"),
)

deliveries = Table(
    "deliveries",
    metadata,
    text("delivery_id"),
    *order(),
    text("account"),
    text("event_id"),
    text("subscription_id"),
    text("site_id"),
    text("customer"),
    text("action"),
    number("created_at"),
    text("content_type"),
    text("path"),
    text("lane"),
    Index("deliveries_key", "delivery_id", unique=True),
    Index("deliveries_event", "event_id"),
)

attempts = Table(
    "attempts",
    metadata,
    text("delivery_id"),
    text("chain"),
    number("step"),
    *order(),
    text("account"),
    number("created_at"),
    text("event_id"),
    text("subscription_id"),
    text("action"),
    text("customer"),
    text("site_id"),
    text("site_name", null=True),
    number("site_revision", null=True),
    text("status"),
    number("response_code", null=True),
    number("response_class"),
    text("error", null=True),
    number("duration_us", null=True),
    number("next_attempt_at", null=True),
    text("trigger"),
    text("resend_id", null=True),
    text("reason", null=True),
    text("blocked_by", null=True),
    number("dns_us", null=True),
    number("connect_us", null=True),
    number("tls_us", null=True),
    number("first_byte_us", null=True),
    text("remote_ip", null=True),
    Index("attempts_key", "delivery_id", "chain", "step", unique=True),
    Index("attempts_time", "account", "created_at"),
    Index("attempts_status", "account", "status", "created_at"),
    Index("attempts_code", "account", "response_code", "created_at"),
    Index("attempts_class", "account", "response_class", "created_at"),
    # What is often asked together with a site comes after the time: rows that lack it are passed over in the index.
    Index("attempts_site", "account", "site_id", "created_at", "response_code", "status"),
    Index("attempts_customer", "account", "customer", "created_at"),
    Index("attempts_action", "account", "action", "created_at"),
    Index("attempts_subscription", "account", "subscription_id", "created_at"),
    Index(
        "attempts_trigger", "account", "trigger", "created_at", sqlite_where=IS_ASKED_FOR, postgresql_where=IS_ASKED_FOR
    ),
    Index("attempts_queue", "account", "site_id", "created_at", sqlite_where=IS_QUEUED, postgresql_where=IS_QUEUED),
    Index("attempts_place", "account", "place", sqlite_where=IS_ENDED, postgresql_where=IS_ENDED),
    where_known("attempts_error", "account", "error", "created_at"),
    where_known("attempts_resend", "account", "resend_id", "created_at"),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    text("delivery_id"),
    text("chain"),
    *order(),
    text("account"),
    number("step"),
    text("event_id"),
    text("subscription_id"),
    text("site_id"),
    text("customer"),
    text("action"),
    text("error", null=True),
    number("response_code", null=True),
    text("detail"),
    Index("dead_letters_key", "delivery_id", "chain", unique=True),
    Index("dead_letters_time", "account", "recorded_at"),
)

operations = Table(
    "operations",
    metadata,
    text("id"),
    *order(),
    text("account"),
    number("created_at"),
    text("kind"),
    text("author"),
    text("state"),
    text("body"),
    Index("operations_key", "id", unique=True),
    Index("operations_time", "account", "kind", "created_at"),
)

rejected = Table(
    "rejected",
    metadata,
    text("topic"),
    Column("partition", whole, nullable=False),
    number("offset"),
    *order(),
    text("account", null=True),
    text("reason"),
    text("path", null=True),
    text("detail"),
    number("timestamp"),
    number("rejected_at"),
    number("refused", null=True),
    blob("headers"),
    blob("key", null=True),
    blob("value", null=True),
    Index("rejected_key", "topic", "partition", "offset", unique=True),
    Index("rejected_time", "account", "rejected_at"),
    Index("rejected_refused", "refused"),
)
