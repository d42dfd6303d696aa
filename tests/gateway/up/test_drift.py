"""Where a cluster differs from the catalogue, how that is mended, and what few copies cost."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.up.drift import There, differences, durability
from schemas.settings import Settings
from schemas.topics import Topic, Topics


def settings_of(**changes: Any) -> Settings:
    return Settings.model_validate({"replication_factor": 3, "min_insync_replicas": 2} | changes)


def topic() -> Topic:
    settings = settings_of()
    return next(each for each in Topics(settings).catalogue if each.name == "hookline.attempts")


def there(*, partitions: int = 12, copies: int = 3, **config: str) -> There:
    named = {name.replace("_", "."): value for name, value in config.items()}
    return There(partitions, copies, topic().config | {"min.insync.replicas": "2"} | named)


def test_a_topic_as_it_should_be_differs_in_nothing() -> None:
    assert list(differences(topic(), there(), settings_of())) == []


def test_more_copies_than_asked_for_are_no_difference() -> None:
    assert list(differences(topic(), there(copies=5, min_insync_replicas="3"), settings_of())) == []


@pytest.mark.parametrize(
    ("found", "what", "mend"),
    [
        (there(partitions=5), "5 partitions instead of 12", "HOOKLINE_PARTITIONS=5"),
        (there(copies=1, min_insync_replicas="1"), "1 copies instead of 3", "kafka-reassign-partitions"),
        (there(min_insync_replicas="1"), "min.insync.replicas is 1 instead of 2", "--add-config min.insync.replicas=2"),
        (there(retention_ms="1000"), "retention.ms is 1000 instead of 7776000000", "--add-config retention.ms=7776"),
        (there(copies=1), "so nothing can be written", "--add-config min.insync.replicas=1"),
    ],
)
def test_each_difference_says_how_it_is_mended(found: There, what: str, mend: str) -> None:
    sentences = list(differences(topic(), found, settings_of()))
    assert any(what in each.what and mend in each.mend for each in sentences), sentences


@pytest.mark.parametrize(
    ("brokers", "found", "words"),
    [
        (1, there(copies=1, min_insync_replicas="1"), ["one broker"]),
        (3, there(copies=1, min_insync_replicas="1"), ["REPLICATION_FACTOR=3", "MIN_INSYNC_REPLICAS=2"]),
        (3, there(copies=2), ["REPLICATION_FACTOR=3", "one broker that is away stops every write"]),
        (3, there(), []),
    ],
)
def test_what_few_copies_cost_is_said(brokers: int, found: There, words: list[str]) -> None:
    said = list(durability(settings_of(), brokers, [found]))
    assert len(said) == len(words)
    assert all(word in sentence for word, sentence in zip(words, said, strict=True))


def test_without_topics_the_settings_are_judged() -> None:
    assert list(durability(settings_of(), 3, [])) == []
    assert len(list(durability(settings_of(replication_factor=1, min_insync_replicas=1), 3, []))) == 2
