"""Inks and substrates: what each does to visible light, to ultraviolet at 365 nm and to infrared at 850 to 940 nm.

The numbers are typical of a kind, not measured on a product. What matters is how kinds differ: carbon absorbs infrared
and most dyes do not; security paper is dull under ultraviolet and office paper is bright; some inks show there alone.
(ICAO Doc 9303 part 2, appendix A; PRADO's glossary.)
"""

from dataclasses import dataclass

Colour = tuple[float, float, float]
"""Red, green, blue; 0 to 1."""

DARK: Colour = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Ink:
    """An ink at full coverage on white.

    ``visible`` is its reflectance, ``uv`` the light it emits under 365 nm, ``uv_opacity`` how much it dims what lies
    under it there, ``ir`` its reflectance at 850 to 940 nm.
    """

    name: str
    visible: Colour
    uv: Colour = DARK
    uv_opacity: float = 0.7
    ir: float = 0.92


@dataclass(frozen=True, slots=True)
class Substrate:
    """Paper or polymer: reflectance under visible light, emission under 365 nm, reflectance at 850 to 940 nm."""

    name: str
    visible: Colour
    uv: Colour
    ir: float = 0.95


SECURITY_PAPER = Substrate("security paper", (0.96, 0.95, 0.92), (0.015, 0.015, 0.035))
POLYCARBONATE = Substrate("polycarbonate", (0.95, 0.95, 0.94), (0.02, 0.025, 0.05))
OFFICE_PAPER = Substrate("office paper", (0.97, 0.97, 0.99), (0.42, 0.52, 0.95))  # optical brighteners
PHOTO_PAPER = Substrate("photo paper", (0.97, 0.97, 0.98), (0.30, 0.38, 0.75))
PVC = Substrate("PVC card", (0.96, 0.96, 0.97), (0.22, 0.27, 0.55))


def spot(name: str, visible: Colour, uv: Colour = DARK) -> Ink:
    """Return an offset ink of one colour: transparent to infrared."""
    return Ink(name, visible, uv, uv_opacity=0.5, ir=0.93)


def fluorescent(name: str, uv: Colour) -> Ink:
    """Return an ink that is seen under ultraviolet alone."""
    return Ink(name, (0.985, 0.985, 0.985), uv, uv_opacity=0.2, ir=0.97)


B900 = Ink("B900 black", (0.07, 0.07, 0.08), ir=0.06)  # Doc 9303 part 3, 4.3: the MRZ must absorb at 900 nm
DYE_BLACK = Ink("dye black", (0.10, 0.09, 0.12), ir=0.90)  # black to the eye, gone under infrared
CARBON = Ink("carbonised polymer", (0.05, 0.05, 0.05), uv_opacity=0.9, ir=0.10)
INTAGLIO_DARK = Ink("intaglio", (0.08, 0.12, 0.22), uv_opacity=0.85, ir=0.12)
INTAGLIO_SPLIT = Ink("intaglio, transparent to infrared", (0.08, 0.12, 0.22), uv_opacity=0.85, ir=0.90)
RED_NUMBER = Ink("letterpress red", (0.75, 0.12, 0.10), (0.85, 0.35, 0.05), uv_opacity=0.4, ir=0.93)
STAMP = Ink("stamp", (0.25, 0.22, 0.55), uv_opacity=0.4, ir=0.93)

# Cyan, magenta, yellow and black of each process.
OFFSET = (
    Ink("offset cyan", (0.10, 0.60, 0.86)),
    Ink("offset magenta", (0.85, 0.14, 0.50)),
    Ink("offset yellow", (0.98, 0.90, 0.12), uv_opacity=0.8),
    Ink("offset black", (0.08, 0.08, 0.09), ir=0.12),
)
INKJET_DYE = (
    Ink("inkjet cyan", (0.12, 0.60, 0.85)),
    Ink("inkjet magenta", (0.85, 0.15, 0.50), (0.10, 0.02, 0.02)),
    Ink("inkjet yellow", (0.97, 0.90, 0.15), (0.05, 0.06, 0.0), uv_opacity=0.8),
    Ink("inkjet dye black", (0.08, 0.08, 0.09), ir=0.88),
)
INKJET_PIGMENT = (*INKJET_DYE[:3], Ink("inkjet pigment black", (0.06, 0.06, 0.06), uv_opacity=0.9, ir=0.10))
TONER = (
    Ink("toner cyan", (0.10, 0.55, 0.82), uv_opacity=0.85),
    Ink("toner magenta", (0.82, 0.12, 0.45), uv_opacity=0.85),
    Ink("toner yellow", (0.96, 0.88, 0.10), uv_opacity=0.9),
    Ink("toner black", (0.05, 0.05, 0.05), uv_opacity=0.95, ir=0.08),
)
SUBLIMATION = (
    Ink("sublimated cyan", (0.05, 0.62, 0.88), uv_opacity=0.4),
    Ink("sublimated magenta", (0.88, 0.10, 0.50), uv_opacity=0.4),
    Ink("sublimated yellow", (0.98, 0.92, 0.08), uv_opacity=0.4),
    Ink("sublimated black", (0.10, 0.10, 0.10), uv_opacity=0.5, ir=0.85),
)

# Blacks of office pens and ribbons that infrared does not see.
MORE_BLACKS = (Ink("aniline black", (0.08, 0.08, 0.10), ir=0.93),)
