"""Errors for people: what was wrong, where, and what to do, in one line on standard error; the exit code says the rest.

1: it did not work; 2: it was asked for wrongly.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from schemas.errors import HooklineError

if TYPE_CHECKING:
    from pydantic import ValidationError

__all__ = ["in_one_line"]


@contextmanager
def in_one_line() -> Iterator[None]:
    """Run a command; say what a person can act on, and let a bug of ours be seen as one."""
    try:
        yield
    except HooklineError as error:
        stop(str(error), 1)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone, as `head` does
        sys.exit(1)
    except Exception as error:
        if (refused := client_error(error)) is not None:
            stop(refused, 2)
        if (wrong := settings_error(error)) is None:
            raise
        stop(wrong, 2)


def stop(sentence: str, code: int) -> None:
    sys.stderr.write(f"hookline: {sentence}\n")
    sys.exit(code)


def client_error(error: Exception) -> str | None:
    """The sentence of the Kafka client that refuses what the settings say; None when it is something else."""
    kafka: Any = sys.modules.get("confluent_kafka")
    if kafka is None or not isinstance(error, kafka.KafkaException):
        return None
    if error.args[0].code() != kafka.KafkaError._INVALID_ARG:  # noqa: SLF001 - librdkafka's public name
        return None
    return f"the Kafka client does not take the settings HOOKLINE_KAFKA_*: {error.args[0].str()}"


def settings_error(error: Exception) -> str | None:
    """The sentence of a settings error that names the variables; None when it is something else."""
    pydantic: Any = sys.modules.get("pydantic")
    if pydantic is None or not isinstance(error, pydantic.ValidationError) or error.title != "Settings":
        return None
    return "; ".join(sentences(error))


def sentences(error: ValidationError) -> Iterator[str]:
    """Each setting once; a secret's value is never repeated."""
    from schemas.wording import said

    for each in error.errors(include_input=False, include_url=False):
        variable = f"HOOKLINE_{each['loc'][0]}: ".upper() if each["loc"] else ""
        yield variable + said(each)
