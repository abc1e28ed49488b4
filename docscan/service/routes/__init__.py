"""The REST routes of the contract, a module each resource."""

from docscan.service.routes import audit, batches, decisions, health, inspections, models

ROUTERS = (inspections.router, batches.router, decisions.router, audit.router, models.router, health.router)
