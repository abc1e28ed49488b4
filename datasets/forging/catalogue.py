"""The recipes, after the kinds that PRADO's glossary, Doc 9303 part 2 and the BSI's and Regula's lists of checks name.

A recipe acts at one of three stages: on the side as it is made, on the finished and worn side, or on the stored image.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from datasets.capturing.capture import Exposed
from datasets.design.artwork import regions as artwork_regions
from datasets.design.drawing import draw
from datasets.design.layouts import MRZ_FORMATS, layout
from datasets.design.states import State, making_of
from datasets.forging import copies, counterfeits, digital, portraits, texts
from datasets.forging.change import Change, Drawn
from datasets.forging.counterfeits import Imitation, feature, whole_page
from datasets.holders import Holder
from datasets.sheet import Alteration, Kind, Sheet

Alters = Callable[[np.random.Generator, Drawn, State], tuple[Sheet, Change]]
Presents = Callable[[np.random.Generator, Sheet], Change]
Edits = Callable[[np.random.Generator, Exposed, Sheet], tuple[Exposed, Change]]

_ALL = ("visible", "uv", "ir")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A forgery.

    ``lights`` are those under which it shows, ``needs`` the features without which it cannot be, ``group`` what leaving
    one kind out of training leaves out together. Exactly one of the last four says how it is made.
    """

    title: str
    group: str
    lights: tuple[str, ...]
    needs: tuple[str, ...] = ()
    made: Imitation | None = None
    alters: Alters | None = None
    presents: Presents | None = None
    edits: Edits | None = None


def _recipes() -> dict[str, Recipe]:
    visible, portrait, mrz = ("visible",), ("portrait",), ("mrz",)
    return {
        "portrait_pasted": Recipe(
            "another photograph pasted over the portrait",
            "portrait",
            ("visible", "uv"),
            portrait,
            alters=portraits.pasted,
        ),
        "portrait_reprinted": Recipe(
            "the portrait removed, another printed", "portrait", _ALL, portrait, alters=portraits.reprinted
        ),
        "portrait_laminate_cut": Recipe(
            "the laminate cut open about the portrait",
            "portrait",
            ("visible", "uv"),
            portrait,
            alters=portraits.laminate_cut,
        ),
        "portrait_morphed": Recipe(
            "a morph of two people, printed by the issuer", "morph", visible, portrait, alters=portraits.morphed
        ),
        "viz_altered": Recipe(
            "a datum of the visual zone erased and reprinted",
            "text",
            _ALL,
            ("datum",),
            alters=texts.altered(viz=True, mrz=False),
        ),
        "mrz_altered": Recipe(
            "the MRZ altered, check digits right", "text", _ALL, mrz, alters=texts.altered(viz=False, mrz=True)
        ),
        "mrz_altered_wrong_check_digits": Recipe(
            "the MRZ altered, check digits as they were",
            "text",
            _ALL,
            mrz,
            alters=texts.altered(viz=False, mrz=True, right=False),
        ),
        "viz_and_mrz_altered": Recipe(
            "a datum altered in both zones, check digits right",
            "text",
            _ALL,
            ("mrz", "datum"),
            alters=texts.altered(viz=True, mrz=True),
        ),
        "viz_and_mrz_altered_wrong_check_digits": Recipe(
            "a datum altered in both zones, check digits as they were",
            "text",
            _ALL,
            ("mrz", "datum"),
            alters=texts.altered(viz=True, mrz=True, right=False),
        ),
        "counterfeit_inkjet": Recipe("the whole page by inkjet", "inkjet", _ALL, made=whole_page("inkjet")),
        "counterfeit_toner": Recipe("the whole page by colour laser", "toner", _ALL, made=whole_page("toner")),
        "counterfeit_sublimation": Recipe(
            "the whole page by dye sublimation", "sublimation", _ALL, made=whole_page("sublimation")
        ),
        "ovd_copied": Recipe(
            "a printed picture of the OVD", "ovd", _ALL, ("ovd",), made=feature("ovd", "copied", region="ovd")
        ),
        "microtext_missing": Recipe(
            "no microtext", "microtext", visible, made=feature("microtext", "missing", region="microtext")
        ),
        "microtext_blurred": Recipe(
            "microtext as a copier leaves it",
            "microtext",
            visible,
            made=feature("microtext", "blurred", region="microtext"),
        ),
        "intaglio_flat": Recipe(
            "intaglio imitated in offset",
            "intaglio",
            visible,
            ("intaglio",),
            made=feature("intaglio", "flat", region="intaglio"),
        ),
        "perforation_printed": Recipe(
            "the perforated number printed",
            "perforation",
            _ALL,
            ("perforation",),
            made=feature("perforation", "printed", region="perforation"),
        ),
        "mrz_font": Recipe(
            "the MRZ in another face", "mrz print", visible, mrz, made=Imitation(counterfeits.other_font, mrz)
        ),
        "mrz_pitch": Recipe(
            "the MRZ at another pitch", "mrz print", visible, mrz, made=Imitation(counterfeits.other_pitch, mrz)
        ),
        "mrz_ink": Recipe(
            "the MRZ in ink that infrared does not see",
            "mrz ink",
            ("ir",),
            mrz,
            made=Imitation(counterfeits.transparent_mrz, mrz),
        ),
        "uv_bright_paper": Recipe(
            "stock with optical brighteners", "uv", ("uv",), made=Imitation(counterfeits.bright_paper, ("page",))
        ),
        "uv_painted": Recipe(
            "the fluorescent pattern painted by hand",
            "uv",
            ("uv",),
            made=feature("uv_pattern", "painted", region="page"),
        ),
        "uv_pattern_missing": Recipe(
            "no fluorescent pattern", "uv", ("uv",), made=feature("uv_pattern", "missing", region="page")
        ),
        "fibres_missing": Recipe(
            "fibres missing, or drawn", "uv", ("uv",), made=feature("fibres", "missing", "printed", region="page")
        ),
        "screen_recapture": Recipe("a genuine side on a screen", "screen", _ALL, presents=copies.screen),
        "print_and_scan": Recipe("a genuine side scanned and printed", "print", _ALL, presents=copies.print_and_scan),
        "digital_copy_move": Recipe(
            "copy and move within the image", "digital", visible, ("datum",), edits=digital.copy_move
        ),
        "digital_splice": Recipe(
            "another image's portrait spliced in", "digital", visible, portrait, edits=digital.splice
        ),
        "digital_inpainting": Recipe("a datum painted over", "digital", visible, ("datum",), edits=digital.inpaint),
        "digital_text": Recipe(
            "a datum set anew by an image editor", "digital", visible, ("datum",), edits=digital.retyped
        ),
    }


RECIPES: Mapping[str, Recipe] = _recipes()


def shows(recipe: str, lights: tuple[str, ...]) -> bool:
    """Tell whether a forgery shows under any of some lights."""
    return bool(set(RECIPES[recipe].lights) & set(lights))


def applies(recipe: str, issuer: State, kind: Kind) -> bool:
    """Tell whether a side has what a recipe forges."""
    places = layout(issuer, kind)
    present = {name for name in ("portrait", "ovd", "perforation") if getattr(places, name) is not None}
    present |= set(artwork_regions(issuer, kind)) | ({"mrz"} if kind in MRZ_FORMATS else set())
    present |= {"datum"} if "surname" in places.fields else set()
    return set(RECIPES[recipe].needs) <= present


def _note(sheet: Sheet, recipe: str, change: Change) -> None:
    sheet.alterations.append(Alteration(recipe, change.parameters, change.boxes, RECIPES[recipe].lights))


def _imitated(
    rng: np.random.Generator, imitation: Imitation, drawn: Drawn, issuer: State, kind: Kind
) -> tuple[Sheet, Change]:
    making, parameters = imitation.change(rng, making_of(issuer, kind))
    sheet = drawn(making=making)
    boxes = tuple(kind.box if region == "page" else sheet.regions[region] for region in imitation.regions)
    return sheet, Change(parameters, boxes)


def forge(
    rng_draw: np.random.Generator,
    rng_forge: np.random.Generator,
    recipe: str,
    issuer: State,
    kind: Kind,
    person: Holder,
    *,
    lights: tuple[str, ...],
    view: float,
) -> Sheet:
    """Draw a side and forge it, as far as that happens before it is worn.

    Parameters
    ----------
    rng_draw
        What the genuine side would be drawn with.
    lights, view
        As of ``draw``.
    """
    drawn = partial(draw, rng_draw, issuer, kind, person, lights=lights, view=view)
    chosen = RECIPES[recipe]
    if chosen.made is not None:
        sheet, change = _imitated(rng_forge, chosen.made, drawn, issuer, kind)
    elif chosen.alters is not None:
        sheet, change = chosen.alters(rng_forge, drawn, issuer)
    else:  # later
        return drawn()
    _note(sheet, recipe, change)
    return sheet


def present(rng: np.random.Generator, recipe: str, sheet: Sheet) -> None:
    """Put a copy in the place of the finished side, in place, where the recipe is to do that."""
    chosen = RECIPES[recipe].presents
    if chosen is not None:
        _note(sheet, recipe, chosen(rng, sheet))


def edit(rng: np.random.Generator, recipe: str, exposed: Exposed, sheet: Sheet) -> Exposed:
    """Manipulate the stored image by daylight, where the recipe is to do that."""
    chosen = RECIPES[recipe].edits
    if chosen is None or "visible" not in exposed.frames:
        return exposed
    exposed, change = chosen(rng, exposed, sheet)
    _note(sheet, recipe, change)
    return exposed
