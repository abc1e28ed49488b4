"""An inspection from its files to what is kept of it, in the thread whose turn it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from docscan.capture import Files, ImageFile
from docscan.inspection import inspect
from docscan.rendering.pictures import Pictures, pictures_of
from docscan.service.access.principal import Principal
from docscan.service.storage.idempotency import Claim
from docscan.service.storage.records import Records
from docscan.service.storage.vocabulary import Kept
from docscan.service.watching.observing import observe
from docscan.tools import Tools
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
        By light: ``visible``, and ``uv`` and ``ir`` where taken; ``other_…`` are those of a card's other side.

    Raises
    ------
    InputError
        A file cannot be read as an image.
    """
    other = None
    if "other_visible" in images:
        other = Files(images["other_visible"], images.get("other_uv"), images.get("other_ir"))
    inspection = inspect(images["visible"], uv=images.get("uv"), ir=images.get("ir"), other_side=other, tools=tools)
    return inspection.report, pictures_of(inspection)


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
