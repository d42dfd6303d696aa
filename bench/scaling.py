"""How many processes a rate needs: the tables of docs/scaling.md, from the figures in docs/performance.md.

    .venv/bin/python bench/scaling.py

A role is one process on one core. `SHARE` of a core is planned for; the rest is for peaks, for catching up after a
stop, and for rebalancing. Partitions: twice the members of the largest group, so that each has at least two.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
RATES = (1_000, 10_000, 100_000)  # events a second, each from one request and with one delivery
KAFKA = "Apache Kafka"
ROLES = ("gateway", "streams", "courier", "projector")
SHARE = 0.6
FEWEST = 2  # of each role: one that dies is no standstill
SMALLEST = 12  # partitions
BYTES = 442  # of one event in all topics, compressed in small batches; 'What an event takes' says how it was measured
KEPT = 90 * 86_400  # seconds
COPIES = 3
OTHER_TOPICS, BY_PARTITIONS = 2, 14  # topics with one partition, and with all


def costs(text: str) -> dict[str, float]:
    """CPU-seconds per 1,000 events of each role and of Kafka, as the table of the whole path has them."""
    found = re.findall(r"^\| (gateway|streams|courier|projector|Apache Kafka) \| ([\d.]+) \| \d+ %", text, re.MULTILINE)
    return {name: float(cost) for name, cost in found}


def members(rate: int, cost: float) -> int:
    """Processes of one role."""
    return max(FEWEST, math.ceil(round(rate / 1000 * cost / SHARE, 6)))


def partitions(rate: int, cost: dict[str, float]) -> int:
    """Of each topic: a multiple of twelve, at least two for each member of a group."""
    most = max(members(rate, cost[role]) for role in ROLES[1:])
    return max(SMALLEST, math.ceil(2 * most / SMALLEST) * SMALLEST)


def rows(text: str) -> Iterator[str]:
    """The lines of the table, without its head."""
    cost = costs(text)
    for role in ROLES:
        counts = " | ".join(f"{members(rate, cost[role]):,}" for rate in RATES)
        yield f"| {role} | {1000 / cost[role]:,.0f} | {counts} |"
    kafka = " | ".join(f"{members(rate, cost[KAFKA]):,}" for rate in RATES)
    yield f"| Kafka, cores for one copy | {1000 / cost[KAFKA]:,.0f} | {kafka} |"
    each = [partitions(rate, cost) for rate in RATES]
    yield f"| `PARTITIONS` | | {' | '.join(f'{count:,}' for count in each)} |"
    yield f"| partitions in all | | {' | '.join(f'{count * BY_PARTITIONS + OTHER_TOPICS:,}' for count in each)} |"
    disk = " | ".join(f"{rate * BYTES * KEPT * COPIES / 1e12:,.0f} TB" for rate in RATES)
    yield f"| disk of the topics, 90 days, three copies | | {disk} |"


if __name__ == "__main__":
    print("\n".join(rows((DOCS / "performance.md").read_text("utf-8"))))
