"""The REST routes of the contract, a module each resource."""

from docscan.service.routes import drift, health, inspections, metrics, models

ROUTERS = (inspections.router, models.router, drift.router, metrics.router, health.router)
