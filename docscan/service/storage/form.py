"""Reports and their pictures as bytes and back, with nothing lost: the form in which the service keeps them.

The contract's JSON is for others to read and rounds; this one is for docscan alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel, ConfigDict, ValidationError

from docscan.rendering.pictures import Pictures
from docscan.service.storage.database import StorageError
from docscan.types import Report


class FormError(StorageError):
    """What is stored was written by a docscan that this one does not understand."""


class _Form(BaseModel):
    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", ser_json_inf_nan="strings")


class _ReportForm(_Form):
    report: Report


class _PicturesForm(_Form):
    pictures: Pictures


def report_to_bytes(report: Report) -> bytes:
    """Return a report as JSON that :func:`report_from_bytes` reads."""
    return _ReportForm(report=report).model_dump_json().encode()


def report_from_bytes(data: bytes | str) -> Report:
    """Return the report of :func:`report_to_bytes`.

    Raises
    ------
    FormError
        It is none.
    """
    with _understood():
        return _ReportForm.model_validate_json(data).report


def pictures_to_bytes(pictures: Pictures) -> bytes:
    """Return a report's pictures as JSON, the JPEGs in base64."""
    return _PicturesForm(pictures=pictures).model_dump_json().encode()


def pictures_from_bytes(data: bytes | str) -> Pictures:
    """Return the pictures of :func:`pictures_to_bytes`.

    Raises
    ------
    FormError
        They are none.
    """
    with _understood():
        return _PicturesForm.model_validate_json(data).pictures


@contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    except ValidationError:
        # Not even as the cause: it quotes what it does not understand.
        raise FormError("What is stored of an inspection was written by another version of docscan.") from None
