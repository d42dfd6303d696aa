"""Traffic for a look at the console: `make demo-traffic`, beside a running `make run`.

Sends requests of many customers to the example account, some of them wrong, and adds a site that fails. An hour by
default; Ctrl-C ends it. HOOKLINE_URL and HOOKLINE_API_KEY name another Hookline, as for every command.
"""

from __future__ import annotations

import argparse
import itertools
import time
from typing import Any

from gateway.cli.client import Client, NotReached
from gateway.up.samples import ACCOUNT, SAMPLES

BROKEN = {
    "name": "crm (broken)",
    "url": "http://127.0.0.1:8090/status/503",
    "state": "active",
    "parallel": 5,
    "retry_delays": [],  # so that some have failed for good at once, and can be sent again
}
LEVELS = ("gold", "silver", "bronze")
WITHOUT_FIELD, WITHOUT_CUSTOMER, MISTYPED = 11, 23, 41  # one in so many


def main() -> None:
    """Send until the time is over."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=60.0)
    options.add_argument("--per-second", type=float, default=5.0)
    asked = options.parse_args()
    client = Client.from_environment()
    add_broken_site(client)
    end, sent = time.monotonic() + asked.minutes * 60, 0
    for number in itertools.count(1):
        if time.monotonic() >= end:
            break
        path, body = request(number)
        client.exchange("POST", path, body)
        sent += 1
        if sent % 100 == 0:
            print(f"{sent} requests sent")
        time.sleep(1 / asked.per_second)
    print(f"{sent} requests sent")


def add_broken_site(client: Client) -> None:
    """A site that answers every message with 503, for half of the actions."""
    sites = client.call("GET", f"/v1/{ACCOUNT}/sites", query={"limit": "500"})["items"]
    if any(site["name"] == BROKEN["name"] for site in sites):
        return
    made = client.call("POST", f"/v1/{ACCOUNT}/sites", BROKEN)
    subscription = {"name": "points to the crm", "site_id": made["id"], "actions": ["point_add", "point_sub"]}
    client.call("POST", f"/v1/{ACCOUNT}/subscriptions", subscription)


def request(number: int) -> tuple[str, Any]:
    """The next request: the samples in turn, of 200 customers, and now and then a wrong one."""
    sample = SAMPLES[number % len(SAMPLES)]
    body: dict[str, Any] = sample.body | {"clientID": f"c-{1000 + number * 7 % 200}", "level": LEVELS[number % 3]}
    if number % WITHOUT_FIELD == 0:
        body = {"clientID": body["clientID"], "reason": "nothing else"}
    if number % WITHOUT_CUSTOMER == 0:
        body["clientID"] = ""
    return sample.path[:-1] if number % MISTYPED == 0 else sample.path, body


if __name__ == "__main__":
    try:
        main()
    except (NotReached, KeyboardInterrupt) as problem:
        raise SystemExit(str(problem) or "ended") from None
