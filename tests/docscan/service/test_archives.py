import io
import stat
import struct
import zipfile
from collections.abc import Callable

import pytest

from docscan.errors import DocscanError
from docscan.service.archives import Limits, documents_of

LIMITS = Limits(documents=5, file_bytes=1_000_000, bytes=2_000_000)


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return buffer


def test_images_come_in_its_order_and_the_rest_is_passed_over() -> None:
    file = zipped(
        ("b/2.jpg", b"two"),
        ("notes.txt", b"no image"),
        ("b/", b""),
        ("__MACOSX/b/2.jpg", b"no image"),
        ("b/._2.jpg", b"no image"),
        ("a.PNG", b"one"),
        ("b/2.jpg.html", b"no image"),
    )
    assert list(documents_of(file, LIMITS)) == [b"two", b"one"]


def link() -> io.BytesIO:
    entry = zipfile.ZipInfo("a.jpg")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped((entry, b"/etc/passwd"))


def encrypted() -> io.BytesIO:
    data = bytearray(zipped(("a.jpg", b"x")).getvalue())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + place] |= 1
    return io.BytesIO(bytes(data))


def lies_about_its_size() -> io.BytesIO:
    data = bytearray(zipped(("a.jpg", bytes(1_900_000))).getvalue())
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.find(signature) + place, 10)
    return io.BytesIO(bytes(data))


def large_directory() -> io.BytesIO:
    data = bytearray(zipped(("a.jpg", b"x")).getvalue())
    struct.pack_into("<I", data, data.rfind(b"PK\x05\x06") + 12, 500_000_000)
    return io.BytesIO(bytes(data))


def zip64() -> io.BytesIO:
    data = zipped(("a.jpg", b"x")).getvalue()
    end = data.rfind(b"PK\x05\x06")
    return io.BytesIO(data[:end] + b"PK\x06\x07" + bytes(16) + data[end:])


def damaged() -> io.BytesIO:
    data = bytearray(zipped(("a.jpg", bytes(range(256)) * 20)).getvalue())
    data[60] ^= 0xFF
    return io.BytesIO(bytes(data))


@pytest.mark.parametrize(
    ("make", "says", "status"),
    [
        (lambda: io.BytesIO(b""), "none", 422),
        (lambda: io.BytesIO(b"PK\x03\x04" + bytes(200)), "none", 422),
        (lambda: io.BytesIO(bytes(100_000)), "none", 422),
        (damaged, "damaged", 422),
        (lambda: zipped(("a.txt", b"x")), "no image", 422),
        (lambda: zipped(("../a.jpg", b"x")), "leads out", 422),
        (lambda: zipped(("a/../../b.jpg", b"x")), "leads out", 422),
        (lambda: zipped(("/etc/a.jpg", b"x")), "leads out", 422),
        (lambda: zipped(("C:\\a.jpg", b"x")), "leads out", 422),
        (lambda: zipped(("..\\a.jpg", b"x")), "leads out", 422),
        (link, "link", 422),
        (encrypted, "encrypted", 422),
        (lambda: zipped(("a.jpg", b"x"), method=zipfile.ZIP_LZMA), "deflate", 422),
        (lambda: zipped(("a.jpg", b"x"), method=zipfile.ZIP_BZIP2), "deflate", 422),
        (lambda: zipped(*((f"{n}.jpg", b"x") for n in range(6))), "6 documents", 413),
        (lambda: zipped(("a.jpg", bytes(1_000_001))), "1,000,000 bytes", 413),
        (lambda: zipped(*((f"{n}.jpg", bytes(900_000)) for n in range(3))), "2,700,000 bytes", 413),
        (lies_about_its_size, "damaged", 422),
        (large_directory, "too many", 413),
        (zip64, "ZIP64", 422),
    ],
)
def test_what_is_no_plain_zip_of_documents_is_refused(make: Callable[[], io.BytesIO], says: str, status: int) -> None:
    with pytest.raises(DocscanError, match=says) as refused:
        list(documents_of(make(), LIMITS))
    assert refused.value.status == status


def test_a_bomb_is_refused_by_what_it_unpacks_to() -> None:
    file = zipped(*((f"{n}.jpg", bytes(30_000_000)) for n in range(5)))
    assert len(file.getvalue()) < 200_000
    with pytest.raises(DocscanError, match="far more than pictures do"):
        list(documents_of(file, Limits(documents=5, file_bytes=50_000_000, bytes=500_000_000)))
