"""In which language something is said: English is written in the code, other languages come from catalogues."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from gettext import NullTranslations

from babel import Locale
from babel.dates import format_skeleton, get_datetime_format
from babel.numbers import format_decimal
from markupsafe import Markup

from docscan.rendering import patterns


@dataclass(frozen=True, slots=True)
class Percent:
    """A number of hundredths, with digits behind the mark."""

    value: float
    digits: int = 0

    def __str__(self) -> str:
        """Return it in English; the space does not break, so that the sign stays with its number."""
        return f"{self.value:.{self.digits}f}\u00a0%"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message with what stands in it: ``%(name)s`` in the text, ``values["name"]`` for it."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    inside: bool = False  # it stands in another, so its first letter is small

    def __str__(self) -> str:
        """Return it in English."""
        return _placed(self, self.text, {name: str(value) for name, value in self.values.items()})


def _placed(sentence: Sentence, text: str, values: Mapping[str, str]) -> str:
    # Without values there is nothing to fill in: a sign for percent stands for itself.
    filled = text % values if values else text
    return filled[:1].lower() + filled[1:] if sentence.inside else filled


@dataclass(frozen=True, slots=True)
class Listed:
    """Sentences in one, by semicolons."""

    sentences: tuple[Sentence, ...]

    def __str__(self) -> str:
        """Return them in English."""
        return "; ".join(map(str, self.sentences))


@dataclass(frozen=True, eq=False)
class Language:
    """A language that people read; compared and hashed by identity, for there is one of each."""

    locale: Locale
    translations: NullTranslations = field(default_factory=NullTranslations)

    @property
    def tag(self) -> str:
        """Return its name as HTML's ``lang`` has it (BCP 47)."""
        return self.locale.language if self.is_source else str(self.locale).replace("_", "-")

    @property
    def name(self) -> str:
        """Return its own name for itself."""
        own = self.locale.get_language_name(self.locale) or self.tag
        return own[:1].upper() + own[1:]

    @property
    def is_source(self) -> bool:
        """Whether the code itself speaks it."""
        return self.locale.language == "en"

    def gettext(self, text: str) -> str:
        """Return a message in this language; in English where the catalogue lacks it."""
        return self.translations.gettext(text) if text else ""

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Return the form of a message that goes with a number."""
        return self.translations.ngettext(one, many, number)

    def say(self, said: object) -> str:
        """Return a sentence, a percentage or anything else as it is said here."""
        if isinstance(said, Percent):
            return f"{self.number(said.value, said.digits)}\u00a0%"
        if isinstance(said, Listed):
            return "; ".join(map(self.say, said.sentences))
        if not isinstance(said, Sentence):
            return str(said)
        values = {name: self.say(value) for name, value in said.values.items()}
        return _placed(said, self.gettext(said.text), values)

    def explained(self, text: str) -> str:
        """Return what a check or a library says: translated where it is known, otherwise marked as English."""
        if self.is_source:
            return text
        sentences = re.split(r"(?<=\.) (?=[A-Z])", text)
        whole = self._known(text)
        said = [whole] if whole is not None else [self._known(sentence) for sentence in sentences]
        if None in said:
            return Markup('<span lang="en">{}</span>').format(text)
        return " ".join(filter(None, said))

    def _known(self, text: str) -> str | None:
        said = self.gettext(text)
        if said != text:
            return said
        found = patterns.matched(text)
        if found is None or self.gettext(found[0]) == found[0]:
            return None
        pattern, values = found
        return self.gettext(pattern) % {name: self._value(value) for name, value in values.items()}

    def _value(self, value: str) -> str:
        return "".join(self.gettext(piece) if own else piece for piece, own in patterns.parts(value))

    def remarked(self, remark: Sentence) -> str:
        """Return a remark: a sentence without values may be one of a library, in English."""
        return self.say(remark) if remark.values else self.explained(remark.text)

    def signed(self, value: float, digits: int) -> str:
        """Return a number with its sign."""
        return ("\u2212" if value < 0 else "+") + self.number(abs(value), digits)

    def moment(self, at: datetime) -> str:
        """Return a date and time as they are written here, in the machine's time zone."""
        local = at.astimezone()
        both = str(get_datetime_format("medium", locale=self.locale))
        day, clock = (format_skeleton(what, local, locale=self.locale) for what in ("yMMMd", "Hm"))
        return both.replace("{1}", day).replace("{0}", clock).replace("'", "")

    def day(self, at: datetime) -> str:
        """Return a day, written short."""
        return format_skeleton("MMMd", at.astimezone(), locale=self.locale)

    def clock(self, at: datetime) -> str:
        """Return a time of day to the minute."""
        return format_skeleton("Hm", at.astimezone(), locale=self.locale)

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with this many digits behind the mark."""
        pattern = "0" + ("." + "0" * digits if digits else "")
        return format_decimal(value, pattern, locale=self.locale)


ENGLISH = Language(Locale("en", "GB"))  # whose dates put the day first, as borders do
