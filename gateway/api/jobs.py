"""Jobs over HTTP: listed, read with their progress, and asked to cancel, pause or resume; of some types, or of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from gateway.api.answers import Answer
from gateway.api.operations import AFTER_WITHIN, Access, Call, Operation
from gateway.api.problems import Problem, missing
from gateway.api.reading import Reader
from gateway.api.times import iso, now_ms
from gateway.jobs.job import ASKED, ID_PREFIX, Ask, Job, JobState, JobType, as_now, ask, body_of
from gateway.jobs.starting import Starting
from projections.queries import operations

__all__ = ["JobDoor", "common", "job_shown", "of_asks", "started"]

NO_MORE: dict[str, list[Any]] = {"changed": [], "items": []}  # what lists leave out

Shown = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDoor:
    """The handlers for jobs of these types, each `shown` its own way."""

    types: Sequence[JobType]
    shown: Shown
    reader: Reader
    starting: Starting

    async def list(self, call: Call) -> Answer:
        """A page of them, the newest first."""
        parameters, reached = await self.reader.asked(call)
        prefixes = [ID_PREFIX[each] for each in self.types]
        found = await self.reader.read(lambda c: operations.page(c, call.account, parameters, prefixes))
        items = [in_list(self.shown(as_now(each))) for each in found["items"]]
        return Answer({**found, "items": items, "stale": not reached})

    async def read(self, call: Call) -> Answer:
        """One of them."""
        if call.query.after is not None:
            await self.reader.reached(call.query.after, AFTER_WITHIN)
        return Answer(self.shown(await self._one(call)))

    async def ask(self, call: Call, what: Ask) -> Answer:
        """Cancel, pause or resume; the gateway that runs it does so within a moment."""
        found = await self._one(call)
        if JobState(found["state"]).ended and found["state"] != ASKED[what]:
            raise Problem("wrong_state", f"it is {found['state']}")
        asked = ask(found["id"], JobType(found["type"]), call.account, what, at=self.starting.now(), author=call.author)
        position = await self.starting.write(asked)
        return Answer({**self.shown(found), "position": position}, 202)

    async def _one(self, call: Call) -> dict[str, Any]:
        job_id = call.path["id"]
        found = await self.reader.read(lambda connection: operations.one(connection, call.account, job_id))
        if found is None or found["type"] not in self.types:
            raise missing()
        return as_now(found)


def started(job: Job, position: str, shown: Shown) -> Answer:
    """The answer to whoever has started one."""
    body = {"id": job.id, "author": job.author, **body_of(job)}
    return Answer({**shown(body), "position": position}, 202)


def job_shown(body: Mapping[str, Any]) -> dict[str, Any]:
    """A job as people see it, with what has come of it."""
    found = dict(body["found"])
    if body["type"] == JobType.REPROCESS:
        latest = sorted(found.pop("latest", {}).items(), key=lambda each: int(each[0]))
        found["rows"] = ",".join(f"incoming-requests:{number}:{offset}" for number, offset in latest) or None
        about = {name: body[name] for name in ("dry_run", "include_accepted")}
    else:
        found.setdefault("changed", [])
        about = {"definition_id": body["definition_id"]}
    return {**common(body), "type": body["type"], "reached": body["reached"], **about, **found}


def common(body: Mapping[str, Any]) -> dict[str, Any]:
    """What all jobs show."""
    return {
        "id": body["id"],
        "state": body["state"],
        "count": body["count"],
        "author": body["author"],
        "created_at": iso(body["created_at"]),
        "eta_seconds": eta(body),
        "error": body["error"],
    }


def eta(body: Mapping[str, Any]) -> float | None:
    """Seconds until all are dealt with: by its rate where it has one, else as fast as so far."""
    left, reached = body["count"] - body["reached"], body["reached"]
    if body["state"] != JobState.RUNNING:
        return None
    if "rate" in body:
        return float(left / body["rate"])
    return left * (now_ms() - body["created_at"]) / reached / 1000 if reached else None


def in_list(shown: dict[str, Any]) -> dict[str, Any]:
    return {**shown, **{name: value for name, value in NO_MORE.items() if name in shown}}


def of_asks(door: JobDoor, path: str, kind: str, tag: str, answer: Any) -> Iterator[Operation]:
    """What can be asked of each job of this path: to be cancelled, to rest, to go on."""
    for what in Ask:
        yield Operation(
            method="POST",
            path=f"{path}/{{id}}/{what.value}",
            access=Access.WRITE,
            tag=tag,
            summary=f"{what.value.capitalize()} a {kind}",
            handle=partial(door.ask, what=what),
            answer=answer,
            status=202,
            problems=("wrong_state",),
        )
