"""The keyring: AES-GCM with the newest key, any known key to read; each ciphertext names its key.

A sealed text is `v1.<key id>.<base64url of nonce and ciphertext>` (NIST SP 800-38D; 96-bit random nonces).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from schemas.errors import SecretUnreadable
from schemas.settings import Settings

__all__ = ["Keyring", "key_file", "keyring_of"]

NONCE = 12


class Keyring:
    """Seals with the first of `secrets`, opens with whichever is named."""

    def __init__(self, secrets: list[str]) -> None:
        keys = [hashlib.sha256(b"hookline secret key\0" + secret.encode()).digest() for secret in secrets]
        self._keys = {hashlib.sha256(b"id\0" + key).hexdigest()[:8]: AESGCM(key) for key in keys}
        self._newest = next(iter(self._keys))

    def seal(self, plain: bytes) -> str:
        """Encrypt."""
        nonce = os.urandom(NONCE)
        sealed = nonce + self._keys[self._newest].encrypt(nonce, plain, self._newest.encode())
        return f"v1.{self._newest}.{base64.urlsafe_b64encode(sealed).decode()}"

    def open(self, sealed: str) -> bytes:
        """Decrypt.

        Raises:
            SecretUnreadable: the key that it names is not here, or it was changed.
        """
        version, _, rest = sealed.partition(".")
        name, _, text = rest.partition(".")
        key = self._keys.get(name)
        if version != "v1" or key is None:
            raise SecretUnreadable(
                f"a secret was encrypted with the key {name!r}, which is not here; "
                "name it in HOOKLINE_SECRET_KEY or HOOKLINE_SECRET_KEYS"
            )
        try:
            data = base64.urlsafe_b64decode(text)
            return key.decrypt(data[:NONCE], data[NONCE:], name.encode())
        except (InvalidTag, binascii.Error, ValueError):
            raise SecretUnreadable(f"a secret encrypted with the key {name!r} was changed") from None

    def is_newest(self, sealed: str) -> bool:
        """Whether it was sealed with the key that seals now."""
        return sealed.split(".", 2)[1:2] == [self._newest]

    def open_text(self, sealed: str) -> str:
        """Decrypt text; raises as `open`."""
        return self.open(sealed).decode()


def key_file(settings: Settings) -> Path:
    """Where the generated secret key lies."""
    return settings.data_dir / "secret.key"


def keyring_of(settings: Settings) -> Keyring:
    """The keyring of a role.

    Raises:
        SecretUnreadable: no key is set and none was generated.
    """
    if settings.secret_key is not None:
        newest = settings.secret_key.get_secret_value()
    else:
        try:
            newest = key_file(settings).read_text("utf-8").strip()
        except OSError as error:
            raise SecretUnreadable(
                f"there is no secret key: set HOOKLINE_SECRET_KEY, or start `hookline up`, which makes one ({error})"
            ) from None
    return Keyring([newest, *(key.get_secret_value() for key in settings.secret_keys)])
