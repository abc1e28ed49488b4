"""Passwords: argon2id as RFC 9106 and argon2-cffi recommend; slow, so callers run these in a thread."""

import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from docscan.errors import UsageError
from docscan.service.access.errors import TooManyError

# NIST SP 800-63B-4, section 3.1.1.2: a password that is the only factor has 15 characters or more, no rules on which.
LEAST = 15
MOST = 256

_HASHER = PasswordHasher()

# A hash takes 64 MiB and some 50 ms of every core: two at a time, and few that wait, for each waits on a thread that
# other requests need.
_AT_ONCE = threading.BoundedSemaphore(2)
_WAITING = threading.BoundedSemaphore(10)


@contextmanager
def _turn() -> Iterator[None]:
    if not _WAITING.acquire(blocking=False):
        raise TooManyError("Many people log in at this moment; try again.", 1)
    try:
        with _AT_ONCE:
            yield
    finally:
        _WAITING.release()


def hashed(password: str) -> str:
    """Return the argon2id hash of a password, with its salt and parameters.

    Raises
    ------
    TooManyError
        Many wait for theirs already.
    """
    with _turn():
        return _HASHER.hash(_normal(password))


def agrees(kept: str | None, password: str) -> bool:
    """Tell whether this is the password; takes as long where there is none to compare with.

    Raises
    ------
    TooManyError
        Many wait for theirs already.
    """
    with _turn():
        try:
            return _HASHER.verify(kept or _nobodys(), _normal(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    """Tell whether a hash has other parameters than are recommended today."""
    return _HASHER.check_needs_rehash(kept)


def checked(password: str, name: str) -> str:
    """Return a new password that may be used.

    Raises
    ------
    UsageError
        It is too short, too long, or holds the login name.
    """
    if not LEAST <= len(password) <= MOST:
        raise UsageError(f"A password has {LEAST} to {MOST} characters: several words do well.")
    if name.casefold() in password.casefold():
        raise UsageError("A password does not hold the login name.")
    return password


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe())


def _normal(password: str) -> str:
    # The same letters, however a keyboard composes them (NIST SP 800-63B-4, section 3.1.1.2).
    return unicodedata.normalize("NFKC", password)
