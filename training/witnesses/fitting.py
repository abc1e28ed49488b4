"""What measured checks measured -> the calibrations of the manifest."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from datasets.forging.catalogue import RECIPES, shows
from docscan.checks.regions import bound
from docscan.runtime import Calibration
from training.region.calibrate import fit
from training.witnesses.documents import COUNTERFEITS, WHOLE_PAGE
from training.witnesses.measuring import Witnessed

# The forgeries that a check is there to find: what it weighs must not be thinned by those on which it says nothing.
_ON_PAPER = (*COUNTERFEITS, "print_and_scan")
_PORTRAITS = ("portrait_pasted", "portrait_reprinted", "portrait_laminate_cut")
_UNDER_UV, _UNDER_IR = (tuple(name for name in RECIPES if shows(name, (light,))) for light in ("uv", "ir"))
_IN_THE_MRZ = tuple(f"{zones}mrz_altered{end}" for zones in ("", "viz_and_") for end in ("", "_wrong_check_digits"))
# A datum of the visual zone set anew.
_IN_THE_VIZ = ("viz_altered", "viz_and_mrz_altered", "viz_and_mrz_altered_wrong_check_digits", "digital_text")
_ALTERED = (
    *_IN_THE_MRZ,
    *_PORTRAITS,
    "viz_altered",
    "digital_splice",
    "digital_inpainting",
    "digital_text",
)
# What the network of whole pages tells on its validation states, by an AUC of 0.65 and more.
_BY_DAYLIGHT = (*_ALTERED, "counterfeit_inkjet", "counterfeit_toner", "perforation_printed")
# What alters a part of a page and shows in its print; what was made anew altogether is for reference.print.
_IN_PLACES = (*_ALTERED, "mrz_font", "microtext_blurred")
FINDS: dict[str, tuple[str, ...]] = {
    "page.print": _BY_DAYLIGHT,
    "page.copy_move": ("digital_copy_move",),
    "page.display": ("screen_recapture",),
    "reference.print": WHOLE_PAGE,
    "reference.microtext": ("microtext_missing",),
    "reference.places": _IN_PLACES,
    "reference.type": _IN_THE_VIZ,
    "reference.ovd": (*_ON_PAPER, "ovd_copied"),  # a screen's pixels shine too
    "uv.dull_paper": (*_ON_PAPER, "uv_bright_paper"),
    "uv.pattern": (*WHOLE_PAGE, "uv_painted", "uv_pattern_missing"),
    "uv.fibres": ("fibres_missing", "screen_recapture"),
    "uv.patches": _PORTRAITS,
    "uv.portrait_edges": ("portrait_laminate_cut",),
    "uv.page": _UNDER_UV,
    "ir.mrz_visible": (*WHOLE_PAGE, *_IN_THE_MRZ, "mrz_ink"),
    "ir.portrait": (*WHOLE_PAGE, *_PORTRAITS),
    "ir.ovd": (*WHOLE_PAGE, "ovd_copied"),
    "ir.page": _UNDER_IR,
    "mrz.glyphs": ("mrz_font",),
    "mrz.pitch": ("mrz_pitch",),
    "mrz.alignment": _IN_THE_MRZ,
    # Not photo.ghost: whether a forger replaced the ghost image too, no recipe tells. Its calibration is of portraits
    # beside other holders' ghost images.
    "photo.edge": ("portrait_pasted", "portrait_laminate_cut"),
    "photo.halftone": ("portrait_pasted", "portrait_reprinted"),
}
# Share of genuine documents that may fail a check; of most a half percent, reference.print is there to find much.
_BPCER = {"reference.print": 0.01}
_USUAL_BPCER = 0.005
# log10 of what real specimens support, where they say less than generated documents: of 11 on which mrz.glyphs could
# measure one failed, whose issuer does not set it in OCR-B; page.copy_move spoke of three only, and real documents say
# the same word twice on plainer paper than generated ones; page.display spoke of three too, and takes regular upright
# lines of two inks for a screen; page.print failed 5 of 42 pictures that a script made of five, sharpened, smoothed
# and enlarged ones; reference.type spoke of none, for no three samples of one real kind are at hand, and whether three
# tell how evenly an issuer sets zones, which mrz.alignment reckons with, nobody knows. Or what the evaluation supports:
# of 209 genuine documents ir.page failed 6, calibrated on fewer states. None of them is to refer one alone.
_NOT_ALONE = (
    "mrz.alignment",
    "mrz.glyphs",
    "page.print",
    "page.copy_move",
    "page.display",
    "reference.type",
    "ir.page",
)
_MOST = dict.fromkeys(_NOT_ALONE, 0.9)
# By how many times genuine values are taken to vary more than generated documents' do: samples tell how evenly a kind
# is set, not how much its documents differ, and the generator's differ little.
_VARY_MORE = {"mrz.alignment": 1.5}
# A network that has no samples beside a page: each kind of side of each state has its own level, not each state.
_BY_DESIGN = ("page.print", "uv.page")
# Of these straight captures by phones count as well in the usual calibration: on test states 4 of 210 genuine ones by
# phones failed reference.type without them, 3 of these straight, and 1 of 216 by all devices; on calibration states 131
# such have at most 1.9 deviations in mrz.alignment, whose limit would be 1.8 without them and without _VARY_MORE.
_FROM_PHONES = ("reference.type", "mrz.alignment")
_STEPS = 20  # of the distribution of states
_NO_SUPPORT = math.log10(2)  # below which the ENFSI scale has no word for what speaks for a forgery
_FEWEST = 20  # documents of either class by which captures askew are weighed
# Of the weights' regularisation, scikit-learn's C: there are many numbers and few states. That of reference.print,
# which has the most, was chosen on calibration states, each judged by the others' weights.
_USUAL_STRENGTH = 0.3
_STRENGTH = {"reference.print": 0.03}

Numbers = NDArray[np.float64]


def _weighing(strength: float) -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(C=strength, class_weight="balanced", max_iter=1000))


def _weights(model: Pipeline, names: Sequence[str]) -> dict[str, float]:
    """Return what each number weighs before it is standardised; what that shifts is the calibration's business."""
    scaler, regression = model[0], model[1]
    return {name: float(weight) for name, weight in zip(names, regression.coef_[0] / scaler.scale_, strict=True)}


def _values(
    rows: Sequence[dict[str, float]], forged: NDArray[np.bool_], states: Sequence[str], strength: float
) -> tuple[Numbers, dict[str, float]]:
    """Return the value of each document as weights fitted without its state give it, and the weights of all."""
    names = sorted(set(rows[0]) - {"value"})
    if not names:
        return np.array([row["value"] for row in rows]), {}
    numbers = np.array([[row[name] for name in names] for row in rows])
    model = _weighing(strength).fit(numbers, forged)
    weights = _weights(model, names)
    offset = float((numbers @ np.array(list(weights.values())) - model.decision_function(numbers)).mean())
    apart = cross_val_predict(model, numbers, forged, cv=LeaveOneGroupOut(), groups=states, method="decision_function")
    return apart + offset, weights


def _in_other_states(genuine: Numbers, states: NDArray[np.str_]) -> Numbers:
    """Spread genuine values as those of states that were not seen may lie: few were seen, and each has its own level.

    The level of a further state has, by those of n, Student's t distribution with n - 1 degrees of freedom. Values that
    come of weights vary so already: the weights were fitted without the state.
    """
    levels = [float(np.median(genuine[states == state])) for state in np.unique(states)]
    if len(levels) < 2:
        return genuine
    spread = float(np.std(levels, ddof=1)) * math.sqrt(1 + 1 / len(levels))
    steps = student.ppf((np.arange(_STEPS) + 0.5) / _STEPS, len(levels) - 1)
    return np.asarray((genuine[:, None] + spread * steps).ravel(), np.float64)


def calibration(check: str, documents: Sequence[Witnessed], by_hand: Sequence[Witnessed] = ()) -> Calibration:
    """Fit one check.

    Parameters
    ----------
    check
        Its id.
    documents
        From any device.
    by_hand
        More from phones. Of those that were captured askew, with ``documents``' own, the calibration ``askew`` is made,
        where there are enough of either class. What looks straight may be a phone's capture too: the usual calibration
        is of all ``documents``, and of some checks of the straight ones ``by_hand`` too.
    """
    usual, phones = _told(check, documents), _told(check, by_hand)
    askew = [one for one in (*usual, *phones) if one.askew]
    if check in _FROM_PHONES:
        usual += [one for one in phones if not one.askew]
    few = any(sum(one.genuine is kind for one in askew) < _FEWEST for kind in (False, True))
    return _fitted(check, usual).model_copy(update={"askew": None if few else _fitted(check, askew)})


def _told(check: str, documents: Sequence[Witnessed]) -> list[Witnessed]:
    """Return the documents that a check measured, of forged ones those that it is there to find."""
    return [one for one in documents if check in one.numbers and (one.genuine or one.recipe in FINDS[check])]


def _fitted(check: str, seen: Sequence[Witnessed]) -> Calibration:
    """Fit a check on some documents.

    Where its value is made up of several numbers their weights are a logistic regression's; the likelihood ratio and
    the threshold are fitted on values that come of weights fitted without the document's own state. That every kind of
    forgery is as frequent is an assumption.
    """
    forged = np.array([not one.genuine for one in seen])
    rows, states = [one.numbers[check] for one in seen], [one.state for one in seen]
    values, weights = _values(rows, forged, states, _STRENGTH.get(check, _USUAL_STRENGTH))
    # In genuine documents' deviations: the fit's penalty must not depend on a value's unit.
    genuine = values[~forged]
    if not weights:
        units = np.array([f"{one.state} {one.kind if check in _BY_DESIGN else ''}" for one in seen])
        genuine = _in_other_states(genuine, units[~forged])
    genuine = genuine * _VARY_MORE.get(check, 1.0)
    unit = float(genuine.std()) or 1.0
    weight, intercept = fit(genuine / unit, values[forged] / unit)
    weight /= unit
    lowest, supported = bound(int((~forged).sum()), int(forged.sum()))
    highest = min(supported, _MOST.get(check, supported))
    ratios = np.clip(weight * genuine + intercept, lowest, supported)
    extreme = np.quantile(ratios, 1 - _BPCER.get(check, _USUAL_BPCER), method="higher")
    threshold = min(supported, max(_NO_SUPPORT, float(np.nextafter(extreme, np.inf))))
    # What may weigh less must not fail sooner: all that it says is less then.
    less = max(0.0, threshold - highest)
    return Calibration(
        weights=weights,
        weight=weight,
        intercept=intercept - less,
        lowest=lowest,
        highest=highest,
        threshold=min(highest, threshold - less),
        share=len(FINDS[check]) / len(RECIPES),
        genuine=int((~forged).sum()),
        forged=int(forged.sum()),
    )
