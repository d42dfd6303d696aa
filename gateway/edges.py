"""What the gateway touches the world with: named for the application, made and closed for a process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from gateway.api.reading import Reader
from gateway.awaiting import Follows
from gateway.incoming.copies import Copies
from gateway.incoming.producer_ids import ProducerIds
from gateway.incoming.recalling import Recalling
from gateway.keys import operator_key
from gateway.status.cluster import ClusterSeen, ClusterWatch
from gateway.status.members import members_of
from gateway.writing import Writer, Writes
from projections.queries.store import Store
from schemas.errors import HooklineError
from schemas.settings import Settings
from schemas.topics import Topics
from streams.core.definitions import Compiler
from streams.edges.following import Follower
from streams.edges.keyring import Keyring, keyring_of

__all__ = ["Edges", "World"]

REACHED_WITHIN = 1.0  # seconds that a look at Kafka may take


class OperatorKeyMissing(HooklineError):
    """There is no operator key, so nobody could configure anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """Tests have their own. `reachable`: whether Kafka would take a record; `look` and `members`: at all roles, as
    Kafka knows them.
    """

    writer: Writes
    follower: Follows
    keyring: Keyring
    reader: Reader
    copies: Copies
    ids: ProducerIds
    operator_key: str
    reachable: Callable[[], bool]
    look: Callable[[], ClusterSeen]
    members: Callable[[], Awaitable[Mapping[str, tuple[str, ...]]]]


class World:
    """The clients of one process; `on_failure` is told in a thread when the configuration cannot be followed.

    Raises:
        HooklineError: a key is missing or cannot be read; the message says what to do.
    """

    def __init__(
        self, settings: Settings, loop: asyncio.AbstractEventLoop, on_failure: Callable[[Exception], None]
    ) -> None:
        topics, keyring, store = Topics(settings), keyring_of(settings), Store(settings.store_url)
        self.writer = Writer(settings, "hookline-gateway", loop)
        self.follower = Follower(settings, keyring, on_failure)
        compiler = Compiler(self.follower.configuration, keyring.open_text)
        self.recalling = Recalling(store, topics, compiler, keyring)
        self._watch = ClusterWatch(settings)
        self.edges = Edges(
            writer=self.writer,
            follower=self.follower,
            keyring=keyring,
            reader=Reader(store, settings.topic_prefix),
            copies=Copies(self.recalling.recall),
            ids=ProducerIds(self.recalling.recall_events),
            operator_key=known_operator_key(settings),
            reachable=lambda: self.writer.reachable(topics.incoming_requests, REACHED_WITHIN),
            look=self._watch.look,
            members=lambda: members_of(settings),
        )

    async def close(self) -> None:
        """Kafka gets what is under way first; then nothing is read any more."""
        await asyncio.to_thread(self.writer.close)
        await asyncio.to_thread(self.follower.stop)
        self.recalling.close()
        self.edges.reader.close()
        self._watch.close()


def known_operator_key(settings: Settings) -> str:
    """The operator's key.

    Raises:
        OperatorKeyMissing: none is set and none was made.
    """
    key = operator_key(settings)
    if key is None:
        raise OperatorKeyMissing(
            "there is no operator key: set HOOKLINE_OPERATOR_KEY, or start `hookline up`, which makes one"
        )
    return key
