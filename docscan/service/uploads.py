"""Images in a request: counted as they stream in, on disk above a megabyte, read when their turn comes."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from docscan.capture import ImageFile
from docscan.errors import TooLargeError, UsageError
from docscan.service import bodies

LIGHTS = ("visible", "uv", "ir")

# What messages call an image: files' own names can be personal.
_NAMES = {"visible": "The image", "uv": "The ultraviolet image", "ir": "The infrared image"}

# Boundaries and part headers around the images.
_OVERHEAD = 64_000

# What OpenAPI says of the body, which is read by hand so that it can be refused before it is held.
REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["visible"],
                "properties": {
                    light: {"type": "string", "format": "binary", "description": f"The image under {words}."}
                    for light, words in zip(
                        LIGHTS, ("visible light", "ultraviolet light (365 nm)", "infrared light"), strict=True
                    )
                },
            }
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
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(415, "Send the image as multipart/form-data, in a part named visible.")
    most = len(LIGHTS) * max_bytes + _OVERHEAD
    bodies.allow(request, most)
    form = await _parsed(request, most, max_bytes)
    try:
        yield _checked(form, max_bytes)
    finally:
        await form.close()


async def _parsed(request: Request, most: int, max_bytes: int) -> FormData:
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most:
        raise _too_large(max_bytes)
    parser = MultiPartParser(
        request.headers, _counted(request, most, max_bytes), max_files=len(LIGHTS), max_fields=len(LIGHTS)
    )
    try:
        return await parser.parse()
    except MultiPartException as error:
        raise UsageError(f"The multipart body cannot be read: {error.message}") from error
    except KeyError as error:  # starlette's parser on a Content-Type without a boundary
        raise UsageError("The multipart body cannot be read: its boundary is missing.") from error


async def _counted(request: Request, most: int, max_bytes: int) -> AsyncGenerator[bytes, None]:
    seen = 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen > most:
            raise _too_large(max_bytes)
        yield chunk


def _too_large(max_bytes: int) -> TooLargeError:
    return TooLargeError(f"The request is too large: an image may have {max_bytes:,} bytes at most.")


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
