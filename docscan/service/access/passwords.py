"""Passwords: argon2id as RFC 9106 and argon2-cffi recommend; slow, so callers run these in a thread."""

import secrets
import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from docscan.errors import UsageError

# NIST SP 800-63B-4, section 3.1.1.2: a password that is the only factor has 15 characters or more, no rules on which.
LEAST = 15
MOST = 256

_HASHER = PasswordHasher()

# A hash takes 64 MiB: two at a time, whatever number of logins arrives.
_AT_ONCE = threading.BoundedSemaphore(2)


def hashed(password: str) -> str:
    """Return the argon2id hash of a password, with its salt and parameters."""
    with _AT_ONCE:
        return _HASHER.hash(_normal(password))


def agrees(kept: str | None, password: str) -> bool:
    """Tell whether this is the password; takes as long where there is none to compare with."""
    with _AT_ONCE:
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
