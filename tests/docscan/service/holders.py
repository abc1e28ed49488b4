"""What tells who carried a document, in every form in which it might have been written somewhere."""

import base64
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, select

SHORTEST = 6  # characters; shorter ones stand in megabytes of sealed bytes by chance


def said_of_holder(report: dict[str, Any]) -> set[str]:
    """Names, numbers, dates and lines of a whole report's machine-readable zone."""
    mrz = report["mrz"]
    fields = mrz["fields"]
    said = {*mrz["lines"], fields["surname"], fields["document_number"], fields["optional_data"]}
    said |= {*fields["given_names"].split(), *(line.replace("<", " ").strip() for line in mrz["lines"])}
    for name in ("birth_date", "expiry_date"):
        if fields[name]:
            said |= _dates(date.fromisoformat(fields[name]))
    # Birth date, check digit, sex, as the zone has them side by side.
    said |= set(re.findall(r"\d{7}[MFX<]", "".join(mrz["lines"])))
    return {text for text in said if text and len(text) >= SHORTEST}


def _dates(day: date) -> set[str]:
    forms = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d %m %Y", "%d %b %Y", "%d %B %Y", "%Y%m%d")
    return {day.strftime(form) for form in forms} | {day.strftime("%d %b %Y").upper()}


def written_forms(text: str) -> Iterator[bytes]:
    """A text in the encodings that programs write."""
    for spelt in (text, text.lower(), text.upper(), text.title()):
        plain = spelt.encode()
        yield plain
        yield spelt.encode("utf-16-le")
        yield spelt.encode("utf-16-be")
        yield plain.hex().encode()
        for shift in range(3):
            # Base64 of it wherever it stands: without the characters that its neighbours share.
            encoded = base64.b64encode(bytes(shift) + plain).rstrip(b"=")
            inner = encoded[-(-4 * shift // 3) : len(encoded) - 1]
            if len(inner) >= SHORTEST:
                yield inner


def found_in(data: bytes, said: set[str], images: tuple[bytes, ...] = ()) -> list[str]:
    """Return what of a holder stands in some bytes; ``images`` are those that were sent."""
    found = [text for text in said if any(form in data for form in written_forms(text))]
    pieces = {image[start : start + 48] for image in images for start in range(0, len(image) - 48, 4096)}
    return found + ["a piece of an image" for piece in pieces if piece in data]


def all_bytes(*places: Path) -> bytes:
    """Everything in these files and folders, one after the other."""
    files = [path for place in places for path in ([place] if place.is_file() else sorted(place.rglob("*")))]
    return b"\n".join(path.name.encode() + b"\n" + path.read_bytes() for path in files if path.is_file())


def all_rows(engine: Engine) -> bytes:
    """Everything in a database, table by table."""
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        rows = [row for table in tables.sorted_tables for row in connection.execute(select(table))]
    return "\n".join(map(str, rows)).encode()
