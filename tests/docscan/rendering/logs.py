"""Reports for the logs after BSI TR-03135: of every check there is, in every outcome that a test wants."""

import uuid
from datetime import UTC, datetime
from typing import Any

from docscan import types as t
from docscan.checks import CHECKS
from docscan.rendering.json import to_dict
from tests.docscan.rendering.conftest import report as bare_report

LIGHTS = {t.Spectrum.VISIBLE, t.Spectrum.UV, t.Spectrum.IR}
MOMENT = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def report(
    outcomes: dict[str, t.Outcome] | None = None,
    lights: set[t.Spectrum] = LIGHTS,
    verdict: t.Verdict = t.Verdict.NO_CONCERN,
    document: t.Document | None = None,
) -> dict[str, Any]:
    """A report as plain data: every check passed, but for those named and those of lights that are not there."""

    def outcome(check_id: str, light: t.Spectrum) -> t.Outcome:
        default = t.Outcome.PASSED if light in lights else t.Outcome.NOT_PERFORMED
        return (outcomes or {}).get(check_id, default)

    checks = tuple(
        t.CheckResult(check.id, outcome(check.id, check.spectrum), "A sentence about Anna Maria.", check.spectrum)
        for check in CHECKS
    )
    plain = to_dict(bare_report())
    plain |= {"id": str(uuid.uuid4()), "verdict": verdict.value}
    plain["checks"] = [
        {"id": check.id, "outcome": check.outcome.value, "spectrum": check.spectrum.value, "log10_lr": -0.1,
         "score": None, "threshold": None, "region": None, "explanation": check.explanation}
        for check in checks
    ]  # fmt: skip
    if document is not None:
        plain["document"] = {
            "format": document.format, "code": document.code, "issuing_state": document.issuing_state,
            "model": document.model, "specimen": document.specimen, "model_version": document.model_version,
        }  # fmt: skip
    return plain
