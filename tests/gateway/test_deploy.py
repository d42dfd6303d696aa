"""deploy/: manifests that can be read, whose commands, settings, names and figures are those that there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from ruamel.yaml import YAML

from gateway.cli.main import app
from schemas.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
ROLES = ("gateway", "streams", "courier", "projector")
UNITS = {"Mi": 1024**2, "Gi": 1024**3}
MEASURED = 140 * 1024**2  # bytes: the most that a role took in docs/performance.md


def manifests() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(KUBERNETES.glob("*.yaml")):
        for found in YAML(typ="safe").load_all(file.read_text("utf-8")):
            yield file.name, found


def containers() -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Each workload, its pod and its one container."""
    for _, manifest in manifests():
        if manifest["kind"] in {"Deployment", "StatefulSet", "Job"}:
            pod = manifest["spec"]["template"]["spec"]
            (container,) = pod["containers"]
            yield manifest, pod, container


def settings_of(variables: dict[str, str]) -> Settings:
    """As the process would read them: blank is not set."""
    return Settings.model_validate(
        {name.removeprefix("HOOKLINE_").lower(): value for name, value in variables.items() if value}
    )


def test_every_role_is_there_and_every_command_is_one_of_ours() -> None:
    commands: Any = typer.main.get_command(app)
    seen = []
    for _, _, container in containers():
        name, *rest = container["args"]
        command = commands.commands[name]
        assert all(word in command.commands for word in rest)
        seen.append(name)
    assert sorted(seen) == sorted([*ROLES, "topics"])


def test_every_setting_is_one_and_has_a_value_that_it_can_have() -> None:
    given = [found.get("data") or found["stringData"] for _, found in manifests() if found["kind"] in STORES]
    variables = {name: value for each in given for name, value in each.items()}
    for _, _, container in containers():
        variables |= {each["name"]: "a-pod-0" for each in container.get("env", ())}
    unknown = {name for name in variables if name.removeprefix("HOOKLINE_").lower() not in Settings.model_fields}
    assert unknown == set()
    settings = settings_of(variables)
    assert (settings.replication_factor, settings.min_insync_replicas) == (3, 2)
    assert all(re.search(r"KEY|PASSWORD|DATABASE_URL", name) for name in given[secret_at()]), (
        "secrets are in the secret"
    )


STORES = {"ConfigMap", "Secret"}


def secret_at() -> int:
    return [found["kind"] for _, found in manifests() if found["kind"] in STORES].index("Secret")


def test_every_container_has_room_for_what_was_measured_and_an_end_to_it() -> None:
    for manifest, _, container in containers():
        limits, requests = container["resources"]["limits"], container["resources"]["requests"]
        assert bytes_of(requests["memory"]) <= bytes_of(limits["memory"])
        if manifest["kind"] != "Job":
            assert bytes_of(requests["memory"]) >= MEASURED
        assert re.fullmatch(r"\d+m", requests["cpu"])


def bytes_of(text: str) -> int:
    return int(text[:-2]) * UNITS[text[-2:]]


def test_what_is_selected_is_what_is_labelled() -> None:
    labelled = [each["spec"]["template"]["metadata"]["labels"] for each, _, _ in containers()]
    for _, manifest in manifests():
        selector = manifest.get("spec", {}).get("selector")
        if selector is not None:
            assert selector.get("matchLabels", selector) in labelled
    for manifest, _, container in containers():
        if manifest["kind"] == "StatefulSet":
            (slot,) = [each for each in container["env"] if each["name"] == "HOOKLINE_WORKER_SLOT"]
            assert slot["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"


def test_the_probes_ask_paths_that_the_gateway_has_at_the_port_of_the_image() -> None:
    (gateway,) = [container for _, _, container in containers() if container["args"] == ["gateway"]]
    probes = {name: gateway[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}
    assert {name: each["path"] for name, each in probes.items()} == {
        "startup": "/livez",
        "liveness": "/livez",
        "readiness": "/readyz",
    }
    image = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert f"HOOKLINE_LISTEN=0.0.0.0:{gateway['ports'][0]['containerPort']}" in image


def test_nothing_runs_as_root_and_each_folder_that_is_written_is_a_volume() -> None:
    image = (DEPLOY / "Dockerfile").read_text("utf-8")
    for _, pod, container in containers():
        assert f"USER {pod['securityContext']['runAsUser']}\n" in image
        assert container["securityContext"]["readOnlyRootFilesystem"]
        mounted = {each["mountPath"] for each in container["volumeMounts"]}
        assert re.search(r"HOOKLINE_DATA_DIR=(\S+)", image)[1] in mounted  # type: ignore[index]  # it is there


def test_the_kustomization_names_every_file_but_the_example_of_the_secret() -> None:
    named = YAML(typ="safe").load((KUBERNETES / "kustomization.yaml").read_text("utf-8"))["resources"]
    there = {file.name for file in KUBERNETES.glob("*.yaml")}
    assert set(named) == there - {"kustomization.yaml", "secret.example.yaml"}


def test_the_image_copies_what_there_is() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    paths = [path for source in copied for path in source.split()]
    assert len(paths) > 8
    assert [path for path in paths if not (DEPLOY.parent / path).exists()] == []
