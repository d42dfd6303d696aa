"""Which account, site or subscription a command is about, by the names that people use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from gateway.cli.client import Client, Refused
from schemas.errors import HooklineError

__all__ = [
    "AccountUnclear",
    "NameUnknown",
    "account_of",
    "all_items",
    "named_account",
    "path_of",
    "site_of",
    "subscription_of",
]


class AccountUnclear(HooklineError):
    """There are several accounts, or none that this key can see."""


class NameUnknown(HooklineError):
    """Nothing of the kind has that name."""


def account_of(client: Client, given: str) -> str:
    """The account named; or HOOKLINE_ACCOUNT; or the only one that there is.

    Raises:
        AccountUnclear: it has to be named.
    """
    if named := named_account(given):
        return named
    try:
        found = [str(each["account"]) for each in client.call("GET", "/v1/accounts")["items"]]
    except Refused:  # a key of one account may not ask
        found = []
    if len(found) == 1:
        return found[0]
    known = f"; there are {', '.join(found)}" if found else ""
    raise AccountUnclear(f"name the account: --account NAME, or set HOOKLINE_ACCOUNT{known}")


def named_account(given: str) -> str:
    """The account named, or HOOKLINE_ACCOUNT; blank where neither says one."""
    return given or os.environ.get("HOOKLINE_ACCOUNT", "")


def path_of(account: str) -> str:
    """Where what an account has is in the API."""
    return f"/v1/{quote(account, safe='')}"


def site_of(client: Client, account: str, name: str) -> dict[str, Any]:
    """The site of this name that is not archived, or of this id.

    Raises:
        NameUnknown: there is none.
    """
    return one_of(client, account, "site", name)


def subscription_of(client: Client, account: str, name: str) -> dict[str, Any]:
    """The subscription of this name or id.

    Raises:
        NameUnknown: there is none.
    """
    return one_of(client, account, "subscription", name)


def one_of(client: Client, account: str, kind: str, name: str) -> dict[str, Any]:
    for each in all_items(client, f"{path_of(account)}/{kind}s"):
        if each["id"] == name or (each["name"] == name and each.get("state") != "archived"):
            return each
    raise NameUnknown(f"the account {account} has no {kind} {name!r}")


def all_items(client: Client, path: str, query: dict[str, str] | None = None) -> Iterator[dict[str, Any]]:
    """Every item of a list, over all its pages."""
    asked, cursor = {"limit": "500"} | (query or {}), None
    while True:
        page = client.call("GET", path, query=asked | ({"cursor": cursor} if cursor else {}))
        yield from page["items"]
        cursor = page["next"]
        if cursor is None:
            return
