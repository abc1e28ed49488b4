"""In which language something is said: English is written in the code, other languages come from catalogues."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from gettext import NullTranslations

from babel import Locale
from babel.dates import format_datetime, format_time
from babel.numbers import format_decimal
from markupsafe import Markup


def message(text: str) -> str:
    """Mark a text that catalogues translate; it stays as it is."""
    return text


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
        return str(self.locale).replace("_", "-")

    @property
    def name(self) -> str:
        """Return its own name for itself."""
        return (self.locale.get_display_name(str(self.locale)) or self.tag).capitalize()

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
        said = self.gettext(text)
        if self.is_source or said != text:
            return said
        return Markup('<span lang="en">{}</span>').format(text)

    def remarked(self, remark: Sentence) -> str:
        """Return a remark: a sentence without values may be one of a library, in English."""
        return self.say(remark) if remark.values else self.explained(remark.text)

    def signed(self, value: float, digits: int) -> str:
        """Return a number with its sign."""
        return ("\u2212" if value < 0 else "+") + self.number(abs(value), digits)

    def moment(self, at: datetime) -> str:
        """Return a date and time as they are written here, in the machine's time zone."""
        return format_datetime(at.astimezone(), "short", locale=self.locale)

    def day(self, at: datetime) -> str:
        """Return a day, written short."""
        return format_datetime(at.astimezone(), "d MMM", locale=self.locale)

    def clock(self, at: datetime) -> str:
        """Return a time of day to the minute."""
        return format_time(at.astimezone(), "short", locale=self.locale)

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with this many digits behind the mark."""
        pattern = "0" + ("." + "0" * digits if digits else "")
        return format_decimal(value, pattern, locale=self.locale)


ENGLISH = Language(Locale("en"))
