import pytest

from docscan.types import Box, TextLine
from docscan.visual.spelling import Alignment, align, folded
from tests.docscan.visual.samples import line


def aligned(
    mrz: str, visual: str, *, sure: bool = True, confidence: float | list[float] = 1.0, cut: bool = False
) -> Alignment:
    each = confidence if isinstance(confidence, list) else [confidence] * len(visual)
    return align(mrz, [sure] * len(mrz), TextLine(visual, tuple(each), Box(0, 0, 1, 1)), cut=cut)


@pytest.mark.parametrize(
    ("mrz", "visual"),
    [
        ("MUELLER", "MÜLLER"),
        ("MULLER", "MÜLLER"),
        ("MUXXLLER", "Müller"),
        ("OCONNOR", "O'Connor"),
        ("KOWALSKA<KWIATKOWSKA", "KOWALSKA-KWIATKOWSKA"),
        ("STRASSE", "Straße"),
        ("IUSHCHENKO", "Ющенко"),
        ("AASEN", "ÅSEN"),
        ("MUELLER", "MULLER"),  # the reader lost the mark
        ("ZS0000177", "ZS 0000177"),
        ("GDL2CSO70", "GDL2CS070"),  # O and 0 are printed alike
        ("JK<NSEN", "JKNSEN"),
    ],
)
def test_what_doc_9303_or_print_makes_one_agrees(mrz: str, visual: str) -> None:
    assert aligned(mrz, visual).agrees
    assert not aligned(mrz, visual).differs


@pytest.mark.parametrize(
    ("mrz", "visual"),
    [("X9XEHJ330", "X9XEHJ730"), ("ANNAMARIA", "ANNA SOFIA"), ("ERIKSSON", "KOWALSKA")],
)
def test_what_surely_is_another_differs(mrz: str, visual: str) -> None:
    assert aligned(mrz, visual).differs
    assert not aligned(mrz, visual).agrees


def test_one_doubtful_character_neither_agrees_nor_differs() -> None:
    doubtful = [1.0] * 6 + [0.9] + [1.0] * 2
    for alignment in (
        aligned("X9XEHJ330", "X9XEHJ730", confidence=doubtful),
        aligned("X9XEHJ330", "X9XEHJ730", sure=False),
        aligned("X9XEHJ330", "X9XEHJ30"),
    ):
        assert not alignment.agrees
        assert not alignment.differs


def test_a_part_of_a_text_may_be_all_that_was_found_of_it() -> None:
    for part in ("SIALAIC F", "EINSON"):
        assert not aligned("SIALAIC<FEINSON", part).differs
        assert not aligned("SIALAIC<FEINSON", part).agrees


def test_what_stands_beside_a_text_is_no_contradiction() -> None:
    stamp = aligned("NEHEISKI<PIKLOOV", "NEHEISKI PIKLOOV XVP9.")
    assert not stamp.agrees
    assert not stamp.differs


@pytest.mark.parametrize(
    ("mrz", "visual", "differs"),
    [
        ("GC7180Z8V", "GC71802", False),  # half of the Z shows beside a finger
        ("GC7180Z8V", "5180Z8V", False),
        ("GC7180Z8V", "GC7180Z2", True),  # one is missing, which readers lose anywhere
        ("GC7180Z8V", "GC718028V", True),
        ("GC7180Z8V", "GX71802", True),  # the X is not where it breaks off
        ("SIHES", "SIHES XVE 5", False),  # a stamp beside it, as long as the name
        ("LI", "OLIVER", True),
    ],
)
def test_a_text_that_breaks_off_or_goes_on_is_no_other(mrz: str, visual: str, differs: bool) -> None:
    assert aligned(mrz, visual).differs is differs
    assert not aligned(mrz, visual).agrees


@pytest.mark.parametrize(
    ("letter", "sure", "shares", "differs"),
    [
        ("0", 0.7, {"0": 0.7, "O": 0.29}, True),  # what else it may be is no N either
        ("0", 0.7, {"0": 0.7, "N": 0.02}, False),
        ("0", 0.4, {"0": 0.4, "O": 0.2}, False),  # nothing was read there
        ("M", 0.992, {"M": 0.992, "N": 0.007}, False),
    ],
)
def test_a_character_is_another_where_it_is_surely_not_the_mrzs(
    letter: str, sure: float, shares: dict[str, float], differs: bool
) -> None:
    text = f"{letter}LUJJGZO6"
    known = tuple({character: 1.0} for character in text[1:])
    seen = TextLine(text, (sure, *(1.0,) * 8), Box(0, 0, 1, 1), (shares, *known))
    alignment = align("NLUJJGZO6", [True] * 9, seen)
    assert alignment.differs is differs
    assert not alignment.agrees


@pytest.mark.parametrize(("mrz", "visual"), [("GIOV<MEI", "ČIOV MEÍ"), ("GEIOV", "ČEIOV"), ("JANIS", "ÎANIS")])
def test_which_letter_carries_a_mark_is_never_sure(mrz: str, visual: str) -> None:
    seen = TextLine(visual, (1.0,) * len(visual), Box(0, 0, 1, 1), tuple({folded(letter): 1.0} for letter in visual))
    alignment = align(mrz, [True] * len(mrz), seen)
    assert not alignment.differs
    assert not alignment.agrees


def test_another_name_differs_though_its_letters_carry_marks() -> None:
    assert aligned("GANIS", "ŠČÍPÍS").differs
    assert aligned("GEIOV", "ČEZOV").differs


def test_half_read_characters_tell_nothing_where_little_is_the_mrzs() -> None:
    cyrillic = TextLine("H", (0.77,), Box(0, 0, 1, 1), ({"H": 0.77},))  # the first of НИН, which the MRZ has as NIN
    assert not align("NIN", [True] * 3, cyrillic).differs


def test_many_likely_ones_differ_together() -> None:
    assert aligned("RALF", "VUOV", confidence=0.8).differs
    assert not aligned("RALF", "VUOV", confidence=0.6).differs


def test_another_text_altogether_differs_though_its_length_is_another() -> None:
    assert aligned("GITRIANINSON", "LUL", confidence=[0.8, 0.7, 0.9]).differs
    assert aligned("KIAIC<BIMAS", "LIS").differs
    assert not aligned("GITRIANINSON", "LUL", confidence=[0.5, 0.4, 0.6]).differs


def test_a_slash_and_a_letter_are_no_text() -> None:
    assert not aligned("NIN", " / s / ", confidence=0.98).differs


def test_the_end_of_a_cut_name_is_not_missed() -> None:
    assert not aligned("PAPADOPOULOUANNAM", "PAPADOPOULOU ANNA MARIA").agrees
    assert aligned("PAPADOPOULOUANNAM", "PAPADOPOULOU ANNA MARIA", cut=True).agrees


def test_what_hardly_stands_behind_a_text_is_not_part_of_it() -> None:
    edge_of_a_label = [1.0] * 6 + [0.9, 0.5, 0.4, 0.6]
    assert aligned("BINSON", "BINSONames", confidence=edge_of_a_label).agrees
    assert not aligned("BINSON", "BINSONames").agrees
    assert not aligned(
        "NIA", "NationalitIA", confidence=[1.0] + [0.5] * 8 + [1.0] * 3
    ).agrees  # in a text, not behind it


def test_a_filler_where_the_reader_doubted_is_no_gap() -> None:
    alignment = align("<<5M37Z31", [False] * 2 + [True] * 7, line("0T5M37Z31"))
    assert not alignment.differs


def test_folding_leaves_letters_and_digits() -> None:
    assert folded("N° du passeport / Prénoms") == "NDUPASSEPORTPRENOMS"
