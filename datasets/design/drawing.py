"""Draws a side as its issuer makes it, layer upon layer in the order of production."""

from datetime import date
from zlib import crc32

import numpy as np

from datasets.design.artwork import artwork
from datasets.design.artwork import regions as artwork_regions
from datasets.design.features import fibres, ovd, perforation, stamp
from datasets.design.layouts import MRZ_FORMATS, NATIONAL, Layout, layout
from datasets.design.personal import (
    faded,
    number_ink,
    print_field,
    print_form,
    print_ghost,
    print_mrz,
    print_portrait,
    print_signature,
    text_width,
)
from datasets.design.scripts import date_text, is_arabic, sex_text, spelled, town
from datasets.design.states import STATES, State, making_of, state
from datasets.holders import Holder
from datasets.physics.surface import LIGHTS, Box, Float, Surface
from datasets.portrait import portrait
from datasets.sheet import Field, Kind, Making, Sheet
from docscan.mrz.compose import compose

_CODES = {Kind.TD3: "P", Kind.TD1_FRONT: "I", Kind.TD1_BACK: "I", Kind.TD2: "I", Kind.MRV_A: "V"}
_YEARS = 10  # of validity
_STAMPED = 0.6  # share of visas that bear a stamp


def _seed(holder: Holder) -> int:
    """Return a number that stands for a holder: what ``Holder`` lacks follows from it, alike on every document."""
    return crc32(f"{holder.surname} {holder.given_names} {holder.birth} {holder.document_number}".encode())


def nationality(issuer: State, kind: Kind, holder: Holder) -> State:
    """Return a holder's state: the issuer; on a visa another one."""
    if kind is not Kind.MRV_A:
        return issuer
    others = [code for code in STATES if code != issuer.code]
    return state(others[_seed(holder) % len(others)])


def issue_date(holder: Holder) -> date:
    """Return the date of issue."""
    day = holder.expiry
    return day.replace(year=day.year - _YEARS, day=28 if (day.month, day.day) == (2, 29) else day.day)


def mrz_lines(issuer: State, kind: Kind, holder: Holder, own: State | None = None) -> tuple[str, ...]:
    """Compose a side's MRZ (Doc 9303 parts 4 to 7); none for a card's front.

    ``own`` is the holder's state; None: the one that follows from who the holder is.
    """
    if kind not in MRZ_FORMATS:
        return ()
    return compose(
        MRZ_FORMATS[kind],
        document_code=_CODES[kind],
        issuing_state=issuer.code,
        document_number=holder.document_number,
        surname=holder.surname,
        given_names=holder.given_names,
        nationality=(own or nationality(issuer, kind, holder)).code,
        birth_date=f"{holder.birth:%y%m%d}",
        sex=holder.sex,
        expiry_date=f"{holder.expiry:%y%m%d}",
        # A TD2's seven characters have no room for a personal number.
        optional_data="" if kind in (Kind.TD2, Kind.MRV_A) else holder.personal_number,
    )


def texts(issuer: State, kind: Kind, holder: Holder) -> dict[str, str]:
    """Return every datum that a side of a kind may name, as its state writes it; what is empty is left out.

    Names in a non-Latin state stand twice: ``surname_national`` in its script, ``surname`` in A-Z. In a Latin state
    they bear its diacritical marks, and the MRZ has their transliteration.
    """
    seed, own = _seed(holder), nationality(issuer, kind, holder)
    short = kind is not Kind.TD3
    latin = issuer.script == "latin" and kind is not Kind.MRV_A
    home = town(own, seed)
    spelled_name = spelled(own.name.upper(), own) if own.script == "latin" else own.name.upper()
    both = home if own.script != issuer.script or kind is Kind.MRV_A else _both(home, own)
    found = {
        "type": _CODES[kind],
        "code": issuer.code,
        "document_number": holder.document_number,
        "surname": spelled(holder.surname, issuer) if latin else holder.surname,
        "given_names": spelled(holder.given_names, issuer) if latin else holder.given_names,
        "nationality": own.code if kind is not Kind.TD3 or issuer.seed % 2 else spelled_name,
        "personal_number": holder.personal_number,
        "birth_date": date_text(holder.birth, issuer, short),
        "sex": sex_text(holder.sex, issuer),
        "birth_place": both,
        "issue_date": date_text(issue_date(holder), issuer, short),
        "expiry_date": date_text(holder.expiry, issuer, short),
        "authority": f"{('MOI', 'PO', 'CRA')[issuer.seed % 3]} {town(issuer, seed // 40)}",
        "issue_place": town(issuer, seed // 40),
        "height": f"{150 + seed // 7 % 46} cm",
        "address": f"{town(issuer, seed // 1600).capitalize()} {seed % 190 + 1}, {1000 + seed // 3 % 9000} {home}",
        "entries": ("01", "02", "MULT")[seed // 11 % 3],
        "stay": f"{(15, 30, 90)[seed // 13 % 3]} DAYS",
        "passport_number": f"{own.code[-1]}{seed % 10**8:08d}",
    }
    if not latin:
        found |= {name + NATIONAL: spelled(found[name], issuer) for name in ("surname", "given_names")}
    return {name: text for name, text in found.items() if text}


def _both(place: str, own: State) -> str:
    """Write a place's name in a state's script, and in A-Z where that is not Latin."""
    written = spelled(place, own)
    if own.script == "latin":
        return written
    return f"{place} / {written}" if own.script == "arabic" else f"{written} / {place}"


def _fitting(text: str, issuer: State, box: Box) -> str:
    """Return a name in both scripts; in A-Z alone where both are too long."""
    both = text.split(" / ")
    latin = both[0] if is_arabic(text) else both[-1]
    return text if text_width(text, issuer.fonts[0], box[3]) * 0.75 <= box[2] else latin


def _moved(box: Box, shift: tuple[float, float]) -> Box:
    return box[0] + shift[0], box[1] + shift[1], box[2], box[3]


def _print_data(
    rng: np.random.Generator, surface: Surface, issuer: State, making: Making, places: Layout, data: dict[str, str]
) -> dict[str, Field]:
    """Print the values, in place; the printer is at most 0.2 mm off the form, the same for all."""
    right, down = rng.uniform(-0.2, 0.2, 2)
    process = None if making.line_art == "vector" else making.line_art
    found = {}
    for name, place in places.fields.items():
        if name not in data:
            continue
        ink = number_ink(issuer, making) if name == "document_number" else making.text_ink
        arabic = name.endswith(NATIONAL) and is_arabic(data[name]) and places.national_right
        box = _moved(place.value, (float(right), float(down)))
        text = _fitting(data[name], issuer, place.value) if name == "birth_place" else data[name]
        align = "right" if arabic else "left"
        found[name] = print_field(rng, surface, issuer, box, text, ink, align=align, process=process)
    return found


def _print_person(
    rng: np.random.Generator,
    surface: Surface,
    issuer: State,
    making: Making,
    places: Layout,
    holder: Holder,
    face: Float,
    ghost_face: Float,
) -> None:
    """Print portrait, ghost and signature, in place."""
    if places.portrait:
        picture = faded(face, issuer)
        print_portrait(rng, surface, places.portrait, picture, making.portrait_process, making.substrate)
    if places.ghost and making.ghost == "same":
        print_ghost(rng, surface, places.ghost, ghost_face, making.portrait_process, grey=issuer.grey_ghost)
    if places.signature:
        process = None if making.line_art == "vector" else making.line_art
        who = f"{holder.given_names} {holder.surname}"
        print_signature(rng, surface, places.signature, who, making.text_ink, process)


def _regions(issuer: State, kind: Kind, places: Layout, making: Making) -> dict[str, Box]:
    found = dict(artwork_regions(issuer, kind)) | {"viz": places.viz, "background": places.background}
    for name in ("portrait", "ghost", "ovd", "perforation"):
        box = getattr(places, name)
        if box is not None and not (name == "ghost" and making.ghost == "missing"):
            found[name] = box
    return found


def draw(
    rng: np.random.Generator,
    issuer: State,
    kind: Kind,
    holder: Holder,
    making: Making | None = None,
    lights: tuple[str, ...] = LIGHTS,
    view: float = 0.5,
    face: Float | None = None,
    ghost_face: Float | None = None,
) -> Sheet:
    """Draw a side, without wear.

    Parameters
    ----------
    rng
        The same state of it draws the same side.
    making
        How; as the issuer does for None.
    view
        From where the light falls on an OVD, 0 to 1.
    face
        The portrait, 560 x 440 x 3; invented for None.
    ghost_face
        What the ghost image shows; the invented portrait for None.
    """
    # A stream for each layer: what another making changes in one layer leaves the chance in the others alone.
    streams = (np.random.default_rng(seed) for seed in rng.integers(1 << 62, size=10))
    faces, fibre, form, person, data, zone, device, drill, press, border = streams
    making = making_of(issuer, kind) if making is None else making
    places = layout(issuer, kind)
    invented = portrait(faces)
    face = invented if face is None else face
    ghost_face = invented if ghost_face is None else ghost_face
    surface = artwork(press, issuer, kind, making, lights)
    fibres(fibre, surface, issuer, making)
    print_form(form, surface, issuer, kind, places, making)
    _print_person(person, surface, issuer, making, places, holder, face, ghost_face)
    fields = _print_data(data, surface, issuer, making, places, texts(issuer, kind, holder))
    lines, found = mrz_lines(issuer, kind, holder), _regions(issuer, kind, places, making)
    if lines:
        found["mrz"] = print_mrz(zone, surface, kind, lines, making)
    if places.ovd:
        ovd(device, surface, places.ovd, issuer, making, view)
    if places.perforation:
        perforation(drill, surface, places.perforation, holder.document_number, making)
        fields["perforation"] = Field(holder.document_number, places.perforation)
    if kind is Kind.MRV_A and border.random() < _STAMPED:
        day = f"{issue_date(holder):%d.%m.%y}"
        found["stamp"] = stamp(border, surface, f"{issuer.code} {day}")
    return Sheet(surface, issuer.code, kind, making, holder, fields, lines, found, face)
