"""Sentences of checks that have something in them, as messages: so that what was said in English can be said again."""

import re
from collections.abc import Iterator
from functools import cache

from docscan.rendering.messages import message

PATTERNS = (
    message("The %(region)s is suspicious: %(signs)s."),
    message("The print of the %(region)s looks like the issuer's process."),
    message("On genuine samples of this kind the %(region)s looks suspicious to the network as well, so that it tells "
            "nothing: compare by eye."),
    message("The page is not printed as the genuine samples of its kind are, least so the %(region)s."),
    message("Beside the other data the printed %(field)s is in bolder type than on genuine samples: "
            "it may have been altered."),
    message("Beside the other data the printed %(field)s is in finer type than on genuine samples: "
            "it may have been altered."),
    message("Beside the other data the printed %(field)s is in darker ink than on genuine samples: "
            "it may have been altered."),
    message("Beside the other data the printed %(field)s stands %(distance)s mm lower than on genuine samples: "
            "it may have been altered."),
    message("Beside the other data the printed %(field)s stands %(distance)s mm higher than on genuine samples: "
            "it may have been altered."),
    message("The document expired on %(date)s."),
    message("The document is valid until %(date)s."),
    message("A machine-readable zone of %(lines)s lines was found and read (%(format)s)."),
    message("The check digit of the %(fields)s does not agree with what is printed."),
    message("The code %(code)s of the %(field)s is not one that ICAO lists."),
    message("No image under %(light)s light was given."),
    message("The %(light)s image looks like one under that light."),
    message("“%(said)s”, the machine-readable zone's %(field)s, was not found on the page: compare by eye."),
    message("The page prints the same %(field)s as the machine-readable zone."),
    message(
        "The printed %(field)s reads “%(printed)s” (certainty %(sure)s), the machine-readable zone says “%(said)s” "
        "(certainty %(other)s): they contradict each other."
    ),
    message(
        "The printed %(field)s reads “%(printed)s” (certainty %(sure)s), the machine-readable zone says “%(said)s” "
        "(certainty %(other)s); that may be a reading error or another way to write it: compare by eye."
    ),
    message(
        "The capture shows %(shown)s dpi; to judge how the page was printed, %(needed)s dpi or more are needed: "
        "move closer or scan at 300 dpi."
    ),
    message(
        "Software enlarged the picture %(times)s times, and it shows no more than %(shown)s dpi; "
        "to judge how the page was printed, %(needed)s dpi or more are needed: capture the document itself."
    ),
    message(
        "Move closer or scan finer: the document is shown at %(shown)s dpi; "
        "%(needed)s dpi or more are needed to read it."
    ),
    message(
        "Move closer: the document is shown at %(shown)s dpi; "
        "%(needed)s dpi or more are needed to judge how it was printed."
    ),
    message("Tilt the document or move the lamp: glare hides %(share)s %% of the page."),
    message(
        "The file is compressed so strongly (JPEG quality %(quality)s) that it does not show how the page was printed: "
        "save the capture with less compression."
    ),
    message("Give more light: the page was made %(times)s times brighter to inspect it."),
    message("The characters of the machine-readable zone stand %(seen)s mm apart; those of genuine documents of this "
            "kind stand %(usual)s mm apart."),
    message("The machine-readable zone stands %(distance)s mm from where genuine documents of this kind have it."),
    message("This print stands on the page again, %(across)s mm to the right and %(down)s mm lower, with the same "
            "background and the picture's same grain: an image editor copied one to the other."),
    message("This print stands on the page again, %(across)s mm to the right and %(down)s mm higher, with the same "
            "background and the picture's same grain: an image editor copied one to the other."),
    message("There are fewer fluorescent fibres than in genuine documents of this kind: %(count)s instead of about "
            "%(usual)s where they were counted."),
)  # fmt: skip

# What stands in them and is docscan's own: everything else is a datum and stays as it is.
PARTS = frozenset({
    message("portrait"),
    message("printed personal data"),
    message("machine-readable zone"),
    message("background pattern"),
    message("it looks printed by inkjet"),
    message("it looks printed by a laser printer or copier"),
    message("it looks photographed from a screen"),
    message("it looks taken from another picture"),
    message("it looks copied from another place of the image"),
    message("it looks set anew in an image editor"),
    message("something looks painted over in an image editor"),
    message("it looks printed or pasted over what was there"),
    message("its print differs from what issuers leave"),
    message("ultraviolet"),
    message("infrared"),
    message("surname"),
    message("given names"),
    message("document number"),
    message("nationality"),
    message("date of birth"),
    message("sex"),
    message("date of expiry"),
    message("optional data"),
    message("composite"),
    message("issuing state"),
    message("unknown"),
})  # fmt: skip

# Sentences that follow another.
FOLLOWING = (
    message("The reading was not sure, so this may be a reading error: compare by eye."),
    message("Nothing fits, so a part of the zone may be hidden: compare by eye."),
    message("Specimens may carry an invented code."),
)

# Between parts of a value.
JOINTS = (message(" and "), message(", "))


@cache
def _expressions() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((pattern, _expression(pattern)) for pattern in PATTERNS)


def _expression(pattern: str) -> re.Pattern[str]:
    pieces = re.split(r"%\((\w+)\)s", pattern)
    literal = [re.escape(piece.replace("%%", "%")) for piece in pieces[::2]]
    groups = [f"(?P<{name}>.+?)" for name in pieces[1::2]]
    return re.compile("".join(part for pair in zip(literal, [*groups, ""], strict=True) for part in pair))


def matched(text: str) -> tuple[str, dict[str, str]] | None:
    """Return the pattern that a sentence follows, and what stands in it."""
    for pattern, expression in _expressions():
        if found := expression.fullmatch(text):
            return pattern, found.groupdict()
    return None


def parts(value: str) -> Iterator[tuple[str, bool]]:
    """Take a value apart: each piece, and whether it is docscan's own and to be translated."""
    joint = next((joint for joint in JOINTS if set(value.split(joint)) <= PARTS), None)
    if joint is None:
        yield value, False
        return
    for number, piece in enumerate(value.split(joint)):
        if number:
            yield joint, True
        yield piece, True
