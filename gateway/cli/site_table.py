"""Sites as a table on a terminal, each with how it does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.table import Table

from gateway.cli.outgoing_tables import coloured, new, plain

__all__ = ["sites_table"]

NOTHING: dict[str, Any] = {
    "success_rate_1h": None,
    "p95_ms": None,
    "consecutive_failures": None,
    "queued": None,
    "oldest_queued_at": None,
    "breaker": "-",
    "disabled_reason": None,
}


def sites_table(sites: Iterable[dict[str, Any]]) -> Table:
    """A row a site; a dash where nothing is known."""
    table = new("name", "state", "success 1 h", "p95 ms", "failures", "queued", "oldest", "breaker", "url")
    for site in sites:
        health = site["health"] or NOTHING
        rate = "-" if health["success_rate_1h"] is None else f"{health['success_rate_1h']:.1%}"
        p95 = "-" if health["p95_ms"] is None else f"{health['p95_ms']:,.1f}"
        numbers = ("-" if health[name] is None else f"{health[name]:,}" for name in ("consecutive_failures", "queued"))
        state = coloured(site["state"])
        if health["disabled_reason"]:
            state.append_text(plain(f" ({health['disabled_reason']})")[0])
        table.add_row(
            *plain(site["name"]),
            state,
            *plain(rate, p95, *numbers, health["oldest_queued_at"] or "-"),
            coloured(health["breaker"]),
            *plain(site["url"]),
        )
    return table
