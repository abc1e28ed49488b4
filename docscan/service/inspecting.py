"""An inspection from its files to what is kept of it, in the thread whose turn it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from docscan.capture import ImageFile
from docscan.inspection import Tools, inspect
from docscan.rendering.pictures import Pictures, draw
from docscan.service.access.principal import Principal
from docscan.service.storage.idempotency import Claim
from docscan.service.storage.records import Records
from docscan.service.storage.vocabulary import Kept
from docscan.service.watching.observing import observe
from docscan.types import Report


@dataclass(frozen=True, slots=True)
class Work:
    """What an inspection needs besides its images."""

    tools: Tools
    records: Records
    principal: Principal
    claim: Claim | None = None
    batch_id: str | None = None


def look_at(images: Mapping[str, ImageFile], tools: Tools) -> tuple[Report, Pictures]:
    """Inspect one document and draw what its report shows.

    Parameters
    ----------
    images
        By light: ``visible``, and ``uv`` and ``ir`` where taken.

    Raises
    ------
    InputError
        A file cannot be read as an image.
    """
    inspection = inspect(images["visible"], uv=images.get("uv"), ir=images.get("ir"), tools=tools)
    report, references = inspection.report, inspection.references
    return report, draw(report, inspection.capture, inspection.page, inspection.heat, references)


def inspect_and_keep(images: Mapping[str, ImageFile], work: Work) -> Kept:
    """Inspect one document; when this returns, the inspection is kept and may be acknowledged.

    Raises
    ------
    InputError
        A file cannot be read as an image.
    TakenError, StorageError
        As :meth:`Records.add`.
    """
    report, pictures = look_at(images, work.tools)
    sent = {light: image.data for light, image in images.items()}
    work.records.add(report, pictures, sent, work.principal, batch_id=work.batch_id, claim=work.claim)
    observe(report)
    return Kept(report, pictures)
