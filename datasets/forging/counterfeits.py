"""Sides made by other means than the issuer's: a whole page, or one security feature that is imitated or left out."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from datasets.forging.change import Parameters
from datasets.physics.inks import (
    DYE_BLACK,
    INKJET_DYE,
    INKJET_PIGMENT,
    MORE_BLACKS,
    OFFICE_PAPER,
    PHOTO_PAPER,
    POLYCARBONATE,
    PVC,
    SUBLIMATION,
    TONER,
    Ink,
    Substrate,
)
from datasets.sheet import Making


@dataclass(frozen=True, slots=True)
class Imitation:
    """How a forger's making differs from the issuer's, and which regions it touches ("page": all of the side)."""

    change: Callable[[np.random.Generator, Making], tuple[Making, Parameters]]
    regions: tuple[str, ...]


def _one(rng: np.random.Generator, *choices: str) -> str:
    return choices[int(rng.integers(len(choices)))]


def _stock(rng: np.random.Generator, making: Making, process: str) -> Substrate:
    if making.substrate is POLYCARBONATE:
        return PVC
    return PHOTO_PAPER if process == "sublimation" or (process == "inkjet" and rng.random() < 0.5) else OFFICE_PAPER


def _black(rng: np.random.Generator, process: str) -> Ink:
    if process == "inkjet":
        return (INKJET_PIGMENT if rng.random() < 0.5 else INKJET_DYE)[-1]
    return {"toner": TONER, "sublimation": SUBLIMATION}[process][-1]


def whole_page(process: str) -> Imitation:
    """Return a counterfeit whose whole page comes from one printer."""

    def change(rng: np.random.Generator, making: Making) -> tuple[Making, Parameters]:
        stock, black = _stock(rng, making, process), _black(rng, process)
        chosen = {
            "fibres": _one(rng, "printed", "missing"),
            "uv_pattern": _one(rng, "painted", "missing"),
            "ovd": _one(rng, "copied", "copied", "missing"),
            "microtext": "blurred",
            "intaglio": "flat",
            "perforation": _one(rng, "printed", "drilled"),
        }
        counterfeit = replace(
            making,
            substrate=stock,
            portrait_process=process,
            line_art=process,
            text_ink=black,
            mrz_ink=black,
            **chosen,  # type: ignore[arg-type]  # all are strings of Making
        )
        return counterfeit, {"process": process, "substrate": stock.name, "black": black.name, **chosen}

    return Imitation(change, ("page",))


def feature(name: str, *values: str, region: str) -> Imitation:
    """Return a side that is the issuer's but for one feature."""

    def change(rng: np.random.Generator, making: Making) -> tuple[Making, Parameters]:
        value = _one(rng, *values)
        return replace(making, **{name: value}), {name: value}  # type: ignore[arg-type]  # a string of Making

    return Imitation(change, (region,))


def bright_paper(rng: np.random.Generator, making: Making) -> tuple[Making, Parameters]:
    """Print on stock that looks like the issuer's by daylight and has optical brighteners."""
    bright = OFFICE_PAPER if making.substrate is not POLYCARBONATE else PVC
    share = float(rng.uniform(0.6, 1.0))
    red, green, blue = (value * share for value in bright.uv)
    stock = replace(bright, visible=making.substrate.visible, uv=(red, green, blue), ir=making.substrate.ir)
    return replace(making, substrate=stock), {"substrate": stock.name, "brightness": round(share, 3)}


def transparent_mrz(rng: np.random.Generator, making: Making) -> tuple[Making, Parameters]:
    """Print the MRZ in a black that infrared does not see."""
    ink = (DYE_BLACK, INKJET_DYE[-1], *MORE_BLACKS)[int(rng.integers(2 + len(MORE_BLACKS)))]
    return replace(making, mrz_ink=ink), {"ink": ink.name}


def other_font(rng: np.random.Generator, making: Making) -> tuple[Making, Parameters]:
    """Set the MRZ in a face that is not OCR-B."""
    font = _one(rng, "DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf", "DejaVuSans.ttf", "cmtt10.ttf")
    return replace(making, mrz_font=font), {"font": font}


def other_pitch(rng: np.random.Generator, making: Making) -> tuple[Making, Parameters]:
    """Set the MRZ at another pitch than 2.54 mm (Doc 9303 part 3, 4.3)."""
    pitch = round(
        making.mrz_pitch * float(rng.uniform(0.935, 0.97) if rng.random() < 0.6 else rng.uniform(1.015, 1.03)), 3
    )
    return replace(making, mrz_pitch=pitch), {"pitch_mm": pitch}
