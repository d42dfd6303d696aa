"""Accounts, their API keys, and the actions that they add to the catalogue."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from schemas.catalogue import ACTIONS
from schemas.definitions.forms import Form, Name

__all__ = ["RESERVED_ACCOUNTS", "Account", "AccountName", "CustomAction", "Key"]

RESERVED_WORDS = """
accounts active activate archive blueprints catalogue configuration console custom custom-actions customers deactivate
deliveries disable docs enable events incoming-log incoming-webhooks keys livez metrics queue readyz rejected resends
session sites status subscriptions webhook-log webhooks
"""
RESERVED_ACCOUNTS = frozenset(RESERVED_WORDS.split())
AccountName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]


class Account(Form):
    """A tenant."""

    account: AccountName
    created_at: str

    @field_validator("account")
    @classmethod
    def _free(cls, name: str) -> str:
        if name in RESERVED_ACCOUNTS:
            raise ValueError(f"{name!r} is a word of the paths; choose another")
        return name


class Key(Form):
    """An API key as it is stored: its hash, never itself. `account` null is the operator's."""

    account: str | None
    name: Name
    prefix: str
    hash: str  # hex SHA-256 of the key, which has 192 random bits
    scope: Literal["read", "write"] = "write"
    created_at: str
    expires_at: str | None = None


class CustomAction(Form):
    """An action of one account's own."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    label: Name
    number_fields: list[str] = Field([], max_length=100)

    @field_validator("name")
    @classmethod
    def _new(cls, name: str) -> str:
        if name in ACTIONS:
            raise ValueError(f"{name} is a built-in action")
        return name
