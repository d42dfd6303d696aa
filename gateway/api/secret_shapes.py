"""The shapes of secrets in lists: as they are shown, made, and handed out the one time that they are."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from gateway.api.times import Time
from schemas.definitions.authentication import (
    AwsAuthentication,
    AwsS3Authentication,
    BasicAuthentication,
    NoAuthentication,
    StandardWebhooksAuthentication,
)
from schemas.definitions.forms import Duration, Form
from schemas.definitions.verification import (
    HmacVerification,
    NoVerification,
    StandardWebhooksVerification,
    TextSecretVerification,
)

__all__ = ["AuthenticationShown", "SecretMade", "SecretSent", "SecretShown", "VerificationShown"]


class SecretShown(BaseModel):
    """A secret of a list; itself it is never shown again."""

    id: str
    hint: Annotated[str, Field(description="its last four characters; blank for a short one")]
    created_at: Time
    last_used_at: Annotated[
        Time | None,
        Field(description="of the last attempt that it signed, as the log has it; null in answers to writes"),
    ]
    expires_at: Annotated[Time | None, Field(description="null: valid until it is removed")]


class SecretSent(Form):
    """A secret to be added."""

    secret: Annotated[str | None, Field(description="null: one is made")] = None
    overlap: Annotated[
        Duration | None, Field(description="how long the older ones stay valid; null: until they are removed")
    ] = None


class SecretMade(SecretShown):
    """A new secret: the one time that it is shown."""

    secret: str
    revision: Annotated[int, Field(description="of the thing that it belongs to")]
    position: int


class StandardWebhooksShown(StandardWebhooksAuthentication):
    """As it is shown: its secrets are objects."""

    secrets: list[SecretShown]  # type: ignore[assignment]  # what is shown of what was sent


AuthenticationShown = (
    NoAuthentication | BasicAuthentication | AwsAuthentication | AwsS3Authentication | StandardWebhooksShown
)


class StandardVerificationShown(StandardWebhooksVerification):
    """As it is shown: its secrets are objects."""

    secrets: list[SecretShown]  # type: ignore[assignment]  # what is shown of what was sent


class TextVerificationShown(TextSecretVerification):
    """As it is shown: its secrets are objects."""

    secrets: list[SecretShown]  # type: ignore[assignment]  # what is shown of what was sent


class HmacVerificationShown(HmacVerification):
    """As it is shown: its secrets are objects."""

    secrets: list[SecretShown]  # type: ignore[assignment]  # what is shown of what was sent


VerificationShown = NoVerification | StandardVerificationShown | TextVerificationShown | HmacVerificationShown
