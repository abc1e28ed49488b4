"""Reads the MRZ: asks the readers in order, takes what they saw apart, best first."""

from datetime import date

from docscan.mrz import second_reader
from docscan.mrz.icao9303 import MrzFormatError, parse
from docscan.types import Image, Mrz, Zone


def missing() -> str | None:
    """Return why no reader can run, or None."""
    return second_reader.missing()


def _parsed(zone: Zone, today: date) -> Mrz | None:
    """Take a zone apart: all its lines, else the last three or two, since text above it may have been read along."""
    for count in dict.fromkeys((len(zone.lines), 3, 2)):
        try:
            return Mrz(zone, parse(zone.lines[-count:], today=today))
        except MrzFormatError:
            continue
    return None


def _worth(mrz: Mrz) -> tuple[int, int]:
    """Order readings: more agreeing check digits first, then fewer repairs."""
    return sum(mrz.parsed.check_digits.values()), -len(mrz.parsed.repairs)


def read(image: Image, *, today: date) -> tuple[Mrz, ...]:
    """Read every MRZ on an image, best first; empty when there is none, or nothing that Doc 9303 knows.

    Parameters
    ----------
    image
        Height x width x 3, RGB, the capture as it came.
    today
        Decides the century of two-digit years.
    """
    zones = [zone for zone in (second_reader.read(image),) if zone is not None]
    readings = [mrz for zone in zones if (mrz := _parsed(zone, today)) is not None]
    return tuple(sorted(readings, key=_worth, reverse=True))
