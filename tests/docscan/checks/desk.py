"""A desk at which documents of Utopia are enrolled and inspected, as a page reader takes them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from datasets.physics.surface import Box
from datasets.sheet import Kind
from datasets.specimens import Order, Specimen, make
from docscan.capture import ImageFile
from docscan.checks import CHECKS, Check, perform
from docscan.checks.regions import MODEL, look
from docscan.documents.comparison import compare, spots_of
from docscan.documents.model import DocumentModel
from docscan.documents.pictures import laid_on_samples
from docscan.evidence import Evidence
from docscan.inspection import Seen, see
from docscan.lights import judged, look_at_lights
from docscan.tools import Tools
from docscan.types import CheckResult, Spectrum
from docscan.typesetting import typesetting_of
from tests.docscan.conftest import Makes

Make = Callable[..., Evidence]
Results = dict[str, CheckResult]
LIGHTS = [check for check in CHECKS if check.spectrum is not Spectrum.VISIBLE]


def with_lights(seen: Seen, **lights: np.ndarray | None) -> Seen:
    """Return a document with other pictures of its page, by the names that ``Page`` has for them."""
    return replace(seen, page=replace(seen.page, **lights))  # type: ignore[arg-type]


@cache
def _forged(recipe: str) -> Specimen:
    return make(Order(4712, 7, "UTO", Kind.TD3, recipe), ("visible", "uv", "ir"), device="reader", dpi=250)


class Desk:
    """Makes Utopian passports, and performs the checks of other lights, of the portrait and of the OVD on them."""

    def __init__(self, tools: Tools, makes: Makes, model: DocumentModel, evidence: Make) -> None:
        self.tools, self._makes, self._evidence = tools, makes, evidence
        self.model = model
        self._drawn: dict[str, Seen] = {}

    def knowing(self, model: DocumentModel) -> "Desk":
        """Return a desk that knows another model of the same documents."""
        return Desk(self.tools, self._makes, model, self._evidence)

    def genuine(self, index: int = 0) -> Seen:
        """Return a genuine passport as it was found in its files; those from 1 to 4 are enrolled."""
        sample = self._makes.sample("UTO", Kind.TD3, index)
        return Seen(sample.capture, sample.mrz, sample.page)

    def forged(self, recipe: str) -> Seen:
        """Return a forged passport as it was found in its files; drawn once."""
        if recipe not in self._drawn:
            made = _forged(recipe)
            files = {light: ImageFile(light, data) for light, (data, _) in made.captured.files.items()}
            self._drawn[recipe] = see(**files, tools=self.tools)  # type: ignore[arg-type]
        return self._drawn[recipe]

    @staticmethod
    def altered(recipe: str) -> list[Box]:
        """Return what was altered on that passport: left, top, width and height in millimetres of its page."""
        return [box for done in _forged(recipe).sheet.alterations for box in done.boxes]

    def results(self, seen: Seen, *, enrolled: bool = True, checks: Sequence[Check] = LIGHTS) -> Results:
        model = self.model if enrolled else None
        pictures = model.pictures if model else {}
        laid, models = laid_on_samples(seen.page, pictures), self.tools.models
        looked = look(seen.capture, seen.page, seen.mrz_format, models, spots_of(model))
        evidence = self._evidence(
            capture=seen.capture,
            page=seen.page,
            model=model,
            comparison=compare(seen.page, model, looked, laid, models.entries[MODEL].sha256),
            calibrations=models.calibrations,
            lights=judged(look_at_lights(seen.page, seen.mrz, pictures, laid), models),
            laid=laid,
            typesetting=typesetting_of(seen.capture, seen.page, seen.mrz, laid),
        )
        evidence = replace(evidence, mrz=seen.mrz)
        return {check.id: perform(check, evidence) for check in checks}
