"""A gateway for tests: the whole application on a free port, in a thread, on a log in memory; spoken to over HTTP."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.api.reading import Reader
from gateway.edges import Edges
from gateway.gate import Gate
from gateway.incoming.copies import Copies
from gateway.incoming.producer_ids import ProducerIds
from gateway.incoming.recalling import Recalling
from gateway.listening import Listening
from gateway.status.cluster import ClusterSeen
from gateway.wiring import application
from projections.queries.store import Store
from schemas.records import IncomingRequest
from schemas.settings import Settings
from schemas.topics import Topics
from streams.core.definitions import Compiler
from streams.edges.keyring import Keyring
from tests.gateway.fake_log import FakeLog

__all__ = ["OPERATOR", "Answer", "House"]

OPERATOR = "hk_operator_of_a_test"


class Answer:
    """A status, headers with lower-case names, and the body."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def paths(self) -> list[str]:
        """The paths of a problem's errors."""
        return [error["path"] for error in self.json["errors"]]


class House:
    """Started by `start`, ended by `stop`; `settings` override those of a test's default."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        defaults = {"data_dir": folder, "allowed_networks": "127.0.0.0/8", "listen": "127.0.0.1:0"}
        self.settings = Settings.model_validate(defaults | settings)
        self.topics = Topics(self.settings)
        self.log = FakeLog(self.topics.config)
        self.keyring = Keyring(["the secret key of a test"])
        self.gate = Gate()
        self.gate.open = True
        self.key: str | None = OPERATOR
        self.seen = ClusterSeen("nobody looks in a test")
        self.members: Mapping[str, tuple[str, ...]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        store = Store(self.settings.store_url)
        reader = Reader(store, self.settings.topic_prefix)
        compiler = Compiler(self.log.configuration, self.keyring.open_text)
        self.recalling = Recalling(store, self.topics, compiler, self.keyring)
        self.copies = Copies(self.recalling.recall)
        self.ids = ProducerIds(self.recalling.recall_events)
        edges = Edges(
            writer=self.log,
            follower=self.log,
            keyring=self.keyring,
            reader=reader,
            copies=self.copies,
            ids=self.ids,
            operator_key=OPERATOR,
            reachable=lambda: not self.log.away,
            look=lambda: self.seen,
            members=self._members,
        )
        self._thread.start()
        self.app = application(self.settings, edges, self.gate, self._loop)
        self.listening = Listening(self.app)
        asyncio.run_coroutine_threadsafe(self.listening.start("127.0.0.1:0"), self._loop).result(60)
        self.port = self.listening.port
        self.reader = reader

    async def _members(self) -> Mapping[str, tuple[str, ...]]:
        return self.members

    def accepts(self) -> bool:
        """Whether it listens. It is not tried: asyncio leaks a connection that comes while it stops."""
        server = self.listening._server
        return server is not None and server.is_serving()

    def stop(self) -> None:
        """End it; a second time does nothing."""
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self.listening.stop(), self._loop).result(60)
        self.recalling.close()
        self.reader.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()

    def send(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """Anything at all."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def call(self, method: str, path: str, body: Any = None, key: str | None = None) -> Answer:
        """The API, with the operator's key unless another is given."""
        headers = {"authorization": f"Bearer {key or self.key}"} if key or self.key else {}
        if body is None:
            return self.send(method, path, None, headers)
        return self.send(method, path, json.dumps(body).encode(), headers | {"content-type": "application/json"})

    def made(self, method: str, path: str, body: Any = None) -> Any:
        """The API's answer, which must be a success."""
        answer = self.call(method, path, body)
        assert 200 <= answer.status < 300, answer.body
        return answer.json if answer.body else None

    def post(self, endpoint: str, body: Any, headers: dict[str, str] | None = None, method: str = "POST") -> Answer:
        """A request to an incoming webhook of the account `shop`; a body that is no bytes is sent as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"content-type": "application/json"} | (headers or {})
        return self.send(method, f"/beta/webhooks/custom/shop/{endpoint}", content, given)

    def webhook(self, *, active: bool = True, **changes: Any) -> dict[str, Any]:
        """An incoming webhook of `shop` that turns `{"customer", "points"}` into `point_add`."""
        definition = {
            "name": "points",
            "endpoint": "points",
            "action": "point_add",
            "mapping": [{"from": "customer", "to": "customer"}, {"from": "points", "to": "data.points"}],
        }
        made: dict[str, Any] = self.made("POST", "/v1/shop/incoming-webhooks", definition | changes)
        if active:
            made = self.made("POST", f"/v1/shop/incoming-webhooks/{made['id']}/activate")
        return made

    @property
    def requests(self) -> list[IncomingRequest]:
        """What was written of incoming requests."""
        return self.log.records(self.topics.incoming_requests)
