"""The veil: what of a request people do not see when they are told what a definition read of it.

Whatever a secret criterion reads is hidden, by whichever path it is read: also by a longer or a shorter one.
"""

from __future__ import annotations

from collections.abc import Iterable

from streams.core.filtering import header_name

__all__ = ["Veil"]

LONGEST_INDEX = 9  # digits of an array's index, as in schemas/paths.py


class Veil:
    """Hides attributes; a root alone (`body`, `query`, `headers`) hides all below it."""

    __slots__ = ("_hidden",)

    def __init__(self, attributes: Iterable[str]) -> None:
        self._hidden = frozenset(map(parts_of, attributes))

    def hides(self, attribute: str) -> bool:
        """Whether this attribute, a part of it or what it is a part of is hidden."""
        parts = parts_of(attribute)
        return any(parts[: len(hidden)] == hidden[: len(parts)] for hidden in self._hidden)

    def hides_source(self, path: str | None) -> bool:
        """The same for a mapping's `from`, which may begin with `body.`."""
        return path is not None and (self.hides(f"body.{path}") or self.hides(f"body.{path.removeprefix('body.')}"))


def parts_of(attribute: str) -> tuple[str, ...]:
    root, _, rest = attribute.partition(".")
    if root == "headers":
        rest = header_name(rest)
    if not rest or root in ("headers", "query"):
        return (root, rest) if rest else (root,)
    return (root, *(index(part) for part in rest.split(".")))


def index(part: str) -> str:
    return str(int(part)) if part.isascii() and part.isdigit() and len(part) <= LONGEST_INDEX else part
