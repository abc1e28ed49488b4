from pathlib import Path

import pytest

from docscan.batch.planning import missing, plan
from docscan.errors import UsageError


def test_a_folder_is_searched_and_other_files_passed_over(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    for name in ("b.jpg", "inner/a.PNG", "notes.txt", "truth.json"):
        (tmp_path / name).write_bytes(b"x")
    work = plan(tmp_path)
    assert [item.name for item in work.items] == ["b.jpg", "inner/a.PNG"]
    assert work.passed_over == 2


def test_a_list_names_files_relative_to_itself(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"123")
    listed = tmp_path / "list.txt"
    listed.write_text("# captures\n\na.bin\nmissing.jpg\na.bin\n")
    items = plan(listed).items
    assert [(item.name, item.size) for item in items] == [("a.bin", 3), ("missing.jpg", -1)]


def test_a_single_image_is_a_batch_of_one(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")
    assert [item.name for item in plan(tmp_path / "a.jpg").items] == ["a.jpg"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00binary", b"text\0with nul"])
def test_anything_else_is_wrong_usage(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "thing").write_bytes(content)
    with pytest.raises(UsageError):
        plan(tmp_path / "thing")


def test_only_what_changed_or_is_new_is_missing(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (tmp_path / name).write_bytes(b"x")
    done = {item.key for item in plan(tmp_path).items if item.name != "c.jpg"}
    (tmp_path / "b.jpg").write_bytes(b"longer")
    assert [item.name for item in missing(plan(tmp_path).items, done)] == ["b.jpg", "c.jpg"]
