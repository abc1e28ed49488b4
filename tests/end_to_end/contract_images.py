"""What schemathesis sends where the interface takes images and zips: good ones, and some that are not."""

import io
import zipfile

import schemathesis
from hypothesis import strategies as st

from tests.corrupt import corrupted_inputs, encoded
from tests.end_to_end.serving import FORGED, SAMPLE

_BAD = [data for _, data in corrupted_inputs() if len(data) < 100_000]


def _zipped(*images: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, image in enumerate(images):
            archive.writestr(f"{number}.jpg", image)
    return buffer.getvalue()


_GOOD = st.sampled_from([SAMPLE, FORGED, encoded("jpg"), encoded("png"), encoded("tif"), encoded("webp")])

schemathesis.openapi.media_type(
    "image/jpeg",
    _GOOD | st.sampled_from(_BAD),
    aliases=["image/png", "image/tiff", "image/webp", "image/bmp", "image/jp2"],
)
schemathesis.openapi.media_type(
    "application/zip", st.sampled_from([_zipped(SAMPLE), _zipped(encoded("png"), b"none"), _zipped(), b"none"])
)
