"""Log entries read again, for statistics. The files come from other posts: nothing in them is trusted.

A document type declaration is refused before the parser sees it: no entity is ever declared, expanded or fetched. Files
are read piece by piece, and what is held of one is no larger than one inspection may be.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from docscan.errors import LogError, UsageError
from docscan.rendering.tr03135.names import LIGHTS, MANY, NAMESPACE, ONE, RESULTS
from docscan.rendering.tr03135.source import CHECK_ID, UUID, Finding
from docscan.rendering.tr03135.writing import checked_post
from docscan.types import Verdict

LARGEST_ENTRY = 1_000_000  # characters of one inspection; docscan's have some 11,000

_PIECE = 1 << 16  # bytes
_DECLARATION = "<!DOCTYPE"
_PREFIX = f"{{{NAMESPACE}}}"
_RESULTS = frozenset(RESULTS.values())
_LIGHTS = frozenset(LIGHTS.values())

CheckSeen = tuple[str, str, str]
"""Of one check its name, its light and its result."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What statistics need of one inspection."""

    id: str
    post: str | None
    verdict: Verdict
    finding: Finding | None  # the officer's
    milliseconds: float | None
    checks: tuple[CheckSeen, ...]


def read(path: Path) -> tuple[Entry, ...]:
    """Read every inspection of a file, of one or of many.

    Raises
    ------
    LogError
        The file cannot be read, or is no log of docscan's; the message names it. Nothing of it counts then.
    """
    try:
        return tuple(_entries(path))
    except OSError as error:
        raise LogError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise LogError(f"{path}: is not text in UTF-8.") from error
    except ParseError as error:
        raise LogError(f"{path}: is not well-formed XML (line {error.position[0]}).") from error
    except LogError as error:
        raise LogError(f"{path}: {error}") from error


def _entries(path: Path) -> Iterator[Entry]:
    parser: XMLPullParser[Element] = XMLPullParser(("start", "end"))
    known: dict[CheckSeen, CheckSeen] = {}  # the same few tuples for every inspection
    root: Element | None = None
    unfinished = 0
    for text in _texts(path):
        parser.feed(text)
        unfinished += len(text)
        # Of the two events that were asked for.
        for event, element in cast(Iterator[tuple[str, Element]], parser.read_events()):
            if root is None:
                root = element
                if element.tag not in (_PREFIX + ONE, _PREFIX + MANY):
                    raise LogError("is no log of inspections that docscan wrote.")
            if event == "end" and element.tag == _PREFIX + ONE:
                yield _entry(element, known)
                root.clear()
                unfinished = 0
        if unfinished > LARGEST_ENTRY:
            raise LogError("has an inspection that is longer than any can be.")
    parser.close()


def _texts(path: Path) -> Iterator[str]:
    """Yield a file piece by piece, as far as no document type is declared in it."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    before = ""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            text = decoder.decode(piece)
            # XML has no NUL; with it other encodings pass for UTF-8 here, and the parser would know them.
            if "\0" in text:
                raise LogError("is not text in UTF-8.")
            if _DECLARATION in before + text:
                raise LogError("declares a document type, which no log does.")
            before = (before + text)[1 - len(_DECLARATION) :]
            yield text
    decoder.decode(b"", final=True)


def _entry(transaction: Element, known: dict[CheckSeen, CheckSeen]) -> Entry:
    check = _child(transaction, "DocumentChecks", "DocumentCheck")
    decision = check.find(f"{_PREFIX}OfficerDecision")
    identity = _child(transaction, "TransactionID").text or ""
    if not re.fullmatch(UUID, identity):
        raise LogError("has an inspection without an identifier.")
    singles = (_check(element) for element in check.iter() if element.get("proprietaryCheck") is not None)
    try:
        verdict = Verdict(check.get("verdict", ""))
        finding = None if decision is None else Finding(decision.get("finding", ""))
    except ValueError as error:
        raise LogError("has a verdict or a finding that docscan does not know.") from error
    return Entry(
        id=identity,
        post=_post(transaction),
        verdict=verdict,
        finding=finding,
        milliseconds=_milliseconds(transaction),
        checks=tuple(known.setdefault(single, single) for single in singles),
    )


def _child(element: Element, *names: str) -> Element:
    found = element.find("/".join(_PREFIX + name for name in names))
    if found is None:
        raise LogError(f"has an inspection without {names[-1]}.")
    return found


def _post(transaction: Element) -> str | None:
    """Return the post's name; one that no post may have would come into tables that other programs open."""
    try:
        return checked_post(transaction.findtext(f"{_PREFIX}Location"))
    except UsageError as error:
        raise LogError("has an inspection of a post whose name no post may have.") from error


def _check(element: Element) -> CheckSeen:
    name, light, result = (element.get(key, "") for key in ("proprietaryCheck", "spectrum", "result"))
    if not re.fullmatch(CHECK_ID, name) or light not in _LIGHTS or result not in _RESULTS:
        raise LogError("has a check whose name, light or result docscan does not know.")
    return name, light, result


def _milliseconds(transaction: Element) -> float | None:
    text = transaction.findtext("/".join(_PREFIX + name for name in ("TimeMeasurement", "Overall", "Duration")))
    if text is None:
        return None
    found = re.fullmatch(r"PT([0-9]{1,6}\.[0-9]{3})S", text)
    if found is None:
        raise LogError("has an inspection whose duration is none.")
    return 1000 * float(found[1])
