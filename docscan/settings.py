"""Every knob in one place: environment variables named ``DOCSCAN_…``, read once at the edge."""

import os
import sys
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_models() -> Path:
    """Return the models of the checkout, or those that an installed wheel brought."""
    checkout = Path(__file__).resolve().parent.parent / "models"
    return checkout if checkout.is_dir() else Path(sys.prefix) / "share" / "docscan" / "models"


def _default_documents() -> Path:
    """Return where the XDG base directory specification wants a user's data."""
    data = os.environ.get("XDG_DATA_HOME", "")
    home = Path(data) if data.startswith("/") else Path.home() / ".local" / "share"
    return home / "docscan" / "documents"


class Settings(BaseSettings):
    """What an installation may change."""

    model_config = SettingsConfigDict(env_prefix="DOCSCAN_", frozen=True)

    max_bytes: int = Field(50_000_000, gt=0, description="Largest image file accepted, in bytes.")
    max_pixels: int = Field(80_000_000, gt=0, description="Largest picture accepted, in pixels, read from its header.")
    models: Path = Field(default_factory=_default_models, description="Folder of manifest.json and the ONNX files.")
    documents: Path = Field(
        default_factory=_default_documents, description="Library of document models; may be absent."
    )
    threads: int = Field(2, ge=1, description="Threads of one inspection; those beside the first are shared.")
    providers: tuple[str, ...] = Field(
        ("CUDAExecutionProvider", "TensorrtExecutionProvider", "OpenVINOExecutionProvider", "CPUExecutionProvider"),
        description="ONNX Runtime execution providers, best first; those not available are left out.",
    )
    prior: float = Field(0.01, gt=0, lt=1, description="Share of forged documents among those inspected.")
    refer_log10_lr: float = Field(1.0, description="Fused log10 likelihood ratio from which a person must look.")
    host: str = Field("127.0.0.1", description="Address that the service listens on.")
    port: int = Field(8080, ge=1, le=65535, description="Port that the service listens on.")
    service_workers: int = Field(2, ge=1, description="Inspections that the service runs at once.")
    service_queue: int = Field(
        16, ge=1, description="Inspections waiting or running beyond which the service answers 503."
    )
    reports_kept: int = Field(
        1000, ge=1, description="Reports that the service holds in memory, oldest forgotten first."
    )
