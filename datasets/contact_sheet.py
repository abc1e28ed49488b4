"""A contact sheet of a set: of each recipe whole documents under each light, and the altered part enlarged."""

import base64
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import cv2
import jinja2
import numpy as np
from numpy.typing import NDArray

from datasets.forging import RECIPES
from datasets.generate import read
from datasets.specimens import GENUINE

_WIDTH = 500  # pixels of a whole document; shown at half of that
_PART = (90, 125)  # rows, columns of the part that is shown enlarged
_ENLARGED = 2

_PAGE = jinja2.Template(
    """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Contact sheet</title>
<style>
body{font:14px/1.4 system-ui,"DejaVu Sans",sans-serif;margin:24px;background:#f4f4f2;color:#1c1c1c}
article{background:#fff;border:1px solid #ccc;border-radius:6px;padding:12px 16px;margin:0 0 16px}
h1{font-size:20px} h2{font-size:15px;margin:0} p{margin:2px 0 8px;color:#444}
.row{display:flex;flex-wrap:wrap;gap:8px;align-items:flex-start} figure{margin:0}
figcaption{font-size:12px;color:#555} img{display:block;width:250px;border:1px solid #ddd}
</style></head><body>
<h1>Generated documents</h1>
<p>{{ count }} documents in the set; everything in them is invented. Enlarged parts: one pixel of the capture is
{{ enlarged }} x {{ enlarged }}; the polygon of what was altered is in the set's list, not in the pictures.</p>
{% for entry in entries %}<article><h2>{{ entry.title }}</h2>
<p>{{ entry.text }}</p><div class="row">
{% for picture in entry.pictures %}<figure>
<img src="data:image/jpeg;base64,{{ picture.data }}" alt="{{ picture.caption }}">
<figcaption>{{ picture.caption }}</figcaption></figure>
{% endfor %}</div></article>{% endfor %}
</body></html>
""",
    autoescape=True,
)

Pixels = NDArray[np.uint8]
Line = Mapping[str, Any]


def _picture(pixels: Pixels, caption: str) -> dict[str, str]:
    data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 88])[1]
    return {"data": base64.b64encode(bytes(data)).decode("ascii"), "caption": caption}


def _focus(line: Line) -> tuple[float, float]:
    """Return the middle of what to enlarge: the altered part; where that is all or nothing, the portrait's edge."""
    polygon = np.array((line["alterations"] or [{"polygons": [None]}])[0]["polygons"][0] or [], float)
    whole = np.array(line["corners"], float)
    if len(polygon) and cv2.contourArea(polygon.astype(np.float32)) < 0.5 * cv2.contourArea(whole.astype(np.float32)):
        # Of something wide, such as an MRZ, its beginning.
        wide = np.ptp(polygon[:, 0]) > 2 * _PART[1]
        middle = np.add(polygon[[0, 3]].mean(0), (_PART[1] / 2.5, 0)) if wide else polygon.mean(0)
    else:
        region = line["regions"].get("portrait") or line["regions"]["viz"]
        middle = np.array(region, float)[1:3].mean(0)
    return float(middle[0]), float(middle[1])


def _part(pixels: Pixels, middle: tuple[float, float]) -> Pixels:
    rows, columns = (min(part, side) for part, side in zip(_PART, pixels.shape[:2], strict=True))
    left = int(np.clip(middle[0] - columns / 2, 0, pixels.shape[1] - columns))
    top = int(np.clip(middle[1] - rows / 2, 0, pixels.shape[0] - rows))
    cut = pixels[top : top + rows, left : left + columns]
    return np.asarray(cv2.resize(cut, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_NEAREST), np.uint8)


def _entry(folder: Path, line: Line) -> dict[str, Any]:
    recipe, pictures, middle = line["recipe"], [], _focus(line)
    for light, name in line["images"].items():
        pixels = cv2.imread(str(folder / name), cv2.IMREAD_COLOR)
        if pixels is None:
            raise ValueError(f"{folder / name} is not there; make the set anew")
        whole = np.asarray(pixels, np.uint8)
        height = round(whole.shape[0] * _WIDTH / whole.shape[1])
        small = np.asarray(cv2.resize(whole, (_WIDTH, height), interpolation=cv2.INTER_AREA), np.uint8)
        pictures += [_picture(small, f"{light}, whole"), _picture(_part(whole, middle), f"{light}, enlarged")]
    told = {name: value for done in line["alterations"] for name, value in done["parameters"].items()}
    known = "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in told.items())
    title = "genuine" if recipe == GENUINE else f"{recipe.replace('_', ' ')}: {RECIPES[recipe].title}"
    where = f"{line['state']}, {line['kind']}, {line['capture']['device']}, document {line['index']}"
    lights = "" if recipe == GENUINE else f" Shows under {', '.join(RECIPES[recipe].lights)}."
    return {"title": title, "text": f"{where}. {known}{'.' if known else ''}{lights}", "pictures": pictures}


def _chosen(lines: Iterable[Line], each: int) -> list[Line]:
    """Return some documents of each recipe, those with most lights first, genuine ones first of all."""
    by_recipe: dict[str, list[Line]] = {GENUINE: [], **{name: [] for name in RECIPES}}
    for line in lines:
        if "error" not in line:
            by_recipe[line["recipe"]].append(line)
    ordered = (sorted(found, key=lambda line: -len(line["images"])) for found in by_recipe.values())
    return [line for found in ordered for line in found[:each]]


def write_sheet(folder: Path, out: Path, each: int = 1) -> Path:
    """Write the contact sheet of a set and return its path.

    Raises
    ------
    ValueError
        The folder holds no set, or an image of it is missing.
    """
    lines = read(folder)
    if not lines:
        raise ValueError(f"{folder} holds no documents")
    entries = [_entry(folder, line) for line in _chosen(lines, each)]
    out.write_text(_PAGE.render(count=len(lines), entries=entries, enlarged=_ENLARGED), encoding="utf-8")
    return out
