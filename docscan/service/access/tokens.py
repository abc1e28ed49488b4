"""Secrets that docscan makes up: 256 random bits, of which only the SHA-256 is kept."""

import hashlib
import hmac
import secrets

_BYTES = 32


def fresh() -> str:
    """Return a new secret, in the letters of a URL."""
    return secrets.token_urlsafe(_BYTES)


def digest(secret: str) -> str:
    """Return what is kept of a secret. It is too long to be guessed, so no salt and no slowness is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two secrets in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
