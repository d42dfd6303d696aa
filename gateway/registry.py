"""A schema registry over HTTP, as Confluent's and those that speak like it (Karapace, Apicurio) have it.

Two calls are needed; `confluent-kafka`'s own client would bring five more packages for them.
"""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import threading
import time
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import structlog

from schemas import codec
from schemas.errors import RegistryUnavailable
from schemas.settings import Settings

__all__ = ["HttpRegistry", "use_registry", "wait_for_registry"]

log = structlog.get_logger(__name__)
WITHIN = 5.0  # seconds an answer may take
PAUSE = 1.0  # seconds between two tries at start
FORGET = 30.0  # seconds until a number that there is not is asked for again
LARGEST = 8 * 1024 * 1024  # bytes of an answer
LARGEST_NUMBER = 2**32 - 1  # it has four bytes in front of a record
SCHEMAS = "application/vnd.schemaregistry.v1+json"
OK, NOT_FOUND = 200, 404


class HttpRegistry:
    """One registry; `url` may have a user and a password. Safe to use from any thread."""

    def __init__(self, url: str, ca_file: str = "") -> None:
        parts = urlsplit(url)
        self._parts = parts
        self.name = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
        self._tls = ssl.create_default_context(cafile=ca_file or None) if parts.scheme == "https" else None
        self._headers = {"Accept": SCHEMAS, "Content-Type": SCHEMAS}
        if parts.username is not None:
            login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = f"Basic {base64.b64encode(login.encode()).decode()}"
        self._lock = threading.Lock()
        self._absent: dict[int, float] = {}  # number -> when it was asked for

    def number_of(self, subject: str, schema: str) -> int:
        """The number of a schema, registered under the subject if need be.

        Raises:
            RegistryUnavailable: it does not answer, or refuses.
        """
        path = f"/subjects/{quote(subject, safe='')}/versions"
        status, answer = self._call("POST", path, {"schemaType": "AVRO", "schema": schema})
        number = answer.get("id") if isinstance(answer, dict) else None
        if status != OK or not isinstance(number, int) or not 0 <= number <= LARGEST_NUMBER:
            raise RegistryUnavailable(f"{self.name} does not take the schema {subject} ({status}): {said(answer)}")
        return number

    def schema_of(self, number: int) -> str | None:
        """The schema with this number; None: there is none.

        Raises:
            RegistryUnavailable: it does not answer, or refuses.
        """
        now = time.monotonic()
        if now - self._absent.get(number, -FORGET) < FORGET:
            return None
        status, answer = self._call("GET", f"/schemas/ids/{number}")
        if status == NOT_FOUND:
            with self._lock:
                self._absent = {known: at for known, at in self._absent.items() if now - at < FORGET} | {number: now}
            return None
        schema = answer.get("schema") if isinstance(answer, dict) else None
        if status != OK or not isinstance(schema, str):
            raise RegistryUnavailable(f"{self.name} does not give schema {number} ({status}): {said(answer)}")
        return schema if answer.get("schemaType", "AVRO") == "AVRO" else ""  # what is not Avro cannot be parsed

    def _call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        connection = self._connection()
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, self._parts.path.rstrip("/") + path, sent, self._headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read(LARGEST) or b"null")
        except (OSError, http.client.HTTPException, ValueError, RecursionError) as problem:
            raise RegistryUnavailable(
                f"the schema registry {self.name} does not answer ({problem}): check HOOKLINE_SCHEMA_REGISTRY_URL"
            ) from None
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._tls is not None:
            return http.client.HTTPSConnection(host, port, timeout=WITHIN, context=self._tls)
        return http.client.HTTPConnection(host, port, timeout=WITHIN)


def said(answer: Any) -> str:
    return str(answer.get("message", "no reason given"))[:500] if isinstance(answer, dict) else "no reason given"


def use_registry(settings: Settings) -> None:
    """Read, and write unless the settings say otherwise, by the registry of the settings; without one nothing changes.

    Raises:
        RegistryUnavailable: our schemas could not be registered there.
    """
    if settings.schema_registry_url:
        registry = HttpRegistry(settings.schema_registry_url, settings.kafka_ssl_ca_location)
        codec.use_registry(registry, write=settings.record_framing != "avro")


def wait_for_registry(settings: Settings) -> None:
    """The same for a role: as often as it takes; each problem is said once."""
    told = ""
    while True:
        try:
            use_registry(settings)
        except RegistryUnavailable as problem:
            if str(problem) != told:
                told = str(problem)
                log.warning("waiting for the schema registry", problem=told)
            time.sleep(PAUSE)
        else:
            return
