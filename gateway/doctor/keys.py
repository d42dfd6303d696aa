"""The keys: whether every secret that the log of configuration holds can be read, and with which key."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.doctor.finding import Finding, fine, warning, wrong
from gateway.keys import operator_key
from schemas.definitions.secrets import sealed_texts
from schemas.errors import KafkaUnavailable, RegistryUnavailable, SecretUnreadable
from schemas.settings import Settings
from streams.core.configuration import Configuration
from streams.edges.following import EMPTIED, Follower
from streams.edges.keyring import Keyring, keyring_of

__all__ = ["keys"]

READ_WITHIN = 10.0  # seconds


def keys(settings: Settings) -> Iterator[Finding]:
    """The operator's key, the secret key, and the older ones that are still needed."""
    if operator_key(settings) is None:
        yield wrong("keys", "there is no operator key", "set HOOKLINE_OPERATOR_KEY, or start `hookline up` once")
    try:
        keyring = keyring_of(settings)
        follower = Follower(settings, keyring, lambda _: None)
        try:
            follower.start(READ_WITHIN)
        finally:
            follower.stop()
    except SecretUnreadable as problem:
        yield wrong("keys", str(problem), "put the key that it was written with into HOOKLINE_SECRET_KEYS")
    except RegistryUnavailable as problem:
        yield wrong("registry", str(problem), "restore it; `hookline tail config --from-beginning` shows what is read")
    except KafkaUnavailable as problem:
        yield wrong(
            "keys", f"the log of configuration cannot be read: {problem}", "see what is said of broker and topics"
        )
    else:
        if follower.lost:
            yield warning("registry", f"{follower.lost} records of config cannot be read", EMPTIED)
        yield from of_secrets(follower.configuration, keyring)


def of_secrets(configuration: Configuration, keyring: Keyring) -> Iterator[Finding]:
    """Whether all that is configured is encrypted with the newest key."""
    texts = [
        text
        for state in configuration.accounts.values()
        for entities in state.entities.values()
        for entity in entities.values()
        if entity.state != "archived"
        for text in sealed_texts(entity.body or {})
    ]
    old = sum(not keyring.is_newest(text) for text in texts)
    if old:
        what = f"{old} of {len(texts)} secrets are encrypted with an older key"
        yield warning("keys", what, "`hookline secrets rekey`, and keep the older key for what the log has of the past")
    else:
        yield fine("keys", f"all {len(texts)} secrets can be read")
