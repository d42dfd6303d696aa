"""What more requests in flight cost a courier: deliveries a CPU-second at 50 and at 200, over the same ten sites.

Needs the topics on the Kafka of the settings, as `bench/deliver.py` does;
then `python -m bench.in_flight [COUNT] [ROUNDS]`.
Both take turns, so that what else the machine does is spread over them; the best round of each counts.
"""

from __future__ import annotations

import sys

from bench.deliver import SITES
from bench.signed import Bench, best

FEW, MANY = 50, 200


def main(amount: int, rounds: int) -> None:
    """Measure both and say it."""
    parallel = {f"{each} in flight": each // SITES for each in (FEW, MANY)}
    used = best(Bench({kind: {"type": "none"} for kind in parallel}, parallel), amount, rounds)
    first = next(iter(used.values()))
    for kind, seconds in used.items():
        print(f"{kind:15s} {amount / seconds:8.0f} deliveries a CPU-second   {first / seconds:5.2f} of {FEW} in flight")


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:] + ["10000", "3"][len(sys.argv) - 1 :])))
