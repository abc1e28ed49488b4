from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient

from docscan.capture import ImageFile
from docscan.inspection import inspect
from docscan.privacy import without_holder
from docscan.rendering.json import to_dict
from docscan.service.openapi import example
from docscan.service.schema import Report
from docscan.settings import Settings
from docscan.tools import Tools, open_tools
from docscan.types import Report as Inspected
from tests.conftest import ROOT
from tests.docscan.rendering.conftest import doubted, referred

__all__ = ["doubted", "referred"]


@pytest.fixture
def interface(client: TestClient) -> dict[str, Any]:
    return dict(client.get("/openapi.json").json())


def _operations(interface: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, it) for path, its in interface["paths"].items() for method, it in its.items()]


def _is_valid(interface: dict[str, Any], schema: dict[str, Any], value: object) -> None:
    whole = {**schema, "components": interface["components"]}
    jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(value)


def test_what_to_dict_writes_is_what_is_described(
    interface: dict[str, Any], referred: Inspected, doubted: Inspected
) -> None:
    empty = replace(referred, mrz=None, checks=(), models=(), timings_ms={})
    for report in (referred, doubted, empty, without_holder(referred), without_holder(doubted)):
        written = to_dict(report)
        Report.model_validate(written)
        _is_valid(interface, {"$ref": "#/components/schemas/Report"}, written)


@pytest.mark.parametrize("change", [{"schema": "docscan.report/2"}, {"verdict": "forged"}, {"more": 1}, {"id": None}])
def test_what_it_does_not_write_is_not_described(
    interface: dict[str, Any], referred: Inspected, change: dict[str, object]
) -> None:
    with pytest.raises(jsonschema_rs.ValidationError):
        _is_valid(interface, {"$ref": "#/components/schemas/Report"}, {**to_dict(referred), **change})


@pytest.fixture(scope="module")
def tools() -> Tools:
    return open_tools(Settings())


@pytest.mark.parametrize("name", ["genuine", "forged"])
def test_real_reports_are_as_described(interface: dict[str, Any], tools: Tools, name: str) -> None:
    data = (ROOT / f"datasets/samples/{name}-utopia.jpg").read_bytes()
    written = to_dict(inspect(ImageFile(name, data), tools=tools).report)
    Report.model_validate(written)
    _is_valid(interface, {"$ref": "#/components/schemas/Report"}, written)


def test_every_example_is_as_described(interface: dict[str, Any]) -> None:
    checked = 0
    for _, _, operation in _operations(interface):
        for answer in operation["responses"].values():
            for content in answer.get("content", {}).values():
                if "example" in content:
                    _is_valid(interface, content["schema"], content["example"])
                    checked += 1
    assert checked > 20


def test_examples_speak_of_nobody() -> None:
    assert example("report")["document"]["issuing_state"] == "UTO"


def test_every_operation_is_described_whole(interface: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in interface["tags"]}
    for path, method, operation in _operations(interface):
        place = (path, method)
        assert operation["summary"], place
        assert operation["description"], place
        assert set(operation["tags"]) <= tags, place
        assert "421" in operation["responses"], place
        if path.startswith("/v1/"):
            assert "503" in operation["responses"], place
        if "security" in operation:
            assert {"401", "403", "429"} <= set(operation["responses"]), place
        for status, answer in operation["responses"].items():
            assert "X-Request-ID" in answer["headers"], (place, status)
            if status >= "400":
                assert list(answer["content"]) == ["application/problem+json"], (place, status)
            if status in ("429", "503"):
                assert "Retry-After" in answer["headers"], (place, status)
    names = [operation["operationId"] for _, _, operation in _operations(interface)]
    assert len(names) == len(set(names))


def test_nothing_in_it_is_fastapis_own_error(interface: dict[str, Any]) -> None:
    assert not {name for name in interface["components"]["schemas"] if "Validation" in name}
