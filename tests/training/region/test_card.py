"""How the region network's card tells what it learned from."""

from training.region.card import _made, _network

FIRST = {"design": "deep", "weights": 7, "documents": 40, "rendered": 21, "steps": 90, "batch": 32, "minutes": 9.5}


def test_a_training_that_went_on_tells_of_both() -> None:
    went_on = {**FIRST, "documents": 30, "rendered": 22, "steps": 50, "batch": 12, "minutes": 49.2, "begun": FIRST}
    told = _network(went_on)
    assert "30 documents of" in told
    assert "rendered with seed 22 while it learned, 50 steps of 12 documents in 49 minutes on cpu, after 40" in told
    assert told.endswith("rendered with seed 21 while it learned, 90 steps of 32 documents in 10 minutes on cpu")
    assert "--start`" in _made([went_on])
    assert "--start" not in _made([FIRST])
    # The first trainings did not count their documents.
    uncounted = {name: value for name, value in FIRST.items() if name not in ("documents", "rendered")}
    assert ", after 90 steps" in _network({**went_on, "begun": uncounted})
