from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
import pytest
from fastapi.testclient import TestClient

from docscan.service.routes import drift
from docscan.service.storage.database import Database
from docscan.service.watching.drift import (
    DRIFTED,
    Level,
    by_chance,
    by_week,
    last_seven_days,
    stability_index,
)
from docscan.service.watching.reference import CheckReference, ReferenceScores
from tests.docscan.rendering.conftest import capture, page
from tests.docscan.service.conftest import client, make_client
from tests.docscan.service.watching.conftest import NOW, QUALITY, RULE, SCORED, Fill, evaluation

__all__ = ["capture", "client", "make_client", "page"]

WEEK = timedelta(days=7)


def test_a_week_as_the_evaluation_is_stable_and_another_drifts(
    database: Database, fill: Fill, reference: ReferenceScores
) -> None:
    random = np.random.default_rng(3)
    fill(NOW, random.beta(2, 8, 300))
    fill(NOW - WEEK, random.beta(4, 6, 300))
    fill(NOW - 2 * WEEK, random.beta(2, 8, 300), quality={**QUALITY, "sharpness": 0.45})
    with database.begin() as session:
        same, other, blurred = by_week(session, reference, weeks=3, now=NOW)
    assert (same.week, other.week, blurred.week) == ("2026-W48", "2026-W47", "2026-W46")
    assert same.level is Level.STABLE
    scored = {check.check: check.scores for check in other.checks}
    assert scored[SCORED].level is Level.DRIFTED
    assert scored[SCORED].psi is not None
    assert scored[SCORED].psi > DRIFTED
    assert scored[RULE].level is Level.STABLE
    assert {one.measure: one.values.level for one in blurred.quality} == {
        "sharpness": Level.DRIFTED,
        "glare": Level.STABLE,
        "resolution_dpi": Level.STABLE,
    }
    assert [check.scores.level for check in blurred.checks] == [Level.STABLE, Level.STABLE]


def test_of_few_documents_nothing_is_said(database: Database, fill: Fill, reference: ReferenceScores) -> None:
    fill(NOW, np.full(99, 0.99), undetermined=30)
    with database.begin() as session:
        (week,) = by_week(session, reference, weeks=1, now=NOW)
    scored = next(check for check in week.checks if check.check == SCORED)
    assert week.documents == 129
    assert scored.scores.documents == 99
    assert scored.scores.psi is None
    assert scored.scores.level is Level.TOO_FEW
    assert scored.scores.shares == (0, 0, 0, 0, 1)
    assert scored.outcomes["undetermined"] == pytest.approx(30 / 129)
    assert sum(scored.reference_outcomes.values()) == pytest.approx(1)
    assert week.verdicts == {"no_concern": 1, "refer": 0, "insufficient": 0}


def test_a_week_runs_from_monday_to_sunday(database: Database, fill: Fill, reference: ReferenceScores) -> None:
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    fill(monday, np.array([0.1]))
    fill(monday - timedelta(seconds=1), np.array([0.1, 0.2]))
    with database.begin() as session:
        weeks = by_week(session, reference, weeks=3, now=NOW)
        rolling = last_seven_days(session, reference, now=NOW)
    assert [week.documents for week in weeks] == [1, 2, 0]
    assert (weeks[0].since, weeks[0].until) == (monday, monday + WEEK)
    assert rolling.documents == 3


def test_a_rule_that_fails_more_often_drifts(database: Database, fill: Fill, reference: ReferenceScores) -> None:
    fill(NOW, np.full(200, 0.2))
    broken = reference.model_copy(
        update={"checks": {RULE: CheckReference(outcomes={"passed": 100, "failed": 200}, scores=None)}}
    )
    with database.begin() as session:
        (week,) = by_week(session, broken, weeks=1, now=NOW)
    assert [check.scores.level for check in week.checks] == [Level.DRIFTED]
    assert week.checks[0].scores.edges == ()
    assert week.checks[0].scores.shares == (1, 0)


def test_chance_alone_is_hardly_ever_called_drift() -> None:
    random = np.random.default_rng(11)
    known = evaluation().checks[SCORED].scores
    assert known is not None
    true = np.diff([0, *(np.sort(random.beta(2, 8, 200_000)).searchsorted(known.edges) / 200_000), 1])
    for here, there in ((100, 50), (100, 300), (1000, 300)):
        chance = by_chance(here, there, len(true))
        drawn = [
            stability_index(random.multinomial(here, true), random.multinomial(there, true)) > chance
            for _ in range(5000)
        ]
        assert sum(drawn) <= 20  # 5 expected


def test_the_index_of_a_known_case() -> None:
    # (0.5 - 0.25) ln 2 + (0.5 - 0.75) ln (2/3), with half a document more in each bin.
    assert stability_index([5000, 5000], [2500, 7500]) == pytest.approx(0.2747, abs=1e-3)
    assert stability_index([3, 3], [300, 300]) == 0
    assert by_chance(100, 100, 5) == pytest.approx(18.467 * 0.02, rel=0.02)  # a table's chi-squared, 4 degrees, 0.999


def test_the_interface_gives_weeks_and_says_what_they_are_compared_with(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drift, "by_week", partial(by_week, now=NOW))  # in the week of the report that all get
    assert client.post("/v1/inspections", files={"visible": ("a.jpg", b"pixels", "image/jpeg")}).status_code == 201
    found = client.get("/v1/drift?weeks=2").json()
    assert found["reference"]["documents"] == 288
    assert found["reference"]["same_models"] is False  # the tests' service has no models
    present, before = found["weeks"]
    assert (present["documents"], before["documents"]) == (1, 0)
    assert present["level"] == "too_few"
    assert present["verdicts"]["refer"] == 1
    portrait = next(check for check in present["checks"] if check["check"] == "print.portrait")
    assert portrait["outcomes"]["failed"] == 1
    assert portrait["scores"]["shares"] == [0, 0, 0, 0, 1]
    assert client.get("/v1/drift?weeks=0").status_code == 422
