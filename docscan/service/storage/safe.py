"""The vault and the files together: what is put in gets a random name, and comes out while its key is held."""

import logging
import secrets
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from docscan.service.storage.blobs import Blobs
from docscan.service.storage.database import StorageError
from docscan.service.storage.vault import Vault
from docscan.settings import Settings

_log = logging.getLogger("docscan.service")

SUFFIX = ".sealed"


@dataclass(frozen=True, slots=True)
class Deposit:
    """Where something lies, and under which key."""

    path: str
    key_id: str
    size: int  # bytes of the sealed file


class Safe:
    """Sealed files.

    Parameters
    ----------
    vault
        The keys.
    blobs
        The files.
    """

    def __init__(self, vault: Vault, blobs: Blobs) -> None:
        self.vault = vault
        self.blobs = blobs

    @staticmethod
    def of(settings: Settings) -> "Safe":
        """Open the safe that the settings name.

        Raises
        ------
        UsageError, StorageError
            As :meth:`Vault.of` and :class:`Blobs`.
        """
        return Safe(Vault.of(settings), Blobs(settings.blobs_url))

    def put(self, data: bytes, *, kept: bool) -> Deposit:
        """Seal and write.

        Parameters
        ----------
        kept
            Under the newest persistent key, and on the disk when this returns; else under the ephemeral key, and then
            a loss of power may take it, for it takes the key too.

        Raises
        ------
        StorageError
            It could not be sealed or written.
        """
        path = secrets.token_hex(16) + SUFFIX
        sealed, key_id = self.vault.seal(data, path, kept=kept)
        self.blobs.write(path, sealed, durable=kept)
        return Deposit(path, key_id, len(sealed))

    def put_all(self, contents: Iterable[bytes], *, kept: bool) -> list[Deposit]:
        """Seal and write several, as :meth:`put`; where one fails none stays."""
        deposits: list[Deposit] = []
        try:
            deposits += (self.put(data, kept=kept) for data in contents)
        except BaseException:
            self._withdraw(deposits)
            raise
        return deposits

    @contextmanager
    def recording(self, deposits: Collection[Deposit]) -> Iterator[None]:
        """Delete what was put in where the block, whose transaction records it, surely fails."""
        try:
            yield
        except StorageError:
            raise  # whether the database took it is not known; if not, the purge deletes the files
        except BaseException:
            self._withdraw(deposits)
            raise

    def _withdraw(self, deposits: Collection[Deposit]) -> None:
        try:
            self.remove([deposit.path for deposit in deposits])
        except StorageError:
            _log.warning("%d sealed files without a record are left to the purge", len(deposits))

    def get(self, path: str) -> bytes:
        """Read and open.

        Raises
        ------
        MissingError
            The file is not there.
        LostKeyError
            Its key is not held here.
        DamagedError
            It was altered, cut or swapped.
        """
        return self.vault.open(self.blobs.read(path), path)

    def remove(self, paths: Collection[str]) -> None:
        """Delete files, as :meth:`Blobs.remove`."""
        self.blobs.remove(paths)
