"""The evaluation as one HTML file: tables with confidence intervals, DET curve, reliability diagram."""

import base64
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from scipy.stats import norm

from docscan.rendering.html import templates_of
from docscan.rendering.language import ENGLISH
from training.region.evaluate import APCERS, Evaluation

_TICKS = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4)


def _uri(figure: Figure) -> str:
    out = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "docscan"}):  # the same picture for the same numbers
        figure.savefig(out, format="svg", metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()


def det_curve(measured: Evaluation) -> str:
    """Draw APCER against BPCER on normal deviates (ISO/IEC 19795-1), as a data URI."""
    figure = Figure((5.2, 5.0), layout="constrained")
    axes = figure.subplots()
    apcer, bpcer = (np.clip(rates, 5e-4, 0.6) for rates in measured.det)
    axes.plot(norm.ppf(apcer), norm.ppf(bpcer), drawstyle="steps-post")
    for place in (axes.set_xticks, axes.set_yticks):
        place(norm.ppf(_TICKS), [f"{100 * tick:g}" for tick in _TICKS])
    limits = norm.ppf((5e-4, 0.6))
    axes.set(xlim=limits, ylim=limits, xlabel="APCER, % of forged not referred", ylabel="BPCER, % of genuine referred")
    axes.grid(alpha=0.4)
    return _uri(figure)


def reliability_diagram(measured: Evaluation) -> str:
    """Draw what was stated against what was so, at even odds, as a data URI."""
    figure = Figure((5.2, 5.0), layout="constrained")
    axes = figure.subplots()
    said, was, weight = np.array(measured.reliability).T
    axes.plot([0, 1], [0, 1], color="0.7")
    axes.scatter(said, was, s=30 + 400 * weight)
    axes.set(xlabel="stated probability of a forgery, at even odds", ylabel="share that was forged", aspect="equal")
    axes.grid(alpha=0.4)
    return _uri(figure)


def write_report(
    measured: Evaluation,
    path: Path,
    about: Mapping[str, str],
    studies: Mapping[str, Sequence[Mapping[str, Any]]],
) -> None:
    """Write the report; ``about`` says what was measured, on what and how, ``studies`` what was tried beside it."""
    page = (
        templates_of("training.region", ENGLISH)
        .get_template("evaluation.html")
        .render(
            measured=measured,
            about=about,
            studies=studies,
            apcers=APCERS,
            det=det_curve(measured),
            reliability=reliability_diagram(measured),
        )
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
