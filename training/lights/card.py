"""Writes the model card of the networks that look at a page under ultraviolet and infrared."""

from collections.abc import Mapping
from pathlib import Path

from datasets.forging.catalogue import RECIPES
from docscan.documents.laying import PIXELS_PER_MM
from docscan.light_network import CHANNELS, HEIGHT, MODELS, WIDTH
from docscan.page_answer import CELL_PIXELS
from docscan.types import Spectrum
from training.lights.data import GRID, STATES
from training.pages.told import Told

_CARD = """# Model card: page_uv, page_ir

Each says of every cell ({cell:g} mm) of a page, and of all of it, whether it looks under ultraviolet (365 nm) or infrared light
as issued pages do (checks `uv.page`; `ir.page`, beside what the network says of a document model's samples).

| | {names} |
| --- |{rule}
| input | {inputs} |
| parameters; bytes | {sizes} |
| trained, steps of 8 pages | {steps} |
| torch against ONNX Runtime, largest difference of a logit | {parity} |
| a page on one thread | {milliseconds} |
| AUC on the validation states | {wholes} |
| the same by the page's own logit, and by the strongest cells | {parts} |

Input: a page at 4 pixels a millimetre, -1 to 1 and 0 beside it: under the light (infrared in grey, whatever tint a camera
leaves), then by daylight. Output: logits, `cells` n x {rows} x {columns} and `page` n.

Learned from {training} documents of {states} states, measured here on {validation} of four states that were not among them; half of
them genuine, all from the generator's page reader (`datasets/`). What the checks find on the test states, calibrated, is in
`docs/measured.md`.

The check weighs the mean of the page's own logit and that of its strongest cells. By kind, AUC:

| forgery kind | {names} |
| --- |{rule}
{kinds}

## Limits

- Everything it saw is synthetic: lamps, filters, papers and inks are models. No real image under ultraviolet or infrared was
  available, genuine or forged.
- Under infrared issuers differ in what stays: of 24 kinds of side of the test states it took most genuine pages of two for
  forged ones. So it speaks only where samples are enrolled, by how much a page differs from them.
- It knows no document's own pattern: that a pattern is another's, only a document model tells (`uv.pattern`).
- It was shown no stains and no repairs by tape: what glows there may be taken for a scar.
- Fibres that are missing, and an OVD's printed copy, it hardly sees.
"""


def write_card(
    path: Path, shipped: Mapping[Spectrum, tuple[Told, Mapping[str, float]]], documents: Mapping[str, int]
) -> None:
    """Write the card; ``shipped`` has of each light what was told, and what was measured of its network."""

    def row(of: Mapping[Spectrum, str]) -> str:
        return " | ".join(of[light] for light in shipped)

    measured = {light: numbers for light, (_, numbers) in shipped.items()}
    seen = {light: one for light, (one, _) in shipped.items()}
    kinds = [
        f"| {RECIPES[kind].title} | {row({light: _auc(seen[light].kinds.get(kind)) for light in shipped})} |"
        for kind in RECIPES
        if any(kind in one.kinds for one in seen.values())
    ]
    path.write_text(
        _CARD.format(
            cell=CELL_PIXELS / PIXELS_PER_MM,
            names=row({light: MODELS[light] for light in shipped}),
            rule=" --- |" * len(shipped),
            inputs=row({light: f"n x {CHANNELS[light]} x {HEIGHT} x {WIDTH}" for light in shipped}),
            sizes=row({light: f"{one['parameters']:,}; {one['bytes']:,}" for light, one in measured.items()}),
            steps=row({light: f"{one['steps']:,}" for light, one in measured.items()}),
            parity=row({light: f"{one['parity']:.1e}" for light, one in measured.items()}),
            milliseconds=row({light: f"{one['milliseconds']:.0f} ms" for light, one in measured.items()}),
            wholes=row({light: f"{one.whole:.3f}" for light, one in seen.items()}),
            parts=row({light: f"{one.page:.3f}, {one.place:.3f}" for light, one in seen.items()}),
            rows=GRID.rows,
            columns=GRID.columns,
            states=len(STATES["training"]),
            training=f"{documents['training']:,}",
            validation=f"{documents['validation']:,}",
            kinds="\n".join(kinds),
        ),
        encoding="utf-8",
    )


def _auc(value: float | None) -> str:
    return "does not show" if value is None else f"{value:.3f}"
