from pathlib import Path

import pytest

from docscan.dropfolder.pairing import DEFAULT_PATTERN, Folder, Named, Pattern
from docscan.errors import UsageError


@pytest.mark.parametrize(
    ("name", "document", "light"),
    [
        ("0017_VIS.jpg", "0017", "visible"),
        ("0017_uv.PNG", "0017", "uv"),
        ("a_b_IR.tiff", "a_b", "ir"),
        ("20261126-120000_White.bmp", "20261126-120000", "visible"),
        ("7_B900.jp2", "7", "ir"),
    ],
)
def test_names_tell_document_and_light(name: str, document: str, light: str) -> None:
    assert Pattern(DEFAULT_PATTERN).read(name) == Named(document, light)


@pytest.mark.parametrize("name", ["0017.jpg", "0017_PHOTO.jpg", "0017_VIS.jpg.part", ".docscan-sent", "_VIS.jpg"])
def test_other_files_are_left_alone(name: str) -> None:
    assert Pattern(DEFAULT_PATTERN).read(name) is None


def test_a_reader_with_its_own_names() -> None:
    assert Pattern("IMAGE{light}_{id}.{ext}").read("IMAGEIR_4711.png") == Named("4711", "ir")
    assert Pattern("{id}.{ext}").read("scan 3.jpg") == Named("scan 3", "visible")


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("7_front_VIS.jpg", "visible"),
        ("7_Back_UV.jpg", "other_uv"),
        ("7_verso_ir.png", "other_ir"),
        ("7_1_white.bmp", "visible"),
    ],
)
def test_a_reader_of_both_sides_of_cards(name: str, part: str) -> None:
    assert Pattern("{id}_{side}_{light}.{ext}").read(name) == Named("7", part)
    assert Pattern("{id}_{side}_{light}.{ext}").read("7_VIS.jpg") is None


@pytest.mark.parametrize("text", ["{light}.{ext}", "{id}{id}", "{id}_{lamp}.{ext}"])
def test_a_pattern_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="pattern"):
        Pattern(text)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path, Pattern(DEFAULT_PATTERN), ("visible", "uv", "ir"), settled=1, patience=5)


def _write(folder: Folder, *names: str, data: bytes = b"image") -> None:
    for name in names:
        (folder.path / name).write_bytes(data)


def _ready(folder: Folder, now: float) -> list[list[str]]:
    return [sorted(path.name for path in one.files.values()) for one in folder.ready(now)]


def test_a_whole_document_goes_as_soon_as_its_files_rest(folder: Folder) -> None:
    _write(folder, "1_VIS.jpg", "1_UV.jpg", "1_IR.jpg")
    assert _ready(folder, 0) == []
    assert _ready(folder, 0.9) == []
    assert _ready(folder, 1) == [["1_IR.jpg", "1_UV.jpg", "1_VIS.jpg"]]


def test_a_file_that_still_grows_is_waited_for(folder: Folder) -> None:
    _write(folder, "1_VIS.jpg", "1_UV.jpg", "1_IR.jpg")
    folder.ready(0)
    _write(folder, "1_IR.jpg", data=b"image and more")
    assert _ready(folder, 1) == []
    assert _ready(folder, 1.9) == []
    assert len(_ready(folder, 2)) == 1


def test_an_empty_file_is_not_there_yet(folder: Folder) -> None:
    _write(folder, "1_VIS.jpg", data=b"")
    assert folder.ready(0) == folder.ready(100) == []


def test_partners_are_waited_for_up_to_a_time(folder: Folder) -> None:
    _write(folder, "1_VIS.jpg")
    folder.ready(0)
    assert _ready(folder, 4.9) == []
    _write(folder, "1_UV.jpg")
    folder.ready(4.9)
    assert _ready(folder, 9) == []  # the time begins anew with each
    assert _ready(folder, 9.9) == [["1_UV.jpg", "1_VIS.jpg"]]


def test_without_a_visible_image_it_waits_longer(folder: Folder) -> None:
    _write(folder, "1_UV.jpg")
    folder.ready(0)
    assert _ready(folder, 49) == []
    (document,) = folder.ready(50)
    assert not document.whole


def test_what_waits_longest_goes_first(folder: Folder) -> None:
    _write(folder, "2_VIS.jpg")
    folder.ready(0)
    _write(folder, "1_VIS.jpg")
    folder.ready(1)
    assert _ready(folder, 10) == [["2_VIS.jpg"], ["1_VIS.jpg"]]


def test_a_cards_two_sides_are_one_document_and_one_side_waits_for_the_other(tmp_path: Path) -> None:
    folder = Folder(tmp_path, Pattern("{id}_{side}_{light}.{ext}"), ("visible", "uv"), settled=1, patience=5)
    _write(folder, "1_front_VIS.jpg", "1_front_UV.jpg", "2_back_VIS.jpg")
    folder.ready(0)
    assert _ready(folder, 1) == []
    _write(folder, "1_back_VIS.jpg", "1_back_UV.jpg")
    folder.ready(2)
    (card,) = folder.ready(3)
    assert set(card.files) == {"visible", "uv", "other_visible", "other_uv"}
    assert card.files["other_uv"].name == "1_back_UV.jpg"
    back = folder.ready(5)[-1]
    assert {part: path.name for part, path in back.files.items()} == {"visible": "2_back_VIS.jpg"}
    assert back.whole
