"""Procedural issuing states: each with its own design, all from a seed.

The codes are fictional: none is in ISO 3166-1 or in Doc 9303 part 3, section 5, but for ICAO's own UTO.
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from datasets.physics.inks import B900, CARBON, DYE_BLACK, POLYCARBONATE, SECURITY_PAPER, Colour
from datasets.sheet import Kind, Making

# X?? codes that neither ISO 3166-1 nor Doc 9303 assigns.
STATES = ("UTO", *(f"X{a}{b}" for a in "FGHJKQRVWYZ" for b in "AEKP"))[:41]
TRAINING, VALIDATION, CALIBRATION, TEST = STATES[1:25], STATES[25:29], STATES[29:35], STATES[35:41]
SPLITS = {"training": TRAINING, "validation": VALIDATION, "calibration": CALIBRATION, "test": TEST}
# For training alone, and in no set: what is learned from two dozen artworks is those artworks.
MORE_TRAINING = tuple(f"X{a}{b}" for a in "FGHJQRVWYZ" for b in "BCDGHIJLMNOQRSTUVWXYZ")
LEARNED_FROM = (*TRAINING, *MORE_TRAINING)
# For a training that renders while it learns: ISO 3166-1 leaves these to users. They have what the others lack and real
# issuers print: patterned grounds, portraits by inkjet. What is genuine is learned too narrowly without.
RENDERED_ONLY = tuple(f"Q{a}{b}" for a in "MNOPQRSTUVWXYZ" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
RENDERED_FROM = (*LEARNED_FROM, *RENDERED_ONLY)
# For calibrating measured checks, beside the calibration states, and in no set: six designs say little of a seventh.
CALIBRATED_ONLY = tuple(f"XZ{letter}" for letter in "AEKP")
# For learning what the region network's answers amount to; no training of that and no calibration has seen them. Doc
# 9303 has XMP, which was seen when the shipped appraisal had learned: to be left out with the next one.
APPRAISED = tuple(f"X{a}{b}" for a in "LMNST" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
# By what a state's documents are for; a set has those of ``SPLITS``.
PURPOSES = {
    "training": RENDERED_FROM,
    "validation": VALIDATION,
    "calibration": (*CALIBRATION, *CALIBRATED_ONLY),
    "test": TEST,
    "appraisal": APPRAISED,
}
_ALL = (*STATES, *MORE_TRAINING, *RENDERED_ONLY, *CALIBRATED_ONLY, *APPRAISED)  # in an order that never changes

# Shares of the scripts beside the Latin one.
SCRIPTS = {"latin": 0.55, "cyrillic": 0.2, "greek": 0.1, "arabic": 0.15}

_SYLLABLES = ("ka", "ver", "mon", "ti", "sal", "or", "bel", "da", "ru", "nis", "la", "gor", "pe", "lia")
_PORTRAITS = ("sublimation", "laser_engraving", "offset_screen")
_BY_INKJET = 0.2  # share of portraits on paper, of the states that are only rendered
_MOST_GROUNDS = 4


@dataclass(frozen=True, slots=True)
class State:
    """A state's taste, the same on all its documents. Lengths are millimetres."""

    code: str
    name: str  # in Latin letters
    script: str  # a key of SCRIPTS: which script its texts have beside the Latin one
    seed: int  # of its artwork, which is the same on every document of a kind
    inks: tuple[Colour, ...]  # reflectance of its offset inks
    uv_colours: tuple[Colour, Colour]  # emission of its fluorescent pattern
    fibre_colours: tuple[Colour, Colour]  # emission of its fibres
    wave_pitch: float
    wave_amplitude: float
    line_width: float
    rosettes: int
    rainbow: bool
    relief: bool  # relief lines: a motif made by bending parallel lines
    intaglio: bool
    intaglio_split: bool  # its intaglio ink is transparent to infrared
    ovd: bool
    perforated: bool  # passports: the number is drilled through the page
    ghost: bool
    card_portrait: str  # process of the portrait on cards
    paper_portrait: str  # process of the portrait on paper
    laser_text: bool  # text of cards is engraved
    fonts: tuple[str, str]  # of values and of labels, files of matplotlib's
    laminate: float  # how much a laminate scatters, 0 to 1
    mrz_band: float  # strength of the artwork behind the MRZ, as a share of its strength elsewhere
    grounds: int  # patterned areas of its artwork

    @property
    def grey_ghost(self) -> bool:
        """Whether its ghost images are grey; else in colour."""
        return self.seed % 4 < 2


def _ink(rng: np.random.Generator) -> Colour:
    """Return a spot colour: bright enough that text on it can be read."""
    channels = _hue(rng.random())
    strength = rng.uniform(0.3, 0.65)
    red, green, blue = 1 - strength * (1 - channels * rng.uniform(0.7, 1.0))
    return float(red), float(green), float(blue)


def _hue(turn: float) -> np.ndarray:
    return np.clip(np.abs((turn * 6 + np.array([0, 4, 2])) % 6 - 3) - 1, 0, 1)


def _glow(rng: np.random.Generator) -> Colour:
    """Return the emission of a fluorescent ink: red, green, yellow or blue, saturated."""
    turn = float(rng.choice([0.0, 0.08, 0.16, 0.33, 0.38, 0.62]))
    red, green, blue = 0.08 + rng.uniform(0.55, 0.9) * _hue(turn)
    return float(red), float(green), float(blue)


@cache
def state(code: str) -> State:
    """Return the design of a state; the same for the same code."""
    rng = np.random.default_rng([9303, 2, _ALL.index(code)])
    values = ("DejaVuSans.ttf", "DejaVuSerif.ttf", "DejaVuSansMono.ttf", "DejaVuSans-Bold.ttf")  # have all the scripts
    scripts = list(SCRIPTS)
    made = State(
        code=code,
        name="Utopia" if code == "UTO" else "".join(rng.choice(_SYLLABLES, 3)).capitalize(),
        script="latin" if code == "UTO" else scripts[int(rng.choice(len(scripts), p=list(SCRIPTS.values())))],
        seed=int(rng.integers(1 << 30)),
        inks=tuple(_ink(rng) for _ in range(rng.integers(2, 5))),
        uv_colours=(_glow(rng), _glow(rng)),
        fibre_colours=(_glow(rng), _glow(rng)),
        wave_pitch=float(rng.uniform(0.5, 1.2)),
        wave_amplitude=float(rng.uniform(0.8, 5.0)),
        line_width=float(rng.uniform(0.05, 0.12)),
        rosettes=int(rng.integers(1, 5)),
        rainbow=bool(rng.random() < 0.7),
        relief=bool(rng.random() < 0.5),
        intaglio=bool(rng.random() < 0.6),
        intaglio_split=bool(rng.random() < 0.4),
        ovd=bool(rng.random() < 0.75),
        perforated=bool(rng.random() < 0.4),
        ghost=bool(rng.random() < 0.7),
        card_portrait="laser_engraving" if rng.random() < 0.75 else "sublimation",
        paper_portrait=_PORTRAITS[int(rng.choice(3, p=[0.45, 0.3, 0.25]))],
        laser_text=bool(rng.random() < 0.8),
        fonts=(str(rng.choice(values)), str(rng.choice(values[:2]))),
        laminate=float(rng.uniform(0, 0.6)),
        mrz_band=0.3 if code == "UTO" else float(rng.uniform(0.25, 1.0)),
        grounds=0,
    )
    if code not in RENDERED_ONLY:
        return made
    portrait = "inkjet" if rng.random() < _BY_INKJET else made.paper_portrait
    return replace(made, paper_portrait=portrait, grounds=int(rng.integers(_MOST_GROUNDS + 1)))


def making_of(issuer: State, kind: Kind) -> Making:
    """Return how a state makes a kind of side."""
    if kind in (Kind.TD1_FRONT, Kind.TD1_BACK, Kind.TD2):
        text = CARBON if issuer.laser_text else DYE_BLACK
        return Making(POLYCARBONATE, issuer.card_portrait, text, CARBON, mrz_font=_cut(issuer))
    return Making(SECURITY_PAPER, issuer.paper_portrait, DYE_BLACK, B900, mrz_font=_cut(issuer))


def _cut(issuer: State) -> str:
    """Return which of the two OCR-B cuts a state's printers have: round or square stroke ends."""
    return "OCRB.otf" if issuer.seed % 3 else "OCRBS.otf"
