"""The configuration as a fold: one order, one outcome; what does not fit is refused whole."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Change, ChangeItem, EntityKind
from streams.core.configuration import Configuration
from tests.streams.shop import ACCOUNT, SITE, SUBSCRIPTION, WEBHOOK, Shop, a_change, an_item

WEBHOOKS, SITES = EntityKind.INCOMING_WEBHOOK, EntityKind.SITE


def code(configuration: Configuration, *items: ChangeItem) -> tuple[str, str] | None:
    """The refusal's code and first path; None where the change was taken."""
    refused = configuration.apply(configuration.offset + 1, a_change(*items))
    return None if refused is None else (refused.code, refused.errors[0].path)


def test_a_change_makes_an_account_and_what_it_has() -> None:
    shop = Shop()
    account = shop.configuration.account(ACCOUNT)
    assert account is not None
    assert [entity.id for entity in account.of(WEBHOOKS).values()] == ["wh_1"]
    assert shop.configuration.offset == 0
    assert shop.configuration.account("other") is None


def test_an_account_is_there_once_it_was_made_not_when_something_is_said_about_it() -> None:
    configuration = Configuration()
    assert code(configuration, an_item(SITES, "site_1", SITE)) is None
    assert configuration.account(ACCOUNT) is None


def test_each_save_is_a_revision_and_every_revision_stays_readable() -> None:
    shop = Shop()
    shop.put(SITES, "site_1", SITE | {"name": "new"}, base_revision=1)
    revisions = [shop.configuration.revision(ACCOUNT, SITES, "site_1", number) for number in (0, 1, 2, 3)]
    assert [found and (found.revision, (found.body or {})["name"], found.offset) for found in revisions] == [
        None,
        (1, "crm", 0),
        (2, "new", 1),
        None,
    ]


@pytest.mark.parametrize("base", [0, 2, 7, -1])
def test_a_change_made_from_another_revision_is_refused(base: int) -> None:
    shop = Shop()
    assert code(shop.configuration, an_item(SITES, "site_1", SITE, base)) == ("stale_revision", "items.0.revision")
    current = shop.configuration.revision(ACCOUNT, SITES, "site_1", 1)
    account = shop.configuration.account(ACCOUNT)
    assert account is not None
    assert account.of(SITES)["site_1"] is current


def test_of_two_changes_from_one_revision_the_first_wins() -> None:
    shop = Shop()
    assert code(shop.configuration, an_item(SITES, "site_1", SITE | {"url": "https://one.example"}, 1)) is None
    assert code(shop.configuration, an_item(SITES, "site_1", SITE | {"url": "https://two.example"}, 1)) is not None


def test_names_are_unique_among_what_is_not_archived() -> None:
    shop = Shop()
    taken = ("name_taken", "items.0.name")
    assert code(shop.configuration, an_item(SITES, "site_2", SITE)) == taken
    assert code(shop.configuration, an_item(WEBHOOKS, "wh_9", WEBHOOK | {"name": "crm"})) is None
    assert code(shop.configuration, an_item(SITES, "site_1", SITE | {"state": "archived"}, 1)) is None
    assert code(shop.configuration, an_item(SITES, "site_2", SITE)) is None


def test_names_of_another_account_are_free() -> None:
    shop = Shop()
    change = Change(id="c", account="other", author="", at=0, items=[an_item(SITES, "site_2", SITE)])
    assert shop.configuration.apply(1, change) is None


def test_what_is_archived_never_changes_and_what_is_deleted_can_come_back() -> None:
    shop = Shop()
    shop.put(SITES, "site_1", SITE | {"state": "archived"}, base_revision=1)
    assert code(shop.configuration, an_item(SITES, "site_1", SITE, 2)) == ("archived", "items.0.state")
    shop.put(EntityKind.SUBSCRIPTION, "sub_1", None, base_revision=1)
    account = shop.configuration.account(ACCOUNT)
    assert account is not None
    assert "sub_1" not in account.of(EntityKind.SUBSCRIPTION)
    assert code(shop.configuration, an_item(EntityKind.SUBSCRIPTION, "sub_1", SUBSCRIPTION, 0)) is None
    found = shop.configuration.revision(ACCOUNT, EntityKind.SUBSCRIPTION, "sub_1", 3)
    assert found is not None
    assert found.revision == 3


FILTERED: dict[str, Any] = {"filters": {"attribute": "body.x", "operator": "exists"}}


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({"filters": None}, ("endpoint_taken", "items.0.endpoint")),
        (FILTERED, None),
        ({"filters": None, "state": "inactive"}, None),
        ({"filters": None, "method": "PUT"}, None),
        ({"filters": None, "endpoint": "other"}, None),
    ],
)
def test_active_webhooks_share_an_endpoint_when_all_have_filters(
    second: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    body = WEBHOOK | {"name": "second"} | second
    assert code(Shop().configuration, an_item(WEBHOOKS, "wh_2", body)) == expected


def test_activating_beside_one_without_filters_is_refused() -> None:
    shop = Shop(webhook={"filters": None})
    draft = WEBHOOK | {"name": "second", "state": "inactive"} | FILTERED
    assert code(shop.configuration, an_item(WEBHOOKS, "wh_2", draft)) is None
    refused = code(shop.configuration, an_item(WEBHOOKS, "wh_2", draft | {"state": "active"}, 1))
    assert refused == ("endpoint_taken", "items.0.endpoint")


def test_a_change_is_taken_whole_or_not_at_all() -> None:
    shop = Shop()
    before = shop.configuration.account(ACCOUNT)
    good = an_item(SITES, "site_2", SITE | {"name": "second"})
    assert code(shop.configuration, good, an_item(SITES, "site_1", SITE, 9)) == ("stale_revision", "items.1.revision")
    assert shop.configuration.account(ACCOUNT) is before
    assert shop.configuration.revision(ACCOUNT, SITES, "site_2", 1) is None
    assert shop.configuration.offset == 1


def test_the_items_of_a_change_see_each_other() -> None:
    twins = [an_item(SITES, f"site_{n}", SITE | {"name": "twin"}) for n in (7, 8)]
    assert code(Shop().configuration, *twins) == ("name_taken", "items.1.name")


def test_two_revisions_of_one_thing_in_one_change_count_one_after_the_other() -> None:
    shop = Shop()
    twice = [an_item(SITES, "site_1", SITE | {"url": f"https://{n}.example"}, n) for n in (1, 2)]
    assert code(shop.configuration, *twice) is None
    account = shop.configuration.account(ACCOUNT)
    assert account is not None
    assert account.of(SITES)["site_1"].revision == 3
    assert shop.configuration.revision(ACCOUNT, SITES, "site_1", 3) is account.of(SITES)["site_1"]
    assert shop.configuration.revision(ACCOUNT, SITES, "site_1", 2) is not None


@pytest.mark.parametrize("body", ["{", "[]", "7", '"x"', "null", "[" * 5000])
def test_a_body_that_is_no_object_is_refused(body: str) -> None:
    item = ChangeItem(kind=SITES, id="site_2", base_revision=0, body=body)
    refused = Configuration().apply(0, a_change(item))
    assert refused is not None
    assert refused.code == "unreadable"


def test_preview_answers_as_apply_would_and_changes_nothing() -> None:
    shop = Shop()
    stale = a_change(an_item(SITES, "site_1", SITE, 9))
    previewed = shop.configuration.preview(stale)
    assert previewed is not None
    assert previewed.code == "stale_revision"
    assert shop.configuration.preview(a_change(an_item(SITES, "site_1", SITE, 1))) is None
    assert shop.configuration.offset == 0


def test_readers_keep_what_they_have_while_the_fold_goes_on() -> None:
    shop = Shop()
    seen = shop.configuration.account(ACCOUNT)
    assert seen is not None
    shop.put(SITES, "site_1", SITE | {"url": "https://new.example"}, base_revision=1)
    assert (seen.of(SITES)["site_1"].body or {})["url"] == SITE["url"]


ITEMS = st.builds(
    lambda kind, number, base, name, state: an_item(
        kind, f"{kind}_{number}", None if name == "" else {"name": name, "state": state, "endpoint": "e"}, base
    ),
    st.sampled_from([SITES, WEBHOOKS]),
    st.integers(1, 3),
    st.integers(0, 3),
    st.sampled_from(["", "a", "b", "c"]),
    st.sampled_from(["active", "inactive", "archived"]),
)


@given(st.lists(st.lists(ITEMS, min_size=1, max_size=3), max_size=12))
def test_two_folds_of_one_log_agree_and_hold_their_rules(log: list[list[ChangeItem]]) -> None:
    one, two = Configuration(), Configuration()
    for offset, items in enumerate(log):
        change = a_change(*items)
        expected = one.preview(change)
        answers = [fold.apply(offset, change) for fold in (one, two)]
        assert len({answer and answer.code for answer in answers} | {expected and expected.code}) == 1
    assert (one.accounts, one.history, one.offset) == (two.accounts, two.history, two.offset)
    for state in one.accounts.values():
        for kind in (SITES, WEBHOOKS):
            names = [(e.body or {})["name"] for e in state.of(kind).values() if e.state != "archived"]
            assert len(names) == len(set(names))
