"""Signing: a request becomes the one that its site can tell is ours. Pure; the time is an argument."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.errors import FieldInvalid
from streams.core.signing.aws import signed_aws
from streams.core.signing.basic import signed_basic
from streams.core.signing.request import Header, OutgoingRequest
from streams.core.signing.s3 import signed_s3
from streams.core.signing.standard_webhooks import signed_standard

__all__ = ["Header", "OutgoingRequest", "signed"]


def signed(
    authentication: Mapping[str, Any], request: OutgoingRequest, now: int, filename: str = ""
) -> OutgoingRequest:
    """The request as it is sent, by a site's plain (unsealed) `authentication`; made anew for every attempt.

    `now` is the time of the attempt in milliseconds. `filename` is the rendered one of the delivery and needed for
    `aws_s3` alone. The URL that comes back is the one that was signed: send that.

    Raises:
        FieldInvalid: the request cannot be signed so; the message says why, and holds no secret.
    """
    match authentication["type"]:
        case "none":
            return request
        case "basic":
            return signed_basic(authentication, request)
        case "aws":
            return signed_aws(authentication, request, now)
        case "aws_s3":
            return signed_s3(authentication, request, now, filename)
        case "standard_webhooks":
            return signed_standard(authentication, request)
        case unknown:
            raise FieldInvalid("authentication.type", f"{unknown!r} is not known to this version")
