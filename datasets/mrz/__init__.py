"""Rendered MRZ lines, captures that hold MRZs, and captures that hold none."""
