"""Follows the topic `config`: folds it from its beginning and then live, in a thread of its own.

Whoever needs an offset waits for it here; whoever wrote a change learns here whether the fold took it.
"""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

import structlog
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from schemas.codec import decode_as
from schemas.definitions.secrets import sealed_texts
from schemas.errors import ConfigurationRefused, HooklineError, KafkaUnavailable, RecordUnreadable, RegistryUnavailable
from schemas.framing import FRAMED
from schemas.kafka_clients import unreachable
from schemas.records import Change
from schemas.settings import Settings
from schemas.topics import Topics
from streams.core.configuration import Configuration
from streams.edges.clock import steady
from streams.edges.kafka import consumer_config
from streams.edges.keyring import Keyring

__all__ = ["EMPTIED", "Follower"]

log = structlog.get_logger(__name__)
REMEMBERED = 1000
EMPTIED = "set HOOKLINE_SCHEMA_REGISTRY_URL to the registry it was written with; was that emptied, restore its schemas"
AWAY = (KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN, KafkaError._TIMED_OUT)  # noqa: SLF001 - librdkafka's names
MOVING = (KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE)  # just made, or its leader changes
PAUSE = 0.1  # seconds between two questions
LASTING = (
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError._AUTO_OFFSET_RESET,  # noqa: SLF001 - librdkafka's name: the log was cut, and a fold of the rest is none
)


class Follower:
    """One process's fold of `config`.

    Args:
        settings: where Kafka is.
        keyring: must hold every key that the log needs.
        on_failure: called once, from the thread, when following cannot go on; the process should end.
    """

    def __init__(self, settings: Settings, keyring: Keyring, on_failure: Callable[[Exception], None]) -> None:
        self.configuration = Configuration()
        self.lost = 0  # records, keyed as changes are, with a registry's number by which they cannot be read
        self._read = 0
        self._settings = settings
        self._topic = Topics(settings).config
        self._client = consumer_config(settings, "hookline-config", "hookline-config-follower")
        self._client["auto.offset.reset"] = "error"  # to start again somewhere would be another configuration
        self._consumer = Consumer(self._client)
        self._keyring = keyring
        self._on_failure = on_failure
        self._changed = threading.Condition()
        self._verdicts: OrderedDict[int, ConfigurationRefused | None] = OrderedDict()
        self._listeners: list[Callable[[int], None]] = []
        self._failure: Exception | None = None
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="config", daemon=True)

    def start(self, timeout: float = 30.0) -> None:
        """Begin, and return when all that was there has been folded. After `KafkaUnavailable` it may be called again.

        Raises:
            KafkaUnavailable: that took longer than `timeout` seconds.
            SecretUnreadable: a key is missing.
            RegistryUnavailable: nothing can be read by this registry, which is not the one that it was written with.
        """
        end = self.end_offset(timeout)
        if self._thread.ident is None:
            self._consumer.assign([TopicPartition(self._topic, 0, OFFSET_BEGINNING)])
            self._thread.start()
        if not self.wait_for(end - 1, timeout):
            raise self._failure or KafkaUnavailable(f"{self._topic} could not be read up to {end} in {timeout:g} s")
        if self.lost and not self._read:
            raise RegistryUnavailable(f"no change of {self._topic} can be read: {EMPTIED}")

    def listen(self, listener: Callable[[int], None]) -> None:
        """Call `listener(offset)` from the thread after each change folded."""
        self._listeners.append(listener)

    def end_offset(self, timeout: float = 5.0) -> int:
        """The offset that the next change will get.

        Raises:
            KafkaUnavailable: the broker did not say in time, or there is no such topic.
        """
        asker = Consumer(self._client)  # the following one belongs to its thread
        try:
            return self._asked(asker, steady() + timeout)
        except KafkaException as error:
            if error.args[0].code() in AWAY:
                raise KafkaUnavailable(unreachable(self._settings, error.args[0])) from None
            raise KafkaUnavailable(f"{self._topic}: {error.args[0].str()}") from None
        finally:
            asker.close()

    def _asked(self, asker: Consumer, until: float) -> int:
        while True:
            try:
                left = max(0.0, until - steady())
                return int(asker.get_watermark_offsets(TopicPartition(self._topic, 0), timeout=left)[1])
            except KafkaException as error:
                if error.args[0].code() not in MOVING or steady() > until:
                    raise
            time.sleep(PAUSE)

    def wait_for(self, offset: int, timeout: float) -> bool:
        """Wait until `offset` is folded; False when `timeout` seconds were not enough."""
        with self._changed:
            return self._changed.wait_for(
                lambda: self.configuration.offset >= offset or self._failure is not None, timeout
            ) and (self.configuration.offset >= offset)

    def verdict(self, offset: int) -> ConfigurationRefused | None:
        """Whether the fold took the change at `offset`, one of the last thousand: None, or the refusal."""
        with self._changed:
            return self._verdicts[offset]

    def stop(self) -> None:
        """End the thread and close the consumer."""
        self._stopped = True
        if self._thread.ident is not None:
            self._thread.join(5.0)

    def _run(self) -> None:
        try:
            while not self._stopped:
                message = self._consumer.poll(0.5)
                if message is None:
                    continue
                if (error := message.error()) is not None:
                    self._trouble(error)
                else:
                    self._fold(message)
            self._consumer.close()
        except Exception as error:
            if isinstance(error, HooklineError):
                log.error("following config has ended", reason=str(error))  # noqa: TRY400 - it says what to do
            else:
                log.exception("following config has ended")
            with self._changed:
                self._failure = error
                self._changed.notify_all()
            self._on_failure(error)

    def _trouble(self, error: KafkaError) -> None:
        """Kafka says that it cannot be read: it passes, or following must not go on as if nothing had changed."""
        if error.fatal() or error.code() in LASTING:
            raise KafkaUnavailable(f"{self._topic} cannot be followed: {error.str()}")
        log.info("kafka reports", topic=self._topic, reason=error.str())

    def _fold(self, message: Message) -> None:
        offset = message.offset() or 0
        refused: ConfigurationRefused | None = None
        with self._changed:
            try:
                change = decode_as(Change, message.value())
                self._check_keys(change)
                self._read += 1
                refused = self.configuration.apply(offset, change)
            except RecordUnreadable as error:
                self.lost += bool(message.key()) and (message.value() or b"").startswith(FRAMED)
                log.warning("config has a record that is no change", offset=offset, reason=str(error))
                self.configuration.skip(offset)
            self._verdicts[offset] = refused
            if len(self._verdicts) > REMEMBERED:
                self._verdicts.popitem(last=False)
            self._changed.notify_all()
        for listener in self._listeners:
            listener(offset)

    def _check_keys(self, change: Change) -> None:
        for item in change.items:
            for text in sealed_in(item.body):
                self._keyring.open(text)


def sealed_in(body: str) -> list[str]:
    """The ciphertexts of a definition; none of one that the fold will refuse as unreadable."""
    if '"$sealed"' not in body:
        return []
    try:
        return [text for text in sealed_texts(json.loads(body)) if isinstance(text, str)]
    except (ValueError, RecursionError):
        return []
