"""Characters that a field does not admit, and what they are taken for.

A reader confuses O and 0, I and 1; a field that admits only digits (or only letters) tells which it must have
been: what else the reader saw, else the usual confusion. What no field says (a code of no state, a thirteenth month, a
letter after the fillers that end a name) is what one may say, where the reader saw evidence of each character of it.
Each change is listed. Nothing is ever changed to please a check digit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product

from docscan.mrz.check_digits import ALPHABET, FILLER
from docscan.mrz.codes import SEXES, is_known_state
from docscan.mrz.dates import is_day, is_month
from docscan.mrz.layouts import Layout, Span
from docscan.types import Repair

DIGIT_FOR = dict(zip("OQDUILZASGTB", "000011245678", strict=True))
LETTER_FOR = dict(zip("01245678", "OIZASGTB", strict=True))

# What a repair has for a field where it is none.
OUT_OF_ALPHABET = "alphabet"
CHECK_DIGIT = " check digit"  # after the name of the field that it is of

_LETTER_FIELDS = ("document_code", "issuing_state", "nationality", "names")
_CODE_FIELDS = ("issuing_state", "nationality")
_DATE_FIELDS = ("birth_date", "expiry_date")
_END_OF_NAMES = FILLER * 3

# How many characters a line may lack or have too many before it is no line of that format.
SLACK = 2


@dataclass(slots=True)
class Workbench:
    """Lines being repaired."""

    rows: list[list[str]]
    alternatives: Sequence[Sequence[str]] = ()  # see docscan.types.Zone; of the rows' shape, or empty
    repairs: list[Repair] = field(default_factory=list)

    def put(self, line: int, column: int, name: str, used: str) -> None:
        """Replace a character and write it down."""
        read = self.rows[line][column]
        if read != used:
            self.repairs.append(Repair(line, column, name, read, used))
            self.rows[line][column] = used

    def others(self, line: int, column: int) -> str:
        """Return what else a character may be, the likeliest first; nothing of one that was added."""
        seen = self.alternatives[line] if self.alternatives else ()
        return seen[column] if column < len(seen) else ""

    def lines(self) -> tuple[str, ...]:
        """Return the lines as they stand."""
        return tuple("".join(row) for row in self.rows)


def fit(bench: Workbench, width: int) -> None:
    """Bring each line to its width: fillers are what a reader loses or doubles at the end."""
    for number, row in enumerate(bench.rows):
        while len(row) > width:
            surplus = row.pop()
            bench.repairs.append(Repair(number, len(row), "line", surplus, ""))
        while len(row) < width:
            bench.repairs.append(Repair(number, len(row), "line", "", FILLER))
            row.append(FILLER)


def apply(bench: Workbench, span: Span, name: str, table: dict[str, str]) -> None:
    """Replace a field's letters by digits, or its digits by letters, as its table of confusions does."""
    for column in range(span.start, span.end):
        read = bench.rows[span.line][column]
        used = table.get(read, read)
        if read.isdigit() if table is LETTER_FOR else read.isalpha():
            seen = bench.others(span.line, column)
            used = next((other for other in seen if other.isalnum() and other.isdigit() != read.isdigit()), used)
        bench.put(span.line, column, name, used)


def choose(bench: Workbench, span: Span, name: str, admits: Callable[[str], bool]) -> None:
    """Replace what a field does not admit by what it does and the reader saw most of; else leave it as it was read."""
    columns = range(span.start, span.end)
    seen = [(bench.rows[span.line][column], *bench.others(span.line, column)) for column in columns]
    places = product(*(range(len(characters)) for characters in seen))
    for chosen in sorted(places, key=lambda ranks: (sum(map(bool, ranks)), sum(ranks))):  # as read, first
        used = [characters[rank] for characters, rank in zip(seen, chosen, strict=True)]
        if admits("".join(used)):
            for column, character in zip(columns, used, strict=True):
                bench.put(span.line, column, name, character)
            return


def _is_code(text: str) -> bool:
    return is_known_state(text.rstrip(FILLER))


def _date(bench: Workbench, span: Span, name: str) -> None:
    """Replace a month or a day that no calendar has (Doc 9303 part 3, section 4.8)."""
    for start, admits in ((span.start + 2, is_month), (span.start + 4, is_day)):
        choose(bench, Span(span.line, start, start + 2), name, admits)


def _names_end(bench: Workbench, span: Span) -> None:
    """Replace what stands among the fillers that end the names: three end them (Doc 9303 part 3, section 4.6)."""
    row = bench.rows[span.line]
    end = "".join(row[span.start : span.end]).find(_END_OF_NAMES)
    for column in range(span.start + end, span.end) if end >= 0 else ():
        if FILLER in bench.others(span.line, column):
            bench.put(span.line, column, "names", FILLER)


def out_of_alphabet(bench: Workbench) -> None:
    """Put a filler for each character that no MRZ has."""
    for number, row in enumerate(bench.rows):
        for column, read in enumerate(row):
            if read not in ALPHABET:
                bench.put(number, column, OUT_OF_ALPHABET, FILLER)


def repaired(
    lines: Sequence[str], layout: Layout, alternatives: Sequence[Sequence[str]] = ()
) -> tuple[tuple[str, ...], tuple[Repair, ...]]:
    """Apply the fields' character classes to lines as read.

    Returns the lines at their full width, and every change.
    """
    same = [len(line) for line in lines] == [len(line) for line in alternatives]
    bench = Workbench([list(line) for line in lines], alternatives if same else ())
    fit(bench, layout.format.shape[1])
    out_of_alphabet(bench)
    for name in _CODE_FIELDS:
        choose(bench, layout.spans[name], name, _is_code)
    choose(bench, layout.spans["sex"], "sex", SEXES.__contains__)
    _names_end(bench, layout.spans["names"])
    for name in _LETTER_FIELDS:
        span = layout.spans[name]
        if name == "document_code":  # the second character is the issuer's: permanent resident cards begin C1USA
            span = Span(span.line, span.start, span.start + 1)
        apply(bench, span, name, LETTER_FOR)
    for name in _DATE_FIELDS:
        _date(bench, layout.spans[name], name)
        apply(bench, layout.spans[name], name, DIGIT_FOR)
    for name, span in layout.checks.items():
        apply(bench, span, name + CHECK_DIGIT, DIGIT_FOR)
    if layout.composite is not None:
        apply(bench, layout.composite, "composite" + CHECK_DIGIT, DIGIT_FOR)
    return bench.lines(), tuple(bench.repairs)
