"""What libcurl's result codes mean in the webhook log: one of the few words there, and a sentence."""

from __future__ import annotations

import pycurl

from schemas.records import AttemptError
from streams.core.answer import Fault

__all__ = ["fault_of"]

E_PROXY = 97  # CURLE_PROXY, which pycurl has no name for
CONNECT = (
    pycurl.E_COULDNT_CONNECT,
    pycurl.E_GOT_NOTHING,
    pycurl.E_SEND_ERROR,
    pycurl.E_RECV_ERROR,
    pycurl.E_SEND_FAIL_REWIND,
    E_PROXY,
)
TLS = (
    pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_PEER_FAILED_VERIFICATION,
    pycurl.E_SSL_CERTPROBLEM,
    pycurl.E_SSL_CIPHER,
    pycurl.E_SSL_CACERT_BADFILE,
    pycurl.E_SSL_ISSUER_ERROR,
    pycurl.E_SSL_INVALIDCERTSTATUS,
    pycurl.E_SSL_ENGINE_INITFAILED,
    pycurl.E_USE_SSL_FAILED,
)
SENTENCES = {
    pycurl.E_GOT_NOTHING: "the connection was closed without an answer",
    pycurl.E_SEND_FAIL_REWIND: "a connection that was open from before broke while the message was being sent",
    pycurl.E_PARTIAL_FILE: "the answer ended before it was whole",
}


def fault_of(code: int, message: str, timeout: float) -> Fault:
    """The fault of a transfer that ended with this code; `timeout` in seconds."""
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return Fault(AttemptError.TIMEOUT, f"no complete answer within {timeout:g} s")
    return Fault(word(code), SENTENCES.get(code) or message or f"libcurl ended with code {code}")


def word(code: int) -> AttemptError:
    if code in CONNECT:
        return AttemptError.CONNECT
    if code in TLS:
        return AttemptError.TLS
    if code == pycurl.E_URL_MALFORMAT:
        return AttemptError.CONFIGURATION
    return AttemptError.PROTOCOL
