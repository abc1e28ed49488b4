import json
from collections.abc import Callable
from dataclasses import astuple, replace
from datetime import date
from pathlib import Path

import pytest

from docscan.capture import read_file
from docscan.inspection import inspect
from docscan.privacy import names_holder, without_holder
from docscan.rendering.json import to_json
from docscan.service.storage.form import report_to_bytes
from docscan.tools import Tools
from docscan.types import CheckResult, Outcome, Report, Verdict
from tests.conftest import ROOT
from tests.docscan.rendering.conftest import altered, card, report, visual

__all__ = ["altered"]

SAMPLES = ROOT / "datasets" / "samples"


def holder(whole: Report) -> set[str]:
    """Everything of three characters or more that tells who carried the document, as written anywhere in its report."""
    if whole.mrz is None:
        return set()
    fields = replace(whole.mrz.parsed.fields, document_code="", issuing_state="", nationality="")
    found = {value for value in astuple(fields) if isinstance(value, str)}
    found |= {part for value in found for part in value.split()}
    found |= {*whole.mrz.parsed.lines, *whole.mrz.zone.lines}
    found |= {field.line.text for field in whole.visual.fields.values()}
    found |= {date.fromisoformat(value).strftime("%y%m%d") for value in found if _is_date(value)}
    state = whole.mrz.parsed.fields.issuing_state  # of the document, and of most holders
    return {value for value in found if len(value) > 2 and value != state}


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def test_nothing_tells_who_carried_the_document() -> None:
    told = holder(report())
    assert {"ERIKSSON", "ANNA", "L898902C3", "1974-08-12", "740812", "12 AUG/AOUT 84"} <= told
    kept = without_holder(report())
    for text in (to_json(kept), report_to_bytes(kept).decode()):
        assert not [value for value in told if value in text]


def test_nothing_of_a_cards_two_sides_tells_who_carried_it() -> None:
    both = card()
    assert both.other_side is not None
    assert both.this_side is not None
    quoting = replace(both.this_side, reason=both.checks[1].explanation)
    both = replace(both, reason=quoting.reason, this_side=quoting)
    told = holder(report()) | {"12 AUG 84"}
    kept = without_holder(both)
    for text in (to_json(kept), report_to_bytes(kept).decode()):
        assert not [value for value in told if value in text]
    assert kept.other_side is not None
    assert kept.other_side.holder_removed
    assert (kept.verdict, kept.other_side.verdict) == (both.verdict, Verdict.REFER)


def test_what_was_decided_and_why_stays() -> None:
    whole, kept = report(), without_holder(report())
    assert kept.holder_removed
    assert (kept.id, kept.verdict, kept.reason, kept.confidence) == (
        whole.id, whole.verdict, whole.reason, whole.confidence,
    )  # fmt: skip
    before = json.loads(to_json(whole))
    after = json.loads(to_json(kept))
    for check, other in zip(before["checks"], after["checks"], strict=True):
        del check["explanation"]
        del other["explanation"]
        assert check == other
    assert after["mrz"]["check_digits"] == before["mrz"]["check_digits"]
    assert after["document"] == before["document"]


@pytest.mark.parametrize("outcome", Outcome)
def test_a_sentence_that_may_quote_goes_also_where_it_is_the_reason(outcome: Outcome) -> None:
    sentence = "The printed surname reads “ERIKSSON”, the machine-readable zone says “ERIKSEN”."
    check = CheckResult("viz.surname", outcome, sentence, log10_lr=2.0)
    kept = without_holder(replace(report(), checks=(check,), reason=sentence, verdict=Verdict.REFER))
    assert "ERIKS" not in to_json(kept)
    assert kept.checks[0].explanation
    assert kept.reason != sentence


def test_a_check_that_is_not_known_counts_as_quoting() -> None:
    kept = without_holder(replace(report(), checks=(CheckResult("new.one", Outcome.FAILED, "It reads ERIKSSON."),)))
    assert "ERIKSSON" not in to_json(kept)


def test_without_an_mrz_what_was_read_goes_too() -> None:
    kept = without_holder(replace(report(), mrz=None))
    assert kept.mrz is None
    assert not kept.visual.fields
    assert visual().fields


@pytest.mark.parametrize("name", ["genuine-utopia.jpg", "forged-utopia.jpg"])
def test_nothing_stays_of_what_the_pipeline_says_of_samples(name: str, tools: Tools) -> None:
    _nothing_stays(SAMPLES / name, tools)


def test_nothing_stays_of_what_the_pipeline_says_of_real_specimens(real_images: Path, tools: Tools) -> None:
    for image in sorted(real_images.glob("*.jpg"))[:5]:
        _nothing_stays(image, tools)


def _nothing_stays(image: Path, tools: Tools) -> None:
    whole = inspect(read_file(image, max_bytes=50_000_000), tools=tools, today=date(2026, 11, 24)).report
    told = holder(whole)
    assert told
    text = to_json(without_holder(whole)) + report_to_bytes(without_holder(whole)).decode()
    assert not [value for value in told if value in text]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Anna Eriksson says that she lost it.", True),
        ("ERIKSSON, MARIA", True),
        ("Number L898902C3 is on the list.", True),
        ("l898 902-c3", True),
        ("The edge of the portrait can be felt.", False),
        ("Eriksson is also the printer's name.", False),  # a surname alone
        ("Anna or Maria, the print is too pale to tell.", False),
        ("", False),
    ],
)
def test_a_note_that_names_the_holder_is_told(text: str, named: bool) -> None:
    assert names_holder(text, report()) is named


def test_a_note_that_names_a_cards_holder_is_told() -> None:
    assert card().mrz is None
    assert names_holder("Anna Eriksson says that she lost it.", card())


def test_a_name_is_known_however_it_is_spelt(altered: Callable[..., Report]) -> None:
    mrz = report().mrz
    assert mrz is not None
    fields = replace(mrz.parsed.fields, surname="MUELLER", given_names="JOSE", document_number="C3")
    whole = altered(mrz=replace(mrz, parsed=replace(mrz.parsed, fields=fields)))
    assert names_holder("José Müller", whole)
    assert names_holder("½ of it is glued: José Müller, 🛂", whole)
    assert not names_holder("Ñ¼¨ glued at ½ of its length 🛂", whole)
    assert not names_holder("In C3 there is a scratch.", whole)  # so short a number stands anywhere
    assert not names_holder("José Müller", without_holder(whole))
    assert not names_holder("José Müller", altered(mrz=None))
