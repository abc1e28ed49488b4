"""What goes wrong with accounts, keys and logins, in words for a person."""

from docscan.errors import DocscanError


class NotFoundError(DocscanError):
    """There is no such account, key or session."""

    exit_code = 2
    status = 404
    title = "Not found"


class ConflictError(DocscanError):
    """What was asked for does not go with what there is."""

    exit_code = 2
    status = 409
    title = "Conflict"


class RefusedError(DocscanError):
    """A login that is not let in; the message does not say why, lest it tell which names exist."""

    exit_code = 2
    status = 401
    title = "Not let in"


class ForbiddenError(DocscanError):
    """Somebody who was recognised, and may not."""

    exit_code = 2
    status = 403
    title = "Forbidden"


class TooManyError(DocscanError):
    """More requests or attempts than the limits allow."""

    status = 429
    title = "Too many requests"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds
