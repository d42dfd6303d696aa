"""The error tree: each class a fact, each message says what was wrong, where, and what to do.

A remote site's answer is never here: that is a value (`AttemptError`, a status code).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "ActionUnknown",
    "ConfigurationRefused",
    "FieldError",
    "FieldInvalid",
    "HooklineError",
    "KafkaUnavailable",
    "RecordUnreadable",
    "RegistryUnavailable",
    "SecretUnreadable",
]


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: a dotted path such as `mapping.0.to`, and a sentence."""

    path: str
    message: str


class HooklineError(Exception):
    """Whatever Hookline itself says no to."""


class RecordUnreadable(HooklineError):
    """Bytes of a topic are not a record of ours."""


class FieldInvalid(HooklineError):
    """A value breaks a rule of its field."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


class ActionUnknown(FieldInvalid):
    """An event's action is neither in the catalogue nor one of the account's own."""


class ConfigurationRefused(HooklineError):
    """The fold of `config` does not take a change: `code` is stale_revision, name_taken, endpoint_taken, ..."""

    def __init__(self, code: str, errors: tuple[FieldError, ...]) -> None:
        super().__init__("; ".join(f"{error.path}: {error.message}" for error in errors))
        self.code = code
        self.errors = errors


class KafkaUnavailable(HooklineError):
    """Kafka did not acknowledge in time; what was sent may or may not be there."""


class RegistryUnavailable(HooklineError):
    """The schema registry does not answer; what it knows is needed to go on."""


class SecretUnreadable(HooklineError):
    """A ciphertext names a key that this process does not have, or was changed."""
