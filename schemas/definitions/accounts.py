"""Accounts, their API keys, and the actions that they add to the catalogue."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from schemas.catalogue import ACTIONS
from schemas.definitions.forms import Form, Name

__all__ = ["RESERVED_ACCOUNTS", "Account", "AccountName", "CustomAction", "Key", "account_problem"]

RESERVED_WORDS = """
accounts activate active activity archive assets attempts backup beta blueprints cancel catalogue changes
configuration console custom custom-actions customers deactivate deliveries diff disable dismiss docs dry-run enable
events failures incoming incoming-log incoming-webhooks jobs keys links livez login lookup metrics openapi pause
preview queue readyz rejected reprocess resend resends restore resume retry revisions secrets send-now session sites
stats status stream subscriptions summary test timeline trace unknown-endpoints v1 webhook-log webhooks
"""
RESERVED_ACCOUNTS = frozenset(RESERVED_WORDS.split())
ACCOUNT_NAME = re.compile(r"^[a-z0-9-]{1,64}$", re.ASCII)
AccountName = Annotated[str, StringConstraints(pattern=ACCOUNT_NAME.pattern)]


def account_problem(name: str) -> str | None:
    """Why no account can have this name; None when one can."""
    if not ACCOUNT_NAME.fullmatch(name) or not name.strip("-"):
        return f"{name!r} is no name of an account: it has 1 to 64 of a to z, 0 to 9 and -, not only hyphens"
    if name in RESERVED_ACCOUNTS:
        return f"{name!r} is a word of the paths; choose another"
    return None


class Account(Form):
    """A tenant."""

    account: str
    created_at: str

    @field_validator("account")
    @classmethod
    def _free(cls, name: str) -> str:
        if problem := account_problem(name):
            raise ValueError(problem)
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
