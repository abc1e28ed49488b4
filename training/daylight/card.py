"""Writes the model card of the network that looks at a whole page by daylight."""

from collections.abc import Mapping
from pathlib import Path

from datasets.forging.catalogue import RECIPES
from docscan.daylight_network import CHANNELS, HEIGHT, PIXELS_PER_MM, WIDTH
from docscan.page_answer import CELL_PIXELS
from training.daylight.data import GRID, STATES
from training.pages.told import Told

_CARD = """# Model card: page_visible

Says of every cell ({cell:.2f} mm) of a page, and of all of it, whether it looks by daylight as issued pages do (check
`page.print`).

| | |
| --- | --- |
| input | `page_by_daylight`, n x {channels} x {height} x {width}: colours at {scale:g} pixels a millimetre, and how much fine structure there is at twice that; -1 to 1, -1 beside the page |
| output | logits, `cells` n x {rows} x {columns} and `page` n |
| parameters; bytes | {parameters:,}; {bytes:,} |
| trained | {begun}, {steps:,} steps of 8 pages in {minutes:g} minutes |
| torch against ONNX Runtime, largest difference of a logit | {parity:.1e} |
| a page on one thread, int8 and single precision | {milliseconds:.0f}, {milliseconds_fp32:.0f} ms |
| AUC on the validation states, int8 and single precision | {whole:.3f}, {auc_fp32:.3f} |
| the same by the page's own logit, and by the strongest cells | {page:.3f}, {place:.3f} |
| the same where software worked on the pictures, int8 | {whole_worked_on:.3f} |

Learned from {training:,} documents of {states} states, measured here on {validation:,} of four states that were not among them; half of
them genuine, from page readers, scanners and phones (`datasets/`). Every other page was shown as software may leave it
(`training/software.py`): smoothed, sharpened, enlarged, brightened, compressed, by chance. What the check finds on the test states, calibrated, is in
`docs/measured.md`.

The check weighs the mean of the page's own logit and that of its strongest cells. By kind:

| forgery kind | AUC |
| --- | --- |
{kinds}

## Limits

- Everything it saw is synthetic.
- Dots of a printer it hardly sees at this scale: the region network does. It is for what is out of place on a page.
- Where the region network abstains (coarse, blurred, page not found) it is not asked.
"""


def write_card(
    path: Path, seen: Told, worked_on: Told, measured: Mapping[str, float], documents: Mapping[str, int]
) -> None:
    """Write the card.

    Parameters
    ----------
    seen, worked_on
        On pages as devices delivered them, and as software left them.
    measured
        What was measured of the network.
    """
    kinds = [f"| {RECIPES[kind].title} | {auc:.3f} |" for kind, auc in seen.kinds.items()]
    about = {"training": documents["training"], "validation": documents["validation"], "kinds": "\n".join(kinds)}
    path.write_text(
        _CARD.format(
            cell=CELL_PIXELS / PIXELS_PER_MM,
            channels=CHANNELS,
            height=HEIGHT,
            width=WIDTH,
            scale=PIXELS_PER_MM,
            rows=GRID.rows,
            columns=GRID.columns,
            states=len(STATES["training"]),
            whole=seen.whole,
            whole_worked_on=worked_on.whole,
            page=seen.page,
            place=seen.place,
            **measured,
            **about,
        ),
        encoding="utf-8",
    )
