"""The account of a journey: an endpoint that adds points, and sites that hear of it."""

from __future__ import annotations

from typing import Any

from tests.journeys.hookline import Hookline
from tests.waiting import eventually

__all__ = ["SITE", "Shop"]

SITE: dict[str, Any] = {"state": "active", "timeout_seconds": 20, "parallel": 10}


class Shop:
    """The account `shop` of a running Hookline."""

    def __init__(self, hookline: Hookline) -> None:
        self.hookline = hookline
        hookline.api.call("PUT", "/v1/accounts/shop")

    def endpoint(self, name: str = "points", **changes: Any) -> dict[str, Any]:
        """An active incoming webhook that turns `{"customer", "points"}` into `point_add`."""
        definition = {
            "name": name,
            "endpoint": name,
            "action": "point_add",
            "mapping": [{"from": "customer", "to": "customer"}, {"from": "points", "to": "data.points"}],
        }
        made = self.hookline.api.call("POST", "/v1/shop/incoming-webhooks", definition | changes)
        answer: dict[str, Any] = self.hookline.api.call("POST", f"/v1/shop/incoming-webhooks/{made['id']}/activate")
        return answer

    def site(self, name: str, url: str, *, actions: tuple[str, ...] = ("*",), **changes: Any) -> dict[str, Any]:
        """An active site, and a subscription of the same name for it."""
        site: dict[str, Any] = self.hookline.api.call(
            "POST", "/v1/shop/sites", SITE | {"name": name, "url": url} | changes
        )
        self.hookline.api.call(
            "POST", "/v1/shop/subscriptions", {"name": name, "site_id": site["id"], "actions": list(actions)}
        )
        return site

    def log(self, **query: str) -> list[Any]:
        """Every row of the webhook log, newest first."""
        return self.hookline.items("/v1/shop/webhook-log", **query)

    def ended(self, delivery_id: str) -> list[Any]:
        """The rows of a delivery, oldest first, once the last one is done or failed."""

        def rows() -> list[Any]:
            found = [row for row in self.log() if row["delivery_id"] == delivery_id]
            found.sort(key=lambda row: (row["chain"], row["attempt"]))
            return found if found and found[-1]["status"] in {"done", "failed"} else []

        return eventually(rows, within=60, what=f"{delivery_id} has ended")
