"""What is settled before a capture: the device, its pose, its faults and the file it writes.

Settings are drawn from a generator of their own, without the document: they cannot tell a genuine side from a forged
one.
"""

from dataclasses import asdict, dataclass

import numpy as np

DEVICES = ("reader", "flatbed", "phone")
ENCODERS = ("pillow", "pillow-preset", "opencv", "opencv-progressive", "opencv-optimised", "png", "messenger")

_DEVICE_SHARES = (0.45, 0.2, 0.35)
_ENCODER_SHARES = {
    "reader": (0.30, 0.08, 0.17, 0.08, 0.10, 0.22, 0.05),
    "flatbed": (0.30, 0.12, 0.15, 0.08, 0.10, 0.15, 0.10),
    "phone": (0.27, 0.08, 0.12, 0.08, 0.10, 0.07, 0.28),
}
DESKS = ("wood", "cloth", "stone", "plain", "brick", "grass", "gravel", "coffee")
_DESK_SHARES = (0.28, 0.16, 0.16, 0.16, 0.06, 0.04, 0.06, 0.08)


@dataclass(frozen=True, slots=True)
class Settings:
    """A capture's parameters.

    Attributes
    ----------
    dpi
        Pixels of the capture an inch of the page; of a phone, at the page's middle.
    turn, tilt_x, tilt_y
        Degrees: in the page's plane, and of the camera about the horizontal and the vertical.
    distance
        From camera to page, in page widths.
    margins
        Left, top, right, bottom, in page widths; negative where the page is cut off.
    frame
        The capture's ratio of sides; 0 where the margins alone decide.
    surroundings
        "dark" or "grey" (readers), "lid" (scanners), or one of ``DESKS``.
    facing
        Whether the booklet's other page shows; cards have none.
    corner_radius
        Millimetres, of a booklet's outer corners; a card's radius is ISO/IEC 7810's.
    exposure, brightness, contrast, white_red, white_blue
        Gain, the tone curve's bend and its S, and what the white balance leaves on red and blue.
    light_x, light_y, vignette, shadow, banding
        The light's slope across and down, the loss in the corners, a shadow's depth, and the depth of the bands
        that a flickering lamp leaves on a rolling shutter; all as fractions.
    glare, thumb
        How many glare spots; whether a thumb holds the page.
    blur, motion, motion_angle
        Standard deviation of defocus and the length of motion, in pixels of the capture; degrees.
    noise, mosaic
        Standard deviation at white, as a fraction; whether a Bayer mosaic samples the picture.
    sharpening, sharpening_radius
        Amount of the unsharp mask, and its standard deviation in pixels.
    view
        The light's angle, 0 to 1, for optically variable devices.
    encoder, quality, subsampling, preset
        How the file is written; 444 or 420 of JPEG, and a name of Pillow's tables.
    first_quality
        Of the JPEG that the device stored before, 0 where none: what anybody edits is decoded from it.
    crop_x, crop_y
        Pixels cut off left and above between both, 0 to 15: the second grid of blocks is not the first.
    longest
        Pixels of the longer side that a messaging app leaves, 0 where none does.
    """

    device: str
    dpi: float
    turn: float
    tilt_x: float
    tilt_y: float
    distance: float
    margins: tuple[float, float, float, float]
    frame: float
    surroundings: str
    facing: bool
    corner_radius: float
    exposure: float
    brightness: float
    contrast: float
    white_red: float
    white_blue: float
    light_x: float
    light_y: float
    vignette: float
    shadow: float
    banding: float
    glare: int
    thumb: bool
    blur: float
    motion: float
    motion_angle: float
    noise: float
    mosaic: bool
    sharpening: float
    sharpening_radius: float
    view: float
    encoder: str
    quality: int
    subsampling: int
    preset: str
    first_quality: int
    crop_x: int
    crop_y: int
    longest: int

    def parameters(self) -> dict[str, str | float]:
        """Return all of it for a JSON line."""
        flat: dict[str, str | float] = {}
        for name, value in asdict(self).items():
            if name == "margins":
                flat |= dict(zip(("margin_left", "margin_top", "margin_right", "margin_bottom"), value, strict=True))
            else:
                flat[name] = value if isinstance(value, str) else float(value)
        return flat


def _uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def _sometimes(rng: np.random.Generator, share: float, low: float, high: float) -> float:
    """Return a value of a range with a probability, else 0."""
    value, happens = rng.uniform(low, high), rng.random() < share
    return float(value) if happens else 0.0


def _margins(rng: np.random.Generator, low: float, high: float) -> tuple[float, float, float, float]:
    left, top, right, bottom = (float(value) for value in rng.uniform(low, high, 4))
    return left, top, right, bottom


def _still(rng: np.random.Generator) -> dict[str, object]:
    """Return what readers and scanners have in common: none of a phone's faults."""
    return {
        "tilt_x": 0.0,
        "tilt_y": 0.0,
        "distance": 3.0,
        "frame": 0.0,
        "vignette": 0.0,
        "shadow": 0.0,
        "banding": 0.0,
        "glare": 0,
        "thumb": False,
        "motion": 0.0,
        "motion_angle": 0.0,
        "exposure": _uniform(rng, 0.9, 1.03),
        "brightness": _uniform(rng, -0.15, 0.25),
        "contrast": _uniform(rng, -0.1, 0.3),
        "white_red": float(np.exp(rng.normal(0, 0.02))),
        "white_blue": float(np.exp(rng.normal(0, 0.025))),
    }


def _reader(rng: np.random.Generator) -> dict[str, object]:
    return _still(rng) | {
        "dpi": _uniform(rng, 300, 400),
        "turn": _uniform(rng, -1.5, 1.5),
        # One side in ten is laid against the frame and loses up to a millimetre.
        "margins": _margins(rng, -0.008, 0.01) if rng.random() < 0.1 else _margins(rng, 0.012, 0.06),
        "surroundings": "dark" if rng.random() < 0.7 else "grey",
        "light_x": float(rng.normal(0, 0.03)),
        "light_y": float(rng.normal(0, 0.03)),
        "vignette": _uniform(rng, 0, 0.06),
        "blur": _uniform(rng, 0.35, 0.75),
        "noise": _uniform(rng, 0.004, 0.015),
        "mosaic": bool(rng.random() < 0.5),
        "sharpening": _sometimes(rng, 0.7, 0.1, 1.0),
        "sharpening_radius": _uniform(rng, 0.7, 1.3),
    }


def _flatbed(rng: np.random.Generator) -> dict[str, object]:
    return _still(rng) | {
        "dpi": float(rng.choice((200, 300, 400, 600), p=(0.2, 0.5, 0.15, 0.15))),
        "turn": float(rng.normal(0, 1.5)),
        "margins": _margins(rng, 0.005, 0.04) if rng.random() < 0.4 else _margins(rng, 0.03, 0.2),
        "surroundings": "lid",
        "light_x": float(rng.normal(0, 0.01)),
        "light_y": float(rng.normal(0, 0.004)),
        "shadow": _uniform(rng, 0.08, 0.4),
        "blur": _uniform(rng, 0.3, 0.7),
        "noise": _uniform(rng, 0.002, 0.009),
        "mosaic": False,
        "sharpening": _sometimes(rng, 0.6, 0.2, 1.2),
        "sharpening_radius": _uniform(rng, 0.7, 1.5),
    }


def _phone(rng: np.random.Generator) -> dict[str, object]:
    lean, heading = min(25.0, abs(float(rng.normal(0, 10)))), rng.uniform(0, 2 * np.pi)
    return {
        "dpi": _uniform(rng, 200, 360),
        "turn": float(rng.normal(0, 3)),
        "tilt_x": float(lean * np.cos(heading)),
        "tilt_y": float(lean * np.sin(heading)),
        "distance": _uniform(rng, 1.5, 3.5),
        "margins": _margins(rng, 0.015, 0.13),
        "frame": float(rng.choice((0, 4 / 3, 16 / 9), p=(0.45, 0.45, 0.1))),
        "surroundings": str(rng.choice(DESKS, p=_DESK_SHARES)),
        "exposure": _uniform(rng, 0.72, 1.08),
        "brightness": _uniform(rng, -0.1, 0.3),
        "contrast": _uniform(rng, 0.0, 0.4),
        "white_red": float(np.exp(rng.normal(0, 0.04))),
        "white_blue": float(np.exp(rng.normal(0, 0.06))),
        "light_x": float(rng.normal(0, 0.12)),
        "light_y": float(rng.normal(0, 0.12)),
        "vignette": _uniform(rng, 0.02, 0.22),
        "shadow": _sometimes(rng, 0.4, 0.1, 0.4),
        "banding": _sometimes(rng, 0.25, 0.01, 0.05),
        "glare": int(rng.choice((0, 1, 2, 3), p=(0.5, 0.3, 0.15, 0.05))),
        "thumb": bool(rng.random() < 0.25),
        "blur": _uniform(rng, 0.3, 1.0),
        "motion": _sometimes(rng, 0.3, 0.8, 3.0),
        "motion_angle": _uniform(rng, 0, 180),
        "noise": _uniform(rng, 0.006, 0.035),
        "mosaic": True,
        "sharpening": _uniform(rng, 0.2, 1.4),
        "sharpening_radius": _uniform(rng, 0.8, 1.6),
    }


def _file(rng: np.random.Generator, device: str) -> dict[str, object]:
    """Draw how the file is written, and what it was before."""
    encoder = str(rng.choice(ENCODERS, p=_ENCODER_SHARES[device]))
    messenger = encoder == "messenger"
    first = int(rng.integers(70, 98)) if rng.random() < 0.35 or messenger else 0
    cut = rng.integers(0, 16, 2) if rng.random() < 0.5 and first else (0, 0)
    return {
        "encoder": encoder,
        "quality": int(rng.integers(70, 81) if messenger else rng.integers(55, 98)),
        "subsampling": 420 if messenger else int(rng.choice((444, 420), p=(0.4, 0.6))),
        "preset": str(rng.choice(("web_high", "web_very_high", "web_maximum", "medium", "high", "maximum"))),
        "first_quality": first,
        "crop_x": int(cut[0]),
        "crop_y": int(cut[1]),
        "longest": int(rng.choice((1280, 1600))) if messenger else 0,
    }


def settings(rng: np.random.Generator, device: str | None = None, dpi: float | None = None) -> Settings:
    """Draw a capture's settings.

    Parameters
    ----------
    rng
        A generator of the capture's own, not one that also drew the document.
    device
        One of ``DEVICES``; drawn where not given.
    dpi
        Pixels an inch; drawn from the device's range where not given.
    """
    drawn = str(rng.choice(DEVICES, p=_DEVICE_SHARES))
    device = device or drawn
    values = {"reader": _reader, "flatbed": _flatbed, "phone": _phone}[device](rng) | _file(rng, device)
    values |= {
        "facing": bool(rng.random() < 0.4),
        "corner_radius": _sometimes(rng, 0.7, 2.0, 4.0),
        "view": _uniform(rng, 0, 1),
        "device": device,
    }
    return Settings(**(values if dpi is None else values | {"dpi": float(dpi)}))  # type: ignore[arg-type]
