"""What checks say in English, said again in another language."""

import re
from html import unescape
from importlib.resources import files
from pathlib import Path

import pytest

from docscan.checks import mrz_rules, printing, slots, visual_zone
from docscan.rendering import patterns
from docscan.rendering.html import to_html, to_parts
from docscan.rendering.language import ENGLISH, Percent, Sentence
from docscan.rendering.patterns import FOLLOWING, PATTERNS, matched
from docscan.service.web.languages import languages
from docscan.types import Report

FRENCH = languages()["fr"]


def test_a_fixed_sentence_is_translated() -> None:
    said = FRENCH.explained("The paper stays dark under ultraviolet light, as security paper does.")
    assert said == "Le papier reste sombre sous ultraviolet, comme le papier de sécurité."


def test_a_sentence_with_words_in_it_is_translated_with_them() -> None:
    said = FRENCH.explained(
        "The machine-readable zone is suspicious: it looks printed or pasted over what was there and it looks printed "
        "by inkjet."
    )
    assert said == "Élément suspect (bande MRZ) : semble imprimé ou collé par-dessus et semble imprimé au jet d'encre."


def test_data_of_a_document_stay_as_they_are() -> None:
    said = FRENCH.explained(
        "The printed surname reads “<b>OR, ANNA and sex” (certainty 98 %), the machine-readable zone says “ERIKSSON” "
        "(certainty unknown): they contradict each other."
    )
    assert said.startswith(
        "Imprimé (nom) : « <b>OR, ANNA and sex » (certitude 98 %), bande MRZ : « ERIKSSON » (certitude inconnue)"
    )
    assert not hasattr(said, "__html__")  # a template escapes it


def test_sentences_that_follow_one_another_are_both_translated() -> None:
    said = FRENCH.explained(
        "The check digit of the date of birth, composite does not agree with what is printed. "
        "The reading was not sure, so this may be a reading error: compare by eye."
    )
    assert said == (
        "Le chiffre de contrôle ne concorde pas avec ce qui est imprimé (date de naissance, ensemble). "
        "La lecture n'était pas sûre, ce peut être une erreur de lecture : comparez à l'œil."
    )


def test_what_is_not_known_is_marked_as_english_and_escaped() -> None:
    said = FRENCH.explained("A sentence <nobody> knows.")
    assert said == '<span lang="en">A sentence &lt;nobody&gt; knows.</span>'
    assert ENGLISH.explained("A sentence <nobody> knows.") == "A sentence <nobody> knows."


@pytest.mark.parametrize("pattern", PATTERNS)
def test_each_pattern_finds_itself(pattern: str) -> None:
    filled = re.sub(r"%\((\w+)\)s", r"<\1>", pattern).replace("%%", "%")
    found = matched(filled)
    assert found is not None
    assert found[0] == pattern
    assert all(value == f"<{name}>" for name, value in found[1].items())


def test_every_pattern_is_said_somewhere_by_a_check() -> None:
    """A check whose words change takes its pattern with it."""
    root = Path(str(files("docscan")))
    sources = [*(root / "checks").glob("*.py"), root / "quality.py"]
    # Adjacent literals become one, and what is filled in is left out.
    text = re.sub(r'"\s*\n\s*f?"', "", "\n".join(path.read_text(encoding="utf-8") for path in sources))
    text = re.sub(r"\{[^{}]*\}", "{}", text)
    for sentence in (*PATTERNS, *FOLLOWING):
        pieces = [piece.replace("%%", "%") for piece in re.split(r"%\(\w+\)s|[:;] ", sentence)]
        for piece in pieces:
            assert piece.strip(" .:“”,") in text, sentence


def test_words_that_stand_in_sentences_are_known() -> None:
    named = {*printing._WORDS.values(), *printing._PROCESSES.values(), *printing._ALTERATIONS.values()}
    named |= {*visual_zone.WORDS.values(), *mrz_rules._NAMES.values(), *slots._NAMES.values()}
    assert named <= patterns.PARTS


def test_sentences_nest_and_percentages_are_written_as_there() -> None:
    share = Sentence("under %(share)s", {"share": Percent(0.1, 1)})
    assert str(share) == "under 0.1\u00a0%"
    assert FRENCH.say(share) == "moins de 0,1\u00a0%"
    assert str(Sentence("85 % of it")) == "85 % of it"


@pytest.mark.parametrize("tag", ["fr", "sq", "sr-Latn"])
def test_a_report_is_written_in_its_language(referred: Report, tag: str) -> None:
    html = to_html(referred, None, languages()[tag])
    assert f'<html lang="{tag}">' in html
    text = unescape(
        re.sub(r"<style>.*?</style>|<[^>]+>", " ", re.sub(r'<span lang="en">.*?</span>', "", html), flags=re.S)
    )
    for english in ("Refer", "failed", "passed", "Machine-readable", "The page", "Check digit", "forged", "sharpness"):
        assert english not in text, english


def test_parts_are_those_of_the_report(referred: Report) -> None:
    parts = to_parts(referred, None)
    whole = to_html(referred, None)
    assert str(parts.verdict).strip() in whole
    assert str(parts.evidence).strip() in whole
