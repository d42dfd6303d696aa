"""What is wrong with a field, in words for whoever wrote it: nobody has to know Python."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.api.shapes import IncomingWebhookSent, SiteSent, SubscriptionSent
from gateway.api.validation import field_problems

GIVEN: dict[type[Any], dict[str, Any]] = {
    IncomingWebhookSent: {"name": "n", "endpoint": "e", "action": "point_add"},
    SiteSent: {"name": "n", "url": "https://shop.example/"},
    SubscriptionSent: {"name": "n", "site_id": "site_1", "actions": ["*"]},
}


@pytest.mark.parametrize(
    ("model", "change", "path", "message"),
    [
        (IncomingWebhookSent, {"filters": []}, "filters", "must be an object"),
        (IncomingWebhookSent, {"endpoint": "a b"}, "endpoint", "must be 1 to 128 letters a to z, digits, - and _"),
        (IncomingWebhookSent, {"mapping": [1]}, "mapping.0", "must be an object"),
        (IncomingWebhookSent, {"name": ""}, "name", "must not be empty"),
        (IncomingWebhookSent, {"method": "GET"}, "method", "must be 'POST' or 'PUT'"),
        (SiteSent, {"retry_delays": [10]}, "retry_delays.0", "must be a text; put it in quotes"),
        (SiteSent, {"timeout_seconds": 1000}, "timeout_seconds", "must be at most 60"),
        (SubscriptionSent, {"actions": []}, "actions", "must have at least one item"),
        (SubscriptionSent, {"active": "yes"}, "active", "must be true or false"),
        (SubscriptionSent, {"name": None}, "name", "must be a text; put it in quotes"),
        (SubscriptionSent, {"colour": 1}, "colour", "is not a field here"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_told_in_plain_words(
    model: type[Any], change: dict[str, Any], path: str, message: str
) -> None:
    _, problems = field_problems(model, GIVEN[model] | change)
    assert [(each.path, each.message) for each in problems] == [(path, message)]
