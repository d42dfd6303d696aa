"""The catalogue of customer events: the built-in actions, their fields, and which ones outside systems may trigger.

After manual 002 ('Action', 'Use cases'); an account adds its own actions beside these.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ACTIONS", "NUMBER_FIELDS", "Action"]

NUMBER_FIELDS = frozenset({"points", "total", "subtotal", "amount", "price", "quantity", "discount", "tax", "shipping"})


@dataclass(frozen=True, slots=True)
class Action:
    """One action; `fields` are those of `data` that are usual for it, none of them required."""

    name: str
    label: str
    fields: tuple[str, ...]
    triggerable: bool

    @property
    def number_fields(self) -> frozenset[str]:
        """The fields that are numbers."""
        return NUMBER_FIELDS


TRANSACTION = ("transaction_id", "total")
ITEM = (*TRANSACTION, "product_id", "product_name", "subtotal", "quantity", "price")
POINTS = ("points", "reason")
COUPON = ("coupon_id", "coupon_name")

TRIGGERABLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "checkout": ("Checkout", (*TRANSACTION, "discount", "tax", "shipping", "items")),
    "checkout_item": ("Checkout item", ITEM),
    "checkout_update": ("Checkout update", TRANSACTION),
    "checkout_update_item": ("Checkout update item", ITEM),
    "checkout_accept": ("Checkout accept", TRANSACTION),
    "checkout_accept_item": ("Checkout accept item", ITEM),
    "checkout_reject": ("Checkout reject", (*TRANSACTION, "reason")),
    "checkout_claim": ("Checkout claim", TRANSACTION),
    "refund": ("Refund", (*TRANSACTION, "reason")),
    "partial_refund": ("Partial refund", (*TRANSACTION, "amount", "reason")),
    "refund_item": ("Refund item", ITEM),
    "point_add": ("Point add", POINTS),
    "point_sub": ("Point sub", POINTS),
    "point_spend": ("Point spend", POINTS),
    "point_unspend": ("Point unspend", POINTS),
    "reserve_points": ("Reserve points", POINTS),
    "release_points": ("Release points", POINTS),
    "opt_in": ("Opt in", ("email", "first_name", "last_name", "labels")),
    "opt_out": ("Opt out", ("reason",)),
    "profile": ("Profile", ("email", "first_name", "last_name", "birth_date", "phone")),
    "social_connect": ("Social connect", ("network",)),
    "coupon_redeem": ("Coupon redeem", COUPON),
    "coupon_unredeem": ("Coupon unredeem", COUPON),
    "challenge_reset": ("Challenge reset", ("challenge_id",)),
}

INTERNAL: dict[str, tuple[str, tuple[str, ...]]] = {
    "activity": ("Activity", ("name",)),
    "booking": ("Booking", ("booking_id", "amount")),
    "coupon_assign": ("Coupon assign", COUPON),
    "coupon_change": ("Coupon change", COUPON),
    "coupon_receive": ("Coupon receive", COUPON),
    "profiling_answer": ("Profiling answer", ("question", "answer")),
    "profiling_flow": ("Profiling flow", ("flow",)),
    "daily_login": ("Daily login", ()),
    "birthday": ("Birthday", ()),
    "anniversary": ("Anniversary", ("years",)),
}

ACTIONS: dict[str, Action] = {
    name: Action(name, label, fields, triggerable)
    for group, triggerable in ((TRIGGERABLE, True), (INTERNAL, False))
    for name, (label, fields) in group.items()
}
