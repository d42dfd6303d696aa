"""Joins what takes longer than one answer: the doors that start jobs, those that show them, what is done for them."""

from __future__ import annotations

from gateway.api.changing import Changer
from gateway.api.checks import Checks
from gateway.api.dry_runs import DryRuns
from gateway.api.incoming_table import IncomingDoors
from gateway.api.jobs import JobDoor, job_shown
from gateway.api.reading import Reader
from gateway.api.reprocessing import ReprocessDoor
from gateway.api.resends import Resends, resend_shown
from gateway.api.times import now_ms
from gateway.jobs.checking import Checking
from gateway.jobs.job import JobType
from gateway.jobs.reprocessing import Reprocessing, Rerunning
from gateway.jobs.resending import Resending
from gateway.jobs.running import Work
from gateway.jobs.starting import Starting
from gateway.writing import Writes
from schemas.topics import Topics
from streams.core.configuration import Configuration
from streams.core.definitions import Compiler
from streams.edges.keyring import Keyring

__all__ = ["incoming_doors", "resend_doors", "works"]


def incoming_doors(
    changer: Changer, checks: Checks, compiler: Compiler, reader: Reader, topics: Topics
) -> IncomingDoors:
    """What people do about incoming webhooks and their log."""
    starting = Starting(writer=changer.writer, topic=topics.operations, now=changer.now)
    return IncomingDoors(
        dry_runs=DryRuns(changer=changer, checks=checks, compiler=compiler, reader=reader, starting=starting),
        reprocessing=ReprocessDoor(
            compiler=compiler,
            reader=reader,
            rerunning=rerunning(reader, changer.writer, changer.keyring, topics),
            starting=starting,
        ),
        jobs=JobDoor(types=(JobType.HISTORY, JobType.REPROCESS), shown=job_shown, reader=reader, starting=starting),
    )


def resend_doors(changer: Changer, reader: Reader, topics: Topics) -> tuple[Resends, JobDoor]:
    """Counting and starting resends of many; and the jobs that they are."""
    starting = Starting(writer=changer.writer, topic=topics.operations, now=changer.now)
    resends = Resends(
        configuration=changer.configuration,
        keyring=changer.keyring,
        reader=reader,
        topics=topics,
        starting=starting,
        now=changer.now,
    )
    return resends, JobDoor(types=(JobType.RESEND,), shown=resend_shown, reader=reader, starting=starting)


def works(
    configuration: Configuration, reader: Reader, writer: Writes, keyring: Keyring, topics: Topics
) -> dict[JobType, Work]:
    """What is done for jobs, by type."""
    compiler = Compiler(configuration, keyring.open_text)
    return {
        JobType.RESEND: Resending(reader=reader, writer=writer, topics=topics, configuration=configuration, now=now_ms),
        JobType.REPROCESS: Reprocessing(rerunning(reader, writer, keyring, topics), compiler),
        JobType.HISTORY: Checking(reader, compiler, configuration, keyring),
    }


def rerunning(reader: Reader, writer: Writes, keyring: Keyring, topics: Topics) -> Rerunning:
    return Rerunning(reader=reader, writer=writer, keyring=keyring, topic=topics.incoming_requests, now=now_ms)
