"""What is parked and still waits, from the records of one partition."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from schemas.records import DrainProgress, Parked
from streams.core.attempts import parked, postponed
from streams.core.backlog import Backlogs
from streams.core.proof import Proofs
from tests.streams.courier_values import a_delivery


def a_parked(number: int, site: str = "crm") -> Parked:
    return parked(a_delivery(delivery_id=f"dlv_{number}", site_id=site), "site_inactive", 100 + number, origin_offset=0)


def up_to(offset: int, site: str = "crm") -> DrainProgress:
    return DrainProgress(site_id=site, partition=0, up_to_offset=offset, at=0)


def places(backlogs: Backlogs) -> dict[str, tuple[int, int]]:
    return {each.site_id: (each.first, each.last) for each in backlogs.remaining(Proofs())}


def test_each_site_has_a_backlog_of_its_own() -> None:
    backlogs = Backlogs()
    for offset, site in enumerate(["crm", "erp", "erp", "crm"]):
        backlogs.fold(a_parked(offset, site), offset)
    assert places(backlogs) == {"crm": (0, 3), "erp": (1, 2)}
    backlogs.fold(up_to(2), 4)
    assert places(backlogs) == {"crm": (2, 3), "erp": (1, 2)}
    backlogs.fold(up_to(3, "erp"), 5)
    assert places(backlogs) == {"crm": (2, 3)}


def test_what_is_parked_after_a_drain_is_a_new_backlog() -> None:
    backlogs = Backlogs()
    backlogs.fold(a_parked(0), 0)
    backlogs.fold(up_to(1), 1)
    backlogs.fold(a_parked(2), 2)
    [found] = backlogs.remaining(Proofs())
    assert (found.first, found.last, found.since) == (2, 2, 102)


def test_steps_that_ended_or_wait_elsewhere_are_known_although_no_progress_says_so() -> None:
    backlogs, proofs = Backlogs(), Proofs()
    for number in range(4):
        backlogs.fold(a_parked(number), number)
    proofs.handled |= {"dlv_1.0.1", "dlv_9.0.1"}
    proofs.fold(postponed(a_delivery(delivery_id="dlv_2"), origin_offset=0, due=50, since=1), None)
    [found] = backlogs.remaining(proofs)
    assert found.done == {"dlv_1.0.1"}
    assert found.postponed == {"dlv_2.0.1": 50}


@given(st.lists(st.one_of(st.sampled_from(["crm", "erp"]), st.integers(0, 20)), max_size=20))
def test_nothing_that_no_progress_covers_is_left_out(history: list[str | int]) -> None:
    backlogs, waiting, covered = Backlogs(), [], 0
    for offset, each in enumerate(history):
        if isinstance(each, str):
            backlogs.fold(a_parked(offset, each), offset)
            waiting.append((each, offset))
        else:
            covered = min(each, offset)
            backlogs.fold(up_to(covered), offset)
            waiting = [(site, at) for site, at in waiting if site != "crm" or at >= covered]
    found = places(backlogs)
    assert all(found[site][0] <= at <= found[site][1] for site, at in waiting)
    assert set(found) == {site for site, _ in waiting}
