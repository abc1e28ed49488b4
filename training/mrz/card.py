"""Writes the MRZ reader's model card from what was measured."""

from collections.abc import Mapping
from pathlib import Path

_CARD = """# Model card: mrz_zones, mrz_lines, mrz_characters

Together they find and read the machine-readable zones of an image (`docscan/mrz/own_reader.py`).

| network | input | output | parameters | bytes |
| --- | --- | --- | --- | --- |
{networks}

- **mrz_zones** marks the pixels of zones in the whole image, shrunk to 512 pixels, then to 224 and 768 until one is read without doubt;
  where nothing is found, in pictures turned by quarters.
- **mrz_lines** marks each line in an upright crop of one zone, and tells lines that stand upright from those upside down.
- **mrz_characters** says what is centred at each column of a line's strip; a comb of 30, 36 or 44 teeth that give
  way a little is laid over it, so that fillers are counted by their pitch and not one by one; where none fits, the comb
  is looked for along the lines, before and behind too. It compares each place
  with all others of the zone, so that an O is told from a 0 by the zone's own zeros. It knows no field: what a field
  admits is applied afterwards, and each such change is listed as a repair. Where a character is in doubt, the zone is
  read a little longer and a little shorter too, and the mean counts. Its convolutions are in int8, in a third
  of the time that single precision takes.

All three expect pictures of mean 0 and deviation 1. They are small convolutional networks, trained from nothing on
captures that `datasets/mrz` renders: invented holders and lines that follow no grammar, in {faces} faces (two cuts of OCR-B
and what specimens are set in), squeezed, thickened and worn, over guilloche and portraits, in perspective, blurred, noisy
and compressed; most zones that the recogniser learned from are print and captures as good as those it is measured on
below, most of those large enough to read, and two in thirteen of all in faces that nothing is measured on. The finders
learned in a second stage from whole captures as good as those, shrunk as the reader shrinks them. Seeds
{seeds} Made by `python -m training.mrz`, which also writes this card; steps and batches are in the manifest.

## Measured on rendered captures of whole documents

{count} captures for each set, with seeds that training never saw, any turn, tilted up to 35 degrees, with {severity} of the
training's blur, noise and glare; errors as shares of all captures. In the first three sets the print would pass its
issuer's quality control (contrast of at least 0.6, ISO 1831, artwork that leaves it legible); in the last it need not, and
some of it nobody can read.

{rates}

False zones on 500 images without an MRZ (photographs, text, tables of capitals, bar codes): {false_zones}.

## Limits

- Everything it saw was rendered. On real specimens see `docs/measured.md`; they are few.
- The training fonts are open cuts of OCR-B; a workshop that prints in another face may be read worse, and a genuine
  zone that was mended by hand too.
- A zone that runs out of the image is not completed: what is missing has no confidence.
- Confidences are the network's own. `sure_but_wrong` says how often a zone whose every character claimed {sure} was wrong.
"""


def _table(rates: Mapping[str, Mapping[str, float]]) -> str:
    """Return errors, a row each, by set of captures, a column each."""
    head = [f"| | {' | '.join(name.replace('_', ' ') for name in rates)} |", f"| --- |{' --- |' * len(rates)}"]
    errors = next(iter(rates.values())).keys()
    cells = (
        f"| {name.replace('_', ' ')} | {' | '.join(f'{row[name]:.2%}' for row in rates.values())} |" for name in errors
    )
    return "\n".join([*head, *cells])


def write_card(
    path: Path,
    networks: Mapping[str, tuple[str, str, int, int]],
    rates: Mapping[str, Mapping[str, float]],
    *,
    count: int,
    severity: float,
    false_zones: int,
    faces: int,
    seeds: str,
    sure: float,
) -> None:
    """Write the card.

    Parameters
    ----------
    networks
        By name: input, output, parameters, bytes.
    rates
        By size, then by error.
    """
    path.write_text(
        _CARD.format(
            networks="\n".join(
                f"| {name} | {source} | {target} | {parameters:,} | {size:,} |"
                for name, (source, target, parameters, size) in networks.items()
            ),
            rates=_table(rates),
            count=f"{count:,}",
            severity=severity,
            false_zones=false_zones,
            faces=faces,
            seeds=seeds,
            sure=sure,
        ),
        encoding="utf-8",
    )
