"""The images of one document in a request, by light, maybe of both sides; they are read when their turn comes."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from docscan.capture import ImageFile
from docscan.errors import TooLargeError
from docscan.service.multipart import Limits, received_form

# Of each part of a request: what OpenAPI says of it, and what messages call it, for files' own names can be personal.
_PARTS = {
    "visible": ("The image under visible light.", "The image"),
    "uv": ("The image under ultraviolet light (365 nm).", "The ultraviolet image"),
    "ir": ("The image under infrared light.", "The infrared image"),
    "other_visible": ("The other side of the same card, under visible light.", "The image of the other side"),
    "other_uv": ("The other side under ultraviolet light.", "The ultraviolet image of the other side"),
    "other_ir": ("The other side under infrared light.", "The infrared image of the other side"),
}
_OF_OTHER_SIDE = [name for name in _PARTS if name.startswith("other_")]

IMAGE_TYPES = "image/jpeg, image/png, image/tiff, image/webp, image/bmp, image/jp2"

# What OpenAPI says of the body, which is read by hand so that it can be refused before it is held.
REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["visible"],
                "additionalProperties": False,
                "properties": {
                    name: {"type": "string", "format": "binary", "description": words}
                    for name, (words, _) in _PARTS.items()
                },
                "dependentRequired": {name: ["other_visible"] for name in _OF_OTHER_SIDE[1:]},
            },
            "encoding": {name: {"contentType": IMAGE_TYPES} for name in _PARTS},
        }
    },
}


@asynccontextmanager
async def received(request: Request, *, max_bytes: int) -> AsyncIterator[Mapping[str, UploadFile]]:
    """Receive the images of a request, by light; they are forgotten at the end of the block.

    Parameters
    ----------
    request
        With a ``multipart/form-data`` body.
    max_bytes
        Largest image.

    Raises
    ------
    TooLargeError
        An image, or the whole body, is over the limit. What is announced as too large is not received.
    UsageError, HTTPException
        The body is not what the interface describes.
    """
    limits = Limits(
        content_bytes=len(_PARTS) * max_bytes,
        parts=len(_PARTS),
        expected="Send the image as multipart/form-data, in a part named visible.",
        too_large=TooLargeError(f"The request is too large: an image may have {max_bytes:,} bytes at most."),
    )
    async with received_form(request, limits) as form:
        yield _checked(form, max_bytes)


def _checked(form: FormData, max_bytes: int) -> dict[str, UploadFile]:
    files: dict[str, UploadFile] = {}
    for name, value in form.multi_items():
        if name not in _PARTS:
            raise HTTPException(
                422,
                "The parts of the request are visible, uv and ir, and other_visible, other_uv and other_ir of a card's "
                "other side; there is another one.",
            )
        if not isinstance(value, UploadFile):
            raise HTTPException(422, f"The part {name} is no file.")
        if name in files:
            raise HTTPException(422, f"The part {name} stands twice.")
        if (value.size or 0) > max_bytes:
            raise TooLargeError(f"The {name} image has {value.size:,} bytes; {max_bytes:,} are the most.")
        files[name] = value
    # A browser sends an empty part for a light that was not chosen.
    given = {name: file for name, file in files.items() if name == "visible" or file.size}
    if "visible" not in given:
        raise HTTPException(422, "The part visible is missing: the image under visible light.")
    if "other_visible" not in given and any(name in given for name in _OF_OTHER_SIDE):
        raise HTTPException(422, "The part other_visible is missing: the other side under visible light.")
    return given


def read(file: UploadFile, name: str) -> ImageFile:
    """Read a received image into memory; called by the thread that inspects it."""
    file.file.seek(0)
    return ImageFile(_PARTS[name][1], file.file.read())
