"""A person's session: a sealed cookie that names a key by its hash, so that it ends with the key, or after 12 hours.

Nothing is kept for it: any gateway with the secret key reads it. What is kept, in the process that was asked, are login
links, and which sessions were ended: a copy of their cookie is worth nothing there.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict

import orjson

from gateway.api.callers import Session
from schemas.errors import SecretUnreadable
from streams.edges.keyring import Keyring

__all__ = ["COOKIE", "LASTS", "LINK_LASTS", "Cookies", "LoginLinks", "WrongLogins", "begun"]

COOKIE = "hookline_session"
LASTS = 12 * 3600  # seconds
LINK_LASTS = 10 * 60  # seconds
MOST = 1_000  # links, and callers whose wrong logins are remembered
MOST_ENDED = 100_000  # sessions
PURPOSE = "console session"  # other sealed texts are none


def begun(key_hash: str, now: int) -> Session:
    """A new session; `now` in ms."""
    return Session(key_hash, now + LASTS * 1000, secrets.token_urlsafe(12))


class Cookies:
    """Seals sessions into cookies; `secure` where people come by https."""

    def __init__(self, keyring: Keyring, *, secure: bool) -> None:
        self._keyring = keyring
        self._secure = secure
        self._ended: OrderedDict[str, int] = OrderedDict()  # id -> when it would have ended

    def made(self, session: Session, *, secure: bool) -> str:
        """The header `Set-Cookie` of a session; `secure` when the request came by https."""
        plain = orjson.dumps({"for": PURPOSE, "key": session.key_hash, "until": session.until, "id": session.id})
        return self._header(self._keyring.seal(plain), LASTS, secure=secure)

    def end(self, session: Session | None, now: int) -> str:
        """The header that takes the cookie away; of the session no copy is taken any more."""
        if session is not None:
            self._ended[session.id] = session.until
        while self._ended and (len(self._ended) > MOST_ENDED or next(iter(self._ended.values())) <= now):
            self._ended.popitem(last=False)
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
            case {"for": str(purpose), "key": str(key), "until": int(until), "id": str(own)} if purpose == PURPOSE:
                return Session(key, until, own) if until > now and own not in self._ended else None
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
