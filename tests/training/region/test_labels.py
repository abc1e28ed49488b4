import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from docscan.checks.regions import ALTERATIONS, PROCESSES
from training.region.labels import UNKNOWN, cells_of, tellable, truth_of


def _line(recipe: str, box: tuple[float, float, float, float], lights: list[str], **parameters: str) -> dict[str, Any]:
    """Return a passport captured at ten pixels a millimetre, with one altered box in millimetres."""
    x, y, w, h = (10 * value for value in box)
    polygon = [[x, y], [x + w, y], [x + w, y + h], [x, y + h]]
    done = {"recipe": recipe, "parameters": parameters, "lights": lights, "polygons": [polygon]}
    return {
        "index": 1,
        "split": "training",
        "state": "XFA",
        "kind": "TD3",
        "recipe": recipe,
        "images": {"visible": "x.jpg"},
        "millimetres_to_pixels": np.diag([10.0, 10.0, 1.0]).tolist(),
        "fields": {},
        "regions": {},
        "alterations": [done],
    }


CELL = 16 / 11


def test_a_cell_is_forged_only_where_the_alteration_covers_it() -> None:
    # Two cells wide and one high, in the middle of the crop.
    line = _line("digital_text", (40 + 4 * CELL, 30 + 5 * CELL, 2 * CELL, CELL), ["visible"])
    labels = cells_of(truth_of(line), 40, 30, 11)
    assert np.argwhere(labels[0] == 1).tolist() == [[5, 4], [5, 5]]
    assert (labels[2][labels[0] == 1] == ALTERATIONS.index("re_rendered")).all()
    # What borders on it is unknown: an editor's traces reach beyond what it changed.
    assert labels[0][4, 4] == labels[0][5, 3] == UNKNOWN
    assert (labels[0][:3] == 0).all()
    assert (labels[2][:3] == 0).all()
    # A cell that it touches by a tenth is not forged either.
    moved = cells_of(truth_of(line), 40 + 0.9 * CELL, 30, 11)
    assert moved[0][5, 5] == UNKNOWN


def test_what_shows_under_another_light_alone_is_not_forged_by_daylight() -> None:
    line = _line("uv_painted", (0, 0, 125, 88), ["uv"])
    assert (cells_of(truth_of(line), 40, 30, 11)[0] != 1).all()
    assert (cells_of(truth_of(line, ("uv",)), 40, 30, 11)[0] == 1).all()
    genuine = {**line, "index": 0, "recipe": "genuine", "alterations": []}
    other = {**genuine, "index": 2}
    assert tellable([genuine, line, other]) == [other], "its genuine companion goes with it"


def test_a_morph_that_the_issuer_printed_is_neither_forged_nor_genuine() -> None:
    line = _line("portrait_morphed", (3, 8, 35, 45), ["visible"], process="sublimation")
    labels = cells_of(truth_of(line), 10, 20, 11)
    assert (labels[0] == UNKNOWN).all()


@pytest.mark.parametrize(("process", "inner"), [("inkjet", 1), ("issuer's", UNKNOWN)])
def test_a_cut_laminate_over_the_issuers_own_print_shows_at_its_cut_alone(process: str, inner: int) -> None:
    line = _line("portrait_laminate_cut", (3, 8, 36, 46), ["visible"], process=process)
    if process == "issuer's":
        from datasets.design.states import making_of, state
        from datasets.sheet import Kind

        line["alterations"][0]["parameters"]["process"] = making_of(state("XFA"), Kind.TD3).portrait_process
    truth = truth_of(line)
    assert (cells_of(truth, 13, 22, 11)[0] == inner).all(), "in the middle of the portrait"
    assert (cells_of(truth, 3 - CELL / 2, 22, 11)[0][:, 0] == 1).all(), "on the cut"


def test_a_counterfeit_page_is_of_one_process_throughout() -> None:
    line = _line("counterfeit_toner", (0, 0, 125, 88), ["visible"], process="toner")
    labels = cells_of(truth_of(line), 60, 40, 11)
    assert (labels[0] == 1).all()
    assert (labels[1] == PROCESSES.index("toner")).all()
    assert (labels[2] == ALTERATIONS.index("none")).all()
    # The desk beside it is not forged.
    outside = cells_of(truth_of(line), 120, 40, 11)[0]
    assert (outside[:, 5:] == 0).all()


def test_each_zone_is_told_by_its_own_tool() -> None:
    line = _line("viz_and_mrz_altered", (50, 30, 20, 3), ["visible"], viz_tool="laser printer", mrz_tool="inkjet, dye")
    zone = [[60, 710], [360, 710], [360, 750], [60, 750]]
    line["alterations"][0]["polygons"].append(zone)
    truth = truth_of(line)
    viz, mrz = cells_of(truth, 52, 30, 11)[1], cells_of(truth, 10, 71, 11)[1]
    assert PROCESSES.index("toner") in viz
    assert PROCESSES.index("inkjet") not in viz
    assert PROCESSES.index("inkjet") in mrz


def test_a_generated_documents_portrait_is_labelled_where_it_is(folder: Path) -> None:
    lines = [json.loads(text) for text in (folder / "documents.jsonl").read_text().splitlines()]
    genuine, pasted = truth_of(lines[0]), truth_of(lines[1])
    assert (cells_of(genuine, 10, 20, 11)[0] == 0).all()
    assert (cells_of(pasted, 12, 22, 11)[0] == 1).mean() > 0.9
    assert (cells_of(pasted, 80, 30, 11)[0] == 0).all()
