import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from docscan.checks.regions import APPRAISAL
from docscan.runtime import open_models
from docscan.settings import Settings
from tests.training.region.conftest import here
from training import onnx_export
from training.fitting import Plan
from training.region import answers, data, pipeline, scoring, studies
from training.region.data import SPLITS
from training.region.pipeline import Folders, appraise, assess, fit, keep_trained, prepare, ship, ship_joined
from training.region.train import Ranks, Recipe, load

TINY = Recipe(width=9, batch=4, crops=6, epochs=2, minutes=3, bf16=False)


@pytest.fixture(scope="module")
def folders(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folders]:
    """Prepare crops of a set whose few documents are in every split: enough to go through all steps."""
    root = tmp_path_factory.mktemp("pipeline")
    documents = root / "set"
    shutil.copytree(folder, documents)
    lines = [json.loads(text) for text in (folder / "documents.jsonl").read_text().splitlines()]
    everywhere = [
        {**line, "split": split, "index": 10 * number + line["index"]}
        for number, split in enumerate(SPLITS)
        for line in lines
    ]
    (documents / "documents.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in everywhere))
    models = root / "models"
    shutil.copytree(Settings().models, models)
    made = Folders(documents, root / "work", models, None)
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(data, "each", here)
        patched.setattr(scoring, "each", here)
        patched.setattr(scoring, "_opened_once", scoring.open_networks)  # files change while this process lives
        # As many documents for the ranges of activations, and as many calls for a time, as such a set is worth.
        patched.setattr(pipeline, "_QUANTISED_ON", 3)
        patched.setattr(onnx_export, "_TIMED", 3)
        prepare(made, workers=1)
        yield made


def test_from_crops_to_a_model_that_the_product_opens(folders: Folders) -> None:
    fit(folders, TINY, Ranks())
    ship(folders, "int8")
    measured = assess(folders)
    assert measured.whole.apcer.trials == 3
    assert measured.whole.bpcer.trials == 3
    assert {kind.name for kind in measured.kinds} == {"portrait_pasted", "digital_splice", "counterfeit_inkjet"}
    models = open_models(folders.models, providers=["CPUExecutionProvider"], threads=1)  # the hash is the file's
    entry = models.entries["region"]
    assert entry.dataset["documents"] == dict.fromkeys(SPLITS[1:], 6)
    assert entry.dataset["set"]["seed"] == 3
    (training,) = entry.dataset["trainings"]
    told = {"steps": 3, "documents": 6, "weights": sum(part.numel() for part in load(folders.checkpoint).parameters())}
    assert training | {"minutes": 3.0, "start": "", "without": ()} == asdict(TINY) | told  # JSON knows no tuples
    assert training["without"] == []
    assert entry.parameters["precision"] == "int8"
    assert entry.parameters["measured"]["parity"] < 1e-3
    assert entry.error_rates["auc"] == pytest.approx(measured.whole.auc, abs=1e-3)
    card = (folders.models / "region.md").read_text()
    assert "counterfeit inkjet" in card
    assert "Not measured for this network" in card
    assert "Forgery kinds" in folders.report.read_text()


def test_networks_that_are_kept_are_shipped_as_one(folders: Folders, tmp_path: Path) -> None:
    if not folders.checkpoint.exists():
        fit(folders, TINY, Ranks())
    for name in ("one", "other"):
        keep_trained(folders, name, tmp_path)
    ship_joined(folders, tmp_path, "best")
    measured = assess(folders)
    entry = open_models(folders.models, providers=["CPUExecutionProvider"], threads=1).entries["region"]
    assert [training["design"] for training in entry.dataset["trainings"]] == [TINY.design] * 2
    assert entry.error_rates["auc"] == pytest.approx(measured.whole.auc, abs=1e-3)
    assert "the mean of theirs" in (folders.models / "region.md").read_text()


def test_what_the_answers_amount_to_is_learned_and_calibrated(
    folders: Folders, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not folders.checkpoint.exists():
        fit(folders, TINY, Ranks())
    ship(folders, "int8")
    alone = open_models(folders.models, providers=["CPUExecutionProvider"], threads=1).entries["region"].parameters
    assert "appraisal" not in alone
    shutil.copytree(folder, folders.appraising / "documents")
    monkeypatch.setattr(answers, "each", here)
    monkeypatch.setattr(pipeline, "PLAN", Plan(steps=8, batch=4, rate=0.03, seed=1))
    appraise(folders, documents=6, workers=1)
    measured = assess(folders)
    entries = open_models(folders.models, providers=["CPUExecutionProvider"], threads=1).entries
    weighed = entries["region"].parameters
    assert weighed["appraisal"] == entries[APPRAISAL].sha256
    assert weighed["calibration"] != alone["calibration"]
    assert weighed["measured"] == alone["measured"]
    assert entries[APPRAISAL].dataset["views"] == 8
    assert entries["region"].error_rates["auc"] == pytest.approx(measured.whole.auc, abs=1e-3)
    assert "learned from 8 views of documents of 130 states" in (folders.models / "region.md").read_text()


def test_left_out_kinds_and_designs_come_into_the_report(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    if not folders.checkpoint.exists():
        fit(folders, TINY, Ranks())
        ship(folders, "fp32")
    monkeypatch.setattr(studies, "DESIGNS", ("plain", "high_pass"))
    monkeypatch.setattr(studies, "groups", lambda _crops: iter(["digital", "portrait"]))
    studies.compare(folders, TINY)
    studies.leave_out(folders, TINY, trainings=1)
    rows = json.loads((folders.work / "left_out.json").read_text())
    assert [(row["group"], row["beside"], row["documents"]) for row in rows] == [
        ("digital", "portrait", 1),
        ("portrait", "digital", 1),
    ]
    assert {"eer", "auc", "eer_known", "auc_known", "learned_from", "steps"} < set(rows[0])
    monkeypatch.setattr(studies, "train", None)  # a second run does nothing again
    studies.compare(folders, TINY)
    studies.leave_out(folders, TINY)
    assess(folders)
    card = (folders.models / "region.md").read_text()
    assert "| plain |" in card
    assert f"Mean EER {50 * (rows[0]['eer'] + rows[1]['eer']):.1f} %" in card
    assert "| portrait | digital | 1 |" in card
    assert "high_pass" in folders.report.read_text()


def test_groups_are_dealt_among_trainings_each_to_one() -> None:
    assert studies.dealt(["a", "b", "c", "d", "e"], 2) == [("a", "c", "e"), ("b", "d")]
    assert studies.dealt(["a", "b", "c"], 0) == studies.dealt(["a", "b", "c"], 7) == [("a",), ("b",), ("c",)]


def test_int8_is_taken_where_it_is_faster_and_loses_nothing() -> None:
    def measured(faster: bool, loses: float) -> dict[str, dict[str, float]]:
        took = {"fp32": 20.0, "int8": 10.0 if faster else 30.0}
        return {"auc": {"fp32": 0.99, "int8": 0.99 - loses}, "milliseconds": took}

    assert pipeline._chosen(measured(True, 0.001)) == "int8"
    assert pipeline._chosen(measured(True, 0.01)) == "fp32"
    assert pipeline._chosen(measured(False, 0.0)) == "fp32"


def test_somebody_elses_set_is_taken_as_it_is_and_ones_own_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(pipeline, "generate", lambda out, **wanted: asked.append((out, wanted["documents"])))
    monkeypatch.setattr(pipeline, "cut_split", lambda *_: SimpleNamespace(__len__=lambda: 0))
    monkeypatch.setattr(pipeline, "SPLITS", ())
    own, other = (Folders(tmp_path / name, tmp_path, tmp_path, None) for name in ("own", "other"))
    other.documents.mkdir()
    (other.documents / "set.json").write_text("{}")
    (other.documents / "documents.jsonl").write_text("{}\n")
    prepare(other, 10)
    assert asked == []
    prepare(own, 10)
    (own.documents / "set.json").write_text("{}")
    (own.documents / "documents.jsonl").write_text("{}\n")
    prepare(own, 10)  # it was stopped after one document
    assert asked == [(own.documents, 10)] * 2
