"""Filters and mapping, measured: microseconds of each request, without any input or output.

    .venv/bin/python -m bench.deciding

A definition with two criteria and three fields; a tree of a thousand criteria that all have to be looked at; a mapping
of fifty fields. Each is the best of five rounds.
"""

from __future__ import annotations

import timeit
from collections.abc import Callable
from typing import Any

from schemas.json_text import dump, parse
from streams.core.definitions import Compiler, receiving_of
from streams.core.filtering import Subject, compile_filter
from streams.core.mapping import map_body
from streams.core.receiving import Arrived, receive
from tests.streams.shop import Shop

ROUNDS = 5
BODY: dict[str, Any] = {"clientID": "c-1001", "pointstobeadded": "325", "reason": "birthday", "lines": [{"n": 1}] * 5}
FILTERS: dict[str, Any] = {
    "all": [
        {"attribute": "headers.X-Shop-Token", "operator": "equals", "value": "t0ken"},
        {"any": [{"attribute": "body.pointstobeadded", "operator": "exists"}]},
    ]
}
MAPPING: list[dict[str, Any]] = [
    {"from": "clientID", "to": "customer"},
    {"from": "pointstobeadded", "to": "data.points"},
    {"from": "reason", "to": "data.reason", "replace": [{"value": "birthday", "with": "party"}], "default": "none"},
]
HEADERS = [["Content-Type", "application/json"], ["X-Shop-Token", "t0ken"], ["User-Agent", "bench"], ["Host", "x"]]


def microseconds(what: Callable[[], object], number: int) -> float:
    return min(timeit.repeat(what, number=number, repeat=ROUNDS)) / number * 1e6


def main() -> None:
    """Print them."""
    shop = Shop()
    view = Compiler(shop.configuration, lambda text: text).account("shop")
    if view is None:
        raise SystemExit("the shop has no account")
    entity = next(iter(view.endpoints.values()))[0].entity
    definition = {**(entity.body or {}), "filters": FILTERS, "mapping": MAPPING}
    receiving, body = receiving_of(entity, definition), dump(BODY).encode()
    arrived = Arrived("req_1", "shop", 0, "POST", "/webhooks/custom/shop/points", "", HEADERS, body)
    tree = {"all": [{"attribute": f"body.field{n}", "operator": "does_not_exist"} for n in range(1000)]}
    thousand, wide = compile_filter(tree), {f"f{n}": n for n in range(50)}
    fields = [{"from": f"f{n}", "to": f"data.f{n}"} for n in range(50)]
    subject, one = Subject({"headers": {"x_shop_token": "t0ken"}, "body": BODY}), compile_filter(FILTERS)
    for name, what, number in (
        ("the body, read strictly", lambda: parse(body), 5_000),
        ("filters, two criteria", lambda: one.failure(subject), 20_000),
        ("mapping, three fields", lambda: map_body(MAPPING, BODY), 20_000),
        ("all of receiving: verify, read, filter, map, answer", lambda: receive(view, [receiving], arrived, 0), 2_000),
        ("filters, a thousand criteria", lambda: thousand.failure(subject), 100),
        ("mapping, fifty fields", lambda: map_body(fields, wide), 2_000),
    ):
        print(f"{name:52} {microseconds(what, number):9.1f} µs")


if __name__ == "__main__":
    main()
