"""The languages of the pages: a gettext catalogue each, ``catalogues/LOCALE.po``, read as it stands."""

from collections.abc import Iterable, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from fastapi import Request

from docscan.rendering.language import ENGLISH, Language

CATALOGUES = Path(__file__).parent / "catalogues"
COOKIE = "docscan_language"


def read_languages(folder: Path = CATALOGUES) -> Mapping[str, Language]:
    """Read every catalogue of a folder; English, which the code speaks, comes first.

    Returns
    -------
    Mapping
        By the tag that HTML's ``lang`` has.
    """
    found = (_read(path) for path in sorted(folder.glob("*.po")))
    return MappingProxyType({language.tag: language for language in (ENGLISH, *found)})


def _read(path: Path) -> Language:
    locale = Locale.parse(path.stem)
    with path.open("rb") as file:
        catalogue = read_po(file, locale=locale)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(locale, Translations(compiled))


@cache
def languages() -> Mapping[str, Language]:
    """Return the languages of this installation, read once."""
    return read_languages()


def language_of(request: Request) -> Language:
    """Return the language that somebody chose on a page, or that the browser prefers, or English."""
    known = languages()
    chosen = known.get(request.cookies.get(COOKIE, ""))
    return chosen or preferred(request.headers.get("accept-language", ""), known.values())


def preferred(accepted: str, known: Iterable[Language]) -> Language:
    """Return the language of an ``Accept-Language`` header that is known; of no region's or script's if need be."""
    every = list(known)
    for tag in _by_weight(accepted):
        base = tag.partition("-")[0]
        for language in every:
            if language.tag.lower() == tag or language.locale.language == base:
                return language
    return ENGLISH


def _by_weight(accepted: str) -> list[str]:
    weighed: list[tuple[float, str]] = []
    for part in accepted.lower().split(","):
        tag, _, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if tag.strip() and quality > 0:
            weighed.append((quality, tag.strip()))
    return [tag for _, tag in sorted(weighed, key=lambda each: -each[0])]
