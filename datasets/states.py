"""Procedural issuing states: each with its own design, all from a seed.

The codes are fictional: none is in ISO 3166-1 or in Doc 9303 part 3, section 5, but for ICAO's own UTO.
"""

from dataclasses import dataclass

import numpy as np

# X?? codes that neither ISO 3166-1 nor Doc 9303 assigns.
STATES = ("UTO", *(f"X{a}{b}" for a in "FGHJKQRVWYZ" for b in "AEKP"))[:41]
TRAINING, VALIDATION, CALIBRATION, TEST = STATES[1:25], STATES[25:29], STATES[29:35], STATES[35:41]
SPLITS = {"training": TRAINING, "validation": VALIDATION, "calibration": CALIBRATION, "test": TEST}

PORTRAIT_PROCESSES = ("dye_diffusion", "laser_engraving", "offset_screen")


@dataclass(frozen=True, slots=True)
class State:
    """A state's data page. Boxes are x, y, width, height in millimetres."""

    code: str
    name: str
    paper: tuple[float, float, float]
    inks: tuple[tuple[float, float, float], ...]  # reflectance of its offset inks
    text_ink: tuple[float, float, float]
    seed: int  # of the line work, which is the same on every page of the state
    wave_pitch: float  # mm between neighbouring lines
    wave_amplitude: float  # mm
    line_width: float  # mm
    rosettes: int
    rainbow: bool
    portrait: tuple[float, float, float, float]
    portrait_process: str
    text_process: str
    ghost: bool
    text_left: float
    row_pitch: float
    font: str
    label_font: str
    laminate: float  # how much a laminate scatters, 0 to 1
    mrz_band: float = 1.0  # strength of the line work behind the MRZ, as a share of its strength elsewhere


def _ink(rng: np.random.Generator) -> tuple[float, float, float]:
    """Return a spot colour: bright enough that text on it can be read."""
    hue = rng.random() * 6
    channels = np.clip(np.abs((hue + np.array([0, 4, 2])) % 6 - 3) - 1, 0, 1)
    strength = rng.uniform(0.25, 0.6)
    red, green, blue = 1 - strength * (1 - channels * rng.uniform(0.7, 1.0))
    return float(red), float(green), float(blue)


def state(code: str) -> State:
    """Return the design of a state; the same for the same code."""
    number = STATES.index(code)
    rng = np.random.default_rng([9303, number])
    width = rng.uniform(31, 36)
    paper = 0.98 - rng.uniform(0, 0.08, 3)
    syllables = ["ka", "ver", "mon", "ti", "sal", "or", "bel", "da", "ru", "nis", "la", "gor", "pe", "lia"]
    name = "Utopia" if code == "UTO" else "".join(rng.choice(syllables, 3)).capitalize()
    fonts = [
        "DejaVuSans.ttf",
        "DejaVuSerif.ttf",
        "STIXGeneral.ttf",
        "DejaVuSans-Bold.ttf",
        "DejaVuSansMono.ttf",
    ]
    left = rng.uniform(3.5, 6.5)
    return State(
        # Utopia, which the samples show, prints its MRZ on a quiet band, as most issuers do.
        mrz_band=0.3 if code == "UTO" else 1.0,
        code=code,
        name=name,
        paper=(float(paper[0]), float(paper[1]), float(paper[2])),
        inks=tuple(_ink(rng) for _ in range(rng.integers(2, 5))),
        text_ink=(0.12, 0.12, float(rng.uniform(0.12, 0.25))),
        seed=int(rng.integers(1 << 30)),
        wave_pitch=float(rng.uniform(0.55, 1.4)),
        wave_amplitude=float(rng.uniform(0.8, 5.0)),
        line_width=float(rng.uniform(0.05, 0.14)),
        rosettes=int(rng.integers(1, 5)),
        rainbow=bool(rng.random() < 0.6),
        portrait=(left, float(rng.uniform(15, 21)), width, width * float(rng.uniform(1.22, 1.3))),
        portrait_process=PORTRAIT_PROCESSES[int(rng.choice(3, p=[0.4, 0.4, 0.2]))],
        text_process=str(rng.choice(["laser_engraving", "thermal", "dye_diffusion"])),
        ghost=bool(rng.random() < 0.6),
        text_left=left + width + float(rng.uniform(3, 6)),
        row_pitch=float(rng.uniform(5.6, 6.6)),
        font=str(rng.choice(fonts)),
        label_font=str(rng.choice(fonts[:3])),
        laminate=float(rng.uniform(0, 0.6)),
    )
