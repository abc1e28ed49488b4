"""The log entry after BSI TR-03135: of every kind of report valid, of no person anything."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st

from docscan.checks import CHECKS
from docscan.errors import UsageError
from docscan.rendering.json import to_dict
from docscan.rendering.tr03135.categories import CATEGORIES, COMBINED, OPTICAL
from docscan.rendering.tr03135.names import LIGHTS, NAMESPACE, RESULTS
from docscan.rendering.tr03135.source import CHECK_ID, UUID, Decision, Finding
from docscan.rendering.tr03135.writing import schema, to_xml, to_xml_chunks
from docscan.settings import POST_NAME
from docscan.types import Document, Outcome, Report, Spectrum, Verdict
from tests.docscan.rendering.logs import MOMENT
from tests.docscan.rendering.logs import report as logged

SCHEMA = xmlschema.XMLSchema(schema())
# The prefixes of the guideline's XPaths, all bound to the one namespace that docscan writes.
PREFIXES = dict.fromkeys(("ct", "dc", "dco", "dcc", "base"), NAMESPACE)


def parsed(xml: str) -> Element:
    SCHEMA.validate(xml)
    return ElementTree.fromstring(xml)


def single(xml: Element, check_id: str) -> Element:
    found = [element for element in xml.iter() if element.get("proprietaryCheck") == check_id]
    assert len(found) == 1
    return found[0]


def results(xml: Element) -> dict[str, str | None]:
    """Of every element above single checks its result, by name."""
    return {
        element.tag.removeprefix(f"{{{NAMESPACE}}}"): element.get("result")
        for element in xml.iter()
        if element.get("result") and not element.get("proprietaryCheck")
    }


def test_every_check_has_its_row() -> None:
    assert set(CATEGORIES) == {check.id for check in CHECKS}
    for check in CHECKS:
        row = CATEGORIES[check.id]
        assert row.component in (OPTICAL, COMBINED)
        if row.generic is not None:
            assert row.generic.startswith(f"({LIGHTS[check.spectrum]}, "), check.id


def test_what_the_guideline_makes_mandatory_is_there() -> None:
    # Part 2, sections 4.3.5 and 4.3.6.
    generic = {row.generic for row in CATEGORIES.values()}
    assert {"(IR, AB, MR)", "(UV, BR, FU)"} <= generic
    assert any(identifier and identifier.startswith("(UV, LU, ") for identifier in generic)


@pytest.mark.parametrize(
    "report",
    [
        logged(),
        logged({"uv.dull_paper": Outcome.FAILED, "print.viz": Outcome.FAILED}, verdict=Verdict.REFER),
        logged(dict.fromkeys(CATEGORIES, Outcome.UNDETERMINED), verdict=Verdict.INSUFFICIENT),
        logged(lights={Spectrum.VISIBLE}),
        logged({"mrz.glyphs": Outcome.ABORTED, "ir.portrait": Outcome.ABORTED}),
        logged(document=Document(None, None, None, None, specimen=False)),
        logged(document=Document("TD1", "ID", "D", "d-id-2021", specimen=False, model_version=3)),
    ],
    ids=["genuine", "forged", "insufficient", "daylight", "aborted", "no zone", "of a model"],
)
def test_every_kind_of_report_is_valid_and_has_every_check_once(report: dict[str, Any]) -> None:
    xml = parsed(to_xml(report))
    for check in report["checks"]:
        element = single(xml, check["id"])
        assert element.get("result") == RESULTS[Outcome(check["outcome"])]
        assert element.get("spectrum") == LIGHTS[Spectrum(check["spectrum"])]


def test_says_what_was_asked_for(altered: Callable[..., Report]) -> None:
    document = Document("TD3", "P", "UTO", "uto-p-2019", specimen=True, model_version=2)
    decision = Decision(Finding.FORGED, datetime(2026, 11, 23, 20, 1, tzinfo=UTC), "photo_substitution")
    xml = parsed(to_xml(to_dict(altered(document=document)), post="Görlitz A4", decision=decision))
    at = "ct:DocumentChecks/dc:DocumentCheck"
    texts = {
        "ct:TransactionID": "0b8fca0e-6f2b-4a63-9a53-0d6f3f6f8a11",
        "ct:SystemInformation/ct:Name": "docscan",
        "ct:Location": "Görlitz A4",
        "ct:TimeMeasurement/ct:Overall/base:StartTime": "2026-11-23T18:59:59.544Z",
        "ct:TimeMeasurement/ct:Overall/base:EndTime": "2026-11-23T19:00:00.000Z",
        "ct:TimeMeasurement/ct:Overall/base:Duration": "PT0.456S",
        f"{at}/dc:Document/dc:Issuer": "UTO",
        f"{at}/dco:OpticalCheck/dco:DocumentModel/dco:Name": "uto-p-2019",
        f"{at}/dco:OpticalCheck/dco:DocumentModel/dco:Version": "2",
    }
    for path, text in texts.items():
        assert xml.findtext(path, namespaces=PREFIXES) == text, path
    model = xml.find("ct:SystemInformation/ct:LearnedModel", PREFIXES)
    assert model is not None
    assert model.attrib == {"name": "region", "version": "1.0.0", "sha256": "ab" * 32}
    said = xml.find(f"{at}/dc:OfficerDecision", PREFIXES)
    assert said is not None
    assert said.attrib == {"finding": "forged", "kind": "photo_substitution", "time": "2026-11-23T20:01:00.000Z"}
    portrait = single(xml, "print.portrait")
    assert (portrait.get("score"), portrait.get("threshold"), portrait.get("log10LR")) == ("0.93", "0.61", "2.1")


def test_the_guidelines_times_of_the_optical_check_are_found_by_its_paths() -> None:
    report = logged() | {"timings_ms": {"visual": 353.26, "document": 10.2, "total": 600.0}}
    optical = parsed(to_xml(report)).find("ct:DocumentChecks/dc:DocumentCheck/dco:OpticalCheck", PREFIXES)
    assert optical is not None
    page = "dco:TimeMeasurement/dco:ProcessingPerPage/dco:Page/dco:VisualZoneParsingDuration"
    identified = "dco:TimeMeasurement/dco:DocumentModelIdentification/base:Duration"
    assert optical.findtext(page, namespaces=PREFIXES) == "PT0.353S"
    assert optical.findtext(identified, namespaces=PREFIXES) == "PT0.010S"


@pytest.mark.parametrize(
    ("verdict", "result"),
    [(Verdict.NO_CONCERN, "successful"), (Verdict.REFER, "failed"), (Verdict.INSUFFICIENT, "undetermined")],
)
def test_the_overall_result_is_the_verdict(verdict: Verdict, result: str) -> None:
    found = parsed(to_xml(logged({"mrz.glyphs": Outcome.ABORTED}, verdict=verdict)))
    assert results(found)["DocumentCheck"] == result


def test_results_are_put_together_strictest_first() -> None:
    model = Document("TD3", "P", "UTO", "uto-p-2019", specimen=False, model_version=1)

    def of(**outcomes: Outcome) -> dict[str, str | None]:
        names = {name.replace("__", "."): outcome for name, outcome in outcomes.items()}
        return results(parsed(to_xml(logged(names, document=model))))

    assert set(of().values()) == {"successful"}
    failed = of(mrz__alignment=Outcome.FAILED, mrz__glyphs=Outcome.ABORTED, mrz__dates=Outcome.UNDETERMINED)
    assert failed["CharacterAlignmentCheck"] == failed["MrzAlignmentCheck"] == failed["MrzComplianceCheck"] == "failed"
    assert (failed["MrzOcrbTypeFaceCheck"], failed["MrzConsistencyCheck"]) == ("aborted", "undetermined")
    assert failed["MrzVsVizCheck"] == "successful"
    aborted = of(mrz__glyphs=Outcome.ABORTED, mrz__dates=Outcome.UNDETERMINED)
    assert aborted["MrzComplianceCheck"] == "aborted"
    assert of(mrz__dates=Outcome.UNDETERMINED)["MrzComplianceCheck"] == "undetermined"
    assert of(mrz__dates=Outcome.NOT_PERFORMED)["MrzComplianceCheck"] == "successful"


def test_of_a_cards_two_sides_the_stricter_outcome_of_each_check_is_logged() -> None:
    front = logged({"mrz.found": Outcome.NOT_PERFORMED, "viz.sex": Outcome.FAILED, "print.mrz": Outcome.UNDETERMINED})
    back = logged({"viz.sex": Outcome.NOT_PERFORMED, "photo.edge": Outcome.FAILED})
    entry = parsed(to_xml({**front, "other_side": back}))
    said = {name: single(entry, name).get("result") for name in ("mrz.found", "viz.sex", "print.mrz", "photo.edge")}
    assert list(said.values()) == ["successful", "failed", "undetermined", "failed"]


def test_a_specimen_and_an_expired_document_are_logged_and_count_for_nothing() -> None:
    model = Document("TD3", "P", "UTO", "uto-p-2019", specimen=True, model_version=1)
    notes = {"document.specimen": Outcome.FAILED, "document.expiry": Outcome.FAILED}
    xml = parsed(to_xml(logged(notes, document=model)))
    assert {single(xml, name).get("runMode") for name in notes} == {"evaluatory"}
    assert (results(xml)["NoTestDocumentCheck"], results(xml)["DateOfExpiryCheck"]) == ("failed", "failed")
    checks = xml.find("ct:DocumentChecks/dc:DocumentCheck/dco:OpticalCheck/dco:Checks", PREFIXES)
    assert checks is not None
    assert checks.get("result") == "successful"


def test_margins_tell_the_outcome_by_their_sign() -> None:
    report = logged({"mrz.glyphs": Outcome.FAILED, "mrz.alignment": Outcome.FAILED, "mrz.pitch": Outcome.UNDETERMINED})
    scores = {"mrz.glyphs": 0.9, "mrz.alignment": 0.6, "photo.edge": 0.6, "uv.pattern": 0.15, "mrz.pitch": 0.9}
    for check in report["checks"]:
        if check["id"] in scores:
            check |= {"score": scores[check["id"]], "threshold": 0.6}
    xml = parsed(to_xml(report))
    margins = {name: single(xml, name).get("margin") for name in scores}
    assert margins == {
        "mrz.glyphs": "-0.75", "mrz.alignment": "-0.001", "photo.edge": "0", "uv.pattern": "0.75", "mrz.pitch": None,
    }  # fmt: skip


def test_identifiers_of_checks_and_groups_never_change() -> None:
    xml = parsed(to_xml(logged()))
    assert single(xml, "uv.dull_paper").get("uuid") == "606475e1-5f01-5cc7-8c3d-b0b2d96c2a4a"
    groups = {element.get("groupName"): element.get("uuid") for element in xml.iter() if element.get("groupName")}
    assert groups["UV"] == "f1d0a9e7-e4d6-5c9f-8abb-a1faa48ff67c"
    uuids = [element.get("uuid") for element in xml.iter() if element.get("uuid")]
    assert len(uuids) == len(set(uuids))


def test_nothing_of_the_holder_is_needed_or_written(referred: Report) -> None:
    whole = to_dict(referred)
    personal = {"ERIKSSON", "ANNA", "MARIA", "L898902C3", "1974", "740812", "ZE184226B", "2012-04-15", "re-printed"}
    assert all(word in json.dumps(whole) for word in personal)
    xml = to_xml(whole)
    assert not [word for word in personal if word in xml]
    bare = deepcopy(whole)
    for name in ("mrz", "visual", "reason", "confidence", "quality"):
        del bare[name]
    for check in bare["checks"]:
        del check["explanation"], check["region"]
    assert to_xml(bare) == xml


def test_an_officers_words_are_not_written() -> None:
    decision = Decision(Finding.FORGED, MOMENT, "Anna Maria Eriksson's portrait")
    xml = to_xml(logged(), decision=decision)
    assert 'kind="other"' in xml
    assert "Anna" not in xml


def test_what_is_of_no_form_is_left_out() -> None:
    odd = Document("TD9", "p\x00", "UT\x1bO\n", "Anna Maria", specimen=False)
    document = parsed(to_xml(logged(document=odd))).find("ct:DocumentChecks/dc:DocumentCheck/dc:Document", PREFIXES)
    assert document is not None
    assert list(document) == []


def test_a_report_of_an_older_docscan_says_no_version() -> None:
    report = logged()
    del report["software"], report["document"]["model_version"]
    assert parsed(to_xml(report)).find("ct:SystemInformation/ct:Version", PREFIXES) is None


def test_a_check_of_another_version_of_docscan_stands_among_the_others() -> None:
    report = logged()
    report["checks"].append({"id": "hologram.shift", "outcome": "failed", "spectrum": "visible"})
    xml = parsed(to_xml(report))
    others = xml.find("ct:DocumentChecks/dc:DocumentCheck/dco:OpticalCheck/dco:Checks/dco:OtherChecks", PREFIXES)
    assert others is not None
    assert [element.get("proprietaryCheck") for element in others] == ["hologram.shift"]


@pytest.mark.parametrize("name", ["", " A", "A ", "A  B", "=1+1", "A<B", "A\nB", "x" * 41])
def test_a_post_has_a_plain_name(name: str) -> None:
    with pytest.raises(UsageError, match="name"):
        to_xml(logged(), post=name)


@pytest.mark.parametrize("wrong", [{"id": "1"}, {"created": "yesterday"}, {"verdict": "forged"}, {"checks": None}])
def test_what_is_no_report_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        to_xml(logged() | wrong)


def test_many_inspections_are_one_document_made_piece_by_piece() -> None:
    taken = 0

    def reports() -> Iterator[tuple[dict[str, Any], Decision | None]]:
        nonlocal taken
        for _ in range(5):
            taken += 1
            yield logged(), Decision(Finding.GENUINE, MOMENT) if taken == 2 else None

    pieces = to_xml_chunks(reports(), post="Ödön")
    text = next(pieces) + next(pieces)
    assert taken == 1
    xml = parsed(text + "".join(pieces))
    assert len(xml) == 5
    assert [element.get("finding") for element in xml.iter(f"{{{NAMESPACE}}}OfficerDecision")] == ["genuine"]
    assert len(parsed("".join(to_xml_chunks([])))) == 0


@pytest.mark.parametrize(
    ("found", "put"),
    [
        ('result="successful"', 'result="passed"'),
        ("<TransactionID>", "<TransactionID>x"),
        ("</DocumentChecks>", "</DocumentChecks><Location>Ruse</Location>"),
        ("</SystemInformation>", "</SystemInformation><Surname>ERIKSSON</Surname>"),
        ('genericCheckIdentifier="(UV, BR, FU)"', ""),
        ('genericCheckIdentifier="(UV, BR, FU)"', 'genericCheckIdentifier="(UV, BR, XX)"'),
        ("<EndTime>", "<EndTime>at "),
        ('specimen="true"', ""),
        (f'xmlns="{NAMESPACE}"', 'xmlns="http://trdoccheck.bsi.bund.de/ct/5"'),
    ],
)
def test_the_schema_refuses_what_is_broken(found: str, put: str) -> None:
    xml = to_xml(logged(), post="Ruse")
    assert SCHEMA.is_valid(xml)
    assert found in xml
    assert not SCHEMA.is_valid(xml.replace(found, put))


_text = st.text(max_size=8) | st.sampled_from(["UTO", "D", "P", "TD3", "uto-p-2019"])
_number = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.floats(0, 1)
_check = st.fixed_dictionaries(
    {
        "id": st.sampled_from(sorted(CATEGORIES)) | st.from_regex(CHECK_ID, fullmatch=True),
        "outcome": st.sampled_from([outcome.value for outcome in Outcome]),
        "spectrum": st.sampled_from([light.value for light in Spectrum]),
    },
    optional={"score": _number, "threshold": _number, "log10_lr": _number, "explanation": _text},
)
_report = st.fixed_dictionaries(
    {
        "id": st.from_regex(UUID, fullmatch=True),
        "created": st.datetimes(datetime(2000, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)).map(str),
        "verdict": st.sampled_from([verdict.value for verdict in Verdict]),
        "document": st.fixed_dictionaries(
            {"format": _text | st.none(), "code": _text, "issuing_state": _text, "model": _text | st.none()}
        ),
        "checks": st.lists(_check, max_size=12, unique_by=lambda check: check["id"]),
    },
    optional={
        "reason": _text,
        "timings_ms": st.dictionaries(st.sampled_from(["total", "visual", "document"]), st.floats(0, 1e6)),
        "mrz": _text,
    },
)
_decision = st.builds(
    Decision, st.sampled_from(Finding), st.datetimes(timezones=st.just(UTC)), st.none() | st.text(max_size=50)
)


@settings(max_examples=150, deadline=None)
@given(_report, st.none() | _decision, st.none() | st.from_regex(POST_NAME, fullmatch=True).map(lambda name: name[:40]))
def test_odd_reports_are_valid_too(report: dict[str, Any], decision: Decision | None, post: str | None) -> None:
    xml = parsed(to_xml(report, decision=decision, post=None if post is None else post.strip()))
    seen = {e.get("proprietaryCheck"): e.get("result") for e in xml.iter() if e.get("proprietaryCheck")}
    assert seen == {check["id"]: RESULTS[Outcome(check["outcome"])] for check in report["checks"]}
