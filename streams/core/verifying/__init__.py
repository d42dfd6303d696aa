"""Verifying who sent a request: the raw bytes of its body, its headers, the active secrets and the time decide.

Total: any headers and any body give an answer, never an exception. The caller is never told the reason.
"""

from streams.core.verifying.claims import Checked, Reason
from streams.core.verifying.verify import TOLERANCE, Verifier, compile_verification

__all__ = ["TOLERANCE", "Checked", "Reason", "Verifier", "compile_verification"]
