import json
from collections.abc import Callable
from dataclasses import replace

from docscan.rendering.json import to_dict, to_json
from docscan.types import Quality, Report
from tests.docscan.rendering.conftest import card

CONTRACT = {
    "schema": None, "software": {"name", "version"}, "id": None, "created": None, "verdict": None, "reason": None,
    "confidence": {"forgery_probability", "prior", "log10_lr", "verbal"},
    "document": {"format", "code", "issuing_state", "model", "model_version", "specimen"},
    "mrz": {
        "format", "lines", "raw_lines", "fields", "check_digits", "valid", "conforming", "repairs", "problems",
        "reader", "character_confidence", "polygon", "second_reading",
    },
    "checks": None,
    "quality": {"sharpness", "glare", "resolution_dpi", "whole_page", "coloured", "brightened", "usable", "advice"},
    "models": None, "timings_ms": None, "holder_removed": None,
}  # fmt: skip


def test_has_the_keys_of_the_contract(referred: Report) -> None:
    found = to_dict(referred)
    # Keys of our own: the contract leaves the printed data and a card's two sides open.
    assert set(found) == {*CONTRACT, "visual", "this_side", "other_side"}
    assert found["this_side"] is found["other_side"] is None
    for name, keys in CONTRACT.items():
        if keys is not None:
            assert set(found[name]) == keys, name
    for check in found["checks"]:
        assert set(check) == {
            "id", "outcome", "spectrum", "score", "threshold", "log10_lr", "region", "explanation",
        }  # fmt: skip


def test_of_a_card_the_other_side_is_a_report_too() -> None:
    found = json.loads(to_json(card()))
    assert set(found["other_side"]) == set(found)
    assert (found["verdict"], found["reason"]) == ("refer", found["other_side"]["reason"])
    assert found["this_side"] == {"verdict": "insufficient", "reason": "Capture it again."}
    assert found["confidence"]["log10_lr"] == 3.1
    assert (found["mrz"], found["other_side"]["mrz"]["format"]) == (None, "TD3")


def test_values_survive_a_round_trip_through_text(referred: Report) -> None:
    found = json.loads(to_json(referred))
    assert found["schema"] == "docscan.report/1"
    assert found["created"] == "2026-11-23T19:00:00Z"
    assert found["verdict"] == "refer"
    assert found["mrz"]["fields"]["surname"] == "ERIKSSON"
    assert found["mrz"]["check_digits"]["composite"] is False
    assert found["mrz"]["valid"] is False
    assert found["mrz"]["repairs"] == [{"line": 1, "column": 0, "field": "document_number", "read": "1", "used": "L"}]
    assert [len(line) for line in found["mrz"]["character_confidence"]] == [44, 44]
    portrait = next(check for check in found["checks"] if check["id"] == "print.portrait")
    assert portrait["region"]["polygon"] == [[60.0, 120.0], [320.0, 120.0], [320.0, 450.0], [60.0, 450.0]]
    assert found["checks"][0]["score"] is None


def test_numbers_that_json_lacks_become_null(altered: Callable[..., Report]) -> None:
    quality = Quality(float("nan"), 0.0, float("inf"), False, False)
    found = json.loads(to_json(altered(quality=quality)))
    assert found["quality"]["sharpness"] is None
    assert found["quality"]["resolution_dpi"] is None


def test_the_second_reading_is_told_with_its_differences(referred: Report, doubted: Report) -> None:
    assert to_dict(referred)["mrz"]["second_reading"] is None
    second = to_dict(doubted)["mrz"]["second_reading"]
    assert (second["reader"], second["format"], second["valid"]) == ("passporteye", "TD3", False)
    assert second["lines"][0].startswith("P<UTOEPIKSSON")
    assert second["differences"] == [{"line": 0, "column": 6, "read": "R", "other": "P"}]


def test_without_a_zone_mrz_is_null(referred: Report) -> None:
    assert to_dict(replace(referred, mrz=None))["mrz"] is None


def test_printed_data_stand_beside_what_the_zone_says(referred: Report) -> None:
    found = to_dict(referred)["visual"]
    assert found["missing"] is None
    assert found["fields"]["birth_date"] == {
        "text": "12 AUG/AOUT 84",
        "mrz": "1974-08-12",
        "agreement": "differs",
        "character_confidence": [0.988] * 14,
        "box_mm": [40, 20, 20, 3],
    }
