"""The fence round rapidocr: finds lines of text and reads them, with a confidence for each character.

Its wheel brings the networks along (PP-OCRv6, Apache-2.0), so it works offline. Their sessions are docscan's: one
thread each as everywhere, the processor as their provider. Lines are read beside each other where a thread is free.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rapidocr
from numpy.typing import NDArray

from docscan.lanes import Lanes
from docscan.types import Image, ModelInfo

_HEIGHT = 48  # pixels, to which the recogniser brings every line


@dataclass(frozen=True, slots=True)
class Reading:
    """A line as read: its text, and a confidence for each character, 0 to 1."""

    text: str
    confidence: tuple[float, ...]


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
        return Reading(texts[0], tuple(words[0].confs) if texts[0] else ())

    @staticmethod
    @cache
    def info() -> ModelInfo:
        """Return what a report says of this reader: the release, and the hash of the network that reads."""
        network = next((Path(rapidocr.__file__).parent / "models").glob("*_rec_*.onnx"))
        return ModelInfo("rapidocr", version("rapidocr"), hashlib.sha256(network.read_bytes()).hexdigest())
