"""Messages that become objects of S3: `PUT` to the site's URL with the filename appended, signed as S3 does.

S3 signs the digest of the body as a header, and the path as it is sent: encoded once, nothing taken out of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

from schemas.errors import FieldInvalid
from streams.core.signing.aws import Dialect, Draft, authorization
from streams.core.signing.canonical import aws_query, stamp, target
from streams.core.signing.request import OutgoingRequest

__all__ = ["object_url", "signed_s3"]


def as_it_is(path: str) -> str:
    return path


S3 = Dialect("AWS4", "aws4_request", as_it_is, aws_query)


def signed_s3(authentication: Mapping[str, Any], request: OutgoingRequest, now: int, filename: str) -> OutgoingRequest:
    """The PUT of an object; `filename` is percent-encoded already, `now` in milliseconds.

    Raises:
        FieldInvalid: there is no filename.
    """
    place, time = target(object_url(request.url, filename)), stamp(now // 1000)
    digest = sha256(request.body).hexdigest()
    signing = (
        ("content-type", request.header("content-type")),
        ("host", place.host),
        ("x-amz-content-sha256", digest),
        ("x-amz-date", time),
    )
    proof = authorization(S3, authentication, Draft("PUT", place, signing, digest, now // 1000))
    return OutgoingRequest("PUT", place.url, request.headers, request.body).with_headers(
        ("Host", place.host), ("X-Amz-Content-SHA256", digest), ("X-Amz-Date", time), ("Authorization", proof)
    )


def object_url(url: str, filename: str) -> str:
    """The URL with the filename below its path, which is brought into the one encoding that S3 signs.

    Raises:
        FieldInvalid: there is no filename, or the URL is none.
    """
    if not filename:
        raise FieldInvalid("authentication.filename", "the message has no filename")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise FieldInvalid("url", "it is not an http or https URL") from None
    folder = quote(unquote_to_bytes(parts.path), safe="/~").removesuffix("/")
    return parts._replace(path=f"{folder}/{filename}", fragment="").geturl()
