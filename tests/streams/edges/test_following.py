"""Following `config` on a real Kafka: folded from its beginning, then live; nothing in it stops the follower."""

from __future__ import annotations

import pytest
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from schemas.definitions.secrets import SEALED
from schemas.errors import KafkaUnavailable, RegistryUnavailable, SecretUnreadable
from schemas.framing import frame
from schemas.records import EntityKind
from schemas.settings import Settings
from streams.edges import following
from streams.edges.following import Follower
from streams.edges.keyring import Keyring
from tests.streams.shop import ACCOUNT, SITE, Shop, a_change, an_item
from tests.streams.worker import Stage
from tests.waiting import eventually

pytestmark = pytest.mark.journey
KEYRING = Keyring(["a key"])


def test_what_was_there_is_folded_at_start_and_what_comes_live(stage: Stage) -> None:
    failures: list[Exception] = []
    stage.write(stage.topics.config, [Shop().change])
    follower = Follower(stage.settings, KEYRING, failures.append)
    heard: list[int] = []
    follower.listen(heard.append)
    follower.start()
    assert follower.configuration.account(ACCOUNT) is not None
    assert follower.end_offset() == 1

    stage.write(stage.topics.config, [a_change(an_item(EntityKind.SITE, "site_2", SITE | {"name": "new"}))])
    assert follower.wait_for(1, 10)
    assert follower.verdict(1) is None
    assert not follower.wait_for(2, 0.01)
    stage.write(stage.topics.config, [a_change(an_item(EntityKind.SITE, "site_2", SITE, 9))])
    assert follower.wait_for(2, 10)
    refused = follower.verdict(2)
    assert refused is not None
    assert refused.code == "stale_revision"
    eventually(lambda: heard == [0, 1, 2])
    follower.stop()
    assert failures == []


def test_garbage_in_config_is_passed_over(stage: Stage) -> None:
    failures: list[Exception] = []
    stage.write(stage.topics.config, [b"", None, b"{}", b"\xc3\x01garbage", Shop().change])
    stage.write(stage.topics.config, [a_change(an_item(EntityKind.SITE, "site_3", None, 4))])
    wild = a_change(an_item(EntityKind.SITE, "site_4", {"password": {SEALED: 7}, "name": 7}))
    stage.write(stage.topics.config, [wild, b"\xff" * 1000])
    follower = Follower(stage.settings, KEYRING, failures.append)
    follower.start()
    assert follower.configuration.offset == 7
    assert follower.configuration.account(ACCOUNT) is not None
    follower.stop()
    assert failures == []


def test_a_log_that_another_registry_has_to_read_is_not_taken_for_an_empty_one(stage: Stage) -> None:
    """Its numbers mean nothing here: without this every endpoint would be unknown, and no site."""
    stage.write(stage.topics.config, [frame(7) + b"a change of yesterday"], key=b"shop")
    follower = Follower(stage.settings, KEYRING, lambda _: None)
    with pytest.raises(RegistryUnavailable, match="restore its schemas"):
        follower.start()
    follower.stop()
    stage.write(stage.topics.config, [Shop().change])
    another = Follower(stage.settings, KEYRING, lambda _: None)
    another.start()
    assert another.lost == 1, "the doctor warns of it"
    another.stop()


def test_a_key_that_the_log_needs_and_nobody_has_is_said_at_start(stage: Stage) -> None:
    failures: list[Exception] = []
    sealed = {"name": "x", "authentication": {"password": {SEALED: Keyring(["another"]).seal(b"p")}}}
    stage.write(stage.topics.config, [a_change(an_item(EntityKind.SITE, "site_1", sealed))])
    follower = Follower(stage.settings, KEYRING, failures.append)
    with pytest.raises(SecretUnreadable, match="HOOKLINE_SECRET_KEYS"):
        follower.start()
    eventually(lambda: failures)
    follower.stop()


class Moving:
    """A consumer whose partition has no leader the first times it is asked."""

    said: tuple[int, ...] = (KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE)

    def __init__(self, _: object) -> None:
        self.left = list(self.said)

    def get_watermark_offsets(self, _: TopicPartition, timeout: float) -> tuple[int, int]:
        assert timeout > 0
        if self.left:
            raise KafkaException(KafkaError(self.left.pop()))
        return 0, 5

    def close(self) -> None:
        """Nothing to do."""


def test_a_partition_that_was_just_made_is_asked_until_it_has_a_leader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "Consumer", Moving)
    follower = Follower(Settings.model_validate({}), KEYRING, lambda _: None)
    assert follower.end_offset() == 5
    monkeypatch.setattr(Moving, "said", (KafkaError.UNKNOWN_TOPIC_OR_PART,))
    with pytest.raises(KafkaUnavailable):
        follower.end_offset()
