"""What an account's sites are called now: for rows that were never sent, which bear no name."""

from __future__ import annotations

from schemas.records import EntityKind
from streams.core.configuration import Configuration

__all__ = ["site_names_of"]


def site_names_of(configuration: Configuration, account: str) -> dict[str, str]:
    """Names by site id."""
    state = configuration.account(account)
    sites = state.of(EntityKind.SITE).values() if state else ()
    return {site.id: site.body["name"] for site in sites if site.body is not None}
