"""Reads the MRZ: docscan's own reader first, then PassportEye for a second opinion; takes apart what they saw."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from docscan.mrz import own_reader, second_reader
from docscan.mrz.certainty import SURE, least_certain
from docscan.mrz.icao9303 import MrzFormatError, parse
from docscan.runtime import Models
from docscan.types import Difference, Image, Mrz, ParsedMrz, SecondReading, Zone

# Where every check digit agrees a lower certainty will do: the names, which no check digit guards, are then read by the
# same eyes that read the numbers rightly.
SURE_WHERE_VALID = 0.50

# The models that reading takes.
MODELS = (own_reader.ZONE_FINDER, own_reader.LINE_FINDER, own_reader.RECOGNISER)


def missing(models: Models) -> str | None:
    """Return why no reader can run, or None."""
    if own_reader.networks(models) is not None:
        return None
    why = second_reader.missing()
    return None if why is None else f"The folder of models lacks those that read the MRZ. {why}"


def _parsed(zone: Zone, today: date) -> Mrz | None:
    """Take a zone apart: all its lines, else the last three or two, since text above it may have been read along."""
    for count in dict.fromkeys((len(zone.lines), 3, 2)):
        try:
            return Mrz(zone, parse(zone.lines[-count:], today=today, alternatives=zone.alternatives[-count:]))
        except MrzFormatError:
            continue
    return None


def _worth(mrz: Mrz) -> tuple[int, int]:
    """Order readings: more agreeing check digits first, then fewer repairs."""
    return sum(mrz.parsed.check_digits.values()), -len(mrz.parsed.repairs)


def _doubtful(mrz: Mrz) -> bool:
    return least_certain(mrz.zone) < (SURE_WHERE_VALID if mrz.parsed.valid else SURE)


def differences(one: ParsedMrz, other: ParsedMrz) -> tuple[Difference, ...]:
    """Return where two readings of a zone differ; nothing for readings of different shapes."""
    if one.format.shape != other.format.shape:
        return ()
    return tuple(
        Difference(row, column, mine, theirs)
        for row, (line, theirs_line) in enumerate(zip(one.lines, other.lines, strict=True))
        for column, (mine, theirs) in enumerate(zip(line, theirs_line, strict=True))
        if mine != theirs
    )


def _overruled(own: Mrz, other: Mrz) -> bool:
    """Tell whether the second reader should speak: its check digits agree, and it contradicts nothing that was sure."""
    if own.parsed.valid or not other.parsed.valid or own.parsed.format.shape != other.parsed.format.shape:
        return False
    certain = own.zone.character_confidence
    return all(certain[at.line][at.column] < SURE for at in differences(own.parsed, other.parsed))


def _together(own: Mrz, other: Mrz) -> Mrz:
    """Join two readings of one zone."""
    speaks, listens = (other, own) if _overruled(own, other) else (own, other)
    found = differences(speaks.parsed, listens.parsed)
    return replace(speaks, second=SecondReading(listens.zone, listens.parsed, found))


def read(image: Image, models: Models, *, today: date) -> tuple[Mrz, ...]:
    """Read every MRZ on an image, best first; empty when there is none, or nothing that Doc 9303 knows.

    PassportEye is asked only where docscan's own reader found nothing or was in doubt of its best reading.

    Parameters
    ----------
    image
        Height x width x 3, RGB, the capture as it came.
    models
        Without the own reader's three networks PassportEye reads alone.
    today
        Decides the century of two-digit years.
    """
    return with_second_opinion(image, read_alone(image, models, today=today), today=today)


def read_alone(image: Image, models: Models, *, today: date) -> tuple[Mrz, ...]:
    """Read every MRZ on an image with docscan's own reader, best first; arguments as ``read``."""
    readings = [mrz for zone in own_reader.read_zones(image, models) if (mrz := _parsed(zone, today)) is not None]
    return tuple(sorted(readings, key=_worth, reverse=True))


def with_second_opinion(image: Image, own: Sequence[Mrz], *, today: date) -> tuple[Mrz, ...]:
    """Return what docscan's own reader read, with what PassportEye did where nothing or no sure reading is there."""
    readings = list(own)
    if readings and not _doubtful(readings[0]):
        return tuple(readings)
    zone = second_reader.read(image)
    other = _parsed(zone, today) if zone else None
    if other is None:
        return tuple(readings)
    for index, mine in enumerate(readings):
        if own_reader.overlap(mine.zone.polygon, other.zone.polygon):
            readings[index] = _together(mine, other)
            break
    else:
        readings.append(other)
    return tuple(sorted(readings, key=_worth, reverse=True))


def several(readings: Sequence[Mrz]) -> bool:
    """Tell whether readings of an image are of several documents.

    What PassportEye alone read somewhere may be a part of the zone that docscan's reader found.
    """
    return sum(mrz.zone.reader == own_reader.NAME for mrz in readings) > 1
