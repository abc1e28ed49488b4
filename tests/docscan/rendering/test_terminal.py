from collections.abc import Callable
from dataclasses import replace

from rich.console import Console

from docscan.rendering.terminal import print_report
from docscan.types import Outcome, Report, Verdict
from tests.docscan.rendering.conftest import card


def printed(report: Report) -> str:
    console = Console(width=100, color_system=None)
    with console.capture() as capture:
        print_report(report, console, title="scan.jpg")
    return capture.get()


def test_verdict_comes_first_with_word_symbol_and_reason(referred: Report) -> None:
    head = printed(referred)[:700]
    assert "! REFER" in head
    assert referred.reason in head
    assert head.index("REFER") < head.index(referred.reason)


def test_of_a_card_both_sides_are_printed_and_where_the_reason_lies() -> None:
    text = printed(card())
    assert "On the card's other side: The portrait looks re-printed" in text
    assert text.index("REFER") < text.index("Date of birth") < text.index("The card's other side")
    assert text.count("Check digits") == 1
    assert "✗ printed: 12 AUG/AOUT 84" in text


def test_every_check_stands_with_its_outcome_in_words(referred: Report) -> None:
    text = printed(referred)
    for words in (
        "✓  Zone found",
        "✗  Check digits",
        "undetermined",
        "aborted",
        "not looked at",
        "Paper under UV",
    ):
        assert words in text
    assert "Tilt the lamp" in text


def test_what_was_read_from_a_document_is_never_taken_for_markup(referred: Report) -> None:
    checks = (replace(referred.checks[0], explanation="It reads [bold]X[/bold] and [/nothing]."),)
    assert "[bold]X[/bold] and [/nothing]" in printed(replace(referred, checks=checks, reason="[red]no[/red]"))


def test_an_expired_document_is_not_called_a_sign_of_forgery(altered: Callable[..., Report]) -> None:
    assert " ".join(printed(altered()).split()).count("No sign of a forgery by itself.") == 1


def test_all_verdicts_differ_in_word_and_symbol(altered: Callable[..., Report]) -> None:
    heads = {printed(altered(verdict=verdict)).splitlines()[2] for verdict in Verdict}
    assert len(heads) == 3


def test_a_report_without_zone_and_models_still_prints(altered: Callable[..., Report]) -> None:
    text = printed(altered(mrz=None, models=(), timings_ms={}, checks=()))
    assert "No machine-readable zone was read" in text
    assert Outcome.FAILED.value not in text


def test_it_says_which_reader_spoke_and_where_they_differ(referred: Report, doubted: Report) -> None:
    assert "read by docscan" in printed(doubted)
    assert "PassportEye" not in printed(referred)
    told = " ".join(printed(doubted).split())
    assert "The other reader, PassportEye, read otherwise than docscan: line 1, character 7: P for R." in told
