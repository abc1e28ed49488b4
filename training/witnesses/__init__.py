"""Calibrates the measured checks and measures what they find; no network is trained here."""
