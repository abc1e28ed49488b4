import cv2
import numpy as np
import pytest

from docscan.lanes import Lanes
from docscan.visual.ocr import Reading, TextReader


@pytest.fixture(scope="module")
def reader() -> TextReader:
    return TextReader(Lanes(0))


def _read(reader: TextReader, text: str) -> Reading:
    picture = np.full((48, 26 * len(text) + 30, 3), 235, np.uint8)
    cv2.putText(picture, text, (15, 37), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (20, 20, 20), 3, cv2.LINE_AA)
    return reader.read([picture])[0]


@pytest.mark.parametrize("text", ["ERIKSSON", "X9ZK7QHAX", "88"])
def test_of_each_character_it_tells_what_it_may_be(reader: TextReader, text: str) -> None:
    read = _read(reader, text)
    assert read.text == text
    assert len(read.shares) == len(read.confidence) == len(text)
    for letter, confidence, shares in zip(text, read.confidence, read.shares, strict=True):
        assert shares[letter] >= confidence - 1e-4
        assert all(share <= 1.001 for share in shares.values())


def test_a_mark_on_a_letter_is_left_out_of_what_it_may_be(reader: TextReader) -> None:
    read = _read(reader, "SONA")
    decoder = reader._engine.text_rec.postprocess_op
    steps = np.full((1, 3, len(decoder.character)), 0, np.float32)
    for step, letter in enumerate(["Ñ", "blank", "Ñ"]):
        steps[0, step, decoder.dict[letter]] = 0.75
    steps[0, 2, decoder.dict["H"]] = 0.2
    (text, _), words = (answer[0] for answer in decoder(steps, return_word_box=True))
    assert (read.text, text) == ("SONA", "ÑÑ")  # the last step is not the first one's neighbour
    assert words.shares == ({"N": 0.75}, {"N": 0.75, "H": pytest.approx(0.2)})


def test_nothing_is_read_on_a_blank(reader: TextReader) -> None:
    assert reader.read([np.full((40, 200, 3), 255, np.uint8)])[0] == Reading("", (), ())
