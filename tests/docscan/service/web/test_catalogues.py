"""Every catalogue says everything that the pages and reports say, with the same things in it."""

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from docscan.rendering import words
from docscan.rendering.language import ENGLISH, Language
from docscan.service.web.extraction import every_message
from docscan.service.web.languages import CATALOGUES, languages, preferred, read_languages

FILES = sorted(CATALOGUES.glob("*.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|%(?!\()")


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.stem, abort_invalid=True)


def test_the_languages_of_the_posts_are_there() -> None:
    assert list(languages()) == ["en", "fr", "sq", "sr-Latn"]
    assert [language.name for language in languages().values()] == ["English", "Français", "Shqip", "Srpski"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_message_is_translated_and_none_is_left_over(path: Path) -> None:
    catalogue = _read(path)
    said = {message.id if isinstance(message.id, str) else tuple(message.id) for message in catalogue if message.id}
    assert said == set(every_message())
    for message in catalogue:
        if message.id:
            forms = [message.string] if isinstance(message.string, str) else message.string
            assert all(form.strip() or message.id == " " for form in forms), message.id
            assert len(forms) == (1 if isinstance(message.id, str) else catalogue.num_plurals), message.id
            assert not message.fuzzy, message.id


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_stands_in_a_message_stands_in_its_translation(path: Path) -> None:
    for message in _read(path):
        if not message.id:
            continue
        originals = [message.id] if isinstance(message.id, str) else list(message.id)
        forms = [message.string] if isinstance(message.string, str) else list(message.string)
        for form in forms:
            assert Counter(PLACEHOLDER.findall(form)) == Counter(PLACEHOLDER.findall(originals[0])), message.id
        ends = originals[0].rstrip("…")[-1:]
        if ends in ".?:":
            assert all(form.endswith(ends) for form in forms), message.id


def test_words_of_verdicts_and_findings_differ_in_every_language() -> None:
    for language in languages().values():
        for signs in (words.VERDICTS, words.OUTCOMES):
            assert len({language.gettext(sign.word) for sign in signs.values()}) == len(signs), language.tag


def test_a_new_file_is_a_new_language(tmp_path: Path) -> None:
    (tmp_path / "de.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Refer"\nmsgstr "Prüfen"\n',
        encoding="utf-8",
    )
    read = read_languages(tmp_path)
    assert list(read) == ["en", "de"]
    assert read["de"].name == "Deutsch"
    assert read["de"].gettext("Refer") == "Prüfen"
    assert read["de"].gettext("No concern") == "No concern"  # what it lacks is English


@pytest.mark.parametrize(
    ("accepted", "tag"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-BE,fr;q=0.9,en;q=0.8", "fr"),
        ("de,sq;q=0.5,en;q=0.4", "sq"),
        ("sr-RS", "sr-Latn"),
        ("sr-Latn-RS,en;q=0.2", "sr-Latn"),
        ("en-US,fr;q=0.5", "en"),
        ("fr;q=0,sq", "sq"),
        ("fr;q=x,;q=1,sq", "sq"),
        ("de,zh", "en"),
        ("*", "en"),
    ],
)
def test_the_browsers_language_is_taken(accepted: str, tag: str) -> None:
    assert preferred(accepted, languages().values()).tag == tag


@pytest.mark.parametrize(
    ("tag", "moment", "number"),
    [
        ("en", "26 Nov 2026, 14:05", "1234.50"),
        ("fr", "26 nov. 2026, 14:05", "1234,50"),
        ("sq", "26 nën 2026, 14:05", "1234,50"),
        ("sr-Latn", "26. nov 2026. 14:05", "1234,50"),
    ],
)
def test_dates_and_numbers_are_written_as_there(tag: str, moment: str, number: str) -> None:
    language = languages()[tag]
    at = datetime(2026, 11, 26, 14, 5).astimezone()  # of this machine's clock
    assert language.moment(at.astimezone(UTC)) == moment
    assert language.number(1234.5, 2) == number


def test_plurals_are_those_of_the_language() -> None:
    serbian = languages()["sr-Latn"]
    said = [serbian.ngettext("%(num)s document waits.", "%(num)s documents wait.", number) for number in (1, 2, 5, 21)]
    assert [text.split()[1] for text in said] == ["dokument", "dokumenta", "dokumenata", "dokument"]


def test_english_needs_no_catalogue() -> None:
    assert languages()["en"] is ENGLISH
    assert isinstance(ENGLISH, Language)
    assert ENGLISH.gettext("Refer") == "Refer"
