"""Keys, and bytes sealed under them: AES-256-GCM (NIST SP 800-38D).

A sealed file begins with the id of its key, so that whoever holds the keys can open it without a database, and is
bound to its own name: files that were swapped do not open.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from docscan.errors import UsageError
from docscan.service.storage.database import StorageError
from docscan.settings import Settings

SHARED = "DOCSCAN_EPHEMERAL_KEY"
"""The environment variable in which one ``docscan serve`` gives its worker processes their key; never set by hand."""

_MAGIC = b"docscan1"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_KEPT, _DESK = "kept-", "desk-"
_ID_LENGTH = len(_KEPT) + 16
_HEADER = len(_MAGIC) + _ID_LENGTH


class LostKeyError(StorageError):
    """What was sealed is there, its key is not."""

    title = "A key is missing"


class DamagedError(StorageError):
    """A sealed file was altered, cut or swapped."""

    title = "A sealed file is damaged"


@dataclass(frozen=True, slots=True)
class Key:
    """A secret, and the public name that files and rows call it by."""

    id: str  # "kept-" or "desk-" and 16 hexadecimal digits
    secret: bytes = field(repr=False)


def is_ephemeral(key_id: str) -> bool:
    """Whether a key of this id lives in a service's memory alone."""
    return key_id.startswith(_DESK)


def _key(secret: bytes, kind: str) -> Key:
    return Key(kind + hashlib.sha256(b"docscan key id\n" + secret).hexdigest()[:16], secret)


def new_key() -> str:
    """Return a new key in the form of ``DOCSCAN_KEYS`` and of the key file."""
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()


def share_ephemeral_key() -> None:
    """Give this process and those that it starts from now on one ephemeral key."""
    os.environ.setdefault(SHARED, new_key())


def ephemeral_key_is_shared() -> bool:
    """Whether other processes hold the ephemeral key of this one."""
    return SHARED in os.environ


class Vault:
    """The keys that this process holds.

    Parameters
    ----------
    keys
        Persistent ones, newest first; may be none.
    ephemeral
        The one that dies with the service.
    """

    def __init__(self, keys: Sequence[Key], ephemeral: Key) -> None:
        self._keys = {key.id: key for key in (*keys, ephemeral)}
        self.newest = keys[0] if keys else None
        self.ephemeral = ephemeral

    @staticmethod
    def of(settings: Settings) -> "Vault":
        """Take the keys that the settings name, and the shared ephemeral one or a new one.

        Raises
        ------
        UsageError
            A key is none, the file cannot be read, or retention is on without a key.
        """
        keys = [_key(secret, _KEPT) for secret in _secrets(settings)]
        if settings.retention_days and not keys:
            raise UsageError(
                "Retention is on (DOCSCAN_RETENTION_DAYS) and needs a key: name a file of them in DOCSCAN_KEY_FILE; "
                "'docscan retention new-key' makes one."
            )
        return Vault(keys, _key(_decoded(os.environ.get(SHARED) or new_key(), SHARED), _DESK))

    def seal(self, data: bytes, name: str, *, kept: bool) -> tuple[bytes, str]:
        """Encrypt for a file of this name.

        Parameters
        ----------
        kept
            Under the newest persistent key; else under the ephemeral one.

        Returns
        -------
        tuple[bytes, str]
            What to write, and the key's id.

        Raises
        ------
        LostKeyError
            It shall be kept and there is no persistent key.
        """
        key = self.newest if kept else self.ephemeral
        if key is None:
            raise LostKeyError("There is no key to keep anything under: DOCSCAN_KEY_FILE and DOCSCAN_KEYS are empty.")
        header, nonce = _MAGIC + key.id.encode(), os.urandom(_NONCE_BYTES)
        return header + nonce + AESGCM(key.secret).encrypt(nonce, data, header + name.encode()), key.id

    def open(self, sealed: bytes, name: str) -> bytes:
        """Decrypt a file of this name.

        Raises
        ------
        LostKeyError
            It is sealed under a key that is not held here.
        DamagedError
            It is not what was sealed under this name.
        """
        key_id = key_id_of(sealed)
        key = self._keys.get(key_id or "")
        if key_id is None:
            raise DamagedError(f"The file {name} is no sealed file of docscan.")
        if key is None:
            raise LostKeyError(_lost(key_id))
        nonce, body = sealed[_HEADER : _HEADER + _NONCE_BYTES], sealed[_HEADER + _NONCE_BYTES :]
        try:
            return AESGCM(key.secret).decrypt(nonce, body, sealed[:_HEADER] + name.encode())
        except (InvalidTag, ValueError) as error:
            raise DamagedError(f"The sealed file {name} was altered, cut, or swapped with another one.") from error

    def holds(self, key_id: str) -> bool:
        """Whether the key of this id is here."""
        return key_id in self._keys

    def ids(self) -> tuple[str, ...]:
        """Return the ids of the keys that are here."""
        return tuple(self._keys)


def _lost(key_id: str) -> str:
    if is_ephemeral(key_id):
        return f"The key {key_id} died with the service that made it; what it sealed can no longer be opened."
    return (
        f"The key {key_id} is not among those of DOCSCAN_KEY_FILE and DOCSCAN_KEYS; "
        "without it what it sealed cannot be opened."
    )


def key_id_of(sealed: bytes) -> str | None:
    """Return the id of the key that a file begins with; None where it is no sealed file."""
    key_id = sealed[len(_MAGIC) : _HEADER].decode("ascii", "replace")
    known = sealed.startswith(_MAGIC) and len(key_id) == _ID_LENGTH and key_id.startswith((_KEPT, _DESK))
    return key_id if known else None


def _secrets(settings: Settings) -> list[bytes]:
    if settings.key_file is None:
        lines, place = settings.keys.get_secret_value().split(","), "DOCSCAN_KEYS"
    else:
        place = "DOCSCAN_KEY_FILE"
        try:
            lines = settings.key_file.read_text(encoding="ascii").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"The file of keys that {place} names cannot be read.") from error
    stripped = (line.strip() for line in lines)
    return [_decoded(line, place) for line in stripped if line and not line.startswith("#")]


def _decoded(text: str, place: str) -> bytes:
    try:
        secret = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != _KEY_BYTES:
        raise UsageError(f"{place} holds something that is no key: each is {_KEY_BYTES} bytes in base64.") from None
    return secret
