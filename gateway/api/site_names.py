"""What an account's sites are called now, and which are strict: for rows that were never sent, which do not say."""

from __future__ import annotations

from schemas.records import EntityKind
from streams.core.configuration import Configuration

__all__ = ["orderings_of", "site_names_of"]


def site_names_of(configuration: Configuration, account: str) -> dict[str, str]:
    """Names by site id."""
    state = configuration.account(account)
    sites = state.of(EntityKind.SITE).values() if state else ()
    return {site.id: site.body["name"] for site in sites if site.body is not None}


def orderings_of(configuration: Configuration, account: str) -> dict[str, str]:
    """The ordering of each strict site, by its id."""
    state = configuration.account(account)
    sites = state.of(EntityKind.SITE).values() if state else ()
    orderings = {site.id: (site.body or {}).get("ordering", "none") for site in sites}
    return {name: ordering for name, ordering in orderings.items() if ordering != "none"}
