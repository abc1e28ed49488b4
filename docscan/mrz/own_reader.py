"""docscan's own MRZ reader: locate, rectify, recognise (``models/mrz.md``)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from docscan.mrz.crops import OrientedBox
from docscan.mrz.locate import FINDER_VIEWS, Frame, Session, find_lines, find_zones, rebased
from docscan.mrz.plausible import structure
from docscan.mrz.recognise import CLEAR, COLUMN, Floats, Reading, column_shares, mean_of, read_lines, read_parts
from docscan.mrz.rectify import (
    OUTLINE,
    STRIP_MARGIN,
    STRIP_WIDTH,
    Grey,
    frame_homography,
    line_strips,
    off_centre,
    place,
)
from docscan.runtime import Models
from docscan.types import Image, Polygon, Zone

NAME = "docscan"
ZONE_FINDER, LINE_FINDER, RECOGNISER = "mrz_zones", "mrz_lines", "mrz_characters"

SURE = 0.93  # structure and confidence of a reading that needs no second look
_MRZ = 0.62  # below this what was read is no MRZ
_CONFIDENT = 0.45
_ODD = 0.8  # structure below which the frame may be upside down, or have a line too few or too many
_NONE = 0.4  # structure below which nothing will make an MRZ of a frame
_LINES_SEEN = 0.7  # the line finder's certainty below which there are none
_DOCUMENT = 0.85  # its area by its zone's length squared: a little longer, seven tenths as high (part 3, section 3)
_ROOM, _LITTLE_ROOM = 0.75, 0.33  # for another document, in areas of the smallest found; for one that a look shows
_SHORTEST = 60  # pixels: a box with less than two a character cannot be read
_OFF = 0.06  # line spacings: print that stands so far from its strip's middle is cut out again
_MENDED = 2  # times, at most
_MOVES = 2  # of a frame along its rows, at most: the first may find a part of the zone alone
_ALONG = np.linspace(0, 1, 9)  # a line
_BEYOND = 3  # characters beside a frame, in whose place print tells that the frame was cut short
_AS_STRONG = 0.6  # of the strokes of a frame's fainter quarter: so strong is print beside it
_EVEN_PARTS, _AS_WELL = 6, 0.7  # of a zone along its lines; of what the parts are read with
_CHANGED = (0.012, -0.01)  # of a frame's length, at either end: half a character
# How badly combs may fit. Of 831 rendered zones of which more than four fifths were read, at 6 pixels or in any print,
# two had -0.2 or less; two of 1,000 images without a zone showed one, of lines in several faces, at -0.34 and -0.45.
_LOOSE = -0.3
_FITS = -0.06  # how well a comb fits that needs no second look
_MISSED = 0.25  # of a frame's length, that its start or its end may have been missed by


@dataclass(frozen=True, slots=True)
class Networks:
    """The reader's three networks."""

    zones: Session
    lines: Session
    characters: Session


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A frame, what the recogniser saw in its columns, and what was read."""

    frame: Frame
    columns: Floats
    readings: tuple[Reading, ...]
    structure: float
    confidence: float


def _fit(attempt: _Attempt) -> float:
    """Return how well the combs fit, the mean log-probability of their teeth and gaps; at most 0."""
    return float(np.mean([reading.fit for reading in attempt.readings]))


def _worth(attempt: _Attempt) -> float:
    return attempt.structure * attempt.confidence * float(np.exp(_fit(attempt)))


def _sure(attempt: _Attempt) -> bool:
    return attempt.structure > SURE and attempt.confidence > SURE and _fit(attempt) > _FITS


def _even(attempt: _Attempt) -> bool:
    """Tell whether a zone is read as well near its ends as elsewhere: else it holds what stands beside it."""
    along = np.mean([reading.confidence for reading in attempt.readings], axis=0)
    parts = [part.mean() for part in np.array_split(along, _EVEN_PARTS)]
    return bool(min(parts[0], parts[-1]) >= _AS_WELL * np.median(parts))


def _room(image: Grey, found: list[_Attempt]) -> float:
    """Return about how many documents as small as the smallest have room beside those whose zones were surely read."""
    ends = (attempt.frame.corners[1] - attempt.frame.corners[0] for attempt in found if _sure(attempt))
    areas = [_DOCUMENT * float(end @ end) for end in ends]
    return (image.size - sum(areas)) / min(areas) if areas else np.inf


def networks(models: Models) -> Networks | None:
    """Return the reader's networks, or None where the models' folder lacks one."""
    names = (ZONE_FINDER, LINE_FINDER, RECOGNISER)
    if any(name not in models.sessions for name in names):
        return None
    return Networks(*(models.sessions[name] for name in names))


def _cut(image: Grey, frame: Frame) -> tuple[Frame, Grey]:
    """Cut out a frame's lines; return with them the frame whose bends keep each in the middle of its strip."""
    strips = line_strips(image, frame.corners, frame.lines, frame.bends)
    for _ in range(_MENDED):
        shifts = off_centre(strips)
        if max(np.abs(np.polyval(shift, _ALONG)).max() for shift in shifts) < _OFF:
            break
        # Lines stand apart unequally, or the line finder was half a cell off: their tops or feet would be cut.
        frame = replace(frame, bends=frame.bends + shifts)
        strips = line_strips(image, frame.corners, frame.lines, frame.bends)
    return frame, strips


def _attempt(image: Grey, frame: Frame, session: Session) -> _Attempt:
    frame, strips = _cut(image, frame)
    columns = column_shares(strips, session)
    readings = read_lines(columns)
    confidence = float(np.mean([reading.confidence.mean() for reading in readings]))
    return _Attempt(frame, columns, readings, structure(readings), confidence)


def _settled(whole: Frame, readings: tuple[Reading, ...]) -> Frame:
    """Return the frame with its ends where the characters were found to begin and end."""
    centres = np.array([reading.centres[[0, -1]] for reading in (readings[0], readings[-1])])  # lines x ends
    half = (centres[:, 1] - centres[:, 0]) / (len(readings[0].text) - 1) / 2
    along = (centres + np.stack([-half, half], -1) - STRIP_MARGIN) / (STRIP_WIDTH - 2 * STRIP_MARGIN)
    rows = np.array([0.0, whole.lines - 1])
    ends = place(frame_homography(whole.corners, whole.lines), np.stack([along, np.stack([rows, rows], -1)], -1))
    start, end = along.mean(0)
    corners = np.stack([ends[0, 0], ends[0, 1], ends[1, 1], ends[1, 0]])
    return replace(whole, corners=corners, bends=rebased(whole.bends, float(start), float(end)))


def _read_settled(image: Grey, attempt: _Attempt, session: Session) -> _Attempt:
    """Read a frame again, with its ends where its characters begin and end."""
    return _attempt(image, _settled(attempt.frame, attempt.readings), session)


def _longer(frame: Frame, start: float, end: float) -> Frame:
    """Return a frame that begins earlier and ends later by shares of its length."""
    homography, last = frame_homography(frame.corners, frame.lines), frame.lines - 1
    unit = np.array([[-start, 0.0], [1 + end, 0], [1 + end, last], [-start, last]])
    return replace(frame, corners=place(homography, unit), bends=rebased(frame.bends, -start, 1 + end))


def _beside(image: Grey, attempt: _Attempt, session: Session) -> Floats:
    """Return what the recogniser sees along a zone's rows, from half its length before it to as much behind it.

    Lines x columns x 38. The network is shown a strip at a time; where two overlap, what stands nearer to the middle of
    its strip counts.
    """
    half = (STRIP_WIDTH - 2 * STRIP_MARGIN) // 2 // COLUMN
    before, after = (
        column_shares(_cut(image, _longer(attempt.frame, side / 2, -side / 2))[1], session) for side in (1, -1)
    )
    own = attempt.columns
    seam = (own.shape[1] - half) // 2
    return np.concatenate(
        [before[:, : half + seam], own[:, seam : own.shape[1] - seam], after[:, own.shape[1] - seam - half :]], axis=1
    )


def _along(image: Grey, attempt: _Attempt, session: Session) -> Iterator[_Attempt]:
    """Yield what a frame reads as where it is moved along its rows to where each number of characters fits best."""
    beside = _beside(image, attempt, session)
    moved = STRIP_WIDTH / 2 - STRIP_MARGIN
    for part in read_parts(beside):
        found = tuple(replace(reading, centres=reading.centres - moved) for reading in part)
        yield _attempt(image, _settled(attempt.frame, found), session)


def _rows(frame: Frame, first: int, lines: int) -> Frame:
    """Return a frame of other rows of the same grid: ``lines`` of them from row ``first`` (may be -1) on."""
    homography = frame_homography(frame.corners, frame.lines)
    last = first + lines - 1
    corners = place(homography, np.array([[0.0, first], [1, first], [1, last], [0, last]]))
    chosen = [frame.bends[min(max(row, 0), frame.lines - 1)] for row in range(first, first + lines)]
    return replace(frame, corners=corners, lines=lines, bends=np.asarray(chosen))


def _other_rows(frame: Frame) -> Iterator[Frame]:
    """Yield what a frame may have been mistaken for: a line too few or too many."""
    if frame.lines == 2:
        yield _rows(frame, 0, 3)
        yield _rows(frame, -1, 3)
    else:
        yield _rows(frame, 1, 2)
        yield _rows(frame, 0, 2)


def _goes_on(image: Grey, attempt: _Attempt) -> tuple[bool, bool]:
    """Tell whether there is print before and after a frame as there is in it: 36 of 44 characters fit a comb of 36."""
    frame, count = attempt.frame, len(attempt.readings[0].text)
    share = _BEYOND / count
    longer = _longer(frame, share, share)
    strips = line_strips(image, longer.corners, longer.lines, longer.bends)
    strokes = np.abs(np.diff(strips.astype(np.float32), axis=2)).mean((0, 1))
    strokes = strokes[STRIP_MARGIN : STRIP_WIDTH - STRIP_MARGIN]
    places = np.array([part.mean() for part in np.array_split(strokes, count + 2 * _BEYOND)])
    least = _AS_STRONG * np.quantile(places[_BEYOND:-_BEYOND], 0.25)
    return bool(places[:_BEYOND].min() > least), bool(places[-_BEYOND:].min() > least)


def _whole(image: Grey, attempt: _Attempt, session: Session) -> _Attempt:
    """Read more where print goes on beyond what was surely read."""
    before, after = _goes_on(image, attempt)
    if not (before or after):
        return attempt
    longer = _attempt(image, _longer(attempt.frame, _MISSED * before, _MISSED * after), session)
    if not _sure(longer):
        longer = _read_settled(image, longer, session)
    return longer if _sure(longer) else attempt


def _moved(image: Grey, bases: tuple[_Attempt, ...], session: Session) -> _Attempt:
    """Return the best reading along the rows of frames that are not where their zone is."""
    best = max((found for base in bases for found in _along(image, base, session)), key=_worth)
    return max(best, _read_settled(image, best, session), key=_worth)


def _read_frame(image: Grey, frame: Frame, session: Session) -> _Attempt:
    """Read a frame; where that is not sure, settle its ends, and try what else it may be."""
    best = _attempt(image, frame, session)
    if _sure(best):
        return _whole(image, best, session)
    if best.structure < _ODD:
        best = max(best, _attempt(image, frame.turned(), session), key=_worth)
    tried = [best]
    if best.structure < _ODD:
        if best.confidence < _CONFIDENT:  # no text at all
            return best
        tried += [_attempt(image, other, session) for other in _other_rows(best.frame)]
    best, *others = sorted(tried, key=_worth, reverse=True)
    if best.structure < _NONE:
        return best
    best = max(best, _read_settled(image, best, session), key=_worth)
    if _fit(best) > _FITS and best.structure > SURE and _even(best):
        return best
    bases = (best, *(other for other in others[:1] if other.frame.lines != best.frame.lines))
    for _ in range(_MOVES):
        moved = max(best, _moved(image, bases, session), key=_worth)
        if _sure(moved):
            return _whole(image, moved, session)
        if moved is best:  # the same frame would be moved to the same places
            break
        best, bases = moved, (moved,)
    return best


def _polygon(frame: Frame) -> Polygon:
    homography = frame_homography(frame.corners, frame.lines)
    top, bottom = -OUTLINE, frame.lines - 1 + OUTLINE
    corners = place(homography, np.array([[0, top], [1, top], [1, bottom], [0, bottom]]))
    return tuple((float(x), float(y)) for x, y in corners)


def _zone(attempt: _Attempt) -> Zone:
    return Zone(
        lines=tuple(reading.text for reading in attempt.readings),
        character_confidence=tuple(
            tuple(round(float(value), 4) for value in reading.confidence) for reading in attempt.readings
        ),
        polygon=_polygon(attempt.frame),
        reader=NAME,
        alternatives=tuple(reading.alternatives() for reading in attempt.readings),
    )


def overlap(one: Polygon, other: Polygon) -> bool:
    """Tell whether two polygons are of one zone."""
    area, _ = cv2.intersectConvexConvex(np.array(one, np.float32), np.array(other, np.float32))
    return bool(area > 0.3 * min(cv2.contourArea(np.array(part, np.float32)) for part in (one, other)))


def _known(box: OrientedBox, found: list[_Attempt]) -> bool:
    """Tell whether a box only shows again a zone that was surely read."""
    outlines = (np.array(_polygon(attempt.frame), np.float32) for attempt in found if _sure(attempt))
    return any(cv2.pointPolygonTest(outline, box.centre, False) >= 0 for outline in outlines)


def _read_box(image: Grey, nets: Networks, box: OrientedBox, found: list[_Attempt]) -> _Attempt | None:
    """Read a candidate zone; None where it is no MRZ, or shows again a zone that was surely read."""
    if _known(box, found):
        return None
    frame = find_lines(image, box, nets.lines) if box.length >= _SHORTEST else None
    if frame is None or frame.certainty < _LINES_SEEN:
        return None
    attempt = _read_frame(image, frame, nets.characters)
    read = attempt.structure > _MRZ and attempt.confidence > _CONFIDENT and _fit(attempt) > _LOOSE
    return attempt if read else None


def _found(image: Grey, nets: Networks) -> list[_Attempt]:
    found: list[_Attempt] = []
    for side, turns in FINDER_VIEWS:
        if (turns and found) or _room(image, found) < _ROOM:
            break
        for box in find_zones(image, nets.zones, side, turns):
            attempt = _read_box(image, nets, box, found)
            if attempt is None:
                continue
            found.append(attempt)
            if _room(image, found) < _LITTLE_ROOM:
                return found
    return found


def attempts(image: Grey, nets: Networks) -> list[_Attempt]:
    """Read every zone of a grey image, the best first; one zone may have been tried twice.

    A zone that was surely read and leaves no room for another document ends the search.
    """
    return sorted(_found(image, nets), key=_worth, reverse=True)


def _read_again(image: Grey, attempt: _Attempt, session: Session) -> _Attempt:
    """Read a zone as if it were a little longer and a little shorter too, where some character is in doubt."""
    if min(float(reading.confidence.min()) for reading in attempt.readings) >= CLEAR:
        return attempt
    lengths = (_longer(attempt.frame, change, change) for change in _CHANGED)
    looks = [attempt, *(_attempt(image, frame, session) for frame in lengths)]
    shape = [len(reading.text) for reading in attempt.readings]
    alike = [look.readings for look in looks if [len(reading.text) for reading in look.readings] == shape]
    return replace(attempt, readings=tuple(mean_of(lines) for lines in zip(*alike, strict=True)))


def read_grey(image: Grey, nets: Networks) -> tuple[Zone, ...]:
    """Find and read every MRZ of a grey image (height x width), as ``read_zones``."""
    zones: list[Zone] = []
    for attempt in attempts(image, nets):
        if not any(overlap(_polygon(attempt.frame), other.polygon) for other in zones):
            zones.append(_zone(_read_again(image, attempt, nets.characters)))
    return tuple(zones)


def read_zones(image: Image, models: Models) -> tuple[Zone, ...]:
    """Find and read every MRZ of an image.

    Parameters
    ----------
    image
        Height x width x 3, RGB.
    models
        Must hold the reader's three networks, else nothing is found.

    Returns
    -------
    Zones as read, before any rule touches them, the surest first; empty when there is no MRZ.
    """
    nets = networks(models)
    if nets is None:
        return ()
    return read_grey(np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8), nets)
