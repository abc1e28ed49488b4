"""Watching the service: numbers for Prometheus, the log, traces, and drift against the evaluation.

Imports nothing: :mod:`docscan.service.watching.shared` must be there before prometheus_client is.
"""
