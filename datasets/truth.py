"""What is known of a generated document, as one line of JSON."""

from typing import Any

from datasets.capturing.optics import Matrix, at, box_corners
from datasets.physics.surface import Box
from datasets.specimens import Specimen


def _rounded(points: Matrix) -> list[list[float]]:
    return [[round(float(value), 2) for value in point] for point in points]


def truth(made: Specimen, files: dict[str, str]) -> dict[str, Any]:
    """Return all that is known of a document.

    Parameters
    ----------
    files
        Name of the image under each light, relative to the set's folder.
    """
    sheet, to_capture = made.sheet, made.captured.to_capture

    def outline(box: Box) -> list[list[float]]:
        """Return a box of the side as a polygon of the capture, clockwise from its upper left corner."""
        return _rounded(at(to_capture, box_corners(box)))

    return {
        "index": made.order.index,
        "seed": made.order.seed,
        "split": made.order.split,
        "state": made.order.code,
        "kind": sheet.kind.value,
        "recipe": made.order.recipe,
        "images": files,
        "size_mm": list(sheet.kind.size_mm),
        "corners": _rounded(made.captured.corners),
        "millimetres_to_pixels": to_capture.tolist(),
        "mrz": list(sheet.mrz),
        "fields": {name: {"text": item.text, "polygon": outline(item.box)} for name, item in sheet.fields.items()},
        "regions": {name: outline(box) for name, box in sheet.regions.items()},
        "alterations": [
            {
                "recipe": done.recipe,
                "parameters": done.parameters,
                "lights": list(done.lights),
                "boxes_mm": [list(box) for box in done.boxes],
                "polygons": [outline(box) for box in done.boxes],
            }
            for done in sheet.alterations
        ],
        "capture": made.settings.parameters(),
    }
