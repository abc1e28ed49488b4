"""Personal data altered: in the visual zone, in the MRZ, in both."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from datasets.design.drawing import mrz_lines, nationality, texts
from datasets.design.layouts import MRZ_FORMATS, layout, mrz_place
from datasets.design.personal import print_field, print_mrz
from datasets.design.states import State
from datasets.forging.change import Change, Drawn, Parameters
from datasets.forging.erasure import erase
from datasets.holders import Holder, holder
from datasets.physics.inks import DYE_BLACK, INKJET_DYE, INKJET_PIGMENT, TONER, Ink
from datasets.sheet import Field, Kind, Sheet
from docscan.mrz.layouts import LAYOUTS
from docscan.page_geometry import OCR_B_HEIGHT

# What is worth altering, by the field of ``Holder`` that it comes from.
_TARGETS = {
    "surname": "surname",
    "given_names": "given_names",
    "birth_date": "birth",
    "expiry_date": "expiry",
    "document_number": "document_number",
}


@dataclass(frozen=True, slots=True)
class _Tool:
    """What a forger prints with."""

    name: str
    ink: Ink
    process: str | None  # None: solid


_TOOLS = (
    _Tool("inkjet, pigment", INKJET_PIGMENT[-1], "inkjet"),
    _Tool("inkjet, dye", INKJET_DYE[-1], "inkjet"),
    _Tool("laser printer", TONER[-1], "toner"),
    _Tool("ribbon", DYE_BLACK, None),
)


def _tool(rng: np.random.Generator) -> _Tool:
    return _TOOLS[int(rng.integers(len(_TOOLS)))]


def _other(rng: np.random.Generator, person: Holder, target: str) -> Holder:
    """Return a holder who differs in one datum, as a forger would have it."""
    name = _TARGETS[target]
    stranger = holder(rng)
    if name == "document_number":  # a digit or two, not another number
        number = list(person.document_number)
        for place in rng.choice(len(number), int(rng.integers(1, 3)), replace=False):
            number[place] = str((int(number[place], 36) + int(rng.integers(1, 9))) % 10)
        return replace(person, document_number="".join(number))
    if name == "expiry":  # a document that has run out is made to last
        return replace(person, expiry=person.expiry.replace(day=1) + timedelta(days=365 * int(rng.integers(1, 9))))
    if name == "birth":
        return replace(person, birth=stranger.birth)
    return replace(person, **{name: getattr(stranger, name)})


def _with_old_check_digits(kind: Kind, before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    places = LAYOUTS[MRZ_FORMATS[kind]]
    lines = list(after)
    for span in (*places.checks.values(), places.composite):
        if span is not None:
            line = lines[span.line]
            lines[span.line] = line[: span.start] + span.of(before) + line[span.end :]
    return tuple(lines)


def _runs(before: tuple[str, ...], after: tuple[str, ...]) -> list[tuple[int, int, int]]:
    """Return line, first and last place of each run of characters to print anew; nearby changes are one run."""
    found = []
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        places = [place for place, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]]
        groups = np.split(np.array(places, int), np.flatnonzero(np.diff(places) > 2) + 1) if places else []
        found += [(number, int(group[0]), int(group[-1])) for group in groups]
    return found


def _alter_mrz(rng: np.random.Generator, sheet: Sheet, issuer: State, person: Holder, right: bool) -> Change:
    """Erase and reprint the characters of an MRZ that differ, in place."""
    # A holder's state follows from all that is known of the holder: it must not change with what is altered.
    before, after = sheet.mrz, mrz_lines(issuer, sheet.kind, person, nationality(issuer, sheet.kind, sheet.holder))
    if not right:
        after = _with_old_check_digits(sheet.kind, before, after)
    box, place, pitch = sheet.regions["mrz"], mrz_place(sheet.kind), sheet.making.mrz_pitch
    if place is None:
        raise ValueError(f"{sheet.kind} has no MRZ")
    spacing = place.centres[1] - place.centres[0]
    new, boxes = [" " * len(line) for line in after], []
    for line, first, last in _runs(before, after):
        new[line] = new[line][:first] + after[line][first : last + 1] + new[line][last + 1 :]
        top = box[1] + line * spacing - 0.2
        run = box[0] + first * pitch, top, (last - first + 1) * pitch, OCR_B_HEIGHT + 0.4
        erase(rng, sheet.surface, run, sheet.making.substrate, float(rng.uniform(0.85, 0.98)))
        boxes.append(run)
    tool = _tool(rng)
    making = replace(sheet.making, mrz_ink=tool.ink, line_art=tool.process or "vector")
    nominal = place.left, place.centres[0] - OCR_B_HEIGHT / 2
    away = rng.normal(0, 0.12, 2)
    shift = box[0] - nominal[0] + float(away[0]), box[1] - nominal[1] + float(away[1])
    print_mrz(rng, sheet.surface, sheet.kind, new, making, shift)
    sheet.mrz = after
    return Change({"mrz_tool": tool.name, "check_digits": "right" if right else "wrong"}, tuple(boxes))


def _alter_viz(rng: np.random.Generator, sheet: Sheet, issuer: State, person: Holder, target: str) -> Change:
    """Erase and reprint a datum of the visual zone, in place."""
    place = layout(issuer, sheet.kind).fields[target].value
    old, new = sheet.fields[target], texts(issuer, sheet.kind, person)[target]
    tool, left = _tool(rng), float(rng.uniform(0.8, 0.98))
    erase(rng, sheet.surface, old.box, sheet.making.substrate, left)
    right, down = rng.normal(0, 0.15, 2)
    grown = float(rng.uniform(0.95, 1.05))
    box = old.box[0] + float(right), old.box[1] + float(down), place[2], old.box[3] * grown
    fonts = (issuer.fonts[0], issuer.fonts[0], "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf")
    face = fonts[int(rng.integers(len(fonts)))]
    printed = print_field(rng, sheet.surface, issuer, box, new, tool.ink, face, process=tool.process)
    sheet.fields[target] = Field(new, printed.box)
    width = max(old.box[2], printed.box[2])
    parameters: Parameters = {
        "viz_tool": tool.name, "erased": round(left, 3), "size": round(grown, 3), "font": face
    }  # fmt: skip
    return Change(parameters, ((old.box[0], old.box[1], width, old.box[3]),))


def altered(*, viz: bool, mrz: bool, right: bool = True) -> Callable[..., tuple[Sheet, Change]]:
    """Return a recipe's maker: which zones it alters, and whether it gets the check digits right."""

    def make(rng: np.random.Generator, drawn: Drawn, issuer: State) -> tuple[Sheet, Change]:
        sheet = drawn()
        targets = [target for target in _TARGETS if not viz or target in sheet.fields]
        target = targets[int(rng.integers(len(targets)))]
        if mrz and not right:  # names have no check digit
            checked = [target for target in targets if "name" not in target]
            target = checked[int(rng.integers(len(checked)))] if checked else target
        person = _other(rng, sheet.holder, target)
        done = [_alter_viz(rng, sheet, issuer, person, target)] if viz else []
        done += [_alter_mrz(rng, sheet, issuer, person, right)] if mrz else []
        parameters: Parameters = {"field": target}
        for change in done:
            parameters |= change.parameters
        return sheet, Change(parameters, tuple(box for change in done for box in change.boxes))

    return make
