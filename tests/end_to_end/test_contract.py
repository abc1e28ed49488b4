from pathlib import Path

from tests.end_to_end.contract import check


def test_every_answer_is_as_the_interface_describes_it(tmp_path: Path) -> None:
    outcome = check(tmp_path, examples=3, phases="examples,fuzzing,stateful")
    assert not outcome.failed, outcome.output
    assert outcome.cases > 200, outcome.output
    assert "broke:" not in outcome.log
    assert "Traceback" not in outcome.log
