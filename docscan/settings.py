"""Every knob in one place: environment variables named ``DOCSCAN_…``, read once at the edge."""

import os
import sys
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

POST_NAME = r"\w[\w.-]*( [\w.-]+)*"  # letters and digits of any script, dots, dashes and single spaces
LONGEST_POST_NAME = 40


def _default_models() -> Path:
    """Return the models of the checkout, or those that an installed wheel brought."""
    checkout = Path(__file__).resolve().parent.parent / "models"
    return checkout if checkout.is_dir() else Path(sys.prefix) / "share" / "docscan" / "models"


def _default_data() -> Path:
    """Return where the XDG base directory specification wants a user's data."""
    data = os.environ.get("XDG_DATA_HOME", "")
    home = Path(data) if data.startswith("/") else Path.home() / ".local" / "share"
    return home / "docscan"


class Settings(BaseSettings):
    """What an installation may change."""

    model_config = SettingsConfigDict(env_prefix="DOCSCAN_", frozen=True)

    max_bytes: int = Field(50_000_000, gt=0, description="Largest image file accepted, in bytes.")
    max_pixels: int = Field(80_000_000, gt=0, description="Largest picture accepted, in pixels, read from its header.")
    models: Path = Field(default_factory=_default_models, description="Folder of manifest.json and the ONNX files.")
    documents: Path = Field(
        default_factory=lambda: _default_data() / "documents", description="Library of document models; may be absent."
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
        16, ge=1, description="Inspections arriving, waiting or running beyond which the service answers 503."
    )
    batch_documents: int = Field(1000, ge=1, description="Documents that one batch may have.")
    batch_bytes: int = Field(500_000_000, gt=0, description="Bytes that the files of one batch may have, unpacked.")
    batch_waiting: int = Field(
        10_000, ge=1, description="Documents of all batches waiting, beyond which a new batch is answered 503."
    )
    post: str | None = Field(
        None,
        pattern=f"^{POST_NAME}$",
        max_length=LONGEST_POST_NAME,
        description="Short name of the border post, in logs for statistics; never a person's.",
    )
    data: Path = Field(
        default_factory=lambda: _default_data() / "service", description="The service's own folder: database, files."
    )
    database: str = Field("", description="URL of the database; empty: SQLite in the data folder.")
    blobs: str = Field("", description="Where sealed files go (an fsspec URL); empty: a folder in the data folder.")
    desk_minutes: int = Field(
        15,
        ge=1,
        description="Minutes in which the desk sees pictures and data again; their key dies with the service.",
    )
    retention_days: int = Field(
        0, ge=0, description="How long images and holders' data are kept, sealed; 0: not at all."
    )
    key_file: Path | None = Field(None, description="Keys of what is kept, newest first; needed for retention.")
    keys: SecretStr = Field(SecretStr(""), description="The same keys, by commas, instead of a file.")

    log: Literal["json", "text"] = Field("json", description="How the service writes its log.")
    traces: str = Field(
        "", description="Where OpenTelemetry traces go (an OTLP/HTTP endpoint, extra traces); empty: nowhere."
    )
    hosts: tuple[str, ...] = Field((), description="Host names that the service is reached by, besides loopback's.")
    proxies: tuple[str, ...] = Field(
        (), description="Addresses or networks of proxies whose X-Forwarded-For and -Proto are believed."
    )
    tls_certificate: Path | None = Field(None, description="Certificate chain (PEM); with it the service speaks TLS.")
    tls_key: Path | None = Field(None, description="The certificate's private key (PEM).")
    body_seconds: float = Field(120, gt=0, description="Longest that a client may take to send a request.")
    session_hours: float = Field(12, gt=0, description="Longest session of a person, from login.")
    session_idle_minutes: float = Field(30, gt=0, description="Minutes without a request that end a session.")
    login_attempts: int = Field(10, ge=1, description="Login attempts for one name in 15 minutes.")
    login_attempts_address: int = Field(60, ge=1, description="Login attempts from one address in 15 minutes.")
    requests_per_minute: int = Field(1200, ge=1, description="Requests of one person, key or unknown address.")
    setup_token: SecretStr = Field(
        SecretStr(""), description="Lets a browser make the first account; empty: docscan serve makes one up."
    )
    oidc_issuer: str = Field("", description="URL of an OpenID Connect provider; empty: none.")
    oidc_client_id: str = Field("", description="What the provider calls docscan.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="The secret it gave docscan; empty: none.")
    oidc_scope: str = Field("openid profile", description="What is asked of the provider.")
    oidc_name_claim: str = Field("preferred_username", description="Claim that names a person.")
    oidc_role_claim: str = Field("roles", description="Claim of a person's roles; dots lead inwards.")
    oidc_roles: dict[str, Literal["officer", "examiner", "administrator"]] = Field(
        {"administrator": "administrator", "examiner": "examiner", "officer": "officer"},
        description="The claim's values and their roles; the first that a person has counts.",
    )

    def __hash__(self) -> int:
        """Return a hash though a mapping is among the settings: whoever opens tools keeps them by these."""
        return hash(self.model_dump_json())

    @property
    def database_url(self) -> str:
        """The database's URL, the default worked out."""
        return self.database or f"sqlite:///{self.data / 'docscan.db'}"

    @property
    def blobs_url(self) -> str:
        """Where sealed files go, the default worked out."""
        return self.blobs or str(self.data / "blobs")
