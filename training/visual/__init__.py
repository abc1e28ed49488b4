"""Measures the comparison of the visual zone with the MRZ; nothing is trained here."""
