from dataclasses import replace

from docscan.rendering.pictures import Picture, Pictures
from docscan.service.store import Store
from tests.docscan.rendering.conftest import report


def pictures(size: int) -> Pictures:
    return Pictures(Picture(bytes(size), 1, 1), {})


def test_the_oldest_pictures_give_way_before_their_reports() -> None:
    store = Store(10, picture_bytes=250)
    for name in "abc":
        store.put(replace(report(), id=name), pictures(100))
    kept = {name: store.get(name) for name in "abc"}
    assert all(kept.values())
    assert [name for name, entry in kept.items() if entry and entry.pictures] == ["b", "c"]


def test_the_oldest_reports_give_way() -> None:
    store = Store(2, picture_bytes=10_000)
    for name in "abc":
        store.put(replace(report(), id=name), pictures(100))
    assert [name for name in "abc" if store.get(name)] == ["b", "c"]


def test_a_picture_larger_than_all_room_is_not_held() -> None:
    store = Store(2, picture_bytes=50)
    store.put(replace(report(), id="a"), pictures(100))
    store.put(replace(report(), id="b"), pictures(20))
    kept = store.get("a"), store.get("b")
    assert kept[0] is not None
    assert kept[0].pictures is None
    assert kept[1] is not None
    assert kept[1].pictures is not None
