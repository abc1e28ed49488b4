"""How often the checks against a reference find a counterfeit that the region network alone lets pass."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from datasets.forging.catalogue import shows
from docscan.checks.measured import Measurement, weighed
from docscan.runtime import Calibration, Models
from docscan.scoring import fuse, fused
from docscan.settings import Settings
from docscan.types import CheckResult, Outcome, Spectrum
from training.region.measures import Rate, auc, bpcer_at
from training.witnesses.documents import COUNTERFEITS, WHOLE_PAGE
from training.witnesses.fitting import FINDS
from training.witnesses.measuring import Witnessed

_OTHER_LIGHTS = (Spectrum.UV.value, Spectrum.IR.value)
_STRICTER = (1.5, 2.0)  # log10 likelihood ratios from which an authority might refer instead
_NAMED = 5  # checks that fail most
REFER = float(Settings.model_fields["refer_log10_lr"].default)


def _outcome(one: Witnessed, check: str) -> Outcome:
    return next(result.outcome for result in one.checks if result.id == check)


def _by_print(one: Witnessed, models: Models) -> float | None:
    """Return what the region network alone says; None where it abstained."""
    ratios = {
        result.id: result.log10_lr
        for result in one.checks
        if result.id.startswith("print.") and result.outcome in (Outcome.PASSED, Outcome.FAILED)
    }
    return fused(ratios, models.fusions()["print"]) if ratios else None


def _rate(documents: Sequence[Witnessed], holds: Callable[[Witnessed], bool]) -> str:
    return str(Rate(sum(holds(one) for one in documents), len(documents)))


def _failed(check: str, one: Witnessed) -> bool:
    return _outcome(one, check) is Outcome.FAILED


def _spoke(check: str, documents: Sequence[Witnessed]) -> list[Witnessed]:
    return [one for one in documents if _outcome(one, check) in (Outcome.PASSED, Outcome.FAILED)]


def _against_samples(one: Witnessed) -> bool:
    """Tell whether any check against the document model's samples by daylight failed."""
    return any(result.outcome is Outcome.FAILED for result in one.checks if result.id.startswith("reference."))


def _telling(light: str, documents: Sequence[Witnessed]) -> str:
    """Return how the network of a light tells forgeries that show under it, and those that do not: these by chance."""
    values: dict[bool | None, list[float]] = {None: [], True: [], False: []}
    for one in documents:
        if (numbers := one.numbers.get(f"{light}.page")) is not None:
            values[None if one.genuine else shows(one.recipe, (light,))].append(numbers["value"])
    genuine, forged = np.array(values[None]), (np.array(values[shown]) for shown in (True, False))
    return "; ".join(f"{auc(genuine, some):.3f}" if len(genuine) and len(some) else "none" for some in forged)


def judged_anew(documents: Sequence[Witnessed], fitted: Mapping[str, Calibration]) -> list[Witnessed]:
    """Return documents as checks judge them by other calibrations than those they were inspected with."""
    return [replace(one, checks=tuple(_judged_anew(one, said, fitted) for said in one.checks)) for one in documents]


def _judged_anew(one: Witnessed, said: CheckResult, fitted: Mapping[str, Calibration]) -> CheckResult:
    if said.id not in fitted or said.id not in one.numbers:
        return said
    numbers = one.numbers[said.id]
    # What was said stays as it was: sentences are not kept with what was measured.
    told, usual = said.explanation, one.usual.get(said.id)
    seen = Measurement(numbers["value"], passed=told, failed=told, numbers=numbers, usual=usual)
    found = weighed(seen, fitted[said.id], askew=one.askew)
    return replace(said, outcome=found.outcome, log10_lr=found.log10_lr, score=found.score, threshold=found.threshold)


def rows_of_checks(documents: Sequence[Witnessed], checks: Sequence[str]) -> dict[str, str]:
    """Return of each check how many genuine documents fail it, and how many forgeries that it is there to find."""
    genuine = [one for one in documents if one.genuine]
    found = {
        "documents, of them genuine": f"{len(documents)}, {len(genuine)}",
        "matched to their model": _rate(documents, lambda one: one.modelled),
    }
    for check in checks:
        fails = partial(_failed, check)
        found[f"genuine that fail {check}, where it spoke"] = _rate(_spoke(check, genuine), fails)
        kinds = [one for one in documents if one.recipe in FINDS.get(check, ())]
        found[f"forgeries that it is there to find, found, where {check} spoke"] = _rate(_spoke(check, kinds), fails)
    return found


def rows(documents: Sequence[Witnessed], models: Models, checks: Sequence[str]) -> Mapping[str, str]:
    """Return what was measured, as a table of two columns."""

    def missed(one: Witnessed) -> bool:
        ratio = _by_print(one, models)
        return ratio is not None and ratio < REFER

    found = rows_of_checks(documents, checks)
    for recipe in WHOLE_PAGE:
        alike = [one for one in documents if one.recipe == recipe]
        found[f"{recipe} that fail a reference check"] = _rate(alike, _against_samples)
    for title, recipes in (("counterfeits", COUNTERFEITS), ("counterfeits and copies", WHOLE_PAGE)):
        alone = [one for one in documents if one.recipe in recipes and missed(one)]
        found[f"{title} that the network alone lets pass, found by a reference check"] = _rate(alone, _against_samples)
    for light in _OTHER_LIGHTS:
        if f"{light}.page" in checks:
            told = _telling(light, documents)
            found[f"{light}.page: AUC of forgeries that show under its light; of others"] = told
    return found | _lights(documents, models) | _as_captured(documents, models)


def _lights(documents: Sequence[Witnessed], models: Models) -> dict[str, str]:
    """Return what three lights add, on documents of page readers: of all forgeries, and of those that show there."""
    three = [one for one in documents if one.lights == len(Spectrum)]
    shown = [one for one in three if one.genuine or shows(one.recipe, _OTHER_LIGHTS)]
    found = _by_lights(three, models)
    return found | {f"shows under UV or IR, {name}": value for name, value in _by_lights(shown, models).items()}


def _by_lights(three: Sequence[Witnessed], models: Models) -> dict[str, str]:
    found = {"captured under three lights, of them genuine": f"{len(three)}, {sum(one.genuine for one in three)}"}
    for title, lights in (("visible light alone", (Spectrum.VISIBLE,)), ("three lights", tuple(Spectrum))):
        ratios = np.array([_ratio(one, models, lights) for one in three])
        genuine = np.array([one.genuine for one in three])
        if genuine.all() or not genuine.any():
            continue
        for apcer in (0.05, 0.1):
            value = bpcer_at(ratios[genuine], ratios[~genuine], apcer)
            found[f"{title}: BPCER at APCER {100 * apcer:.0f} %"] = f"{100 * value:.1f} %"
        found[f"{title}: AUC"] = f"{auc(ratios[genuine], ratios[~genuine]):.3f}"
        found[f"{title}: genuine referred"] = _rate_of(ratios[genuine] >= REFER)
        found[f"{title}: forged not referred"] = _rate_of(ratios[~genuine] < REFER)
    return found


def _as_captured(documents: Sequence[Witnessed], models: Models) -> dict[str, str]:
    """Return what is referred of all documents, and of those that scanners and phones captured, from several ratios."""
    ratios = np.array([_ratio(one, models, tuple(Spectrum)) for one in documents])
    genuine = np.array([one.genuine for one in documents])
    again = (ratios < REFER) & np.array([_speaks_against(one) for one in documents])
    one_light = np.array([one.lights == 1 for one in documents])
    found = {}
    for title, some in (("by all devices", np.ones_like(genuine)), ("by daylight alone", one_light)):
        for least in (REFER, *_STRICTER):
            for name, kind in (("genuine", genuine), ("forged", ~genuine)):
                rate = _rate_of(ratios[some & kind] >= least)
                found[f"captured {title}: {name} referred from log10 LR {least}"] = rate
        for name, kind in (("genuine", genuine), ("forged", ~genuine)):
            found[f"captured {title}: {name} of which another capture is asked for"] = _rate_of(again[some & kind])
    return found


def _speaks_against(one: Witnessed) -> bool:
    """Tell whether a check failed that speaks for a forgery."""
    return any(check.speaks_for_forgery for check in _judged_by(one, tuple(Spectrum)))


def _judged_by(one: Witnessed, lights: Collection[Spectrum]) -> list[CheckResult]:
    # Generated states' codes are none that ICAO lists: what that check says would tell nothing.
    return [check for check in one.checks if check.spectrum in lights and check.id != "mrz.issuing_state"]


def _ratio(one: Witnessed, models: Models, lights: Collection[Spectrum]) -> float:
    return fuse(_judged_by(one, lights), models.fusions())


def processed_rows(processed: Mapping[str, Sequence[Witnessed]], models: Models) -> dict[str, str]:
    """Return what is referred of genuine documents whose pictures software worked on, by what it did.

    Beside it which checks failed most often on them.
    """
    found = {}
    for name, documents in processed.items():
        referred = _rate_of(np.array([_ratio(one, models, tuple(Spectrum)) for one in documents]) >= REFER)
        failed = Counter(
            check.id
            for one in documents
            for check in _judged_by(one, tuple(Spectrum))
            if check.outcome is Outcome.FAILED and check.speaks_for_forgery
        )
        most = ", ".join(f"{check} {count}" for check, count in failed.most_common(_NAMED))
        found[name] = f"{referred}; failed: {most or 'none'}"
    return found


def _rate_of(such: NDArray[np.bool_]) -> str:
    return str(Rate(int(such.sum()), len(such)))
