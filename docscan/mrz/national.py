"""Old national layouts that look like an MRZ of Doc 9303 and are not: recognised, so that they are not misread."""

from collections.abc import Sequence
from datetime import date

from docscan.mrz.check_digits import FILLER, agrees
from docscan.mrz.dates import NotADateError, birth_date
from docscan.mrz.layouts import LAYOUTS, Span
from docscan.mrz.repairs import CHECK_DIGIT, DIGIT_FOR, SLACK, Workbench, apply, fit, out_of_alphabet
from docscan.types import MrzFields, MrzFormat, ParsedMrz


def _plain(text: str) -> str:
    return " ".join(text.replace(FILLER, " ").split())


def _bench(lines: Sequence[str], width: int) -> Workbench:
    bench = Workbench([list(line) for line in lines])
    fit(bench, width)
    out_of_alphabet(bench)
    return bench


def _born(text: str, today: date, problems: list[str]) -> str | None:
    try:
        return birth_date(text, today)
    except NotADateError:
        problems.append("The date of birth is no date of the calendar.")
        return None


_FRENCH = {"document_number": Span(1, 0, 12), "birth_date": Span(1, 27, 33)}
_FRENCH_CHECKS = {
    "document_number": Span(1, 12, 13),
    "birth_date": Span(1, 33, 34),
    "composite": Span(1, 35, 36),
}


def _french_identity_card(lines: Sequence[str], today: date) -> ParsedMrz:
    """Read the French identity card of 1988 to 2021.

    Line 1: ``ID``, ``FRA``, surname (25), department and office (6). Line 2: number (12), its check digit, given
    names (14), date of birth, its check digit, sex, check digit over everything before it. There is no expiry.
    """
    bench = _bench(lines, MrzFormat.TD2.shape[1])
    apply(bench, _FRENCH["birth_date"], "birth_date", DIGIT_FOR)
    for name, span in _FRENCH_CHECKS.items():
        apply(bench, span, name + CHECK_DIGIT, DIGIT_FOR)
    used = bench.lines()
    first, second = used
    problems = ["This is the layout of the French identity card of 1988, which Doc 9303 does not describe."]
    fields = MrzFields(
        document_code="ID",
        issuing_state="FRA",
        document_number=_plain(second[:12]),
        surname=_plain(first[5:30]),
        given_names=_plain(second[13:27]),
        nationality="FRA",
        birth_date=_born(second[27:33], today, problems),
        sex={"F": "F", "M": "M"}.get(second[34]),
        expiry_date=None,
        optional_data=_plain(first[30:36]),
        names_truncated=second[26] != FILLER or first[29] != FILLER,
    )
    checks = {name: agrees(span.of(used), _FRENCH_CHECKS[name].of(used)) for name, span in _FRENCH.items()}
    checks["composite"] = agrees(first + second[:35], second[35])
    return ParsedMrz(MrzFormat.TD2, used, fields, checks, tuple(bench.repairs), tuple(problems), conforming=False)


def _russian_internal_passport(lines: Sequence[str], today: date) -> ParsedMrz:
    """Read the Russian internal passport since 2011.

    TD3, but its names are encoded letter by letter, some Cyrillic letters as digits (2, 3, 4, 6 to 9), it never
    expires (fillers, the check digit too), and the number's first nine characters lack the fourth digit of the
    series, which opens the optional data. The names are given as they stand: they are no transliteration.
    """
    layout = LAYOUTS[MrzFormat.TD3]
    bench = _bench(lines, MrzFormat.TD3.shape[1])
    apply(bench, layout.spans["birth_date"], "birth_date", DIGIT_FOR)
    for name in ("document_number", "birth_date", "optional_data"):
        apply(bench, layout.checks[name], name + CHECK_DIGIT, DIGIT_FOR)
    used = bench.lines()
    text = {name: span.of(used) for name, span in layout.spans.items()}
    surname, _, given = text["names"].partition(FILLER * 2)
    problems = [
        "This is the layout of the Russian internal passport, whose names and missing expiry are not after Doc 9303."
    ]
    fields = MrzFields(
        document_code="PN",
        issuing_state="RUS",
        document_number=_plain(text["document_number"]),
        surname=_plain(surname),
        given_names=_plain(given),
        nationality=_plain(text["nationality"]),
        birth_date=_born(text["birth_date"], today, problems),
        sex={"F": "F", "M": "M"}.get(text["sex"]),
        expiry_date=None,
        optional_data=_plain(text["optional_data"]),
        names_truncated=not text["names"].endswith(FILLER),
    )
    checks = {
        name: agrees(text[name], layout.checks[name].of(used))
        for name in ("document_number", "birth_date", "optional_data")
    }
    composite = used[1][:10] + used[1][13:20] + used[1][21:43]
    checks["composite"] = agrees(composite, used[1][43])
    return ParsedMrz(MrzFormat.TD3, used, fields, checks, tuple(bench.repairs), tuple(problems), conforming=False)


def _mostly_digits(text: str) -> bool:
    """Tell whether a date may stand here, unknown parts and a misread character allowed for."""
    return sum(character.isdigit() for character in text) >= 3 or not text.strip(FILLER)


def _has_shape(lines: Sequence[str], form: MrzFormat) -> bool:
    count, width = form.shape
    return len(lines) == count and all(abs(len(line) - width) <= SLACK for line in lines)


def national_layout(lines: Sequence[str], today: date) -> ParsedMrz | None:
    """Return the parse of a layout that is not of Doc 9303, or None when the lines are of none that is known.

    French: line 1 begins ``IDFRA`` in two lines of 36, and line 2 has letters where TD2 has the date of birth.
    Russian: line 1 begins ``PNRUS`` in two lines of 44, and line 2 has no date of expiry.
    """
    if _has_shape(lines, MrzFormat.TD2) and lines[0].startswith("IDFRA") and not _mostly_digits(lines[1][13:19]):
        return _french_identity_card(lines, today)
    if _has_shape(lines, MrzFormat.TD3) and lines[0].startswith("PNRUS") and not lines[1][21:27].strip(FILLER):
        return _russian_internal_passport(lines, today)
    return None
