"""`hookline console`: prints a link that logs a browser in, once."""

from __future__ import annotations

import typer

from gateway.cli.client import Client

__all__ = ["console", "login_link"]


def console() -> None:
    """Print a link that opens the web console logged in: good once, for ten minutes, with the rights of your key."""
    from schemas.settings import Settings

    client = Client.from_environment()
    typer.echo(login_link(client, Settings().public_url))


def login_link(client: Client, public_url: str = "") -> str:
    """A new login link of this Hookline. What logs in stands after `#`, so that no server or proxy ever logs it.

    Raises:
        NotReached, Refused: as `Client.call`.
    """
    path: str = client.call("POST", "/v1/session/links")["path"]
    return (public_url or client.url) + path
