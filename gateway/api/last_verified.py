"""Fills in when the secrets of incoming webhooks were last used: which one signed a request, the log's requests tell.

Each is verified again, by the revision of then; so only the last ones are looked at, the newest first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from gateway.api.problems import Problem
from gateway.api.reading import Reader
from gateway.api.times import iso
from gateway.incoming.reopening import reopened
from projections.queries import incoming_log
from schemas.errors import SecretUnreadable
from schemas.records import IncomingRequest
from streams.core.definitions import Compiler
from streams.edges.keyring import Keyring

__all__ = ["LastVerified"]

OF_ONE, OF_MANY = 200, 20  # requests of each definition


@dataclass(frozen=True, slots=True)
class LastVerified:
    """Asks the store; a store that is away leaves null, and so does a secret that signed none of the last requests."""

    reader: Reader
    compiler: Compiler
    keyring: Keyring

    async def fill(self, account: str, webhooks: Sequence[dict[str, Any]]) -> None:
        """Set `last_used_at` of each secret of these incoming webhooks, as they are shown."""
        wanted = [(webhook["id"], secrets) for webhook in webhooks if (secrets := secrets_of(webhook))]
        count = OF_ONE if len(webhooks) == 1 else OF_MANY

        def ask(connection: Connection) -> list[dict[str, str]]:
            return [self._uses(connection, account, name, set(secrets), count) for name, secrets in wanted]

        try:
            found = await self.reader.read(ask) if wanted else []
        except Problem:
            return
        for (_, secrets), uses in zip(wanted, found, strict=True):
            for name, secret in secrets.items():
                secret["last_used_at"] = uses.get(name)

    def _uses(
        self, connection: Connection, account: str, definition_id: str, secrets: set[str], count: int
    ) -> dict[str, str]:
        """When each secret last signed, by its id."""
        uses: dict[str, str] = {}
        for request in incoming_log.latest_of(connection, account, definition_id, count):
            for name in self._signer(request):
                uses.setdefault(name, iso(request.received_at))
            if secrets <= uses.keys():
                break
        return uses

    def _signer(self, request: IncomingRequest) -> Iterator[str]:
        """The id of the secret that signed a request, where one did and the log has the whole request."""
        try:
            then = self.compiler.receiving(request.account, request.definition_id, request.definition_revision)
            if then is None or request.body_truncated:
                return
            arrived = reopened(request, self.keyring)
        except SecretUnreadable:
            return
        checked = then.verifier.check(arrived.body, arrived.headers, arrived.received_at)
        members = (then.body.get("verification") or {}).get("secrets") or []
        if checked.secret is not None and checked.secret < len(members):
            yield members[checked.secret].get("id", "")


def secrets_of(webhook: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The secrets that are shown of it, by id."""
    members = (webhook.get("verification") or {}).get("secrets") or ()
    return {member["id"]: member for member in members if isinstance(member, dict)}
