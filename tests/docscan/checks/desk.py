"""A desk at which documents of Utopia are enrolled and inspected, as a page reader takes them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order, make
from docscan.capture import ImageFile
from docscan.checks import CHECKS, Check, perform
from docscan.documents.enrolment import enrol
from docscan.documents.model import DocumentModel
from docscan.documents.pictures import laid_on_samples
from docscan.documents.samples import Sample
from docscan.evidence import Evidence
from docscan.inspection import Seen, Tools, read_lines, see
from docscan.lights import look_at_lights
from docscan.types import CheckResult, Spectrum
from tests.docscan.documents.conftest import CREATED

Make = Callable[..., Evidence]
Results = dict[str, CheckResult]
LIGHTS = [check for check in CHECKS if check.spectrum is not Spectrum.VISIBLE]


class Desk:
    """Makes Utopian passports, and performs the checks of other lights and of the portrait on them."""

    def __init__(self, tools: Tools, evidence: Make) -> None:
        self.tools, self._evidence = tools, evidence
        self.model: DocumentModel | None = None
        self._seen: dict[tuple[str, int], Seen] = {}

    def seen(self, recipe: str, index: int = 0) -> Seen:
        """Return a passport as it was found in its files; drawn once."""
        if (recipe, index) not in self._seen:
            self._seen[recipe, index] = self._drawn(recipe, index)
        return self._seen[recipe, index]

    def _drawn(self, recipe: str, index: int) -> Seen:
        made = make(Order(4712, index, "UTO", Kind.TD3, recipe), ("visible", "uv", "ir"), device="reader", dpi=250)
        files = {light: ImageFile(light, data) for light, (data, _) in made.captured.files.items()}
        return see(**files, tools=self.tools)  # type: ignore[arg-type]

    def enrol(self) -> None:
        seen = [self.seen(GENUINE, index) for index in range(1, 5)]
        samples = [Sample("", one.capture, one.page, one.mrz, read_lines(one, self.tools)) for one in seen]
        self.model = enrol("uto-p-2019", samples, version=1, created=CREATED, models=self.tools.models)

    def results(self, seen: Seen, *, enrolled: bool = True, checks: Sequence[Check] = LIGHTS) -> Results:
        model = self.model if enrolled else None
        pictures = model.pictures if model else {}
        laid = laid_on_samples(seen.page, pictures)
        evidence = self._evidence(
            capture=seen.capture,
            page=seen.page,
            model=model,
            calibrations=self.tools.models.calibrations,
            lights=look_at_lights(seen.page, seen.mrz, pictures, laid),
            laid=laid,
        )
        evidence = replace(evidence, mrz=seen.mrz)
        return {check.id: perform(check, evidence) for check in checks}
