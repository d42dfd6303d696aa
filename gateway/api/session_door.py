"""The session of a person at the console: begun with a key or a login link, looked at, ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from gateway.api.answers import Answer
from gateway.api.callers import Caller, hash_of
from gateway.api.entering import Entrance
from gateway.api.operations import Access, Call, Operation
from gateway.api.problems import Problem, invalid
from gateway.api.sessions import LoginLinks, WrongLogins, begun
from gateway.api.times import Time, iso
from gateway.api.validation import validated
from gateway.forwarded import counted_as
from schemas.definitions.forms import Form
from schemas.errors import FieldError

__all__ = ["SessionDoor", "of_sessions"]

TAG = "Session"
Text = Annotated[str, Field(min_length=1, max_length=200)]


class SessionSent(Form):
    """One of the two."""

    key: Annotated[Text | None, Field(description="an API key")] = None
    token: Annotated[Text | None, Field(description="of a login link; good once")] = None


class SessionShown(BaseModel):
    """Who is logged in."""

    kind: Literal["operator", "account"]
    account: Annotated[str | None, Field(description="null for the operator, who sees all")]
    key_name: str
    scope: Literal["read", "write"]
    expires_at: Annotated[Time | None, Field(description="null where a key came with the request")]


class LinkMade(BaseModel):
    """A login link: the console's `/login#t=` and the token."""

    token: str
    path: str
    expires_at: Time


class SessionDoor:
    """The handlers."""

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance
        self._links = LoginLinks()
        self._wrong = WrongLogins()

    async def begin(self, call: Call) -> Answer:
        """Begin one: the answer brings the cookie."""
        sent, now, who = validated(SessionSent, call.body), self._entrance.now(), counted_as(call.remote)
        if (sent.key is None) == (sent.token is None):
            raise invalid([FieldError("key", "send either a key, or the token of a login link")])
        if wait := self._wrong.wait(who, now):
            sentence = f"too many wrong logins from your address: try again in {wait} s"
            raise Problem("too_many", sentence, headers={"Retry-After": str(wait)})
        key_hash = hash_of(sent.key.strip()) if sent.key else self._links.take(sent.token or "", now)
        caller = self._entrance.callers.known(key_hash) if key_hash else None
        if caller is None:
            self._wrong.add(who, now)
            raise Problem("unauthorized", wrong_key() if sent.key else wrong_link())
        session = begun(caller.key_hash, now)
        cookie = self._entrance.cookies.made(session, secure=call.secure)
        return Answer(shown(replace(caller, session=session)), 201, {"Set-Cookie": cookie})

    async def read(self, call: Call) -> Answer:
        """Who is logged in."""
        return Answer(shown(known(call)))

    async def end(self, call: Call) -> Answer:
        """End it: the cookie goes, and a copy of it is worth nothing here."""
        cookie = self._entrance.cookies.end(known(call).session, self._entrance.now())
        return Answer(None, 204, {"Set-Cookie": cookie})

    async def make_link(self, call: Call) -> Answer:
        """A link that logs in once, as the caller."""
        token, until = self._links.make(known(call).key_hash, self._entrance.now())
        return Answer({"token": token, "path": f"/login#t={token}", "expires_at": iso(until)}, 201)


def known(call: Call) -> Caller:
    if call.caller is None:
        raise RuntimeError("this operation is not for anybody")
    return call.caller


def shown(caller: Caller) -> dict[str, Any]:
    return {
        "kind": "operator" if caller.account is None else "account",
        "account": caller.account,
        "key_name": caller.name,
        "scope": "write" if caller.may_write else "read",
        "expires_at": None if caller.session is None else iso(caller.session.until),
    }


def wrong_key() -> str:
    return "this key is not known here; it may have been removed or have expired"


def wrong_link() -> str:
    return "this login link was used already, or is too old: run `hookline console` for another"


def of_sessions(door: SessionDoor) -> Iterator[Operation]:
    """All of them."""
    one = partial(Operation, path="/v1/session", tag=TAG)
    yield one(
        method="POST",
        access=Access.ANYBODY,
        summary="Log in: the answer sets a cookie that only the browser reads, for 12 hours",
        handle=door.begin,
        body=SessionSent,
        answer=SessionShown,
        status=201,
        problems=("unauthorized", "too_many", "invalid"),
    )
    yield one(method="GET", access=Access.KEY, summary="Who is logged in", handle=door.read, answer=SessionShown)
    yield one(
        method="DELETE",
        access=Access.KEY,
        summary="Log out",
        handle=door.end,
        status=204,
        problems=("forbidden",),
    )
    yield Operation(
        method="POST",
        path="/v1/session/links",
        access=Access.KEY,
        tag=TAG,
        summary="A login link for the console: good once, for ten minutes, as the caller",
        handle=door.make_link,
        answer=LinkMade,
        status=201,
        problems=("forbidden",),
    )
