"""`hookline db`: the store that the API reads."""

from __future__ import annotations

import typer

app = typer.Typer(help="The store that the API reads.", no_args_is_help=True)


@app.callback()
def store() -> None:
    """The store that the API reads."""


@app.command()
def upgrade() -> None:
    """Bring the store to the schema of this version; the projector does the same when it starts."""
    from gateway.up.holding import make_private
    from projections.store.migrate import upgrade
    from schemas.settings import Settings

    settings = Settings()
    make_private(settings.data_dir)
    store = upgrade(settings.store_url)
    typer.echo(f"{store.name} has the schema of this version")
