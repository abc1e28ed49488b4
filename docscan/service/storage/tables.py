"""The tables. Nothing in them tells who carried a document: that is in sealed files, while it is kept at all."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, ForeignKey, Index, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Moment(TypeDecorator[datetime]):
    """An aware datetime, in UTC; SQLite forgets the zone, so it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Bring to UTC."""
        del dialect
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that it is UTC."""
        del dialect
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Of all tables."""

    type_annotation_map = {datetime: Moment, str: String}  # noqa: RUF012  # as SQLAlchemy declares it


class Inspection(Base):
    """One document that was inspected: what was found, without its holder."""

    __tablename__ = "inspections"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    created: Mapped[datetime] = mapped_column(index=True)
    created_by: Mapped[str] = mapped_column(String(64), index=True)  # Principal.id
    post: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(16), index=True)
    issuing_state: Mapped[str | None] = mapped_column(String(8), index=True)
    document_code: Mapped[str | None] = mapped_column(String(8))
    format: Mapped[str | None] = mapped_column(String(8))
    model: Mapped[str | None] = mapped_column(String(128))  # document model
    log10_lr: Mapped[float]
    sharpness: Mapped[float]  # of the capture, as in Quality
    glare: Mapped[float]
    resolution_dpi: Mapped[float]
    report: Mapped[str] = mapped_column(Text)  # a whole Report without its holder (storage/form.py)
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batches.id"), index=True)
    # The second line's queue.
    handed_on: Mapped[datetime | None]  # None: never in the queue
    assigned_to: Mapped[str | None] = mapped_column(String(64))  # Principal.id
    closed: Mapped[datetime | None]  # when the second line decided


class Decision(Base):
    """What a person found; the newest counts, none is ever changed."""

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[str] = mapped_column(ForeignKey("inspections.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    line: Mapped[int]  # 1 or 2
    finding: Mapped[str] = mapped_column(String(16))  # genuine, forged, unclear
    kind: Mapped[str | None] = mapped_column(String(64))  # of forgery
    comment: Mapped[str | None] = mapped_column(Text)


class Comment(Base):
    """What a person noted on an inspection."""

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[str] = mapped_column(ForeignKey("inspections.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)


class CheckScore(Base):
    """A check's outcome and score, for statistics and drift."""

    __tablename__ = "check_scores"

    inspection_id: Mapped[str] = mapped_column(ForeignKey("inspections.id"), primary_key=True)
    check_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(16))
    score: Mapped[float | None]
    log10_lr: Mapped[float]


class Sealed(Base):
    """An encrypted file: the whole report, its pictures, an image; until ``expires``."""

    __tablename__ = "sealed"
    __table_args__ = (UniqueConstraint("inspection_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[str] = mapped_column(ForeignKey("inspections.id"), index=True)
    name: Mapped[str] = mapped_column(String(64))  # report, pictures, visible, uv, ir
    path: Mapped[str] = mapped_column(String(255))  # below the blobs' root; says nothing of the document
    key_id: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    expires: Mapped[datetime] = mapped_column(index=True)


class IdempotencyKey(Base):
    """A POST that was answered: the same key again gets the same inspection (draft-ietf-httpapi-idempotency-key)."""

    __tablename__ = "idempotency_keys"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)  # of principal, route and key
    fingerprint: Mapped[str] = mapped_column(String(64))  # of what was sent
    resource_id: Mapped[str] = mapped_column(String(36))
    created: Mapped[datetime] = mapped_column(index=True)


class AuditEntry(Base):
    """A link of the audit chain; only ever added."""

    __tablename__ = "audit"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32))  # as it was hashed: RFC 3339, UTC
    actor: Mapped[str] = mapped_column(String(64))  # Principal.id
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(Text)  # canonical JSON, never personal
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class User(Base):
    """A person's account."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("oidc_issuer", "oidc_subject"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(128), unique=True)  # login name
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str | None] = mapped_column(String(255))  # argon2id; None: OIDC alone
    oidc_issuer: Mapped[str | None] = mapped_column(String(255))
    oidc_subject: Mapped[str | None] = mapped_column(String(255))
    created: Mapped[datetime]
    disabled: Mapped[datetime | None]


class ApiKey(Base):
    """A scanner's key."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)  # its public beginning
    name: Mapped[str] = mapped_column(String(128))
    secret_hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[str] = mapped_column(Text)  # Permissions, by blanks
    created: Mapped[datetime]
    expires: Mapped[datetime | None]
    revoked: Mapped[datetime | None]
    last_used: Mapped[datetime | None]


class Session(Base):
    """A browser's session."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created: Mapped[datetime]
    seen: Mapped[datetime]
    expires: Mapped[datetime] = mapped_column(index=True)


class Batch(Base):
    """Many documents that were sent together."""

    __tablename__ = "batches"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    created: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(64))
    ended: Mapped[datetime | None]


class BatchItem(Base):
    """One document of a batch, in the order sent; its file's name is not kept, for it can be personal."""

    __tablename__ = "batch_items"
    __table_args__ = (Index("ix_batch_items_waiting", "batch_id", "state"),)

    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # from 1
    state: Mapped[str] = mapped_column(String(16))  # waiting, done, failed
    path: Mapped[str | None] = mapped_column(String(255))  # of its sealed image, while it waits
    key_id: Mapped[str] = mapped_column(String(64))  # that its image was sealed under
    attempts: Mapped[int]  # begun, be it that the process died
    taken_until: Mapped[datetime | None]  # by a process; later than this it has died
    inspection_id: Mapped[str | None] = mapped_column(String(36))
    error: Mapped[str | None] = mapped_column(Text)
