"""A courier that dies between two of its writes: the step is not done again, and no row is missing."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import MakeHookline
from tests.journeys.receiver import Receiver
from tests.journeys.shop import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(
    ("point", "answers", "statuses"),
    [
        ("courier.after_retry", (500, 200), ["resent", "done"]),
        ("courier.after_attempt", (500, 200), ["resent", "done"]),
        ("courier.after_attempt", (200,), ["done"]),
    ],
)
def test_a_step_is_done_once_though_the_courier_dies_in_it(
    make_hookline: MakeHookline, receiver: Receiver, point: str, answers: tuple[int, ...], statuses: list[str]
) -> None:
    hookline = make_hookline(retry_tiers="1s,5s")
    hookline.start("gateway", "streams", "projector")
    shop = Shop(hookline)
    shop.endpoint()
    shop.site("crm", receiver.url("/hooks"), retry_delays=["1s"] * 5)
    receiver.script("/hooks", *answers)
    dying = hookline.start_role("courier", crash_at=point)

    hookline.post("shop", "points", {"customer": "c-1", "points": 1})

    eventually(lambda: dying.poll() is not None, what="the courier died at its crash point")
    assert dying.returncode == -9
    assert len(receiver.at("/hooks")) == 1
    hookline.start_role("courier")
    rows = shop.ended(receiver.at("/hooks")[0].webhook_id)
    assert [row["status"] for row in rows] == statuses
    assert len(receiver.at("/hooks")) == len(answers), "no attempt was made twice"
