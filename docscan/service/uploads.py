"""The images of one document in a request, by light; they are read when their turn comes."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from docscan.capture import ImageFile
from docscan.errors import TooLargeError
from docscan.service.multipart import Limits, received_form

LIGHTS = ("visible", "uv", "ir")

# What messages call an image: files' own names can be personal.
_NAMES = {"visible": "The image", "uv": "The ultraviolet image", "ir": "The infrared image"}

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
                    light: {"type": "string", "format": "binary", "description": f"The image under {words}."}
                    for light, words in zip(
                        LIGHTS, ("visible light", "ultraviolet light (365 nm)", "infrared light"), strict=True
                    )
                },
            },
            "encoding": {light: {"contentType": IMAGE_TYPES} for light in LIGHTS},
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
        content_bytes=len(LIGHTS) * max_bytes,
        parts=len(LIGHTS),
        expected="Send the image as multipart/form-data, in a part named visible.",
        too_large=TooLargeError(f"The request is too large: an image may have {max_bytes:,} bytes at most."),
    )
    async with received_form(request, limits) as form:
        yield _checked(form, max_bytes)


def _checked(form: FormData, max_bytes: int) -> dict[str, UploadFile]:
    files: dict[str, UploadFile] = {}
    for name, value in form.multi_items():
        if name not in LIGHTS:
            raise HTTPException(422, "The parts of the request are visible, uv and ir; there is another one.")
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
    return given


def read(file: UploadFile, light: str) -> ImageFile:
    """Read a received image into memory; called by the thread that inspects it."""
    file.file.seek(0)
    return ImageFile(_NAMES[light], file.file.read())
