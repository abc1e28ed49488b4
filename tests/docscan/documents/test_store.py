import os
import shutil
import subprocess
from pathlib import Path

import pytest

from docscan.documents import store
from docscan.documents.packing import FILES, MAX_BYTES, pack
from docscan.documents.store import Stored, checked_name, entries, find, load, newest, next_version, put, save, verify
from docscan.errors import DocumentModelError, UsageError
from tests.docscan.documents.conftest import small_model


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    path = save(tmp_path / "new" / "library", small_model())
    stored = load(find(tmp_path / "new" / "library", "uto-p-2019"))
    assert pack(stored.model) == pack(small_model())
    assert sorted(inner.name for inner in path.iterdir()) == sorted(FILES)
    assert len(stored.sha256) == 64


def test_the_hashes_are_those_of_sha256sum(tmp_path: Path) -> None:
    path = save(tmp_path, small_model())
    assert subprocess.run(["sha256sum", "-c", "SHA256"], cwd=path, capture_output=True, check=False).returncode == 0


def test_an_absent_library_is_empty(tmp_path: Path) -> None:
    assert entries(tmp_path / "none") == ()
    assert next_version(tmp_path / "none", "uto-p-2019") == 1
    with pytest.raises(UsageError, match="no document model"):
        find(tmp_path / "none", "uto-p-2019")


def test_versions_count_up_and_the_newest_is_used(tmp_path: Path) -> None:
    for version in (9, 10):
        save(tmp_path, small_model(version=version))
    save(tmp_path, small_model("aaa"))
    assert [(entry.name, entry.version) for entry in entries(tmp_path)] == [
        ("aaa", 1), ("uto-p-2019", 9), ("uto-p-2019", 10),
    ]  # fmt: skip
    assert [entry.version for entry in newest(tmp_path)] == [1, 10]
    assert next_version(tmp_path, "uto-p-2019") == 11
    assert find(tmp_path, "uto-p-2019").version == 10
    assert find(tmp_path, "uto-p-2019", 9).version == 9


def test_a_version_is_overwritten_only_when_asked_to(tmp_path: Path) -> None:
    save(tmp_path, small_model())
    with pytest.raises(UsageError, match="already"):
        save(tmp_path, small_model(seed=1))
    assert pack(load(find(tmp_path, "uto-p-2019")).model) == pack(small_model())
    put(tmp_path, Stored(small_model(seed=1), pack(small_model(seed=1))), replace=True)
    assert pack(load(find(tmp_path, "uto-p-2019")).model) == pack(small_model(seed=1))
    assert sorted(inner.name for inner in tmp_path.iterdir()) == ["uto-p-2019"]


def test_a_model_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(folder: Path, files: dict[str, bytes]) -> None:
        folder.mkdir()
        (folder / FILES[0]).write_bytes(files[FILES[0]])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_write", full)
    with pytest.raises(UsageError, match="No space left"):
        save(tmp_path, small_model())
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_enrolment_left_is_passed_over(tmp_path: Path) -> None:
    save(tmp_path, small_model())
    shutil.copytree(tmp_path / "uto-p-2019", tmp_path / ".new-killed")
    assert len(entries(tmp_path)) == 1


@pytest.mark.parametrize("name", ["", "UTO", "a b", "../up", "a/b", "-a", "a--b", ".a", "é", "a\n", "a" * 65, "a.b"])
def test_names_are_safe_file_names(name: str) -> None:
    with pytest.raises(UsageError, match="lowercase letters"):
        checked_name(name)


def test_verify_tells_every_broken_model(tmp_path: Path) -> None:
    for name in ("altered", "missing", "torn", "huge", "moved", "well"):
        save(tmp_path, small_model(name))
    with (tmp_path / "altered/1/arrays.npz").open("r+b") as file:
        file.seek(3000)
        file.write(b"\0\1\2\3")
    (tmp_path / "missing/1/SHA256").unlink()
    data = (tmp_path / "torn/1/model.json").read_bytes()
    (tmp_path / "torn/1/model.json").write_bytes(data[: len(data) // 2])
    os.truncate(tmp_path / "huge/1/arrays.npz", MAX_BYTES + 1)
    (tmp_path / "moved").rename(tmp_path / "other")
    (tmp_path / "empty" / "1").mkdir(parents=True)
    (tmp_path / "strange" / "copy of 1").mkdir(parents=True)
    faults = {entry.name: fault for entry, fault in verify(tmp_path).items()}
    assert {name for name, fault in faults.items() if fault is None} == {"well"}
    for name, words in {
        "altered": "sha256", "missing": "cannot be read", "torn": "sha256", "huge": "too large",
        "other": "wrong folder", "empty": "cannot be read", "strange": "cannot be read",
    }.items():  # fmt: skip
        assert words in (faults[name] or ""), name


def test_a_broken_model_is_not_loaded(tmp_path: Path) -> None:
    path = save(tmp_path, small_model())
    (path / "model.json").write_text("{}")
    with pytest.raises(DocumentModelError):
        load(find(tmp_path, "uto-p-2019"))
