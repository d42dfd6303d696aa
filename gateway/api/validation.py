"""What pydantic found wrong, as fields with clean paths: `filters.all.0.value`, without the names of union arms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from gateway.api.problems import invalid
from schemas.definitions.authentication import TYPES as AUTHENTICATIONS
from schemas.definitions.forms import PathsInvalid
from schemas.definitions.verification import ARMS as VERIFICATIONS
from schemas.errors import FieldError
from schemas.wording import said

__all__ = ["field_errors", "field_problems", "validated"]

Model = TypeVar("Model", bound=BaseModel)
NODE = ("all", "any", "criterion")
ARMS = {  # of the unions, by the field's name
    "filters": NODE,
    "condition": NODE,
    "authentication": AUTHENTICATIONS,
    "verification": VERIFICATIONS,
}


def validated(model: type[Model], value: Any) -> Model:
    """The value as a model.

    Raises:
        Problem: some fields are wrong.
    """
    found, problems = field_problems(model, value)
    if found is None:
        raise invalid(problems)
    return found


def field_problems(model: type[Model], value: Any) -> tuple[Model | None, list[FieldError]]:
    """The value as a model, or every field that is wrong."""
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        return None, list(field_errors(error))


def field_errors(error: ValidationError) -> Iterator[FieldError]:
    """Each wrong field once; what was sent is not repeated: it may be a secret."""
    for each in error.errors(include_input=False, include_url=False):
        path = path_of(each["loc"])
        cause = each.get("ctx", {}).get("error")
        if isinstance(cause, PathsInvalid):
            yield from (FieldError(f"{path}.{inner}" if inner else path, said) for inner, said in cause.problems)
        else:
            yield FieldError(path, said(each))


def path_of(location: Sequence[int | str]) -> str:
    """The dotted path of a location; the arm of a union is no part of it."""
    parts: list[str] = []
    arms: Sequence[str] = ()
    for part in location:
        if part in arms:
            arms = ()
            continue
        in_tree = isinstance(part, int) and parts and parts[-1] in ("all", "any")
        parts.append(str(part))
        arms = NODE if in_tree else ARMS.get(str(part), ())
    return ".".join(parts)
