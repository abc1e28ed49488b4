"""ONNX Runtime sessions: manifest verification, execution providers, threads.

The manifest (``models/manifest.json``) is the only thing that the product and ``training/`` share. A model whose
file does not have the manifest's sha256 is refused: a silent fallback would let an inspection look complete
that was not.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from docscan.errors import ModelError
from docscan.types import ModelInfo

SCHEMA = "docscan.models/1"


class ManifestEntry(BaseModel):
    """One model of the manifest; written by ``training``, read here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    version: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    created: str
    dataset: dict[str, Any]  # recipe and seed that make the training data again
    error_rates: dict[str, float]  # measured on the evaluation set named in dataset
    parameters: dict[str, Any]  # what inference needs: input size, classes, thresholds, calibration


class Calibration(BaseModel):
    """What a check's measurement weighs.

    A value's log10 likelihood ratio is ``weight`` times it plus ``intercept``, no lower than ``lowest`` and no higher
    than ``highest``, which the numbers of documents support; the check fails where it reaches ``threshold``. A value
    made up of several numbers is the sum of them times ``weights``. The ratio is against the forgeries that the check
    is there to find, a ``share`` of all: a forger who did something else leaves what it looks at as it was.
    ``askew`` weighs captures that a hand held askew, where there were enough of them to say: they vary more.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: dict[str, float] = {}
    weight: float
    intercept: float
    lowest: float
    highest: float
    threshold: float
    share: float = 1.0  # above 0, at most 1
    genuine: int  # documents of each class that it was fitted on
    forged: int
    askew: "Calibration | None" = None

    def of_capture(self, *, askew: bool) -> "Calibration":
        """Return what weighs a capture, that a camera saw ``askew`` or not."""
        return self.askew if askew and self.askew is not None else self


class Manifest(BaseModel):
    """All models of an installation."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: str = Field(SCHEMA, alias="schema", pattern=f"^{SCHEMA}$")
    models: dict[str, ManifestEntry]
    checks: dict[str, Calibration] = {}  # by id


@dataclass(frozen=True, slots=True)
class Models:
    """A verified folder of models.

    ``sessions`` and ``entries`` share their keys, the models' names.
    """

    entries: Mapping[str, ManifestEntry]
    sessions: Mapping[str, ort.InferenceSession]
    calibrations: Mapping[str, Calibration] = field(default_factory=dict)  # of measured checks, by id

    def infos(self) -> tuple[ModelInfo, ...]:
        """Return what a report says of the models in use."""
        return tuple(
            ModelInfo(name, entry.version, entry.sha256, entry.error_rates) for name, entry in self.entries.items()
        )

    def fusions(self) -> dict[str, Any]:
        """Return, by family of checks, how their likelihood ratios add up, where training fitted it."""
        found: dict[str, Any] = {}
        for entry in self.entries.values():
            found |= entry.parameters.get("fusion", {})
        return found


def read_manifest(folder: Path) -> Manifest:
    """Read ``manifest.json`` of a folder of models.

    Raises
    ------
    ModelError
        The manifest is missing or is not what this version of docscan understands.
    """
    path = folder / "manifest.json"
    try:
        return Manifest.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise ModelError(
            f"There is no model manifest at {path}; set DOCSCAN_MODELS to the folder of the models."
        ) from error
    except (OSError, ValueError, ValidationError) as error:
        raise ModelError(f"The model manifest {path} cannot be understood: {str(error).splitlines()[0]}") from error


def _verified_bytes(folder: Path, name: str, entry: ManifestEntry) -> bytes:
    path = folder / entry.file
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"The file of model {name} is missing: {path}") from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != entry.sha256:
        raise ModelError(
            f"The file of model {name}, {path}, is not the one of the manifest "
            f"(sha256 {digest[:12]}… instead of {entry.sha256[:12]}…). Put the right file back; nothing was inspected."
        )
    return data


def _session(data: bytes, providers: Sequence[str], threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    available = set(ort.get_available_providers())
    chosen = [provider for provider in providers if provider in available] or ["CPUExecutionProvider"]
    session = ort.InferenceSession(data, options, providers=chosen)
    _warm_up(session)
    return session


def _warm_up(session: ort.InferenceSession) -> None:
    """Answer once for nothing: no document is to wait while a provider prepares. Not where an input is of free size."""
    shapes = {wanted.name: list(wanted.shape) for wanted in session.get_inputs()}
    if all(isinstance(side, int) for shape in shapes.values() for side in shape[1:]):
        session.run(None, {name: np.zeros((1, *shape[1:]), np.float32) for name, shape in shapes.items()})


def open_models(folder: Path, *, providers: Sequence[str], threads: int, only: Collection[str] | None = None) -> Models:
    """Verify the models of a folder and open a session for each.

    Parameters
    ----------
    folder
        Holds ``manifest.json`` and the ONNX files that it names.
    providers
        ONNX Runtime execution providers, best first; those not available here are left out.
    threads
        Threads inside one session.
    only
        Names of the models to open; None: all of them.

    Raises
    ------
    ModelError
        The manifest or a file is missing, or a file is not the one that the manifest names.
    """
    manifest = read_manifest(folder)
    entries = {name: entry for name, entry in manifest.models.items() if only is None or name in only}
    sessions = {
        name: _session(_verified_bytes(folder, name, entry), providers, threads) for name, entry in entries.items()
    }
    return Models(entries, sessions, manifest.checks)
