"""The search box: what an id, a customer or a name is, and where the console shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import BaseModel, Field

from gateway.api.answers import Answer
from gateway.api.operations import Call, Query
from gateway.api.problems import Problem
from gateway.api.reading import Reader, refused_parameter
from projections.queries.looking_up import customers_like, known_ids
from schemas.records import EntityKind
from streams.core.configuration import AccountState, Configuration

__all__ = ["Looked", "Lookup", "LookupQuery"]

MOST = 10  # of one kind
PATHS = {
    "request": "in/log/{}",
    "event": "events/{}",
    "delivery": "out/deliveries/{}",
    "attempt": "out/log/{}",
    "resend": "resends/{}",
    "customer": "customers/{}",
    "incoming_webhook": "in/{}",
    "site": "sites/{}",
    "subscription": "subscriptions?id={}",
    "custom_action": "settings?action={}",
}
NAMED = (EntityKind.SITE, EntityKind.INCOMING_WEBHOOK, EntityKind.SUBSCRIPTION, EntityKind.CUSTOM_ACTION)


class LookupQuery(Query):
    """What to look for."""

    q: Annotated[str, Field(min_length=1, max_length=256, description="an id, a customer, or a part of a name")]


class Found(BaseModel):
    """One thing."""

    kind: Annotated[str, Field(description=", ".join(PATHS))]
    id: str
    label: str
    path: Annotated[str, Field(description="of its page in the console")]


class Looked(BaseModel):
    """Ids first, then customers, then names; at most ten of a kind."""

    items: list[Found]


@dataclass(frozen=True, slots=True)
class Lookup:
    """The handler."""

    reader: Reader
    configuration: Configuration

    async def look(self, call: Call) -> Answer:
        """What it may be."""
        account, text = call.account, call.query.q.strip()
        if not text:
            raise refused_parameter("q", "is blank")
        names = list(configured(self.configuration.account(account), text))
        try:
            ids, customers = await self.reader.read(
                lambda c: (known_ids(c, account, text), customers_like(c, account, text, MOST))
            )
        except Problem:  # the store is away; what is configured is known all the same
            if not names:
                raise
            ids, customers = [], []
        found = [*ids, *(("customer", name, name) for name in customers), *names]
        return Answer({"items": [shown(account, *each) for each in found]})


def shown(account: str, kind: str, thing: str, label: str) -> dict[str, Any]:
    path = f"/a/{account}/{PATHS[kind].format(quote(thing, safe=''))}"
    return {"kind": kind, "id": thing, "label": label, "path": path}


def configured(state: AccountState | None, text: str) -> Iterator[tuple[str, str, str]]:
    """What is configured under this id, or a name with this part; what is archived comes last."""
    wanted = text.casefold()
    for kind in NAMED if state else ():
        entities = [
            each
            for each in (state.of(kind).values() if state else ())
            if each.body is not None and (each.id == text or wanted in str(each.body["name"]).casefold())
        ]
        for each in sorted(entities, key=lambda one: one.state == "archived")[:MOST]:
            label = str((each.body or {})["name"])
            yield kind.value, each.id, f"{label} ({each.state})" if each.state else label
