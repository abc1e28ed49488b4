"""What is shipped for Grafana and Prometheus asks for numbers that there are."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from docscan.service.storage.database import Database
from docscan.service.watching.metrics import REGISTRY
from docscan.service.watching.reference import ReferenceScores
from docscan.service.watching.stored import Stored
from tests.conftest import ROOT
from tests.docscan.service.watching.conftest import Fill

GRAFANA = ROOT / "deploy" / "grafana" / "docscan.json"
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"

# Of samples by what Prometheus adds to them, and of histograms.
_ADDED = {"instance", "job", "le"}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'docscan.db'}")
    yield opened
    opened.close()


@pytest.fixture
def known(database: Database, fill: Fill, reference: ReferenceScores) -> dict[str, set[str]]:
    """Every series' name that there can be, with its labels."""
    found: dict[str, set[str]] = {}
    for metric in REGISTRY._collector_to_names:  # each of this process
        labels = set(metric._labelnames)  # type: ignore[attr-defined]
        name, kind = metric._name, metric._type  # type: ignore[attr-defined]
        ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(kind, ("",))
        found |= {name + end: labels for end in ends}
    fill(datetime.now(UTC), np.full(100, 0.5))
    for family in Stored(database, reference).families():
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def _expressions(panels: list[dict[str, Any]]) -> list[str]:
    return [target["expr"] for panel in panels for target in panel.get("targets", ())]


def _are_known(expressions: list[str], known: dict[str, set[str]]) -> None:
    for expression in expressions:
        names = set(re.findall(r"\bdocscan_\w+", expression))
        assert names <= set(known), expression
        assert names or "up{" in expression, expression
        labels = set().union(*(known[name] for name in names)) | _ADDED
        for group in re.findall(r"\bby \(([^)]*)\)", expression):
            assert {label.strip() for label in group.split(",")} <= labels, expression
        for inside in re.findall(r"\{([^}]*)\}", expression):
            assert set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", inside)) <= labels, expression
        assert expression.count("(") == expression.count(")")


def test_the_dashboard_asks_for_what_there_is(known: dict[str, set[str]]) -> None:
    dashboard = json.loads(GRAFANA.read_text(encoding="utf-8"))
    assert dashboard["schemaVersion"] >= 39
    assert dashboard["uid"] == "docscan"
    variables = {one["name"]: one for one in dashboard["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    assert variables["datasource"]["query"] == "prometheus"
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    shown = [panel for panel in panels if panel["type"] != "row"]
    assert len(shown) > 20
    for panel in shown:
        assert panel["title"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert panel["targets"]
    _are_known([*_expressions(panels), variables["instance"]["query"]["query"]], known)


def test_no_two_panels_lie_on_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(GRAFANA.read_text(encoding="utf-8"))["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_every_number_is_shown_or_watched(known: dict[str, set[str]]) -> None:
    text = GRAFANA.read_text(encoding="utf-8") + ALERTS.read_text(encoding="utf-8")
    ends = ("_bucket", "_sum", "_count")
    unseen = {name for name in known if name not in text and not name.endswith(ends)}
    assert unseen == {"docscan_drift_documents", "docscan_sealed_bytes"}  # for whoever looks closer


def test_the_alerts_ask_for_what_there_is(known: dict[str, set[str]]) -> None:
    (group,) = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    rules = group["rules"]
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 10
    _are_known([rule["expr"] for rule in rules], known)
    for rule in rules:
        assert rule["labels"]["severity"] in ("warning", "critical")
        for label in re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]):
            assert label in _ADDED or label in rule["expr"] or label in known[_first(rule["expr"])]


def _first(expression: str) -> str:
    found = re.search(r"\bdocscan_\w+", expression)
    assert found
    return found[0]
