"""The catalogue of built-in actions, as the contract lists it."""

from __future__ import annotations

from schemas.catalogue import ACTIONS, NUMBER_FIELDS

TRIGGERABLE = """
checkout checkout_item checkout_update checkout_update_item checkout_accept checkout_accept_item checkout_reject
checkout_claim refund partial_refund refund_item point_add point_sub point_spend point_unspend reserve_points
release_points opt_in opt_out profile social_connect coupon_redeem coupon_unredeem challenge_reset
"""
INTERNAL = """
activity booking coupon_assign coupon_change coupon_receive profiling_answer profiling_flow daily_login birthday
anniversary
"""


def test_the_actions_are_those_of_the_contract() -> None:
    assert {name for name, action in ACTIONS.items() if action.triggerable} == set(TRIGGERABLE.split())
    assert {name for name, action in ACTIONS.items() if not action.triggerable} == set(INTERNAL.split())


def test_the_number_fields_are_those_of_the_contract() -> None:
    assert {
        "points",
        "total",
        "subtotal",
        "amount",
        "price",
        "quantity",
        "discount",
        "tax",
        "shipping",
    } == NUMBER_FIELDS


def test_every_action_has_a_label_and_its_own_name() -> None:
    assert all(action.label and action.name == name for name, action in ACTIONS.items())
