"""Definitions and requests to try against each other: built with defaults, or drawn so that they often meet."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from schemas.definitions.filters import Operator
from schemas.definitions.incoming import IncomingWebhook
from schemas.records import EntityKind
from streams.core.configuration import AccountState, Entity
from streams.core.definitions import AccountView
from streams.core.receiving import Arrived

VIEW = AccountView(AccountState("shop"), {}, (), {"review": frozenset({"stars"})}, 0)
NOW = 1_764_000_000_000


def entity(**fields: Any) -> Entity:
    """A definition as it would be saved."""
    defaults: dict[str, Any] = {"name": "till", "endpoint": "points", "action": "point_add"}
    defaults["mapping"] = [{"from": "clientID", "to": "customer"}, {"from": "points", "to": "data.points"}]
    body = IncomingWebhook.model_validate({**defaults, **fields}).model_dump(mode="json", by_alias=True)
    return Entity(EntityKind.INCOMING_WEBHOOK, "inc_1", "shop", 3, body, "ann", NOW, 17)


def arrived(body: Any, headers: list[list[str]] | None = None, query: str = "") -> Arrived:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = [["Content-Type", "application/json"], *(headers or [])]
    return Arrived("req_1", "shop", NOW, "POST", "/webhooks/custom/shop/points", query, sent, raw)


KEYS = st.sampled_from(["a", "b", "c", "points", "0", "a.b", "$"])
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.floats(-3, 3), st.sampled_from(["", "1", "x", "c-1", "1.50", "ab"])
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))
PATHS = st.lists(KEYS, min_size=1, max_size=3).map(".".join)
ATTRIBUTES = st.one_of(
    PATHS.map("body.{}".format), st.sampled_from(["method", "path", "query.q", "headers.X-A", "headers.content_type"])
)
SCALARS = st.sampled_from(["1", "x", "c-1", "POST", "ab", 1, 1.5, True])


def criterion(operator: Operator) -> st.SearchStrategy[dict[str, Any]]:
    value: st.SearchStrategy[Any] = SCALARS
    if operator in (Operator.IN, Operator.NOT_IN):
        value = st.lists(SCALARS, min_size=1, max_size=3)
    elif operator in (Operator.STARTS_WITH, Operator.ENDS_WITH, Operator.MATCHES):
        value = st.sampled_from(["", "a", "x", "c-"])
    elif operator.value.startswith(("greater", "less")):
        value = st.sampled_from([0, 1.5, "1", "-2e0"])
    elif operator.value.endswith(("exist", "exists", "empty")):
        value = st.none()
    return st.fixed_dictionaries({"attribute": ATTRIBUTES, "operator": st.just(operator.value), "value": value})


TREES = st.recursive(
    st.sampled_from(list(Operator)).flatmap(criterion),
    lambda inner: st.builds(
        lambda word, members: {word: members}, st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=6,
)
REPLACEMENTS = st.fixed_dictionaries({"value": SCALARS, "with": LEAVES})
ROWS = st.lists(
    st.builds(
        lambda to, source, default, replace: {"to": to, "from": source, "default": default, "replace": replace},
        st.sampled_from(["data.points", "data.a", "data.b.c", "data.b.d", "timestamp", "id", "account", "customer"]),
        st.one_of(st.just("a"), PATHS),
        LEAVES,
        st.lists(REPLACEMENTS, max_size=2),
    ),
    max_size=6,
    unique_by=lambda item: item["to"],
)
PLAIN = ("customer", "account", "id", "timestamp")
CUSTOMER = {"to": "customer", "default": "c-1"}
MAPPINGS = st.one_of(ROWS, ROWS.map(lambda rows: [CUSTOMER, *(row for row in rows if row["to"] not in PLAIN)]))
DEFINITIONS = st.builds(
    entity,
    filters=st.none() | TREES,
    mapping=MAPPINGS,
    action=st.sampled_from([*["point_add", "review"] * 4, "birthday", "unheard_of"]),
    on_filtered=st.sampled_from(["reject", "accept"]),
    success_response=st.sampled_from([None, {"ok": True}, "thanks"]),
    error_response=st.sampled_from([None, ["no"]]),
)
BODIES = st.one_of(
    VALUES,
    st.dictionaries(KEYS, VALUES, min_size=1),
    st.dictionaries(KEYS, VALUES, min_size=1),
    st.sampled_from([b"", b"{'a': 1}", b'{"a": 1, "a": 2}', b'{"a": NaN}', b"\xff"]),
    st.just({"a": "c-1", "b": {"c": [1, {"a": "x"}]}, "points": "2"}),
)
REQUESTS = st.builds(
    arrived,
    BODIES,
    st.sampled_from([*[[], [["x_a", "1"]], [["X-A", "1"], ["x-a", "x"]]] * 3, [["content-type", "text/plain"]]]),
    st.sampled_from(["", "q=1", "q=x&q=1"]),
)
