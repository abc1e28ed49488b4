"""Trains the networks of docscan's own MRZ reader."""
