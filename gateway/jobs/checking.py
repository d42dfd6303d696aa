"""What a definition would have made of many logged requests, in portions; another gateway begins anew."""

from __future__ import annotations

from typing import Any

import orjson

from gateway.api.history import Found, History
from gateway.api.problems import missing
from gateway.api.reading import Reader
from gateway.jobs.job import Job
from gateway.jobs.running import REST
from projections.queries import incoming_log
from schemas.json_text import dump
from schemas.records import EntityKind
from streams.core.configuration import Configuration, Entity
from streams.core.definitions import Compiler
from streams.edges.keyring import Keyring

__all__ = ["Checking", "about_history"]

PORTION = 50  # requests at once
MOST_CHANGED = 200  # that are shown
MOST_SHOWN = 256 * 1024  # characters of all of them


def about_history(entity: Entity, keyring: Keyring) -> dict[str, Any]:
    """What a job is about that tries a definition; its secrets, which are in clear in it, are sealed."""
    return {
        "definition_id": entity.id,
        "definition_revision": entity.revision,
        "definition": keyring.seal(dump(entity.body or {}).encode()),
    }


class Checking:
    """See `Work`."""

    def __init__(self, reader: Reader, compiler: Compiler, configuration: Configuration, keyring: Keyring) -> None:
        self._reader, self._compiler = reader, compiler
        self._configuration, self._keyring = configuration, keyring
        self._tried: dict[str, tuple[History, Found]] = {}

    def begin(self, job: Job) -> None:
        """All of them, from the first."""
        view = self._compiler.account(job.account)
        if view is None:
            raise missing()
        entity = Entity(
            kind=EntityKind.INCOMING_WEBHOOK,
            id=job.about["definition_id"],
            account=job.account,
            revision=job.about["definition_revision"],
            body=orjson.loads(self._keyring.open(job.about["definition"])),
            author=job.author,
            at=job.created_at,
            offset=view.offset,
        )
        history = History(
            view=view,
            entity=entity,
            compiler=self._compiler,
            configuration=self._configuration,
            keyring=self._keyring,
        )
        job.reached, found = 0, Found(room=MOST_SHOWN, most=MOST_CHANGED)
        job.found = found.counts
        self._tried[job.id] = history, found

    async def some(self, job: Job) -> float:
        """The next portion."""
        ids = job.ids[job.reached : job.reached + PORTION]
        history, found = self._tried[job.id]
        if ids:
            seen = await self._reader.read(
                lambda c: history.check(incoming_log.of_ids(c, job.account, ids).values(), found)
            )
            found.skipped += len(ids) - seen
            job.reached += len(ids)
        else:  # a part of the set is missing: it will not come any more
            found.skipped += job.count - job.reached
            job.reached = job.count
        job.found = found.counts
        return REST

    def end(self, job: Job) -> None:
        """What differs, with the last word."""
        tried = self._tried.pop(job.id, None)
        if tried is not None:
            job.found = tried[1].answer
