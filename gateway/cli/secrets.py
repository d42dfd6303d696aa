"""`hookline secrets`: the keys that encrypt what the log of configuration holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.records import Change
    from streams.core.configuration import AccountState, Configuration, Entity
    from streams.edges.following import Follower
    from streams.edges.keyring import Keyring

__all__ = ["app"]

app = typer.Typer(help="The keys that encrypt secrets.", no_args_is_help=True)
READ_WITHIN = 30.0  # seconds
WRITTEN_WITHIN = 10.0


@app.callback()
def secrets() -> None:
    """The keys that encrypt secrets."""


@app.command()
def rekey() -> None:
    """Encrypt the secrets of all that is configured anew, with the newest key: each such thing gets a new revision.

    What is archived, revisions of the past and logged requests stay under the key that they were written with, so older
    keys have to be kept in HOOKLINE_SECRET_KEYS.
    """
    import sys

    from schemas.settings import Settings
    from streams.edges.following import Follower
    from streams.edges.keyring import keyring_of

    settings = Settings()
    keyring = keyring_of(settings)
    follower = Follower(settings, keyring, lambda _: None)
    follower.start(READ_WITHIN)
    try:
        changes = list(changes_of(follower.configuration, keyring))
        refused = sum(not taken(settings, follower, change) for change in changes)
    finally:
        follower.stop()
    done = sum(len(change.items) for change in changes)
    typer.echo(f"{done} encrypted anew" if done else "all is encrypted with the newest key")
    if refused:
        typer.echo(f"{refused} accounts were changed meanwhile: run it again", err=True)
        sys.exit(1)


def changes_of(configuration: Configuration, keyring: Keyring) -> Iterator[Change]:
    """One change an account that has secrets under older keys."""
    import time

    from gateway.identifiers import time_ordered
    from schemas.json_text import dump
    from schemas.records import Change, ChangeItem

    for state in list(configuration.accounts.values()):
        items = [
            ChangeItem(kind=each.kind, id=each.id, base_revision=each.revision, body=dump(resealed(each, keyring)))
            for each in outdated(state, keyring)
        ]
        if items:
            at = time.time_ns() // 1_000_000
            yield Change(id=time_ordered("chg"), account=state.name, author="rekey", at=at, items=items)


def outdated(state: AccountState, keyring: Keyring) -> Iterator[Entity]:
    """What an account has that is sealed with an older key, and may change."""
    from schemas.definitions.forms import State
    from schemas.definitions.secrets import sealed_texts

    for entities in state.entities.values():
        for entity in entities.values():
            texts = sealed_texts(entity.body or {})
            if entity.state != State.ARCHIVED.value and not all(map(keyring.is_newest, texts)):
                yield entity


def resealed(entity: Entity, keyring: Keyring) -> dict[str, Any]:
    """The same definition, its secrets sealed with the newest key."""
    from schemas.definitions.secrets import SEALED, replace_secrets

    def anew(value: Any) -> Any:
        sealed = isinstance(value, dict) and SEALED in value
        return {**value, SEALED: keyring.seal(keyring.open(value[SEALED]))} if sealed else value

    return replace_secrets(entity.body or {}, anew)


def taken(settings: Any, follower: Follower, change: Change) -> bool:
    """Write one change; whether the fold took it."""
    from schemas.codec import encode
    from schemas.topics import Topics
    from streams.edges.kafka import Message
    from streams.edges.outbox import Outbox

    outbox = Outbox(settings, "hookline-rekey", timeout=WRITTEN_WITHIN)
    try:
        message = Message(Topics(settings).config, change.account.encode(), encode(change), 0)
        (placed,) = outbox.send([message]).result(WRITTEN_WITHIN)
    finally:
        outbox.close()
    return follower.wait_for(placed.offset, WRITTEN_WITHIN) and follower.verdict(placed.offset) is None
