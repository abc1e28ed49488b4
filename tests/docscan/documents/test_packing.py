import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from docscan.documents.model import DocumentModel
from docscan.documents.packing import ARRAYS, FILES, HASHES, MAX_BYTES, RECORD, digest, pack, unpack
from docscan.errors import DocumentModelError
from docscan.types import Spectrum
from docscan.zones import REGIONS
from tests.docscan.documents.conftest import small_model

Files = dict[str, bytes]

PLACE = {
    "box": {"x": 1, "y": 1, "width": 1, "height": 1},
    "line_mm": 3,
    "character_mm": 2,
    "samples": 3,
}


def _same(one: DocumentModel, other: DocumentModel) -> bool:
    """Compare all of two models, their arrays too."""
    return pack(one) == pack(other)


def _rehashed(files: Files) -> Files:
    """What a stranger would do who altered a model: the hashes agree again."""
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in (RECORD, ARRAYS)]
    return {**files, HASHES: "".join(lines).encode()}


def _with_record(**changes: object) -> Files:
    files = pack(small_model())
    return _rehashed({**files, RECORD: json.dumps(json.loads(files[RECORD]) | changes).encode()})


def _with_arrays(change: Callable[[dict[str, Any]], Any]) -> Files:
    files = pack(small_model())
    with np.load(io.BytesIO(files[ARRAYS])) as loaded:
        arrays = dict(loaded)
    change(arrays)
    out = io.BytesIO()
    np.savez(out, **arrays)
    return _rehashed({**files, ARRAYS: out.getvalue()})


def test_a_model_comes_back_as_it_was() -> None:
    model = small_model()
    again = unpack(pack(model), "here")
    assert _same(model, again)
    assert again.text == model.text
    assert again.created == model.created
    assert again.regions["portrait"].spots == model.regions["portrait"].spots
    np.testing.assert_array_equal(again.pictures[Spectrum.VISIBLE].known, model.pictures[Spectrum.VISIBLE].known)
    assert again.pictures[Spectrum.VISIBLE].image.shape == (176, 250, 3)
    for light, colour in model.regions["portrait"].colour.items():
        np.testing.assert_array_equal(again.regions["portrait"].colour[light].mean, colour.mean)
    np.testing.assert_array_equal(again.appearance.spread, model.appearance.spread)


def test_regions_keep_their_order_in_which_crops_are_compared() -> None:
    model = small_model()
    regions = {name: replace(model.regions["portrait"], spots=((place, 1.0),)) for place, name in enumerate(REGIONS)}
    again = unpack(pack(replace(model, regions=regions, cells=None)), "here")
    assert [(name, region.spots) for name, region in again.regions.items()] == [
        (name, region.spots) for name, region in regions.items()
    ]


@pytest.mark.parametrize("spot", [(-16.5, 10), (125, 10), (4, 88)], ids=str)
def test_a_crop_beside_the_page_is_refused(spot: tuple[float, float]) -> None:
    regions = json.loads(pack(small_model())[RECORD])["regions"]
    regions["portrait"]["spots"] = [spot]
    with pytest.raises(DocumentModelError, match="beside the page"):
        unpack(_with_record(regions=regions), "here")


def test_a_model_from_before_places_were_compared_has_none() -> None:
    assert unpack(pack(replace(small_model(), cells=None)), "here").cells is None


def test_the_files_are_plain_and_the_same_model_makes_the_same() -> None:
    files = pack(small_model())
    assert tuple(files) == FILES
    assert json.loads(files[RECORD])["schema"] == "docscan.document-model/1"
    with np.load(io.BytesIO(files[ARRAYS]), allow_pickle=False) as arrays:
        pictures = [name for name in arrays.files if name.startswith("picture.")]
        assert pictures == ["picture.visible.jpeg", "picture.visible.mask.png"]
        kinds = {name: arrays[name].dtype for name in arrays.files if name not in pictures}
        assert kinds.pop("cells") == np.float16
        assert kinds.pop("ovd.shines") == np.uint8
        assert set(kinds.values()) == {np.dtype(np.float32)}
    assert digest(files) == digest(pack(small_model()))
    assert digest(files) != digest(pack(small_model(seed=1)))


@pytest.mark.parametrize("name", [RECORD, ARRAYS, HASHES])
def test_one_altered_byte_is_refused(name: str) -> None:
    files = pack(small_model())
    altered = bytearray(files[name])
    altered[len(altered) // 2] ^= 1
    with pytest.raises(DocumentModelError, match="sha256"):
        unpack({**files, name: bytes(altered)}, "here")


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": "docscan.document-model/2"},
        {"name": "../../etc/passwd"},
        {"name": "Anna Maria"},
        {"version": 0},
        {"version": "new"},
        {"created": "2026-11-26T12:00:00"},
        {"samples": 2},
        {"samples": 21},
        {"page_size": "A4"},
        {"format": "TD9"},
        {"format": None},  # with an issuing state
        {"issuing_state": "uto"},
        {"reach": -1.0},
        {"reach": float("nan")},
        {"holder": "ERIKSSON"},
        {"text": {"fields": {"portrait_of": PLACE}, "lines": []}},
        {"text": {"fields": {"surname": PLACE | {"text": "ERIKSSON"}}, "lines": []}},
        {"text": {"fields": {"surname": PLACE | {"line_mm": 1e9}}, "lines": []}},
        {"text": {"fields": {}, "lines": ["ERIKSSON"]}},
        {"regions": {"face": {}}},
        {"regions": {}},
    ],
    ids=str,
)
def test_a_record_that_is_not_of_a_model_is_refused_whatever_its_hash(changes: dict[str, Any]) -> None:
    with pytest.raises(DocumentModelError, match="cannot be understood"):
        unpack(_with_record(**changes), "here")


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: arrays.pop("appearance"),
        lambda arrays: arrays.update(extra=np.zeros(3, np.float32)),
        lambda arrays: arrays.update({"appearance": np.zeros(7, np.float32)}),
        lambda arrays: arrays.update({"appearance": arrays["appearance"].astype(np.float64)}),
        lambda arrays: arrays.update({"appearance": np.full_like(arrays["appearance"], np.nan)}),
        lambda arrays: arrays.update({"appearance": np.array([{}], object)}),
        lambda arrays: arrays.pop("cells"),
        lambda arrays: arrays.update({"cells": arrays["cells"].astype(np.float32)}),
        lambda arrays: arrays.update({"cells": arrays["cells"][:, :, :7]}),
        lambda arrays: arrays.pop("ovd.infrared"),
        lambda arrays: arrays.update({"ovd.infrared": np.zeros_like(arrays["ovd.infrared"])}),
        lambda arrays: arrays.update({"ovd.shines": np.zeros_like(arrays["ovd.shines"])}),
        lambda arrays: arrays.update({"ovd.shines": arrays["ovd.shines"][:7]}),
        lambda arrays: arrays.update({"ovd.shines": arrays["ovd.shines"].astype(np.float32)}),
    ],
)
def test_arrays_that_are_not_of_a_model_are_refused(change: Callable[[dict[str, Any]], Any]) -> None:
    with pytest.raises(DocumentModelError, match="cannot be understood"):
        unpack(_with_arrays(change), "here")


@pytest.mark.parametrize("scale", [1.0, 4.0], ids=["a picture of a smaller page", "a picture of a larger page"])
def test_a_picture_of_another_page_is_refused(scale: float) -> None:
    with pytest.raises(DocumentModelError, match="picture"):
        unpack(_with_record(pictures={"visible": scale}), "here")


def test_bytes_that_are_no_picture_are_refused() -> None:
    def change(arrays: dict[str, Any]) -> None:
        arrays["picture.visible.jpeg"] = np.zeros(2000, np.uint8)

    with pytest.raises(DocumentModelError, match="picture"):
        unpack(_with_arrays(change), "here")


@pytest.mark.parametrize(("name", "empty"), [("pictures", {}), ("photo", None), ("ovd", None)])
def test_a_model_from_before_there_was_such_is_read(name: str, empty: object) -> None:
    old = replace(small_model(), **{name: empty})  # type: ignore[arg-type]
    files = pack(old)
    record = json.loads(files[RECORD])
    del record[name]
    assert _same(unpack(_rehashed({**files, RECORD: json.dumps(record).encode()}), "here"), old)


def test_a_kind_without_a_ghost_image_comes_back_so() -> None:
    model = small_model()
    assert model.photo is not None
    ghostless = replace(model, photo=replace(model.photo, ghost=None))
    again = unpack(pack(ghostless), "here")
    assert again.photo is not None
    assert again.photo.ghost is None
    assert _same(again, ghostless)


def test_an_ovd_comes_back_as_it_was_with_and_without_infrared() -> None:
    model = small_model()
    assert model.ovd is not None
    again = unpack(pack(model), "here").ovd
    assert again is not None
    np.testing.assert_array_equal(again.shines, model.ovd.shines)
    np.testing.assert_array_equal(again.infrared, model.ovd.infrared)
    assert (again.box, again.level.samples) == (model.ovd.box, 5)
    daylight = replace(model, ovd=replace(model.ovd, infrared=None))
    assert _same(unpack(pack(daylight), "here"), daylight)


def test_an_ovd_of_another_size_is_refused() -> None:
    ovd = json.loads(pack(small_model())[RECORD])["ovd"]
    with pytest.raises(DocumentModelError, match="OVD's place"):
        unpack(_with_record(ovd=ovd | {"box": ovd["box"] | {"width": 30}}), "here")


@pytest.mark.parametrize("width", [0, -20, 1000])
def test_a_portrait_that_none_can_be_is_refused(width: float) -> None:
    record = json.loads(pack(small_model())[RECORD])
    photo = record["photo"] | {"zone": record["photo"]["zone"] | {"width": width}}
    with pytest.raises(DocumentModelError, match="photo"):
        unpack(_with_record(photo=photo), "here")


def test_arrays_that_unpack_into_more_than_a_model_are_refused() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("appearance.npy", bytes(MAX_BYTES + 1))
    assert len(bomb.getvalue()) < MAX_BYTES / 100
    with pytest.raises(DocumentModelError, match="larger"):
        unpack(_rehashed({**pack(small_model()), ARRAYS: bomb.getvalue()}), "here")


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04 torn"])
def test_what_is_no_array_file_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentModelError, match="cannot be understood"):
        unpack(_rehashed({**pack(small_model()), ARRAYS: data}), "here")
