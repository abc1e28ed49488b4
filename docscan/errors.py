"""Errors with a message for a person; the edges turn them into exit codes and problem+json."""

from typing import ClassVar


class DocscanError(Exception):
    """Something the user can understand and mend.

    ``exit_code`` is what the command line returns, ``status`` and ``title`` what REST answers (RFC 9457),
    ``retry_after`` in how many seconds it may work.
    """

    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Inspection failed"
    retry_after: int | None = None


class InputError(DocscanError):
    """The input cannot be read as an image."""

    exit_code = 3
    status = 422
    title = "The image cannot be read"


class NotAnImageError(InputError):
    """The bytes are of no image format that docscan reads."""

    status = 415
    title = "Not an image"


class BrokenImageError(InputError):
    """The format is right, the content truncated or corrupt."""


class TooLargeError(InputError):
    """The file or its picture is over a limit; it was refused before decoding."""

    status = 413
    title = "The image is too large"


class ModelError(DocscanError):
    """A model file is missing, altered or not what the manifest says."""

    status = 503
    title = "A model cannot be used"


class DocumentModelError(DocscanError):
    """A document model is broken or altered, or samples do not make one."""

    exit_code = 4
    status = 503
    title = "A document model cannot be used"


class LogError(DocscanError):
    """A file is no log of inspections, or a broken one."""

    exit_code = 3
    status = 422
    title = "The log cannot be read"


class UsageError(DocscanError):
    """What was asked for makes no sense."""

    exit_code = 2
    status = 400
    title = "The request makes no sense"
