"""The store is a fold of the log: delete it, and the same rows come back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.conftest import MakeHookline
from tests.journeys.hookline import Hookline
from tests.journeys.receiver import Receiver
from tests.journeys.shop import Shop
from tests.postgres import Postgres
from tests.waiting import eventually

pytestmark = pytest.mark.journey
LISTS = ("webhook-log", "incoming-log", "events", "queue", "resends")
COUNT = 3  # few failures: the breaker stays closed


def views(hookline: Hookline) -> dict[str, list[Any]]:
    return {name: hookline.items(f"/v1/shop/{name}") for name in LISTS}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_same_rows_come_back_when_the_store_is_deleted(
    make_hookline: MakeHookline, receiver: Receiver, request: pytest.FixtureRequest, kind: str
) -> None:
    database: dict[str, str] = {}
    if kind == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        name = postgres.create()
        database = {"database_url": postgres.url(name)}
    hookline = make_hookline(retry_tiers="1s,5s", **database)
    hookline.start()
    shop = Shop(hookline)
    shop.endpoint()
    shop.endpoint("draft-free", filters={"all": [{"attribute": "body.never", "operator": "exists"}]})
    shop.site("crm", receiver.url("/hooks"), retry_delays=["1s"])
    shop.site("broken", receiver.url("/broken"), retry_delays=["1s"])
    receiver.script("/broken", 500)
    for number in range(COUNT):
        hookline.post("shop", "points", {"customer": f"c-{number}", "points": number})
    hookline.post("shop", "draft-free", {"customer": "c-1"})
    hookline.post("shop", "points", {"points": 1})
    eventually(
        lambda: len(shop.log(status="failed")) == COUNT and len(shop.log(status="done")) == COUNT, what="all ended"
    )
    hookline.api.call("POST", f"/v1/shop/webhook-log/{shop.log(status='failed')[0]['id']}/resend")
    again = {"filter": {"status": "done"}, "dry_run": True, "skip_done": False}
    token = hookline.api.call("POST", "/v1/shop/resends", again)["token"]
    hookline.api.call("POST", "/v1/shop/resends", {"token": token})
    eventually(lambda: hookline.items("/v1/shop/resends", state="done"), what="the resend has ended")
    eventually(lambda: len(shop.log(status="failed")) == COUNT + 1, what="the one sent again has failed again")
    eventually(lambda: len(shop.log(status="done")) == 2 * COUNT, what="the others are done again")
    eventually(lambda: len(hookline.items("/v1/shop/incoming-log")) == COUNT + 2, what="every request is in its log")
    eventually(lambda: len(hookline.items("/v1/shop/events")) == COUNT, what="every event is there")
    before = views(hookline)
    assert len(before["webhook-log"]) == 2 * COUNT + 2 * COUNT + 2
    assert {row["outcome"] for row in before["incoming-log"]} == {"accepted", "filtered", "invalid"}

    hookline.stop("projector")
    for file in hookline.folder.glob("hookline.db*"):
        file.unlink()
    if database:
        postgres.execute("DROP SCHEMA hookline CASCADE", name)
    hookline.start_role("projector")

    eventually(lambda: comparable(hookline) == before, within=60, what="the same rows are back")


def comparable(hookline: Hookline) -> dict[str, list[Any]] | None:
    """The views, or None while there is no store yet."""
    status, _ = hookline.api.exchange("GET", "/v1/shop/events")
    return views(hookline) if status == 200 else None
