"""What botocore would send: the independent signer that ours is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from streams.core.signing import OutgoingRequest
from tests.streams.core.signing.requests import moment


def botocore_headers(
    signer: type[botocore.auth.SigV4Auth],
    authentication: Mapping[str, Any],
    request: OutgoingRequest,
    now: int,
) -> dict[str, str]:
    """The headers of a request after botocore signed it, names in lower case. It signs all but a few headers."""
    theirs = AWSRequest(
        method=request.method,
        url=request.url,
        headers={"Content-Type": request.header("content-type")},
        data=request.body,
    )
    credentials = Credentials(authentication["access_key_id"], authentication["secret_access_key"])
    with patch.object(botocore.auth, "get_current_datetime", lambda: moment(now)):
        signer(credentials, authentication["service"], authentication["region"]).add_auth(theirs)
    return {name.lower(): value for name, value in theirs.headers.items()}
