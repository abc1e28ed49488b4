import zipfile
from pathlib import Path

import pytest

from docscan.documents.exchange import export, read_export
from docscan.documents.packing import FILES, MAX_BYTES, pack
from docscan.documents.store import find, load, put, save
from docscan.errors import DocumentModelError, UsageError
from tests.docscan.documents.conftest import small_model


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_model_goes_from_one_library_to_another(tmp_path: Path) -> None:
    here, there, file = tmp_path / "here", tmp_path / "there", tmp_path / "model.zip"
    save(here, small_model())
    sent = load(find(here, "uto-p-2019"))
    export(find(here, "uto-p-2019"), file)
    received = read_export(file)
    put(there, received)
    assert received.sha256 == sent.sha256 == load(find(there, "uto-p-2019")).sha256
    for name in FILES:
        assert (here / "uto-p-2019/1" / name).read_bytes() == (there / "uto-p-2019/1" / name).read_bytes()


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    save(tmp_path / "library", small_model())
    (tmp_path / "model.zip").write_bytes(b"mine")
    with pytest.raises(UsageError, match="already"):
        export(find(tmp_path / "library", "uto-p-2019"), tmp_path / "model.zip")
    assert (tmp_path / "model.zip").read_bytes() == b"mine"


def test_a_broken_model_is_not_exported(tmp_path: Path) -> None:
    path = save(tmp_path / "library", small_model())
    (path / "arrays.npz").write_bytes(b"")
    with pytest.raises(DocumentModelError):
        export(find(tmp_path / "library", "uto-p-2019"), tmp_path / "model.zip")
    assert not (tmp_path / "model.zip").exists()


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil", "..\\evil", "uto-p-2019/../../evil", "extra.txt"])
def test_a_zip_with_any_other_member_is_refused_and_writes_nothing(tmp_path: Path, name: str) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    file = _zip(inner / "model.zip", {**pack(small_model()), name: b"evil"})
    with pytest.raises(DocumentModelError, match="other files"):
        read_export(file)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [file]


def test_a_model_that_names_a_path_is_refused(tmp_path: Path) -> None:
    model = small_model()
    files = pack(model)
    evil = {**files, "model.json": files["model.json"].replace(b"uto-p-2019", b"../../evil")}
    with pytest.raises(DocumentModelError):
        read_export(_zip(tmp_path / "model.zip", evil))


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    file = _zip(tmp_path / "model.zip", {**pack(small_model()), "arrays.npz": bytes(MAX_BYTES + 1)})
    assert file.stat().st_size < MAX_BYTES / 100
    with pytest.raises(DocumentModelError, match="too large"):
        read_export(file)


def test_a_member_twice_is_refused(tmp_path: Path) -> None:
    file = _zip(tmp_path / "model.zip", pack(small_model()))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(file, "a") as archive:
        archive.writestr("model.json", b"{}")
    with pytest.raises(DocumentModelError, match="other files"):
        read_export(file)


def test_damaged_zips_are_refused(tmp_path: Path) -> None:
    whole = _zip(tmp_path / "model.zip", pack(small_model())).read_bytes()
    refused = 0
    for place in range(0, len(whole), 211):
        altered = bytearray(whole)
        altered[place] ^= 0xFF
        (tmp_path / "altered.zip").write_bytes(altered)
        try:
            model = read_export(tmp_path / "altered.zip").model
        except DocumentModelError:
            refused += 1
        else:  # a byte of the zip that nobody reads, as a member's time
            assert pack(model) == pack(small_model())
    assert refused > 50
    for data in (b"", whole[: len(whole) // 2]):
        (tmp_path / "torn.zip").write_bytes(data)
        with pytest.raises(DocumentModelError):
            read_export(tmp_path / "torn.zip")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_export(tmp_path / "none.zip")
