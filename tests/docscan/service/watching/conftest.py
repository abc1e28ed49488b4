"""An evaluation, and weeks of a post that are like it or not."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from uuid import uuid4

import numpy as np
import pytest
from numpy.typing import NDArray

from docscan.service.storage.database import Database
from docscan.service.storage.tables import CheckScore, Inspection
from docscan.service.watching.reference import SCHEMA, CheckReference, ReferenceScores, digest
from docscan.types import Outcome
from tests.docscan.service.storage.conftest import database, database_url, postgres
from training.witnesses.reference import bins_of

__all__ = ["database", "database_url", "postgres"]

SCORED, RULE = "print.viz", "mrz.check_digits"
QUALITY = {"sharpness": 0.6, "glare": 0.01, "resolution_dpi": 400.0}

Fill = Callable[..., None]


def evaluation(documents: int = 300, seed: int = 1) -> ReferenceScores:
    random = np.random.default_rng(seed)
    scores = random.beta(2, 8, documents)
    rule = {Outcome.PASSED.value: documents - 1, Outcome.FAILED.value: 1}
    spoke = {Outcome.PASSED.value: documents, Outcome.UNDETERMINED.value: documents // 10}
    return ReferenceScores(
        schema=SCHEMA,
        made_from="Numbers drawn at random.",
        dataset={"seed": seed},
        created="2026-11-01",
        models={"region": "ab" * 32},
        calibrations=digest({}),
        documents=documents,
        verdicts={"no_concern": documents - 30, "refer": 10, "insufficient": 20},
        checks={
            SCORED: CheckReference(outcomes=spoke, scores=bins_of(list(scores))),
            RULE: CheckReference(outcomes=rule, scores=None),
        },
        quality={name: bins_of(list(random.normal(mean, mean / 5, documents))) for name, mean in QUALITY.items()},
    )


@pytest.fixture
def reference() -> ReferenceScores:
    return evaluation()


def one(created: datetime, score: float | None, quality: Mapping[str, float]) -> tuple[Inspection, list[CheckScore]]:
    name = str(uuid4())
    inspection = Inspection(
        id=name,
        created=created,
        created_by="local",
        post="",
        verdict="no_concern",
        log10_lr=0.0,
        report="{}",
        **quality,
    )
    outcome = Outcome.UNDETERMINED if score is None else Outcome.PASSED
    return inspection, [
        CheckScore(inspection_id=name, check_id=SCORED, outcome=outcome, score=score, log10_lr=0.0),
        CheckScore(inspection_id=name, check_id=RULE, outcome=Outcome.PASSED, score=None, log10_lr=0.0),
        CheckScore(inspection_id=name, check_id="not.evaluated", outcome=Outcome.PASSED, score=0.5, log10_lr=0.0),
    ]


@pytest.fixture
def fill(database: Database) -> Fill:
    random = np.random.default_rng(7)

    def fill_(
        created: datetime, scores: NDArray[np.float64], *, undetermined: int = 0, quality: Mapping[str, float] = QUALITY
    ) -> None:
        with database.begin() as session:
            for score in [*scores, *[None] * undetermined]:
                seen = {name: float(random.normal(mean, QUALITY[name] / 5)) for name, mean in quality.items()}
                inspection, found = one(created, None if score is None else float(score), seen)
                session.add(inspection)
                session.flush()
                session.add_all(found)

    return fill_


NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)  # a Thursday
