"""What inspections share, opened once: settings, models, the library of document models, helping threads."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial

from docscan.checks.regions import fitting
from docscan.documents.matching import Library, open_library
from docscan.lanes import Lanes
from docscan.mrz import read as mrz_room
from docscan.processes import libraries_on_one_thread, reuse_memory
from docscan.runtime import Models, open_models
from docscan.settings import Settings
from docscan.types import ModelInfo
from docscan.visual.ocr import TextReader


@dataclass(frozen=True, slots=True)
class Tools:
    """What inspections share: settings, verified models, the verified library of document models, helping threads."""

    settings: Settings
    models: Models
    library: Library = field(default_factory=Library.empty)
    reader: TextReader | None = None  # of the visual zone; None where the MRZ alone is wanted
    lanes: Lanes = field(default_factory=partial(Lanes, 0))

    def infos(self) -> tuple[ModelInfo, ...]:
        """Return what a report says of the models in use."""
        return self.models.infos() + (() if self.reader is None else (self.reader.info(),))


def open_tools(settings: Settings) -> Tools:
    """Load what inspections need.

    Raises
    ------
    ModelError
        A model is missing or is not the one that the manifest names.
    DocumentModelError
        A document model of the library is broken or altered.
    """
    reuse_memory()
    lanes = Lanes(settings.threads - 1)
    return Tools(settings, _open_models(settings), open_library(settings.documents), TextReader(lanes), lanes)


def open_enrolment_tools(settings: Settings) -> Tools:
    """Load what ``see`` and enrolment need: the models, no library.

    Raises
    ------
    ModelError
        As ``open_tools``.
    """
    lanes = Lanes(settings.threads - 1)
    return Tools(settings, _open_models(settings), reader=TextReader(lanes), lanes=lanes)


def open_mrz_tools(settings: Settings) -> Tools:
    """Load what ``read_mrz`` needs.

    Raises
    ------
    ModelError
        As ``open_tools``.
    """
    return Tools(settings, _open_models(settings, only=mrz_room.MODELS))


def _open_models(settings: Settings, only: Collection[str] | None = None) -> Models:
    # One thread each: what two can do stands beside each other, see docscan.lanes.
    libraries_on_one_thread()
    return fitting(open_models(settings.models, providers=settings.providers, threads=1, only=only))
