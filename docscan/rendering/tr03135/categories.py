"""Where each of docscan's checks stands in the guideline's tree of checks (BSI TR-03135-1, tables 5.39 and 5.131)."""

from dataclasses import dataclass

OPTICAL = "OpticalCheck"
COMBINED = "CombinedCheck"
GROUP = "SsvGroupCheck"  # one for each light
OTHERS = "OtherChecks"

_DETECTION = "DocumentDetectionCheck"
_FACE = "PrimaryFacialImageEmbeddingCheck"
_MRZ = "MrzComplianceCheck"
_CONSISTENCY = (_MRZ, "MrzConsistencyCheck")
_ALIGNMENT = (_MRZ, "MrzAlignmentCheck")


@dataclass(frozen=True, slots=True)
class Category:
    """A row of the table: under which elements a check stands, and as what."""

    component: str  # OPTICAL or COMBINED
    parents: tuple[str, ...]  # from below ``Checks``
    element: str = "Check"
    generic: str | None = None  # generic check identifier: light, property, feature
    nearest: bool = False  # the guideline has nothing that asks quite this; this comes nearest
    evaluatory: bool = False  # logged, no part of the verdict (section 3.8)


def _optical(*parents: str, generic: str | None = None, nearest: bool = False, evaluatory: bool = False) -> Category:
    return Category(OPTICAL, parents, generic=generic, nearest=nearest, evaluatory=evaluatory)


def _spectral(generic: str, *, nearest: bool = False) -> Category:
    parents = ("SpectrallySelectiveVerificationCheck", GROUP)
    return Category(OPTICAL, parents, "BasicCheck", generic, nearest)


_DATUM = Category(OPTICAL, ("MrzVsVizCheck",), "ComponentCheck")

CATEGORIES = {
    "mrz.found": _spectral("(VI, AB, MR)"),
    "mrz.check_digits": _optical(*_CONSISTENCY),
    "mrz.syntax": _optical(*_CONSISTENCY),
    "mrz.issuing_state": _optical(*_CONSISTENCY),
    "mrz.dates": _optical(*_CONSISTENCY),
    "mrz.geometry": _optical(*_ALIGNMENT),
    "mrz.glyphs": _optical(_MRZ, "MrzOcrbTypeFaceCheck"),
    "mrz.pitch": _optical(*_ALIGNMENT),
    "mrz.alignment": _optical(*_ALIGNMENT, "CharacterAlignmentCheck"),
    "viz.surname": _DATUM,
    "viz.given_names": _DATUM,
    "viz.document_number": _DATUM,
    "viz.nationality": _DATUM,
    "viz.birth_date": _DATUM,
    "viz.sex": _DATUM,
    "viz.expiry_date": _DATUM,
    "document.expiry": Category(COMBINED, ("DateOfExpiryCheck",), evaluatory=True),
    "document.specimen": _optical("NoTestDocumentCheck", evaluatory=True),
    "print.portrait": _optical(_FACE, nearest=True),
    "print.viz": _spectral("(VI, AB, ID)", nearest=True),
    "print.mrz": _spectral("(VI, AB, MR)", nearest=True),
    "print.background": _spectral("(VI, AB, IS)", nearest=True),
    "page.print": _spectral("(VI, AB, IS)", nearest=True),
    "page.copy_move": _spectral("(VI, AB, ID)", nearest=True),
    "page.display": _spectral("(VI, AB, IS)", nearest=True),
    "reference.print": _spectral("(VI, AB, IS)", nearest=True),
    "reference.microtext": _spectral("(VI, AB, IS)"),
    "reference.places": _spectral("(VI, AB, ID)", nearest=True),
    "reference.ovd": _spectral("(VI, AB, IS)", nearest=True),
    "reference.type": _spectral("(VI, AB, ID)", nearest=True),
    "photo.edge": _optical(_FACE),
    "photo.halftone": _spectral("(VI, FR, PH)"),
    "photo.ghost": _spectral("(VI, AB, SP)", nearest=True),
    "uv.image": _optical(_DETECTION, nearest=True),
    "uv.dull_paper": _spectral("(UV, BR, FU)"),
    "uv.pattern": _spectral("(UV, LU, IS)"),
    "uv.fibres": _spectral("(UV, LU, FI)"),
    "uv.patches": _spectral("(UV, BR, PH)"),
    "uv.portrait_edges": _spectral("(UV, BR, PH)", nearest=True),
    "uv.page": _spectral("(UV, BR, FU)", nearest=True),
    "ir.image": _optical(_DETECTION, nearest=True),
    "ir.mrz_visible": _optical(_MRZ, "MrzIrReadabilityCheck", generic="(IR, AB, MR)"),
    "ir.portrait": _spectral("(IR, AB, PH)"),
    "ir.ovd": _spectral("(IR, AB, IS)", nearest=True),
    "ir.page": _spectral("(IR, AB, IS)", nearest=True),
}

_OTHER = _optical(OTHERS)  # a report of another version of docscan may have checks that this one does not know

# Order of siblings, as the guideline's tables have it.
ORDER = (
    _DETECTION,
    "DocumentModelIdentificationCheck",
    "NoTestDocumentCheck",
    _FACE,
    _MRZ,
    "MrzConsistencyCheck",
    "MrzIrReadabilityCheck",
    "MrzOcrbTypeFaceCheck",
    "MrzAlignmentCheck",
    "CharacterAlignmentCheck",
    "MrzVsVizCheck",
    "SpectrallySelectiveVerificationCheck",
    OTHERS,
)


def category(check_id: str) -> Category:
    """Return where a check stands; one that this version does not know stands among the others."""
    return CATEGORIES.get(check_id, _OTHER)
