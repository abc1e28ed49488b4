"""Where each field stands in each format (ICAO Doc 9303 part 4 TD3, part 5 TD1, part 6 TD2, part 7 MRV-A and MRV-B)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from docscan.types import MrzFormat


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` to ``end`` (exclusive) of a line; all count from 0."""

    line: int
    start: int
    end: int

    def of(self, lines: tuple[str, ...]) -> str:
        """Return the characters of the span."""
        return lines[self.line][self.start : self.end]


@dataclass(frozen=True, slots=True)
class Layout:
    """A format's fields, check digits and composite.

    ``checks`` maps a field to the place of its check digit; ``composite_of`` lists, in order, what the composite
    check digit is computed from. Visas have no composite and no check digit over their optional data.
    """

    format: MrzFormat
    spans: Mapping[str, Span]
    checks: Mapping[str, Span]
    composite: Span | None = None
    composite_of: tuple[Span, ...] = ()


def _two_lines(form: MrzFormat, width: int, optional_end: int) -> tuple[dict[str, Span], dict[str, Span]]:
    spans = {
        "document_code": Span(0, 0, 2),
        "issuing_state": Span(0, 2, 5),
        "names": Span(0, 5, width),
        "document_number": Span(1, 0, 9),
        "nationality": Span(1, 10, 13),
        "birth_date": Span(1, 13, 19),
        "sex": Span(1, 20, 21),
        "expiry_date": Span(1, 21, 27),
        "optional_data": Span(1, 28, optional_end),
    }
    checks = {
        "document_number": Span(1, 9, 10),
        "birth_date": Span(1, 19, 20),
        "expiry_date": Span(1, 27, 28),
    }
    if form is MrzFormat.TD3:
        checks["optional_data"] = Span(1, 42, 43)
    return spans, checks


def _layout_of_two_lines(form: MrzFormat, width: int, optional_end: int, composite: bool) -> Layout:
    spans, checks = _two_lines(form, width, optional_end)
    if not composite:
        return Layout(form, MappingProxyType(spans), MappingProxyType(checks))
    parts = (Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, width - 1))
    return Layout(form, MappingProxyType(spans), MappingProxyType(checks), Span(1, width - 1, width), parts)


_TD1 = Layout(
    MrzFormat.TD1,
    MappingProxyType(
        {
            "document_code": Span(0, 0, 2),
            "issuing_state": Span(0, 2, 5),
            "document_number": Span(0, 5, 14),
            "optional_data": Span(0, 15, 30),
            "birth_date": Span(1, 0, 6),
            "sex": Span(1, 7, 8),
            "expiry_date": Span(1, 8, 14),
            "nationality": Span(1, 15, 18),
            "optional_data_2": Span(1, 18, 29),
            "names": Span(2, 0, 30),
        }
    ),
    MappingProxyType({"document_number": Span(0, 14, 15), "birth_date": Span(1, 6, 7), "expiry_date": Span(1, 14, 15)}),
    Span(1, 29, 30),
    (Span(0, 5, 30), Span(1, 0, 7), Span(1, 8, 15), Span(1, 18, 29)),
)

LAYOUTS: Mapping[MrzFormat, Layout] = MappingProxyType(
    {
        MrzFormat.TD1: _TD1,
        MrzFormat.TD2: _layout_of_two_lines(MrzFormat.TD2, 36, 35, composite=True),
        MrzFormat.TD3: _layout_of_two_lines(MrzFormat.TD3, 44, 42, composite=True),
        MrzFormat.MRV_A: _layout_of_two_lines(MrzFormat.MRV_A, 44, 44, composite=False),
        MrzFormat.MRV_B: _layout_of_two_lines(MrzFormat.MRV_B, 36, 36, composite=False),
    }
)
