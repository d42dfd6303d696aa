"""Dry runs over HTTP: what a definition, saved or not, makes of a sample, of a logged request, of the last of them.

They take a key that may write: who may try any filter on what is sealed in the log could read it letter by letter.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from gateway.api.answers import Answer
from gateway.api.changing import Changer
from gateway.api.checks import Checks
from gateway.api.collection import custom_actions, sites_of
from gateway.api.dry_run_shapes import AT_ONCE, DryRunSent, NewDryRunSent, Sample
from gateway.api.history import Found, History
from gateway.api.jobs import job_shown, started
from gateway.api.kinds import INCOMING_WEBHOOKS, definition
from gateway.api.operations import Call
from gateway.api.problems import Problem, invalid, missing
from gateway.api.reading import Reader
from gateway.api.validation import field_problems, validated
from gateway.identifiers import time_ordered
from gateway.incoming.reopening import concealed_in, reopened
from gateway.jobs.checking import about_history
from gateway.jobs.job import JobType
from gateway.jobs.starting import Starting
from projections.queries import incoming_log
from schemas.definitions.secret_lists import expiries
from schemas.errors import FieldError, FieldInvalid
from schemas.records import EntityKind, IncomingRequest
from streams.core.arriving import Arrived
from streams.core.configuration import AccountState, Entity
from streams.core.definitions import AccountView, Compiler
from streams.core.explaining import explain

__all__ = ["DryRuns"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRuns:
    """The handlers."""

    changer: Changer
    checks: Checks
    compiler: Compiler
    reader: Reader
    starting: Starting

    async def saved(self, call: Call) -> Answer:
        """Try one that is saved, or what it is to become."""
        stored = self._state(call).of(EntityKind.INCOMING_WEBHOOK).get(call.path["id"])
        if stored is None:
            raise missing()
        sent = validated(DryRunSent, call.body)
        return await self._run(call, sent, self._entity(call, sent.definition, stored), stored)

    async def unsaved(self, call: Call) -> Answer:
        """Try one that nobody has saved."""
        sent = validated(NewDryRunSent, call.body)
        return await self._run(call, sent, self._entity(call, sent.definition, None), None)

    async def _run(self, call: Call, sent: DryRunSent, entity: Entity, stored: Entity | None) -> Answer:
        view = self.compiler.account(call.account)
        if view is None:
            raise missing()
        if sent.request is not None:
            arrived = self._arrived(entity, sent.request)
            return Answer(await asyncio.to_thread(explain, view, entity, arrived))
        if sent.request_id is not None:
            return Answer(await self._logged(view, entity, sent.request_id))
        return await self._history(call, view, entity, stored or entity, sent.last or 0)

    async def _logged(self, view: AccountView, entity: Entity, request_id: str) -> dict[str, Any]:
        account = entity.account
        found = await self.reader.read(lambda connection: incoming_log.whole(connection, account, request_id))
        if found is None:
            raise invalid([FieldError("request_id", "there is no such request in the incoming log")])
        if found.body_truncated:
            raise Problem("wrong_state", "the log has only the start of this request's body")
        return await asyncio.to_thread(self._explain, view, entity, found)

    def _explain(self, view: AccountView, entity: Entity, found: IncomingRequest) -> dict[str, Any]:
        arrived = reopened(found, self.changer.keyring)
        return explain(view, entity, arrived, concealed=tuple(concealed_in(found)))

    async def _history(self, call: Call, view: AccountView, entity: Entity, known: Entity, last: int) -> Answer:
        """The answer, found in the store's thread; of many a job."""
        endpoint, account = str((known.body or {})["endpoint"]), entity.account
        if last > AT_ONCE:
            ids = await self.reader.read(lambda c: incoming_log.latest_ids(c, account, endpoint, last))
            if len(ids) > AT_ONCE:
                about = about_history(entity, self.changer.keyring)
                job, position = await self.starting.start(call, JobType.HISTORY, ids, about, Found().counts)
                return started(job, position, job_shown)
        found, history = Found(), self._tried(view, entity)
        await self.reader.read(lambda c: history.check(incoming_log.latest(c, account, endpoint, last), found))
        return Answer(found.answer)

    def _tried(self, view: AccountView, entity: Entity) -> History:
        return History(
            view=view,
            entity=entity,
            compiler=self.compiler,
            configuration=self.changer.configuration,
            keyring=self.changer.keyring,
        )

    def _entity(self, call: Call, sent: dict[str, Any] | None, stored: Entity | None) -> Entity:
        """The definition to try, its secrets in clear."""
        if sent is None and stored is not None:
            body = self._valid_now(stored)
        else:
            body = self._checked(call, sent or {}, stored)
        entity_id, revision = (stored.id, stored.revision) if stored else ("unsaved", 0)
        configuration = self.changer.configuration
        return Entity(
            kind=EntityKind.INCOMING_WEBHOOK,
            id=entity_id,
            account=call.account,
            revision=revision,
            body=body,
            author=call.author,
            at=self.changer.now(),
            offset=configuration.offset,
        )

    def _valid_now(self, stored: Entity) -> dict[str, Any]:
        """A saved definition, secrets in clear; those that have ended verify nobody any more."""
        body, now = self.changer.plain(stored), self.changer.now()
        members = (body.get("verification") or {}).get("secrets")
        if not members:
            return body
        ends = expiries((stored.body or {})["verification"]["secrets"])
        valid = [text for text, end in zip(members, ends, strict=True) if end is None or end > now]
        return {**body, "verification": {**body["verification"], "secrets": valid}}

    def _checked(self, call: Call, sent: dict[str, Any], stored: Entity | None) -> dict[str, Any]:
        """A definition as it would be stored; what is wrong with it is named below `definition`."""
        try:
            kept = self.changer.with_kept(sent, stored)
        except FieldInvalid as error:
            raise invalid([FieldError(f"definition.{error.path}", error.message)]) from None
        model, problems = field_problems(INCOMING_WEBHOOKS.sent, kept)
        body = {} if model is None else definition(model)
        if model is not None:
            state = self._state(call)
            known = sites_of(state), custom_actions(state)
            problems = list(self.checks.problems(EntityKind.INCOMING_WEBHOOK, body, *known))
        if problems:
            raise invalid(FieldError(f"definition.{each.path}".rstrip("."), each.message) for each in problems)
        return body

    def _arrived(self, entity: Entity, sample: Sample) -> Arrived:
        body = entity.body or {}
        headers = list(sample.headers)
        if all(name.lower() != "content-type" for name, _ in headers):
            headers.append(["Content-Type", "application/json"])
        return Arrived(
            request_id=time_ordered("req"),
            account=entity.account,
            received_at=self.changer.now(),
            method=sample.method or body["method"],
            path=f"/webhooks/custom/{entity.account}/{body['endpoint']}",
            query=sample.query,
            headers=headers,
            body=sample.content,
        )

    def _state(self, call: Call) -> AccountState:
        state = self.changer.configuration.account(call.account)
        if state is None:
            raise missing()
        return state
