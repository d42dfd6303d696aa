"""Standard Webhooks: `webhook-signature` over id, timestamp and body, one signature a secret.

A receiver accepts the message when one of them fits, so that a secret can be added before the old one goes.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from schemas.errors import FieldInvalid
from streams.core.signing.request import OutgoingRequest

__all__ = ["signed_standard"]

PREFIX = "whsec_"


def signed_standard(authentication: Mapping[str, Any], request: OutgoingRequest) -> OutgoingRequest:
    """Add `webhook-signature`; the request carries `webhook-id` and `webhook-timestamp`.

    Raises:
        FieldInvalid: it lacks one of them.
    """
    message_id, timestamp = request.header("webhook-id"), request.header("webhook-timestamp")
    if not message_id or not timestamp:
        raise FieldInvalid("webhook-id", "a message is signed with its id and timestamp, and has none")
    content = f"{message_id}.{timestamp}.".encode() + request.body
    signatures = [hmac.digest(key_of(secret), content, "sha256") for secret in authentication["secrets"]]
    value = " ".join([f"v1,{b64encode(each).decode()}" for each in signatures])
    return request.with_headers(("webhook-signature", value))


@lru_cache(maxsize=1024)
def key_of(secret: str) -> bytes:
    return b64decode(secret.removeprefix(PREFIX))
