"""`hookline doctor` on a real Kafka: what does not work is named with its remedy, and the exit code says it."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr

from gateway.doctor.examine import examine
from gateway.doctor.finding import Finding
from tests.journeys.hookline import Hookline
from tests.journeys.shop import Shop
from tests.waiting import eventually, free_port

GROUPS = ("streams", "courier", "projector")
Findings = dict[tuple[str, str], list[Finding]]

pytestmark = pytest.mark.journey
COURIER = "start `hookline up`, or `hookline courier`"


def examined(hookline: Hookline, **settings: object) -> Findings:
    """The findings by area and level."""
    found: Findings = {}
    for finding in examine(hookline.settings.model_copy(update=settings), hookline.api):
        found.setdefault((finding.area, finding.level.value), []).append(finding)
    return found


def all_looked_at(hookline: Hookline) -> Findings:
    """The findings, once the cluster was quick enough to be asked everything; none until then."""
    found = examined(hookline)
    return found if len(found.get(("roles", "wrong"), [])) == len(GROUPS) else {}


def test_what_does_not_work_is_named_with_its_remedy(hookline: Hookline) -> None:
    found = eventually(lambda: all_looked_at(hookline), within=60, what="Kafka answers in time")
    assert [each.what for each in found["roles", "wrong"]] == [
        "no streams runs",
        "no courier runs",
        "no projector runs",
    ]
    assert "there is no store" in found["store", "wrong"][0].what
    assert "hookline up" in found["gateway", "warning"][0].do
    assert examined(hookline, topic_prefix="nowhere.")["topics", "wrong"][0].do == "`hookline topics create`"
    found = examined(hookline, kafka_bootstrap_servers=f"127.0.0.1:{free_port()}")
    assert [area for area, level in found if level == "wrong"] == ["broker"]
    wanted = {"area": "roles", "level": "wrong", "what": "no courier runs", "do": COURIER}

    def said() -> bool:
        done = hookline.command("doctor", "--json")
        assert done.returncode == 1, done.stderr
        return wanted in [json.loads(line) for line in done.stdout.splitlines()]

    eventually(said, what="Kafka answers in time")


def test_what_works_is_fine_and_a_key_that_is_missing_is_not(hookline: Hookline) -> None:
    hookline.start()
    secret = {"type": "basic", "username": "u", "password": "pa55word"}
    Shop(hookline).site("crm", "http://127.0.0.1:1/", authentication=secret)

    def all_is_fine() -> bool:
        return "wrong" not in {level for _, level in examined(hookline)}

    eventually(all_is_fine, within=60, what="every role has joined")
    done = eventually(lambda: run if (run := hookline.command("doctor")).returncode == 0 else None, what="all is fine")
    assert done is not None
    lines = done.stdout.decode().splitlines()
    for area in ("broker", "topics", "roles", "keys", "clock", "store", "gateway"):
        assert any(line.startswith(f"fine     {area:8} ") for line in lines), area
    assert any("all 1 secrets can be read" in line for line in lines)
    other = SecretStr("another key of sixteen characters")
    assert "HOOKLINE_SECRET_KEYS" in examined(hookline, secret_key=other)["keys", "wrong"][0].do
    found = examined(hookline, secret_key=other, secret_keys=[hookline.settings.secret_key])
    assert found["keys", "warning"][0].do.startswith("`hookline secrets rekey`")
