"""The request that goes out, as a value: signers take one and give one."""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.errors import FieldInvalid

__all__ = ["Header", "OutgoingRequest"]

Header = tuple[str, str]


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """Method, URL, headers in their order, body bytes. Its repr shows no header: they carry credentials."""

    method: str
    url: str
    headers: tuple[Header, ...] = field(repr=False)
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        """The value of a header, case ignored; "" where there is none."""
        wanted = name.lower()
        for each, value in self.headers:
            if each.lower() == wanted:
                return value
        return ""

    def with_headers(self, *headers: Header) -> OutgoingRequest:
        """A copy with these headers, in place of those of the same name.

        Raises:
            FieldInvalid: a value has a character that would end the header, or is not ASCII.
        """
        names = []
        for name, value in headers:
            if not (value.isascii() and value.isprintable()):
                raise FieldInvalid(name, "a header has printable ASCII characters only")
            names.append(name.lower())
        kept = [pair for pair in self.headers if pair[0].lower() not in names]
        return OutgoingRequest(self.method, self.url, (*kept, *headers), self.body)
