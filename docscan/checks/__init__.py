"""The checks, one file a family, and the plain list that names them all."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from docscan.checks import (
    copy_move,
    display,
    document,
    infrared,
    light_pages,
    mrz_geometry,
    mrz_rules,
    mrz_type,
    ovd,
    photo,
    printing,
    reference,
    slots,
    typeface,
    ultraviolet,
    visual_zone,
    whole_page,
)
from docscan.checks.finding import Finding
from docscan.checks.measured import Measure, measured
from docscan.evidence import Evidence
from docscan.lanes import Lanes
from docscan.types import CheckResult, Outcome, Spectrum

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its id in every report, the light it needs, and the function that performs it.

    ``measure`` is what a measured check measures: ``training`` calibrates it.
    """

    id: str
    perform: Callable[[Evidence], Finding]
    spectrum: Spectrum = Spectrum.VISIBLE
    measure: Measure | None = None


def _measured(check_id: str, measure: Measure, spectrum: Spectrum = Spectrum.VISIBLE) -> Check:
    return Check(check_id, measured(check_id, measure), spectrum, measure)


CHECKS: tuple[Check, ...] = (
    Check("mrz.found", mrz_rules.found),
    Check("mrz.check_digits", mrz_rules.check_digits),
    Check("mrz.syntax", mrz_rules.syntax),
    Check("mrz.issuing_state", mrz_rules.issuing_state),
    Check("mrz.dates", mrz_rules.dates),
    Check("mrz.geometry", mrz_geometry.geometry),
    _measured("mrz.glyphs", mrz_type.glyphs),
    _measured("mrz.pitch", mrz_type.pitch),
    _measured("mrz.alignment", mrz_type.alignment),
    Check("viz.surname", visual_zone.datum("surname")),
    Check("viz.given_names", visual_zone.datum("given_names")),
    Check("viz.document_number", visual_zone.datum("document_number")),
    Check("viz.nationality", visual_zone.datum("nationality")),
    Check("viz.birth_date", visual_zone.datum("birth_date")),
    Check("viz.sex", visual_zone.datum("sex")),
    Check("viz.expiry_date", visual_zone.datum("expiry_date")),
    Check("document.expiry", document.expiry),
    Check("document.specimen", document.specimen),
    Check("print.portrait", printing.region("portrait")),
    Check("print.viz", printing.region("viz")),
    Check("print.mrz", printing.region("mrz")),
    Check("print.background", printing.region("background")),
    _measured("page.print", whole_page.by_daylight),
    _measured("page.copy_move", copy_move.copied),
    _measured("page.display", display.pixels),
    _measured("reference.print", reference.print_of_page),
    _measured("reference.microtext", reference.microtext),
    _measured("reference.places", reference.places),
    _measured("reference.type", typeface.printed_alike),
    _measured("reference.ovd", ovd.shines),
    _measured("photo.edge", photo.edge),
    _measured("photo.halftone", photo.halftone),
    _measured("photo.ghost", photo.ghost),
    Check("uv.image", slots.right_image(Spectrum.UV), Spectrum.UV),
    _measured("uv.dull_paper", ultraviolet.dull_paper, Spectrum.UV),
    _measured("uv.pattern", ultraviolet.pattern, Spectrum.UV),
    _measured("uv.fibres", ultraviolet.fibres, Spectrum.UV),
    _measured("uv.patches", ultraviolet.patches, Spectrum.UV),
    _measured("uv.portrait_edges", ultraviolet.portrait_edges, Spectrum.UV),
    _measured("uv.page", light_pages.ultraviolet, Spectrum.UV),
    Check("ir.image", slots.right_image(Spectrum.IR), Spectrum.IR),
    _measured("ir.mrz_visible", infrared.mrz_visible, Spectrum.IR),
    _measured("ir.portrait", infrared.portrait, Spectrum.IR),
    _measured("ir.ovd", ovd.under_infrared, Spectrum.IR),
    _measured("ir.page", light_pages.infrared, Spectrum.IR),
)


def perform(check: Check, evidence: Evidence) -> CheckResult:
    """Perform one check; one that breaks becomes ``aborted`` with its reason."""
    try:
        finding = check.perform(evidence)
    except Exception as error:  # a report must come out whatever one check does
        # The type alone: a message could quote what was read from the document.
        _log.error("check %s broke: %s", check.id, type(error).__name__)
        finding = Finding(Outcome.ABORTED, f"This check broke ({type(error).__name__}); the others are not affected.")
    return CheckResult(
        id=check.id,
        outcome=finding.outcome,
        explanation=finding.explanation,
        spectrum=check.spectrum,
        score=finding.score,
        threshold=finding.threshold,
        log10_lr=finding.log10_lr,
        region=finding.region,
    )


def perform_all(evidence: Evidence, lanes: Lanes | None = None) -> tuple[CheckResult, ...]:
    """Perform every check, in the order of the list; on ``lanes`` beside each other, else one after the other."""
    return tuple((lanes or Lanes(0)).each(lambda check: perform(check, evidence), CHECKS))
