"""Captures of a side by page readers, flatbed scanners and phones: one chain for genuine and forged."""

from datasets.capturing.capture import Captured, Exposed, encode, expose
from datasets.capturing.devices import DEVICES, Settings, settings

__all__ = ["DEVICES", "Captured", "Exposed", "Settings", "encode", "expose", "settings"]
