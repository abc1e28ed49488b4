"""Logs of several posts put together; and logs that want to do harm."""

from pathlib import Path
from typing import Any

import pytest

from docscan.errors import LogError, UsageError
from docscan.rendering.tr03135 import reading
from docscan.rendering.tr03135.reading import read
from docscan.rendering.tr03135.source import Decision, Finding
from docscan.rendering.tr03135.statistics import CSV_COLUMNS, gather, log_files, to_dict, to_rows
from docscan.rendering.tr03135.writing import to_xml, to_xml_chunks
from docscan.types import Outcome, Spectrum, Verdict
from tests.docscan.rendering.logs import MOMENT
from tests.docscan.rendering.logs import report as logged


def write(path: Path, xml: str) -> Path:
    path.write_text(xml, encoding="utf-8")
    return path


def timed(milliseconds: float, report: dict[str, Any] | None = None) -> dict[str, Any]:
    return (report or logged()) | {"timings_ms": {"total": milliseconds}}


def test_an_entry_is_read_as_it_was_written(tmp_path: Path) -> None:
    report = timed(456.4, logged({"uv.pattern": Outcome.FAILED}, {Spectrum.UV}, Verdict.REFER))
    (entry,) = read(write(tmp_path / "a.xml", to_xml(report, post="Ödön-1", decision=Decision(Finding.FORGED, MOMENT))))
    assert (entry.id, entry.post, entry.verdict) == (report["id"], "Ödön-1", Verdict.REFER)
    assert (entry.finding, entry.milliseconds) == (Finding.FORGED, 456.0)
    checks = {check: (light, result) for check, light, result in entry.checks}
    assert len(entry.checks) == len(checks) == len(report["checks"])
    assert checks["uv.pattern"] == ("UV", "failed")
    assert checks["ir.portrait"] == ("IR", "notPerformed")


def test_a_log_longer_than_a_piece_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reports = [logged() for _ in range(7)]
    log = write(tmp_path / "a.xml", "".join(to_xml_chunks(((report, None) for report in reports), post="Ödön")))
    monkeypatch.setattr(reading, "_PIECE", 7)  # cuts through letters of two bytes and through every tag
    monkeypatch.setattr(reading, "LARGEST_ENTRY", 15_000)  # of one inspection, not of the file
    entries = read(log)
    assert [entry.id for entry in entries] == [report["id"] for report in reports]
    assert {entry.post for entry in entries} == {"Ödön"}


def test_posts_are_counted_apart_and_together(tmp_path: Path) -> None:
    north = [
        (timed(400), Decision(Finding.GENUINE, MOMENT)),
        (timed(500, logged({"mrz.glyphs": Outcome.FAILED}, verdict=Verdict.REFER)), Decision(Finding.FORGED, MOMENT)),
        (timed(900, logged({"mrz.glyphs": Outcome.UNDETERMINED}, verdict=Verdict.INSUFFICIENT)), None),
    ]
    (tmp_path / "posts" / "south").mkdir(parents=True)
    write(tmp_path / "north.xml", "".join(to_xml_chunks(north, post="North")))
    write(tmp_path / "posts" / "south" / "1.xml", to_xml(timed(700, logged(lights={Spectrum.VISIBLE})), post="South"))
    write(tmp_path / "posts" / "nobody.xml", to_xml(timed(100)))
    found = gather(log_files([tmp_path / "north.xml", tmp_path / "posts"]))
    assert (found.refused, found.repeated) == ((), 0)
    plain = to_dict(found)
    assert [(post["post"], post["inspections"]) for post in plain["posts"]] == [(None, 1), ("North", 3), ("South", 1)]
    assert plain["posts"][1]["verdicts"] == {"no_concern": 1, "refer": 1, "insufficient": 1}
    assert plain["posts"][1]["findings"] == [
        {"verdict": "no_concern", "finding": "genuine", "number": 1},
        {"verdict": "refer", "finding": "forged", "number": 1},
    ]
    assert (plain["posts"][1]["median_ms"], plain["total"]["median_ms"]) == (500.0, 500.0)
    checks = {check["check"]: check for check in plain["total"]["checks"]}
    assert list(checks)[:2] == ["mrz.found", "mrz.check_digits"]
    glyphs = {"successful": 3, "failed": 1, "undetermined": 1, "aborted": 0, "notPerformed": 0}
    assert checks["mrz.glyphs"] == {
        "check": "mrz.glyphs", "light": "VI", "results": glyphs, "share_undetermined": 0.2, "share_not_performed": 0.0,
    }  # fmt: skip
    assert (checks["uv.fibres"]["light"], checks["uv.fibres"]["share_not_performed"]) == ("UV", 0.2)


def test_rows_have_every_count_of_every_post(tmp_path: Path) -> None:
    write(tmp_path / "a.xml", to_xml(logged(), post="A"))
    write(tmp_path / "b.xml", to_xml(logged(verdict=Verdict.REFER), decision=Decision(Finding.UNCLEAR, MOMENT)))
    rows = [dict(zip(CSV_COLUMNS, row, strict=True)) for row in to_rows(gather(log_files([tmp_path])))]
    assert {row["what"] for row in rows} == {"verdict", "finding", "check", "median_ms"}
    assert sum(row["number"] for row in rows if row["what"] == "verdict") == 2
    assert [row["post"] for row in rows if row["what"] == "finding"] == [""]
    passed = [row for row in rows if row["check"] == "uv.pattern" and row["result"] == "successful"]
    assert [(row["post"], row["light"], row["number"]) for row in passed] == [("", "UV", 1), ("A", "UV", 1)]


def test_an_inspection_counts_once_and_with_the_officers_last_finding(tmp_path: Path) -> None:
    report = logged(verdict=Verdict.REFER)
    write(tmp_path / "1.xml", to_xml(report, post="A", decision=Decision(Finding.UNCLEAR, MOMENT)))
    write(tmp_path / "2.xml", to_xml(report, post="A", decision=Decision(Finding.GENUINE, MOMENT)))
    write(tmp_path / "3.xml", to_xml(report, post="A"))
    found = gather(log_files([tmp_path]))
    assert (found.total.inspections, found.repeated) == (1, 2)
    assert dict(found.total.findings) == {("refer", "genuine"): 1}


def test_a_broken_log_is_named_and_nothing_of_it_counts(tmp_path: Path) -> None:
    write(tmp_path / "good.xml", to_xml(logged()))
    both = "".join(to_xml_chunks([(logged(), None), (logged(), None)]))
    write(tmp_path / "cut.xml", both[: len(both) * 3 // 4])
    found = gather([*log_files([tmp_path]), tmp_path / "none.xml"])
    assert found.total.inspections == 1
    assert len(found.refused) == 2
    assert "cut.xml: is not well-formed XML" in found.refused[0]
    assert "none.xml: cannot be read (No such file" in found.refused[1]


def test_there_must_be_a_log(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no logs"):
        log_files([tmp_path])


BOMB = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 9))
GOOD = to_xml(logged(), post="A")
BODY = GOOD.partition("?>")[2]


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE CheckTransaction SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE CheckTransaction [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        f'<!DOCTYPE CheckTransaction [<!ENTITY e0 "ha">{BOMB}]>',
        # Where one piece of the file ends and the next begins.
        *(f"<!--{'x' * (reading._PIECE - 7 - cut)}--><!DOCTYPE CheckTransaction>" for cut in range(9)),
    ],
    ids=["external", "file", "bomb", *(f"cut {place}" for place in range(9))],
)
def test_no_document_type_is_taken(tmp_path: Path, declared: str) -> None:
    body = BODY.replace(">A<", ">&x;<") if "ENTITY x" in declared else BODY
    with pytest.raises(LogError, match="declares a document type"):
        read(write(tmp_path / "a.xml", declared + body))


def test_entities_without_a_declaration_are_an_error_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="not well-formed"):
        read(write(tmp_path / "a.xml", GOOD.replace(">A<", ">&x;<")))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-7"])
def test_a_document_type_does_not_hide_in_another_encoding(tmp_path: Path, encoding: str) -> None:
    hidden = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x>{BODY}'
    path = tmp_path / "a.xml"
    path.write_bytes(hidden.encode(encoding))
    with pytest.raises(LogError):
        read(path)


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        ("", "not well-formed"),
        ("<html/>", "no log of inspections"),
        (GOOD.replace("urn:docscan:tr03135:1", "http://trdoccheck.bsi.bund.de/ct/5"), "no log of inspections"),
        ("<a>" * 200_000, "no log of inspections"),
        (BODY.replace(">A<", f">{'<a>' * 400_000}<"), "longer than any can be"),
        (BODY.replace(">A<", f">{'A' * 1_200_000}<"), "longer than any can be"),
        (BODY.replace(">A<", ">=1+1<"), "name no post may have"),
        (BODY.replace('verdict="no_concern"', 'verdict="forged"'), "verdict or a finding"),
        (BODY.replace("<DocumentChecks>", "<Checks>").replace("</DocumentChecks>", "</Checks>"), "without Doc"),
        (BODY.replace("<TransactionID>", "<TransactionID>x"), "without an identifier"),
        (BODY.replace('result="successful" log10LR', 'result="fine" log10LR'), "check whose name"),
        (BODY.replace('proprietaryCheck="mrz.found"', 'proprietaryCheck="=cmd()"'), "check whose name"),
        (BODY.replace("PT0.456S", "P1Y"), "duration is none"),
    ],
)
def test_what_is_no_log_is_refused_with_its_reason(tmp_path: Path, xml: str, reason: str) -> None:
    assert xml not in (GOOD, BODY)
    with pytest.raises(LogError, match=f"a.xml: .*{reason}"):
        read(write(tmp_path / "a.xml", xml))


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    for data in (b"\x89PNG\r\n\x1a\n\x00\xff", GOOD.encode()[:-1] + b"\xc3"):
        path.write_bytes(data)
        with pytest.raises(LogError, match="not text in UTF-8"):
            read(path)
