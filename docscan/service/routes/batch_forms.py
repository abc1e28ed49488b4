"""What the routes of batches give, and what they are sent."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from docscan.service.storage.batches import Progress, State, UnknownBatchError
from docscan.service.uploads import IMAGE_TYPES
from docscan.types import Verdict

_ID = "6f1d3c1e-7a4c-4b0e-9f55-1c2b8f4f1f6a"
_WHO = "user:5f0c5f8e-3d9b-4a51-8f0e-2f3d5b1c9a77"


def _known_form(batch_id: Annotated[str, Path(description="The batch's id.", examples=[_ID])]) -> str:
    try:
        return str(UUID(batch_id))
    except ValueError as error:
        raise UnknownBatchError from error


BatchId = Annotated[str, Depends(_known_form)]
"""The id in a path; what is no id is not found."""

# What OpenAPI says of the body, which is read by hand so that it can be refused before it is held.
REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "oneOf": [
                    {
                        "type": "object",
                        "required": ["zip"],
                        "additionalProperties": False,
                        "properties": {
                            "zip": {
                                "type": "string",
                                "format": "binary",
                                "description": (
                                    "A zip of images, one document each; files that are none by their names are passed "
                                    "over. Documents are numbered as the zip lists them."
                                ),
                            }
                        },
                    },
                    {
                        "type": "object",
                        "required": ["visible"],
                        "additionalProperties": False,
                        "properties": {
                            "visible": {
                                "type": "array",
                                "minItems": 1,
                                "items": {"type": "string", "format": "binary"},
                                "description": "Images under visible light, one document each.",
                            }
                        },
                    },
                ]
            },
            "encoding": {"visible": {"contentType": IMAGE_TYPES}, "zip": {"contentType": "application/zip"}},
        }
    },
}


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CountsForm(_Form):
    """How far the documents of a batch are."""

    waiting: int = Field(ge=0)
    done: int = Field(ge=0)
    failed: int = Field(ge=0, description="Those that could not be inspected; each says why.")


class VerdictsForm(_Form):
    """What was said of those that are done."""

    no_concern: int = Field(ge=0)
    refer: int = Field(ge=0)
    insufficient: int = Field(ge=0)


class BatchForm(_Form):
    """A batch, and how far it is."""

    id: str = Field(examples=[_ID])
    created: datetime
    created_by: str = Field(examples=[_WHO])
    ended: datetime | None = Field(description="When the last document was done; null: some wait.")
    documents: CountsForm
    verdicts: VerdictsForm


class ItemForm(_Form):
    """A document of a batch. Its file's name is not kept, for it can be personal: count as you sent."""

    number: int = Field(ge=1, description="In the order sent.")
    state: State
    inspection: str | None = Field(description="Address of its report.", examples=[f"/v1/inspections/{_ID}"])
    verdict: Verdict | None
    error: str | None = Field(description="Why it could not be inspected.")


class BatchWithItemsForm(BatchForm):
    """A batch, document by document."""

    items: list[ItemForm]


class BatchesForm(_Form):
    """The newest batches."""

    batches: list[BatchForm]


def counts_of(progress: Progress) -> dict[str, Any]:
    """Return what both forms of a batch hold."""
    return {
        "id": progress.id,
        "created": progress.created,
        "created_by": progress.created_by,
        "ended": progress.ended,
        "documents": CountsForm(**{state.value: progress.states[state] for state in State}),
        "verdicts": VerdictsForm(**{verdict.value: progress.verdicts[verdict] for verdict in Verdict}),
    }


def with_items(progress: Progress) -> BatchWithItemsForm:
    """Return a batch, document by document."""
    items = [
        ItemForm(
            number=item.number,
            state=item.state,
            inspection=None if item.inspection_id is None else f"/v1/inspections/{item.inspection_id}",
            verdict=item.verdict,
            error=item.error,
        )
        for item in progress.items
    ]
    return BatchWithItemsForm(**counts_of(progress), items=items)
