"""The fence round rapidocr: finds lines of text and reads them, with a confidence for each character.

Its wheel brings the networks along (PP-OCRv6, Apache-2.0), so it works offline. Their sessions are docscan's: one
thread each as everywhere, the processor as their provider. Lines are read beside each other where a thread is free.
"""

import hashlib
import logging
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rapidocr
from numpy.typing import NDArray
from rapidocr.ch_ppocr_rec.utils import CTCLabelDecode

from docscan.lanes import Lanes
from docscan.mrz.transliteration import letter_forms
from docscan.types import Image, ModelInfo

_HEIGHT = 48  # pixels, to which the recogniser brings every line
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"  # that the MRZ may make of what is printed
_LEAST = 1e-3  # likelihood of a letter that is worth a note


@dataclass(frozen=True, slots=True)
class Reading:
    """A line as read: its text, a confidence for each character, 0 to 1, and ``shares`` as ``TextLine`` has them."""

    text: str
    confidence: tuple[float, ...]
    shares: tuple[Mapping[str, float], ...]


def _in_mrz(character: str) -> set[str]:
    """Return the letters or digits that the MRZ may begin a character with."""
    plain = unicodedata.normalize("NFD", character.upper())[:1]
    try:
        forms = letter_forms(character)
    except ValueError:
        forms = ()
    return {form[:1] for form in (plain, *forms)} & set(_LETTERS)


class _Decoder(CTCLabelDecode):
    """Also tells what each character may be instead, which its parent leaves out.

    Where an I and a 1 are as likely, neither is sure; that there is no 3 is. It looks a step to either side, for
    letters that compete need not peak at the same one.
    """

    def __init__(self, characters: list[str]) -> None:
        """Take the recogniser's characters, without the blank before and the space behind them."""
        super().__init__(character=characters)
        meant = [_in_mrz(character) if len(character) == 1 else set() for character in self.character]
        self._kept = np.array([index for index, letters in enumerate(meant) if letters])
        self._becomes = np.array([[letter in meant[kept] for letter in _LETTERS] for kept in self._kept], np.float32)

    def __call__(self, preds: NDArray[np.float32], return_word_box: bool = False, **named: Any) -> Any:  # noqa: ANN401 - as its parent
        """Decode lines, n x steps x characters; ``shares`` is put to what the parent returns of their words."""
        lines, words = super().__call__(preds, return_word_box, **named)
        for word, likely in zip(words, preds, strict=True):
            word.shares = self._shares(likely)
        return lines, words

    def _shares(self, likely: NDArray[np.float32]) -> tuple[Mapping[str, float], ...]:
        letters = likely[:, self._kept] @ self._becomes
        near = cv2.dilate(letters, np.ones((3, 1), np.uint8))
        chosen = likely.argmax(1)
        peaks = np.flatnonzero((chosen != 0) & (np.diff(chosen, prepend=0) != 0))
        return tuple(
            {_LETTERS[place]: float(share[place]) for place in np.flatnonzero(share >= _LEAST)} for share in near[peaks]
        )


class TextReader:
    """Finds and reads lines of text; one for a process."""

    def __init__(self, lanes: Lanes) -> None:
        """Open the networks; lines are shared with the helpers of ``lanes``."""
        self._lanes = lanes
        logging.getLogger("RapidOCR").setLevel(logging.ERROR)
        self._engine = rapidocr.RapidOCR(
            params={
                "Global.use_cls": False,
                "Global.return_word_box": True,  # with it come the characters' confidences
                "Global.log_level": "error",
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Rec.rec_img_shape": [3, _HEIGHT, _HEIGHT],  # no narrower than high; padding costs time
                "Det.limit_type": "max",
                "Det.limit_side_len": 4096,  # pictures come in the size that they are to be searched at
            }
        )
        # The recogniser is loaded when it is first asked.
        self._engine.recognize_txt([np.full((_HEIGHT, _HEIGHT, 3), 255, np.uint8)])
        recogniser: Any = self._engine.text_rec
        recogniser.postprocess_op = _Decoder(recogniser.postprocess_op.character[1:-1])

    def find(self, image: Image) -> NDArray[np.float32]:
        """Find lines of text.

        Returns
        -------
        numpy.ndarray
            n x 4 x 2, corners in pixels, clockwise from the text's upper left.
        """
        found = self._engine(cv2.cvtColor(image, cv2.COLOR_RGB2BGR), use_det=True, use_cls=False, use_rec=False)
        boxes: Any = getattr(found, "boxes", None)
        return np.zeros((0, 4, 2), np.float32) if boxes is None else np.asarray(boxes, np.float32)

    def read(self, lines: Sequence[Image]) -> tuple[Reading, ...]:
        """Read pictures of one line each, in the order given."""
        return tuple(self._lanes.each(self._reading, lines))

    def _reading(self, line: Image) -> Reading:
        answer = self._engine.recognize_txt([cv2.cvtColor(line, cv2.COLOR_RGB2BGR)])
        # Its hints do not say that word results hold a confidence for each character.
        words: Any = answer.word_results
        texts: Any = answer.txts
        return Reading(texts[0], tuple(words[0].confs), words[0].shares) if texts[0] else Reading("", (), ())

    @staticmethod
    @cache
    def info() -> ModelInfo:
        """Return what a report says of this reader: the release, and the hash of the network that reads."""
        network = next((Path(rapidocr.__file__).parent / "models").glob("*_rec_*.onnx"))
        return ModelInfo("rapidocr", version("rapidocr"), hashlib.sha256(network.read_bytes()).hexdigest())
