"""A person's session: a sealed cookie that names a key by its hash, so that it ends with the key, or after 12 hours.

Nothing is kept for it: any gateway with the secret key reads it. A login link is kept, in the process that made it.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass

import orjson

from schemas.errors import SecretUnreadable
from streams.edges.keyring import Keyring

__all__ = ["COOKIE", "LASTS", "LINK_LASTS", "Cookies", "LoginLinks", "Session", "WrongLogins"]

COOKIE = "hookline_session"
LASTS = 12 * 3600  # seconds
LINK_LASTS = 10 * 60  # seconds
MOST = 1_000  # links, and callers whose wrong logins are remembered
PURPOSE = "console session"  # other sealed texts are none


@dataclass(frozen=True, slots=True)
class Session:
    """Whose key it is, by hash, and until when, in ms."""

    key_hash: str
    until: int


class Cookies:
    """Seals sessions into cookies; `secure` where people come by https."""

    def __init__(self, keyring: Keyring, *, secure: bool) -> None:
        self._keyring = keyring
        self._secure = secure

    def made(self, session: Session, *, secure: bool) -> str:
        """The header `Set-Cookie` of a session; `secure` when the request came by https."""
        plain = orjson.dumps({"for": PURPOSE, "key": session.key_hash, "until": session.until})
        return self._header(self._keyring.seal(plain), LASTS, secure=secure)

    def ended(self) -> str:
        """The header that takes the cookie away."""
        return self._header("", 0, secure=False)

    def read(self, cookie: str | None, now: int) -> Session | None:
        """The session of a cookie; None for one that is not ours, or over. `now` in ms."""
        if not cookie:
            return None
        try:
            found = orjson.loads(self._keyring.open(cookie))
        except (SecretUnreadable, orjson.JSONDecodeError):
            return None
        match found:
            case {"for": str(purpose), "key": str(key), "until": int(until)} if purpose == PURPOSE and until > now:
                return Session(key, until)
        return None

    def _header(self, value: str, age: int, *, secure: bool) -> str:
        end = "; Secure" if secure or self._secure else ""
        return f"{COOKIE}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{end}"


class LoginLinks:
    """Tokens that log in once."""

    def __init__(self) -> None:
        self._links: OrderedDict[str, tuple[str, int]] = OrderedDict()

    def make(self, key_hash: str, now: int) -> tuple[str, int]:
        """A token for the key with this hash, and until when it is good, in ms."""
        token, until = secrets.token_urlsafe(24), now + LINK_LASTS * 1000
        self._links[token] = (key_hash, until)
        while len(self._links) > MOST:
            self._links.popitem(last=False)
        return token, until

    def take(self, token: str, now: int) -> str | None:
        """The hash of the key; from now on the token is nothing."""
        key_hash, until = self._links.pop(token, ("", 0))
        return key_hash if until > now else None


class WrongLogins:
    """How often each caller was wrong of late: ten in a minute is enough."""

    MANY = 10
    WITHIN = 60_000  # ms

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, list[int]] = OrderedDict()

    def wait(self, remote: str, now: int) -> int:
        """In how many seconds this caller may try again; 0: now."""
        times = [at for at in self._wrong.get(remote, ()) if at > now - self.WITHIN]
        return 0 if len(times) < self.MANY else (times[-self.MANY] + self.WITHIN - now) // 1000 + 1

    def add(self, remote: str, now: int) -> None:
        """It was wrong."""
        times = self._wrong.pop(remote, [])
        self._wrong[remote] = [*times[-self.MANY :], now]
        while len(self._wrong) > MOST:
            self._wrong.popitem(last=False)
