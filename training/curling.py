"""Pages that are not pressed flat, as a booklet held open by hand."""

import cv2
import numpy as np

from docscan.page_geometry import moved
from training.fingers import page_in
from training.software import Picture


def curled(picture: Picture, millimetres: float) -> Picture:
    """Bulge the page that a picture shows, so that its middle lies lower by as much and its sides where they are."""
    page = page_in(picture)
    width, height = page.size.millimetres
    corners = moved(np.array([[0.0, 0], [width, 0], [width, height], [0, height]]), page.to_capture)
    left, right = corners[:, 0].min(), corners[:, 0].max()
    rows, columns = np.indices(picture.shape[:2], np.float32)
    along = np.clip((columns - left) / (right - left), 0, 1)
    scale = float(np.hypot(*(corners[1] - corners[0]))) / width
    seen = np.asarray(rows - millimetres * scale * 4 * along * (1 - along), np.float32)
    return np.asarray(cv2.remap(picture, columns, seen, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)
