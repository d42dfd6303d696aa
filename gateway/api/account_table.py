"""The operations of accounts and their API keys: the operator's."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from gateway.api import shapes
from gateway.api.accounts import Accounts
from gateway.api.operations import Access, Operation

__all__ = ["of_accounts"]


def of_accounts(accounts: Accounts) -> Iterator[Operation]:
    """All of them."""
    operator = partial(Operation, access=Access.OPERATOR, tag="Accounts and keys")
    yield operator(
        method="GET",
        path="/v1/accounts",
        summary="All accounts",
        handle=accounts.list,
        query=shapes.ListQuery,
        answer=shapes.ConfigurationList[shapes.AccountShown],
    )
    yield operator(
        method="PUT",
        path="/v1/accounts/{account}",
        summary="Make an account",
        handle=accounts.put,
        body=shapes.AccountSent,
        body_optional=True,
        answer=shapes.AccountWritten,
        status=201,
        other_status=200,
        problems=("invalid",),
    )
    yield operator(
        method="GET",
        path="/v1/accounts/{account}/keys",
        summary="An account's API keys",
        handle=accounts.list_keys,
        query=shapes.ListQuery,
        answer=shapes.ConfigurationList[shapes.KeyShown],
    )
    yield operator(
        method="POST",
        path="/v1/accounts/{account}/keys",
        summary="Make an API key; it is shown once",
        handle=accounts.make_key,
        body=shapes.KeySent,
        answer=shapes.KeyMade,
        status=201,
        problems=("invalid", "name_taken"),
    )
    yield operator(
        method="DELETE",
        path="/v1/accounts/{account}/keys/{id}",
        summary="Remove an API key",
        handle=accounts.delete_key,
        status=204,
    )
