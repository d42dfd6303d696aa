"""Writes the lock file of Apache Kafka's jars anew: `python -m gateway.up.jar_lock`, for a new version of Kafka.

Each root is resolved on its own and the lists are joined: resolved together, a version list that one of them
imports pins an older kafka-clients, and the broker does not start.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from jgo.maven import Artifact, MavenContext, PythonResolver

from gateway.up.jars import LOCK_FILE, sha256_of

BROKER = "org.apache.kafka:kafka_2.13:4.3.1"
LOGGING = "org.apache.logging.log4j:log4j-slf4j-impl:2.25.3"
TOOLS = "org.apache.kafka:kafka-tools:4.3.1"  # what it needs beyond the broker's jars is Kafka Connect's, and left out


def roots_and_dependencies(maven: MavenContext) -> list[Artifact]:
    """Every jar once, by group and artifact; the first of two versions wins, as it does on a class path."""
    found = [artifact for root in (BROKER, LOGGING) for artifact in _resolved(maven, root)]
    found.append(maven.create_dependency(TOOLS).artifact)
    first: dict[tuple[str, str], Artifact] = {}
    for artifact in found:
        first.setdefault((artifact.groupId, artifact.artifactId), artifact)
    return list(first.values())


def _resolved(maven: MavenContext, coordinate: str) -> list[Artifact]:
    roots, others = maven.resolver.resolve([maven.create_dependency(coordinate)])
    return [each.artifact for each in [*roots, *others] if each.scope in (None, "compile", "runtime")]


def main() -> None:
    """Resolve, download, hash, write."""
    with tempfile.TemporaryDirectory() as folder:
        maven = MavenContext(resolver=PythonResolver(), repo_cache=Path(folder), timeout=60)
        lines = [
            f"{artifact.groupId}:{artifact.artifactId}:{artifact.version} {sha256_of(artifact.resolve())}\n"
            for artifact in roots_and_dependencies(maven)
        ]
    LOCK_FILE.write_text(
        "# Apache Kafka's jars in the order of the class path; written by gateway/up/jar_lock.py\n" + "".join(lines),
        "utf-8",
    )


if __name__ == "__main__":
    main()
