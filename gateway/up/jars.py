"""Fetches Apache Kafka's jars by name, once, and keeps only those whose sha256 is in the lock file.

The lock names each jar by its Maven coordinate; the class path is in its order.
"""

from __future__ import annotations

import hashlib
import logging
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from gateway.up.errors import JarsMissing
from projections.store.alone import alone_in

__all__ = ["LOCK_FILE", "Jar", "class_path", "fetch", "home", "locked", "sha256_of"]

LOCK_FILE = Path(__file__).with_name("kafka-jars.lock")
DOWNLOADS_AT_ONCE = 6
TIMEOUT = 60  # seconds without a byte


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock: `group:artifact:version`, and the file's sha256 in hex."""

    coordinate: str
    sha256: str

    @property
    def file_name(self) -> str:
        """The file's name in a Maven repository."""
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


def home() -> Path:
    """The folder of the jars: beside the Python packages, so that removing the environment removes them."""
    return Path(sys.prefix) / "share" / "hookline" / "kafka"


def locked(lock_file: Path = LOCK_FILE) -> list[Jar]:
    """The jars of the lock file, in the order of the class path."""
    lines = (line.split("#")[0].split() for line in lock_file.read_text("utf-8").splitlines())
    return [Jar(coordinate, sha256) for coordinate, sha256 in filter(None, lines)]


def class_path(folder: Path | None = None) -> str:
    """The class path of the broker and of Apache's tools.

    Raises:
        JarsMissing: a jar is not there; names the command that fetches it.
    """
    paths = [(folder or home()) / jar.file_name for jar in locked()]
    missing = [path.name for path in paths if not path.exists()]
    if missing:
        raise JarsMissing(f"Apache Kafka's {missing[0]} is not installed: run `hookline kafka fetch`")
    return ":".join(map(str, paths))


def fetch(folder: Path | None = None) -> int:
    """Bring every jar of the lock into the folder; answers how many had to be downloaded.

    Raises:
        JarsMissing: a download failed, or its sha256 is not the locked one.
    """
    folder = folder or home()
    with alone_in(folder):  # two fetches at once would trip over each other's files
        wanted = [jar for jar in locked() if not _is_good(folder / jar.file_name, jar)]
        if wanted:
            _download(wanted, folder)
    return len(wanted)


def _is_good(path: Path, jar: Jar) -> bool:
    return path.exists() and sha256_of(path) == jar.sha256


def sha256_of(path: Path) -> str:
    """The file's sha256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _download(jars: list[Jar], folder: Path) -> None:
    logging.getLogger("jgo").setLevel(logging.ERROR)
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as partial,
        ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool,
    ):
        for done in [pool.submit(_download_one, jar, folder, Path(partial)) for jar in jars]:
            done.result()


def _download_one(jar: Jar, folder: Path, partial: Path) -> None:
    from jgo.config import GlobalSettings  # noqa: PLC0415 - only a fetch pays for these imports
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415
    from jgo.maven import MavenContext  # noqa: PLC0415

    repositories = {"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}
    maven = MavenContext(repo_cache=partial, remote_repos=repositories, timeout=TIMEOUT)
    group, artifact, version = jar.coordinate.split(":")
    try:
        found = maven.project(group, artifact).at_version(version).artifact().resolve()
    except (OSError, RuntimeError) as problem:  # requests' errors are OSErrors; jgo raises RuntimeError for a 404
        raise JarsMissing(
            f"{jar.file_name} could not be fetched ({type(problem).__name__}): try again when the network is back"
        ) from problem
    if (digest := sha256_of(found)) != jar.sha256:
        raise JarsMissing(f"{jar.file_name} is not the file of the lock: sha256 {digest}, expected {jar.sha256}")
    found.replace(folder / jar.file_name)
