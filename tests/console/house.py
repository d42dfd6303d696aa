"""The one Hookline of the console's tests, with its receiver: every role runs; each test has an account of its own."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from gateway.cli.client import Refused
from tests.journeys.hookline import OPERATOR_KEY, Hookline
from tests.journeys.receiver import Receiver
from tests.waiting import eventually

__all__ = ["Account", "ConsoleHouse"]

EXAMPLE = Path(__file__).parents[2] / "examples" / "use-cases.yaml"
NUMBERS = itertools.count(1)


class Account:
    """One account: an endpoint `points`, made on demand, and sites at the receiver."""

    def __init__(self, house: ConsoleHouse, name: str) -> None:
        self.house = house
        self.name = name
        self.api = house.hookline.api

    def call(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """The API, below `/v1/{account}`, as the operator."""
        return self.api.call(method, f"/v1/{self.name}{path}", body, query=query)

    def endpoint(self, name: str = "points", **changes: Any) -> dict[str, Any]:
        """An active webhook that turns `{"customer", "points"}` into `point_add`."""
        definition = {
            "name": name,
            "endpoint": name,
            "action": "point_add",
            "mapping": [{"from": "customer", "to": "customer"}, {"from": "points", "to": "data.points"}],
        }
        made = self.call("POST", "/incoming-webhooks", definition | changes)
        answer: dict[str, Any] = self.call("POST", f"/incoming-webhooks/{made['id']}/activate")
        return answer

    def site(self, name: str = "crm", *, path: str = "", **changes: Any) -> dict[str, Any]:
        """An active site at the receiver, under a path of this account, and a subscription to everything."""
        url = self.house.receiver.url(path or f"/{self.name}/{name}")
        body = {"name": name, "url": url, "state": "active", "parallel": 10, "retry_delays": ["1s"], **changes}
        site: dict[str, Any] = self.call("POST", "/sites", body)
        self.call("POST", "/subscriptions", {"name": name, "site_id": site["id"], "actions": ["*"]})
        return site

    def answers(self, name: str, *answers: int) -> None:
        """What the site of this name answers, one after the other; the last repeats."""
        self.house.receiver.script(f"/{self.name}/{name}", *answers)

    def post(self, body: Any, endpoint: str = "points") -> tuple[int, Any]:
        """A request to an endpoint of this account."""
        return self.house.hookline.post(self.name, endpoint, body)

    def event(self, **fields: Any) -> dict[str, Any]:
        """A customer event by the API."""
        event = {"customer": "c-1", "action": "point_add", "data": {"points": 1}} | fields
        answer: dict[str, Any] = self.call("POST", "/events", event)
        return answer

    def rows(self, path: str, count: int, **query: str) -> list[Any]:
        """The rows of a list, newest first, once there are so many."""

        def found() -> list[Any]:
            try:
                items: list[Any] = self.call("GET", path, **query)["items"]
            except Refused:  # the projector has not made the store yet
                return []
            return items if len(items) >= count else []

        return eventually(found, within=60, what=f"{count} rows of {path} {query}")

    def key(self, scope: str = "write") -> str:
        """A new API key."""
        made = self.api.call("POST", f"/v1/accounts/{self.name}/keys", {"name": f"key {next(NUMBERS)}", "scope": scope})
        return str(made["key"])


class ConsoleHouse:
    """The running Hookline."""

    operator_key = OPERATOR_KEY

    def __init__(self, hookline: Hookline, receiver: Receiver) -> None:
        self.hookline = hookline
        self.receiver = receiver

    @property
    def url(self) -> str:
        return self.hookline.url

    def account(self, name: str = "") -> Account:
        """A new account."""
        name = name or f"a{next(NUMBERS)}"
        self.hookline.api.call("PUT", f"/v1/accounts/{name}")
        return Account(self, name)

    def load_example(self, folder: Path) -> Account:
        """The example account `shop`, its site at our receiver: one request went well, one was filtered, one failed."""
        text = EXAMPLE.read_text("utf-8").replace("http://127.0.0.1:8090/hooks", self.receiver.url("/shop/receiver"))
        (folder / "example.yaml").write_text(text, "utf-8")
        done = self.hookline.command("apply", "-f", str(folder / "example.yaml"))
        assert done.returncode == 0, done.stderr
        shop = Account(self, "shop")
        shop.post({"clientID": "c-1042", "pointstobeadded": 325, "reason": "till"}, "endpoint1")
        shop.post({"clientID": "c-1043", "reason": "nothing to add"}, "endpoint1")
        shop.rows("/webhook-log", 1, status="done")
        self.receiver.script("/shop/receiver", 503)
        shop.post({"clientID": "c-1042", "pointsub": 25, "reason": "correction"}, "endpoint2")
        shop.rows("/webhook-log", 1, status="resent")
        shop.rows("/incoming-log", 3)
        unusable = b'{"account": "shop", "customer": "c-1", "action": "nobody_knows", "data": {}}'
        self.hookline.produce(self.hookline.topics.customer_events, unusable, key=b"c-1")
        shop.rows("/rejected", 1)
        return shop
