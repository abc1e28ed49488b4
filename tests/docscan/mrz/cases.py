"""Generated MRZs: what hypothesis draws, and what it must come back as."""

from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

from docscan.mrz.compose import compose
from docscan.types import MrzFormat

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALNUM = LETTERS + "0123456789"
TODAY = date(2026, 11, 24)

_CODES = {
    MrzFormat.TD1: ["I", "ID", "AC", "C"],
    MrzFormat.TD2: ["I", "ID", "AC"],
    MrzFormat.TD3: ["P", "PM"],
    MrzFormat.MRV_A: ["V", "VB"],
    MrzFormat.MRV_B: ["V", "VC"],
}
_OPTIONAL = {
    MrzFormat.TD1: 15,
    MrzFormat.TD2: 7,
    MrzFormat.TD3: 14,
    MrzFormat.MRV_A: 16,
    MrzFormat.MRV_B: 8,
}


@dataclass(frozen=True)
class Case:
    format: MrzFormat
    fields: dict[str, str]

    @property
    def lines(self) -> tuple[str, ...]:
        return compose(self.format, **self.fields)


def _word(smallest: int, largest: int, alphabet: str = LETTERS) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=smallest, max_size=largest)


def _names() -> st.SearchStrategy[str]:
    return st.lists(_word(1, 12), min_size=1, max_size=3).map(" ".join)


def _day(earliest: int, latest: int) -> st.SearchStrategy[str]:
    return st.dates(date(earliest, 1, 1), date(latest, 12, 31)).map(lambda day: f"{day:%y%m%d}")


@st.composite
def cases(draw: st.DrawFn, *, long_numbers: bool = True) -> Case:
    form = draw(st.sampled_from(list(MrzFormat)))
    long = long_numbers and form in (MrzFormat.TD1, MrzFormat.TD2) and draw(st.booleans())
    room = _OPTIONAL[form]
    number = draw(_word(10, 9 + room - 1, ALNUM) if long else _word(1, 9, ALNUM))
    return Case(
        form,
        {
            "document_code": draw(st.sampled_from(_CODES[form])),
            "issuing_state": draw(st.sampled_from(["UTO", "D", "FRA", "XXA", "GBN", "POL"])),
            "document_number": number,
            "surname": draw(_names()),
            "given_names": draw(st.one_of(st.just(""), _names())),
            "nationality": draw(st.sampled_from(["UTO", "D", "XXB", "CHN"])),
            "birth_date": draw(_day(1930, 2020)),
            "sex": draw(st.sampled_from("FM<")),
            "expiry_date": draw(_day(2000, 2050)),
            "optional_data": "" if long else draw(_word(0, room, ALNUM)),
            "optional_data_2": draw(_word(0, 11, ALNUM)) if form is MrzFormat.TD1 else "",
        },
    )
