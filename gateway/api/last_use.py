"""Fills in when the secrets of sites were last used: the store knows, as far as it has folded the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from gateway.api.problems import Problem
from gateway.api.reading import Reader
from projections.queries.last_use import last_attempt
from schemas.definitions.secret_lists import milliseconds

__all__ = ["LastUse"]

Secret = tuple[str, dict[str, Any]]  # the site's id, and the secret as it is shown


@dataclass(frozen=True, slots=True)
class LastUse:
    """Asks the store. Every valid secret of a site signs every message, so its last use is the site's."""

    reader: Reader

    async def fill(self, account: str, sites: Iterable[dict[str, Any]]) -> None:
        """Set `last_used_at` of each secret of these sites, as they are shown; a store that is away leaves null."""
        secrets = list(secrets_of(sites))
        if not secrets:
            return

        def ask(connection: Connection) -> list[str | None]:
            return [asked(connection, account, *each) for each in secrets]

        try:
            found = await self.reader.read(ask)
        except Problem:
            return
        for (_, secret), at in zip(secrets, found, strict=True):
            secret["last_used_at"] = at


def secrets_of(sites: Iterable[dict[str, Any]]) -> Iterator[Secret]:
    for site in sites:
        members = site["authentication"].get("secrets", ())
        yield from ((site["id"], member) for member in members if isinstance(member, dict))


def asked(connection: Connection, account: str, site_id: str, secret: dict[str, Any]) -> str | None:
    until = secret["expires_at"]
    since = milliseconds(secret["created_at"])
    return last_attempt(connection, account, site_id, since, None if until is None else milliseconds(until))
