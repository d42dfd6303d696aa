"""What a request claims about its sender: the signatures it carries and what they are to be signatures of.

Each scheme reads a claim out of headers; whether it holds is decided in one place, `verify`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Checked", "Claim", "Headers", "Reason", "Unproven", "seconds"]

LONGEST_TIME = 12  # digits of seconds: beyond the year 30000


class Reason(StrEnum):
    """Why a request is not verified: for the log; the caller gets one answer for all of them."""

    HEADER_MISSING = "header_missing"
    HEADER_REPEATED = "header_repeated"
    HEADER_MALFORMED = "header_malformed"
    TIMESTAMP_TOO_OLD = "timestamp_too_old"
    TIMESTAMP_TOO_NEW = "timestamp_too_new"
    SIGNATURE_WRONG = "signature_wrong"
    SCHEME_UNKNOWN = "scheme_unknown"  # stored by a newer version, or without one secret that can sign


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer: verified when there is no reason against it."""

    reason: Reason | None = None
    header: str = ""  # that the reason is about
    secret: int | None = None  # which of the definition's secrets signed, the first where several did

    @property
    def verified(self) -> bool:
        """Whether the sender knows one of the secrets."""
        return self.reason is None

    @property
    def detail(self) -> str:
        """The reason as a row of the log shows it; holds nothing that was sent."""
        return "" if self.reason is None else f"{self.reason.value}: {self.header}".removesuffix(": ")


class Unproven(Exception):
    """A claim cannot be read, or does not hold."""

    def __init__(self, reason: Reason, header: str = "") -> None:
        super().__init__(reason, header)
        self.reason = reason
        self.header = header


@dataclass(frozen=True, slots=True)
class Claim:
    """Signatures as texts; what is signed is `prefix` and then the body; `seconds` is when, where the scheme says."""

    header: str  # that the signatures came in
    signatures: tuple[str, ...]
    prefix: bytes = b""
    seconds: int | None = None
    timestamp_header: str = ""


class Headers:
    """A request's headers by name, case ignored."""

    __slots__ = ("_values",)

    def __init__(self, headers: Sequence[Sequence[str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value, *_ in headers:
            self._values.setdefault(name.lower(), []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def one(self, name: str) -> str:
        """The value of a header that has to be there once; `name` in lower case.

        Raises:
            Unproven: it is missing, empty, or there more than once.
        """
        values = self._values.get(name, [])
        if len(values) > 1:
            raise Unproven(Reason.HEADER_REPEATED, name)
        if not values or not values[0]:
            raise Unproven(Reason.HEADER_MISSING, name)
        return values[0]

    def bytes_of(self, name: str) -> bytes:
        """The same as it came over the wire.

        Raises:
            Unproven: as `one`, or it was no text.
        """
        try:
            return self.one(name).encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            raise Unproven(Reason.HEADER_MALFORMED, name) from None


def seconds(text: str, header: str) -> int:
    """Unix seconds, in digits only.

    Raises:
        Unproven: it is something else.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_TIME):
        raise Unproven(Reason.HEADER_MALFORMED, header)
    return int(text)
