"""What goes on while the store cannot be written or is gone: requests, deliveries; and how the views come back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from projections.again import verify
from tests.journeys.conftest import MakeHookline
from tests.journeys.hookline import Hookline
from tests.journeys.receiver import Receiver
from tests.journeys.shop import Shop
from tests.small_disk import small_disk
from tests.waiting import eventually

pytestmark = pytest.mark.journey
LATER = 4_000_000_000  # ms of 1970: nothing here has expired by then


def store_of(hookline: Hookline) -> Any:
    return hookline.api.exchange("GET", "/readyz")[1]["store"]  # ready or not


def send(hookline: Hookline, first: int, last: int, size: int = 20) -> None:
    for number in range(first, last):
        body = {"customer": f"c-{number}", "points": number, "note": f"{number:032x}" * size}
        status, _ = hookline.post("shop", "points", body)
        assert status == 200


def test_a_full_disk_stops_nothing_but_the_views_and_they_heal_alone(
    make_hookline: MakeHookline, receiver: Receiver, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 2) as disk:
        hookline = make_hookline(database_url=f"sqlite:///{disk.folder}/hookline.db")
        hookline.start()
        shop = Shop(hookline)
        shop.endpoint()
        shop.site("crm", receiver.url("/hooks"))
        send(hookline, 0, 5)
        eventually(lambda: len(shop.log(status="done")) == 5, what="the views have the first")
        assert store_of(hookline)["trouble"] is None
        sent = 5
        while store_of(hookline)["trouble"] is None:
            send(hookline, sent, sent + 20)
            sent += 20
            assert sent < 5000
        assert "cannot be written: database or disk is full" in store_of(hookline)["trouble"]
        assert hookline.api.call("GET", "/v1/status")["store"]["trouble"] == store_of(hookline)["trouble"]
        send(hookline, sent, sent + 10)
        sent += 10
        eventually(lambda: len(receiver.at("/hooks")) == sent, within=60, what="all are delivered all the while")
        disk.grow(200)
        eventually(lambda: len(shop.log(status="done")) == sent, within=90, what="the views have all")
        eventually(lambda: store_of(hookline)["trouble"] is None, what="nothing is in the way any more")
        hookline.stop("projector")
        assert verify(hookline.settings, LATER).differing == []
        hookline.stop_all()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_store_that_is_wiped_under_load_is_built_again_and_no_delivery_is_late(
    make_hookline: MakeHookline, receiver: Receiver, request: pytest.FixtureRequest, kind: str
) -> None:
    settings: dict[str, str] = {}
    if kind == "postgresql":
        postgres = request.getfixturevalue("postgres")
        name = postgres.create()
        settings = {"database_url": postgres.url(name)}
    hookline = make_hookline(**settings)
    hookline.start()
    shop = Shop(hookline)
    shop.endpoint()
    shop.site("crm", receiver.url("/hooks"))
    send(hookline, 0, 30)
    eventually(lambda: len(shop.log(status="done")) == 30, what="the views have the first")
    hookline.stop("projector")
    if kind == "sqlite":
        for file in hookline.folder.glob("hookline.db*"):
            file.unlink()
    else:
        postgres.execute("DROP SCHEMA hookline CASCADE", name)
    send(hookline, 30, 60)
    state = store_of(hookline)
    assert (state["available"], "there is no store" in state["detail"]) == (False, True)
    assert hookline.api.call("GET", "/v1/status")["store"]["available"] is False
    eventually(lambda: len(receiver.at("/hooks")) == 60, what="deliveries go on without a store")
    done = hookline.command("projections", "rebuild")
    assert done.returncode == 0, done.stderr
    assert b"the store is built anew" in done.stdout
    hookline.start_role("projector")
    eventually(lambda: len(shop.log(status="done")) == 60, within=60, what="everything is back")
    assert store_of(hookline)["available"]
    checked = hookline.command("projections", "verify")
    assert (checked.returncode, checked.stderr) == (0, b""), checked.stdout
    assert len(receiver.at("/hooks")) == 60
