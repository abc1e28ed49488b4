"""The REST routes of the contract, a module each resource."""

from docscan.service.routes import (
    accounts,
    audit,
    batches,
    decisions,
    drift,
    health,
    inspections,
    keys,
    login,
    metrics,
    models,
    reporting,
    sessions,
)

ROUTERS = (
    inspections.router,
    batches.router,
    decisions.router,
    audit.router,
    models.router,
    drift.router,
    reporting.router,
    metrics.router,
    health.router,
    sessions.router,
    login.router,
    accounts.router,
    keys.router,
)
