"""The version of docscan, in one place."""

__version__ = "0.1.0"
