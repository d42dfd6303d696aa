"""The forms that definitions share: strict models, names, states, durations."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from schemas.durations import format_duration, parse_duration

__all__ = ["Duration", "Form", "Name", "PathsInvalid", "State"]


class Form(BaseModel):
    """A strict shape: an unknown field is an error, nothing is coerced. Its errors do not repeat what was sent."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, populate_by_name=True, hide_input_in_errors=True
    )


class PathsInvalid(ValueError):
    """Several places inside one field are wrong: (path from the field, sentence) each."""

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{path}: {said}" if path else said for path, said in self.problems))


def printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("has a character that cannot be printed")
    return text


Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(printable)]


class State(StrEnum):
    """The life-cycle: inactive <-> active, archived for ever from inactive."""

    INACTIVE = "inactive"
    ACTIVE = "active"
    ARCHIVED = "archived"


def duration(value: Any) -> Any:
    return format_duration(parse_duration(value)) if isinstance(value, str) else value


Duration = Annotated[str, BeforeValidator(duration), Field(examples=["10s", "72h"])]
