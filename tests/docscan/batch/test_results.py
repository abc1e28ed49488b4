import csv
import json
from pathlib import Path

import pytest

from docscan.batch.planning import Item
from docscan.batch.results import BROKE, UNREADABLE, Results, read, row
from docscan.errors import UsageError


def item(name: str, size: int = 5) -> Item:
    return Item(Path(name), name, size, 7)


def report(verdict: str = "refer") -> dict[str, object]:
    return {
        "id": "1", "created": "2026-11-23T19:00:00Z", "verdict": verdict, "reason": "Ünsure.",
        "confidence": {"forgery_probability": 0.5, "log10_lr": 2.0},
        "document": {"format": "TD3", "issuing_state": "UTO", "specimen": True},
        "mrz": {"fields": {"surname": "ERIKSSON", "sex": None}, "valid": True},
        "checks": [{"id": "a.b", "outcome": "failed"}, {"id": "c.d", "outcome": "passed"}],
        "quality": {"usable": True},
    }  # fmt: skip


def test_rows_are_on_disk_before_the_batch_ends(tmp_path: Path) -> None:
    with Results(tmp_path) as results:
        results.append(row(item("a.jpg"), report()))
        assert [line["file"] for line in read(tmp_path / "results.jsonl")] == ["a.jpg"]


def test_a_torn_last_line_is_dropped_and_the_rest_kept(tmp_path: Path) -> None:
    whole = [json.dumps(row(item(name), report())) for name in ("a.jpg", "b.jpg")]
    (tmp_path / "results.jsonl").write_text(f"{whole[0]}\n{whole[1]}\n{whole[1][:40]}")
    with Results(tmp_path) as results:
        done = results.resume([item("a.jpg"), item("b.jpg"), item("c.jpg")])
        assert done == {item("a.jpg").key, item("b.jpg").key}
        results.append(row(item("c.jpg"), report()))
    assert [line["file"] for line in read(tmp_path / "results.jsonl")] == ["a.jpg", "b.jpg", "c.jpg"]
    assert len((tmp_path / "results.jsonl").read_text().splitlines()) == 3


def test_resuming_drops_what_is_outdated_or_worth_another_try(tmp_path: Path) -> None:
    with Results(tmp_path) as results:
        results.append(row(item("same.jpg"), report()))
        results.append(row(item("changed.jpg"), report()))
        results.append(row(item("bad.jpg"), None, (UNREADABLE, "It is no image.")))
        results.append(row(item("crashed.jpg"), None, (BROKE, "It broke.")))
        results.append(row(item("gone.jpg"), report()))
    now = [item("same.jpg"), item("changed.jpg", size=6), item("bad.jpg"), item("crashed.jpg")]
    with Results(tmp_path) as results:
        done = results.resume(now)
    assert sorted(name for name, _, _ in done) == ["bad.jpg", "gone.jpg", "same.jpg"]


def test_the_table_has_a_line_for_every_row(tmp_path: Path) -> None:
    with Results(tmp_path) as results:
        results.append(row(item("a.jpg"), report()))
        results.append(row(item("=cmd().jpg"), None, (UNREADABLE, "It is no image.")))
        results.append(row(item("c.jpg"), report() | {"mrz": None}))
        results.write_csv()
    with (tmp_path / "results.csv").open(newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    assert [line["file"] for line in table] == ["a.jpg", "'=cmd().jpg", "c.jpg"]
    assert table[0]["surname"] == "ERIKSSON"
    assert table[0]["reason"] == "Ünsure."
    assert table[0]["failed_checks"] == "a.b"
    assert table[1]["error"] == "It is no image."
    assert table[2]["surname"] == ""


def test_two_batches_never_write_to_one_folder(tmp_path: Path) -> None:
    with Results(tmp_path), pytest.raises(UsageError, match="Another batch"):
        Results(tmp_path)
    with Results(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="cannot be written"):
        Results(tmp_path / "file" / "out")
