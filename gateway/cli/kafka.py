"""`hookline kafka`: fetch Apache Kafka, run only the local broker, or use one of Apache's own console tools."""

from __future__ import annotations

import os
import signal
import sys
from typing import Annotated

import typer

from gateway.up import tether

app = typer.Typer(help="The local Apache Kafka, and Apache's own tools.", no_args_is_help=True)

TOOLS = {
    "topics": "org.apache.kafka.tools.TopicCommand",
    "console-producer": "org.apache.kafka.tools.ConsoleProducer",
    "console-consumer": "org.apache.kafka.tools.consumer.ConsoleConsumer",
    "get-offsets": "org.apache.kafka.tools.GetOffsetShell",
    "consumer-groups": "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
    "configs": "kafka.admin.ConfigCommand",
}
NAMES = ", ".join(TOOLS)


@app.command()
def fetch() -> None:
    """Bring Apache Kafka's jars, by name and checksum; quick when they are there."""
    from gateway.up import jars

    if count := jars.fetch():
        typer.echo(f"Apache Kafka: {count} jars fetched and checked")


@app.command()
def run() -> None:
    """Run only the local Apache Kafka, in the foreground."""
    tether.hold(signal.SIGTERM)  # it ends in half a second, and then needs no recovery
    from gateway.up import holding, local_kafka
    from gateway.up.ports import require_free
    from schemas.settings import Settings

    settings = Settings()
    holding.hold_for_good(local_kafka.folder_of(settings.data_dir))
    require_free(settings.local_kafka_listen, "HOOKLINE_LOCAL_KAFKA_LISTEN", "the local Kafka")
    command = local_kafka.prepare(settings.data_dir, settings.local_kafka_listen)
    os.chdir(local_kafka.folder_of(settings.data_dir))
    os.execv(command[0], command)  # noqa: S606 - the JVM takes this process's place, so that signals reach it


@app.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
def tool(
    name: Annotated[str, typer.Argument(metavar="NAME", help=NAMES)],
    arguments: Annotated[list[str] | None, typer.Argument(metavar="ARGS", help="passed on as they are")] = None,
) -> None:
    """Use one of Apache Kafka's console tools; --bootstrap-server is added when it is not given."""
    from gateway.up import local_kafka, tool_config
    from gateway.up.errors import ToolUnknown
    from schemas.settings import Settings

    if name in {"--help", "-h"}:
        typer.echo(f"hookline kafka tool NAME ARGS; `hookline kafka tool NAME --help` shows what it takes\n{NAMES}")
        return
    if name not in TOOLS:
        raise ToolUnknown(f"there is no tool {name!r}; there are {NAMES}")
    given = list(arguments or ())
    settings = Settings()
    if "--bootstrap-server" not in given:
        given += ["--bootstrap-server", settings.bootstrap_servers]
        if settings.kafka_security_protocol and "--command-config" not in given:
            given += ["--command-config", tool_config.passed_on(settings)]
    command = local_kafka.java(main_class=TOOLS[name], arguments=given)
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606 - its exit code and its signals are ours
