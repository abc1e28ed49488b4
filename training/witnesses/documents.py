"""The documents on which measured checks are calibrated and judged: generated once, kept on disk."""

import pickle
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import cv2

from datasets.design.states import PURPOSES, TEST, TRAINING, state
from datasets.forging.catalogue import RECIPES, applies, shows
from datasets.sheet import Kind
from datasets.specimens import GENUINE, Order, make
from training.processes import each

ENROLLED = 5
_GENUINE_BY_HAND = 12
_OF_EACH_COUNTERFEIT = 16
KINDS = (Kind.TD3, Kind.TD2, Kind.MRV_A, Kind.TD1_BACK)  # sides with an MRZ
_FRONTS = (Kind.TD1_FRONT,)
_STATES = {"training": TRAINING, "calibration": PURPOSES["calibration"], "test": TEST}
SEEDS = {"training": 6001, "calibration": 6002, "test": 6003}
# The whole page made by other means than the issuer's.
COUNTERFEITS = ("counterfeit_inkjet", "counterfeit_toner", "counterfeit_sublimation")
WHOLE_PAGE = (*COUNTERFEITS, "print_and_scan", "screen_recapture")
_DAYLIGHT = ("visible",)
_LIGHTS = (*_DAYLIGHT, "uv", "ir")
_READER, _PHONE = "reader", "phone"


class Wanted(StrEnum):
    """Which documents of a kind of side are inspected."""

    USUAL = "usual"  # from any device, half of the genuine ones from page readers
    WHOLE_PAGE = "whole-page"  # the same, of forgeries only counterfeits and copies
    BY_HAND = "by-hand"  # from phones, of forgeries those that show by daylight
    FRONTS = "fronts"  # as the usual ones, of cards' sides without an MRZ
    COUNTERFEITS = "counterfeits"  # by daylight, of forgeries many counterfeits: the region network passes few of them


# Of those that share no document with the usual ones.
_OTHER_SEEDS = {
    Wanted.BY_HAND: {"training": 6011, "calibration": 6012, "test": 6013},
    Wanted.COUNTERFEITS: {"training": 6021, "calibration": 6022, "test": 6023},
    Wanted.FRONTS: {"training": 6031, "calibration": 6032, "test": 6033},
}


@dataclass(frozen=True, slots=True)
class Group:
    """Documents of one kind: the first ``ENROLLED`` are genuine, from page readers; the others are inspected.

    ``lights`` are those that they are captured under, but for phones, which have daylight alone.
    """

    folder: Path
    orders: tuple[Order, ...]
    lights: tuple[str, ...] = _LIGHTS

    @property
    def samples(self) -> tuple[Order, ...]:
        """The documents that are enrolled."""
        return self.orders[:ENROLLED]

    @property
    def without_mrz(self) -> bool:
        """Whether they are of a side that has no MRZ."""
        return self.orders[0].kind in _FRONTS

    @property
    def inspected(self) -> tuple[Order, ...]:
        """All others."""
        return self.orders[ENROLLED:]

    def only(self, recipes: Collection[str]) -> "Group":
        """Return the group without forgeries that other recipes made; what is enrolled and genuine stays."""
        kept = tuple(order for order in self.inspected if order.recipe in {GENUINE, *recipes})
        return replace(self, orders=self.samples + kept)

    def path(self, order: Order) -> Path:
        """Return where a document lies."""
        return self.folder / f"{order.index + 1:05d}.pkl"


def _wanted(code: str, kind: Kind, which: Wanted) -> Iterator[tuple[str, str | None]]:
    """Yield recipe and device (None: any) of each document of a group."""
    if which is Wanted.BY_HAND:
        return _by_hand(code, kind)
    if which is Wanted.COUNTERFEITS:
        return _counterfeits(code, kind)
    return _by_any(code, kind, whole_page_only=which is Wanted.WHOLE_PAGE)


def _by_hand(code: str, kind: Kind) -> Iterator[tuple[str, str]]:
    yield from [(GENUINE, _READER)] * ENROLLED + [(GENUINE, _PHONE)] * _GENUINE_BY_HAND
    for recipe in RECIPES:
        if shows(recipe, _DAYLIGHT) and applies(recipe, state(code), kind):
            yield recipe, _PHONE


def _counterfeits(code: str, kind: Kind) -> Iterator[tuple[str, str | None]]:
    yield from [(GENUINE, _READER)] * ENROLLED + [(GENUINE, None)] * 2
    for recipe in COUNTERFEITS:
        if applies(recipe, state(code), kind):
            yield from [(recipe, None)] * _OF_EACH_COUNTERFEIT


def _by_any(code: str, kind: Kind, *, whole_page_only: bool) -> Iterator[tuple[str, str | None]]:
    yield from [(GENUINE, _READER)] * (ENROLLED + (4 if whole_page_only else 6)) + [(GENUINE, None)] * 6
    for recipe in WHOLE_PAGE if whole_page_only else RECIPES:
        if applies(recipe, state(code), kind):
            yield recipe, None if shows(recipe, _DAYLIGHT) else _READER
            if recipe in WHOLE_PAGE:
                yield from [(recipe, None)] if whole_page_only else [(recipe, _READER), (recipe, None)]


def groups(work: Path, split: str, states: int | None = None, which: Wanted = Wanted.USUAL) -> list[Group]:
    """Return the groups of a split's first states (None: of all), one for each state and kind of side."""
    seed = _OTHER_SEEDS.get(which, SEEDS)[split]
    lights = _DAYLIGHT if which is Wanted.COUNTERFEITS else _LIGHTS
    found, index = [], 0
    for code in _STATES[split][:states]:
        for kind in _FRONTS if which is Wanted.FRONTS else KINDS:
            wanted = tuple(_wanted(code, kind, which))
            orders = tuple(
                Order(seed, index + number, code, kind, recipe, device)
                for number, (recipe, device) in enumerate(wanted)
            )
            folder = work / (split if which is Wanted.USUAL else f"{split}-{which.value}")
            found.append(Group(folder / f"{code}-{kind.value}", orders, lights))
            index += len(orders)
    return found


def files_of(path: Path) -> dict[str, bytes]:
    """Return a kept document's images by light."""
    kept: dict[str, bytes] = pickle.loads(path.read_bytes())["files"]  # our own file
    return kept


def _make(group: Group) -> int:
    cv2.setNumThreads(1)
    group.folder.mkdir(parents=True, exist_ok=True)
    for order in group.orders:
        path = group.path(order)
        if not path.exists():
            lights = _DAYLIGHT if order.device == _PHONE else group.lights  # a phone has no other
            made = make(order, lights).captured.files
            files = {light: data for light, (data, _) in made.items()}
            new = path.with_suffix(".new")
            new.write_bytes(pickle.dumps({"order": order, "files": files}))
            new.replace(path)
    return len(group.orders)


def make_all(wanted: list[Group], workers: int) -> Iterator[int]:
    """Make what is missing; yield how many documents each group has."""
    for _, count in each(wanted, _make, named=lambda group: group.folder, workers=workers):
        yield count
