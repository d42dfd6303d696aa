"""One request of libcurl: gives it the body, takes the answer's head and at most 64 KiB of its body.

A handle is used again and again; its callbacks never raise, for libcurl could not pass it on.
"""

from __future__ import annotations

import socket
from typing import Any

import pycurl
import structlog

from schemas.proxies import Proxy
from schemas.quick import maker
from schemas.records import AttemptError
from streams.core.answer import Answer, Fault, Request, Timings
from streams.edges.clock import now_ms
from streams.edges.curl_faults import fault_of
from streams.edges.guard import Guard

__all__ = ["MOST_BODY", "Handle"]

log = structlog.get_logger(__name__)

new_answer = maker(Answer)
MOST_BODY = 64 * 1024  # bytes of an answer that are kept
MOST_HEADERS = 64 * 1024  # bytes of its header lines
MILLISECOND = 0.001
# Not used, but libcurl would send its own: a wait for `100 Continue` costs a second with many servers.
NO_EXPECT = "Expect:"


class _Dialled:
    """A socket on its way to libcurl, which keeps a copy of the descriptor: ours is closed when it has that."""

    def __init__(self, opened: socket.socket) -> None:
        self._opened = opened

    def fileno(self) -> int:
        """The descriptor to be copied."""
        return self._opened.fileno()

    def __del__(self) -> None:
        self._opened.close()


class Handle:
    """A libcurl easy handle with the state of the request that it carries; with a proxy, all go through that."""

    def __init__(self, curl: pycurl.Curl, guard: Guard, proxy: Proxy | None = None) -> None:
        self.curl = curl
        self.proxy = proxy
        self._guard = guard
        self._method, self._url, self._address = "POST", "", ("", 0)
        self.clear()
        curl.setopt(pycurl.READFUNCTION, self._read)
        curl.setopt(pycurl.WRITEFUNCTION, self._write)
        curl.setopt(pycurl.HEADERFUNCTION, self._header)
        curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open_socket)

    def clear(self) -> None:
        """Let go of what belongs to one request."""
        self._body = b""
        self._sent = 0
        self._timeout = 0.0
        self._began_at = 0
        self._headers: list[list[str]] = []
        self._header_bytes = 0
        self._chunks: list[bytes] = []
        self._received = 0
        self._truncated = False
        self._refused = ""
        self._ip = self._via = ""

    def prepare(self, request: Request, ip: str, via: str = "") -> None:
        """Set everything that differs from request to request; `via` is the address of the proxy."""
        curl, where = self.curl, request.destination
        self._ip, self._via = ip, via
        if self.proxy is not None:
            curl.setopt(pycurl.RESOLVE, [f"{self.proxy.host}:{self.proxy.port}:{via}"])
        if request.method != self._method:
            self._method = request.method
            curl.setopt(pycurl.CUSTOMREQUEST, request.method)
        if where.url != self._url:
            curl.setopt(pycurl.URL, where.url)
            self._url = where.url
        if (ip, where.port) != self._address:
            curl.setopt(pycurl.CONNECT_TO, [f"::[{ip}]:{where.port}" if ":" in ip else f"::{ip}:{where.port}"])
            self._address = ip, where.port
        self._body, self._timeout, self._began_at = request.body, request.timeout, now_ms()
        curl.setopt(pycurl.HTTPHEADER, [*[f"{name}: {value}" for name, value in request.headers], NO_EXPECT])
        curl.setopt(pycurl.POSTFIELDSIZE_LARGE, len(request.body))
        curl.setopt(pycurl.TIMEOUT_MS, max(1, round(request.timeout / MILLISECOND)))

    def answer(self, code: int, message: str) -> Answer:
        """What came of it; `code` and `message` are libcurl's."""
        if code == pycurl.E_WRITE_ERROR and self._truncated:
            code = pycurl.E_OK  # we had enough
        info = self.curl.getinfo
        return new_answer(
            began_at=self._began_at,
            duration_us=info(pycurl.TOTAL_TIME_T),
            fault=self._fault(code, message),
            status=info(pycurl.RESPONSE_CODE) or None,
            headers=self._headers,
            body=b"".join(self._chunks),
            truncated=self._truncated,
            timings=Timings(
                dns=None,
                connect=info(pycurl.CONNECT_TIME_T) or None,
                tls=info(pycurl.APPCONNECT_TIME_T) or None,
                first_byte=info(pycurl.STARTTRANSFER_TIME_T) or None,
            ),
            remote_ip=(self._ip if self.proxy else info(pycurl.PRIMARY_IP)) or None,
        )

    def _fault(self, code: int, message: str) -> Fault | None:
        if self._refused:
            return Fault(AttemptError.FORBIDDEN_ADDRESS, f"{self._refused} is not an address that sites may have")
        return None if code == pycurl.E_OK else fault_of(code, message, self._timeout)

    def _read(self, size: int) -> bytes:
        chunk = self._body[self._sent : self._sent + size]
        self._sent += len(chunk)
        return chunk

    def _write(self, data: bytes) -> int:
        room = MOST_BODY - self._received
        self._received += len(data)
        if len(data) <= room:
            self._chunks.append(data)
            return len(data)
        self._chunks.append(data[:room])
        self._truncated = True
        return 0  # stops the transfer

    def _header(self, line: bytes) -> None:
        if line.startswith(b"HTTP/"):  # the head of another answer: what came before was a 1xx
            self._headers, self._header_bytes = [], 0
            return
        self._header_bytes += len(line)
        if self._header_bytes > MOST_HEADERS:
            self._truncated = True
            return
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            self._headers.append([name.strip(), value.strip()])

    def _open_socket(self, _purpose: int, address: Any) -> Any:
        family, kind, protocol, where = address
        if family not in (socket.AF_INET, socket.AF_INET6) or not self._permits(str(where[0]), int(where[1])):
            self._refused = str(where[0])
            return pycurl.SOCKET_BAD
        try:
            return _Dialled(socket.socket(family, kind, protocol))
        except OSError as error:
            log.warning("no socket for a request", reason=str(error))
            return pycurl.SOCKET_BAD

    def _permits(self, ip: str, port: int) -> bool:
        """The proxy is the operator's: it is not judged, but nothing else may be dialled in its place."""
        if self.proxy is None:
            return self._guard.permits(ip, port)
        return (ip, port) == (self._via, self.proxy.port)
