"""Inspections as the service keeps them: in the database without their holder, whole in sealed files for a time.

An inspection is acknowledged when :meth:`Records.add` returns: sealed files are written first, then one transaction has
everything else. What a crash leaves between the two is a file without a row, which the purge deletes.
"""

import logging
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from docscan.privacy import names_holder, without_holder
from docscan.rendering.pictures import Pictures
from docscan.service.access.principal import Principal
from docscan.service.storage import idempotency, searching, second_line
from docscan.service.storage.audit import Audit
from docscan.service.storage.database import Database, StorageError
from docscan.service.storage.form import pictures_from_bytes, pictures_to_bytes, report_from_bytes, report_to_bytes
from docscan.service.storage.idempotency import Claim
from docscan.service.storage.safe import Deposit, Safe
from docscan.service.storage.tables import CheckScore, Comment, Decision, Inspection, Sealed
from docscan.service.storage.vault import is_ephemeral
from docscan.service.storage.vocabulary import (
    Decided,
    Finding,
    ForgeryKind,
    Found,
    HolderNamedError,
    Kept,
    Noted,
    Query,
    Record,
    Summary,
    UnknownInspectionError,
)
from docscan.settings import Settings
from docscan.types import Report

T = TypeVar("T")

_log = logging.getLogger("docscan.service")

REPORT, PICTURES = "report", "pictures"
"""Names of sealed files, beside those of the lights."""


class Records:
    """The inspections of a service.

    Parameters
    ----------
    database
        Has everything that says nothing of a holder.
    safe
        Has the rest.
    settings
        Say what is kept for how long.
    """

    def __init__(self, database: Database, safe: Safe, settings: Settings) -> None:
        self._database = database
        self._safe = safe
        self._settings = settings

    def add(
        self,
        report: Report,
        pictures: Pictures,
        images: Mapping[str, bytes],
        principal: Principal,
        *,
        batch_id: str | None = None,
        claim: Claim | None = None,
        also: Callable[[Session], None] | None = None,
    ) -> None:
        """Keep a new inspection.

        Parameters
        ----------
        report, pictures
            Whole, as they were made.
        images
            The files as they were sent, by light; kept with retention alone.
        principal
            Who had it inspected.
        batch_id
            The batch that it belongs to.
        claim
            The idempotency key that stands for it from now on.
        also
            More to do in the same transaction.

        Raises
        ------
        TakenError
            Another process answered a request of the same key meanwhile; nothing was kept.
        StorageError
            Nothing was kept.
        """
        contents = self._contents(report, pictures, images)
        deposits = dict(zip(contents, self._safe.put_all(contents.values(), kept=self._retained), strict=True))
        with self._safe.recording(deposits.values()), self._database.begin() as session:
            if claim is not None:
                idempotency.take(session, claim, report.id)
            session.add(_inspection(report, principal, self._settings.post or "", batch_id))
            session.flush()  # before what refers to it
            session.add_all(_scores(report))
            session.add_all(_sealed(report.id, deposits, datetime.now(UTC) + self._kept_for))
            if also is not None:
                also(session)
            Audit.append(session, actor=principal.id, action="inspection.created", subject=report.id)

    def answered(self, claim: Claim, principal: Principal) -> Kept | None:
        """Return what a request of this key was answered with; None where it is new.

        Raises
        ------
        KeyReusedError
            It came with another body.
        """
        with self._database.read() as session:
            inspection_id = idempotency.answered(session, claim)
        return None if inspection_id is None else self._kept(inspection_id, principal, "inspection.replayed")

    def get(self, inspection_id: str, principal: Principal) -> Kept:
        """Return a report as far as it is kept; that somebody looked is in the audit log before they see it.

        Raises
        ------
        UnknownInspectionError
            There is no such inspection.
        """
        return self._kept(inspection_id, principal, "inspection.viewed")

    def region(self, inspection_id: str, name: str, principal: Principal, *, other_side: bool = False) -> Kept:
        """Return the same for one region's picture, of this side or of a card's other one, which the audit log names.

        Raises
        ------
        UnknownInspectionError
            There is no such inspection, or its report has no such region.
        """
        with self._database.read() as session:
            stored = session.scalar(select(Inspection.report).where(Inspection.id == inspection_id))
        report = None if stored is None else report_from_bytes(stored)
        report = report.other_side if report is not None and other_side else report
        checks = () if report is None else report.checks
        # The log names what the report names, never what a stranger put into an address.
        if all(check.region is None or check.region.name != name for check in checks):
            raise UnknownInspectionError("There is no report with such a region.")
        side = {"side": "other"} if other_side else {}
        kept = self._kept(inspection_id, principal, "inspection.region_viewed", {"region": name} | side)
        return kept.other_side if other_side else kept

    def record(self, inspection_id: str) -> Record:
        """Return what people did with an inspection.

        Raises
        ------
        UnknownInspectionError
            There is no such inspection.
        """
        with self._database.read() as session:
            summary = searching.summary_of(session, inspection_id)
            if summary is None:
                raise UnknownInspectionError
            decisions = session.scalars(
                select(Decision).where(Decision.inspection_id == inspection_id).order_by(Decision.id)
            )
            comments = session.scalars(
                select(Comment).where(Comment.inspection_id == inspection_id).order_by(Comment.id)
            )
            return Record(summary, tuple(map(_decided, decisions)), tuple(map(_noted, comments)))

    def search(self, query: Query) -> Found:
        """Return a page of the inspections that fit, newest first.

        Raises
        ------
        UsageError
            The cursor is none of this service's.
        """
        with self._database.read() as session:
            return searching.search(session, query)

    def queue(self) -> tuple[Summary, ...]:
        """Return what waits for the second line, that which waits longest first."""
        with self._database.read() as session:
            return searching.queue(session)

    def decide(
        self,
        inspection_id: str,
        principal: Principal,
        finding: Finding,
        kind: ForgeryKind | None = None,
        comment: str | None = None,
    ) -> None:
        """State what a document was found to be, as :func:`second_line.decide`.

        Raises
        ------
        HolderNamedError
            The comment names the document's holder, as far as that is still known.
        """
        self._refuse_holder(inspection_id, comment or "")
        with self._database.begin() as session:
            second_line.decide(session, inspection_id, principal, finding, kind, comment)

    def comment(self, inspection_id: str, principal: Principal, text: str) -> None:
        """Note something on an inspection, as :func:`second_line.comment`.

        Raises
        ------
        HolderNamedError
            The text names the document's holder, as far as that is still known.
        """
        self._refuse_holder(inspection_id, text)
        with self._database.begin() as session:
            second_line.comment(session, inspection_id, principal, text)

    def hand_on(self, inspection_id: str, principal: Principal) -> None:
        """Put an inspection into the second line's queue, as :func:`second_line.hand_on`."""
        with self._database.begin() as session:
            second_line.hand_on(session, inspection_id, principal)

    def assign(self, inspection_id: str, principal: Principal, *, to: str | None) -> None:
        """Take an inspection of the queue on or release it, as :func:`second_line.assign`."""
        with self._database.begin() as session:
            second_line.assign(session, inspection_id, principal, to=to)

    @property
    def _retained(self) -> bool:
        return self._settings.retention_days > 0

    @property
    def _kept_for(self) -> timedelta:
        if self._retained:
            return timedelta(days=self._settings.retention_days)
        return timedelta(minutes=self._settings.desk_minutes)

    def _contents(self, report: Report, pictures: Pictures, images: Mapping[str, bytes]) -> dict[str, bytes]:
        contents = {REPORT: report_to_bytes(report), PICTURES: pictures_to_bytes(pictures)}
        return {**contents, **images} if self._retained else contents

    def _refuse_holder(self, inspection_id: str, text: str) -> None:
        if not text:
            return
        with self._database.read() as session:
            sealed = session.scalars(
                select(Sealed).where(
                    Sealed.inspection_id == inspection_id, Sealed.name == REPORT, Sealed.expires > datetime.now(UTC)
                )
            ).one_or_none()
        report = self._opened(sealed, report_from_bytes)
        if report is not None and names_holder(text, report):
            raise HolderNamedError

    def _kept(
        self, inspection_id: str, principal: Principal, action: str, detail: Mapping[str, str] | None = None
    ) -> Kept:
        with self._database.begin() as session:
            stored = session.scalar(select(Inspection.report).where(Inspection.id == inspection_id))
            if stored is None:
                raise UnknownInspectionError
            sealed = session.scalars(
                select(Sealed).where(Sealed.inspection_id == inspection_id, Sealed.expires > datetime.now(UTC))
            ).all()
            Audit.append(session, actor=principal.id, action=action, subject=inspection_id, detail=detail)
        files = {row.name: row for row in sealed}
        report = self._opened(files.get(REPORT), report_from_bytes)
        pictures = self._opened(files.get(PICTURES), pictures_from_bytes)
        return Kept(report or report_from_bytes(stored), pictures)

    def _opened(self, sealed: Sealed | None, read: Callable[[bytes], T]) -> T | None:
        if sealed is None or (is_ephemeral(sealed.key_id) and not self._safe.vault.holds(sealed.key_id)):
            return None
        try:
            return read(self._safe.get(sealed.path))
        except StorageError as error:
            # The report without its holder is still an answer.
            _log.warning("the sealed %s of inspection %s: %s", sealed.name, sealed.inspection_id, error)
            return None


def _inspection(report: Report, principal: Principal, post: str, batch_id: str | None) -> Inspection:
    document = report.document
    return Inspection(
        id=report.id,
        created=report.created,
        created_by=principal.id,
        post=post,
        verdict=report.verdict.value,
        issuing_state=document.issuing_state,
        document_code=document.code,
        format=None if document.format is None else str(document.format),
        model=document.model,
        log10_lr=report.confidence.log10_lr,
        sharpness=report.quality.sharpness,
        glare=report.quality.glare,
        resolution_dpi=report.quality.resolution_dpi,
        report=report_to_bytes(without_holder(report)).decode(),
        batch_id=batch_id,
    )


def _scores(report: Report) -> list[CheckScore]:
    return [
        CheckScore(
            inspection_id=report.id,
            check_id=check.id,
            outcome=check.outcome.value,
            score=check.score if check.score is not None and math.isfinite(check.score) else None,
            log10_lr=check.log10_lr,
        )
        for check in report.checks
    ]


def _sealed(inspection_id: str, deposits: Mapping[str, Deposit], expires: datetime) -> list[Sealed]:
    return [
        Sealed(
            inspection_id=inspection_id,
            name=name,
            path=deposit.path,
            key_id=deposit.key_id,
            size=deposit.size,
            expires=expires,
        )
        for name, deposit in deposits.items()
    ]


def _decided(row: Decision) -> Decided:
    kind = None if row.kind is None else ForgeryKind(row.kind)
    return Decided(row.at, row.by, row.line, Finding(row.finding), kind, row.comment)


def _noted(row: Comment) -> Noted:
    return Noted(row.at, row.by, row.text)
