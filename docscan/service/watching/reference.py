"""How checks answered and captures looked in the evaluation: what a post's weeks are compared with.

``models/reference_scores.json``, written by ``python -m training.witnesses reference``.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from docscan.errors import ModelError
from docscan.runtime import Calibration
from docscan.tools import Tools

FILE = "reference_scores.json"
SCHEMA = "docscan.reference_scores/1"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bins(_Part):
    """A distribution: ``counts[i]`` values lie below ``edges[i]`` and not below the edge before; the last, above all.

    Without edges there is one bin.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]


class CheckReference(_Part):
    """How one check answered."""

    outcomes: Mapping[str, int]  # documents, by Outcome
    scores: Bins | None  # of documents on which it spoke; None: a rule decides, which has no score


class ReferenceScores(_Part):
    """The whole file."""

    schema_: str = Field(SCHEMA, alias="schema", pattern=f"^{SCHEMA}$")
    made_from: str  # in words, with how many documents of which kind
    dataset: Mapping[str, Any]  # seed, states, documents
    created: str  # day
    models: Mapping[str, str]  # sha256 by name
    calibrations: str  # sha256 of the measured checks' calibrations
    documents: int
    verdicts: Mapping[str, int]
    checks: Mapping[str, CheckReference]
    quality: Mapping[str, Bins]  # sharpness, glare, resolution_dpi

    def is_of(self, tools: Tools) -> bool:
        """Whether these models and calibrations were evaluated; if not, scores may differ for that alone."""
        used = {model.name: model.sha256 for model in tools.infos()}
        return dict(self.models) == used and self.calibrations == digest(tools.models.calibrations)


def digest(calibrations: Mapping[str, Calibration]) -> str:
    """Return the sha256 of the calibrations of measured checks, as canonical JSON."""
    plain = {name: one.model_dump() for name, one in calibrations.items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def read_reference(models: Path) -> ReferenceScores | None:
    """Read the file of a folder of models; None where it has none.

    Raises
    ------
    ModelError
        The file is not what this version of docscan understands.
    """
    path = models / FILE
    if not path.exists():
        return None
    try:
        return ReferenceScores.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise ModelError(f"The file {path} cannot be understood: {str(error).splitlines()[0]}") from error
