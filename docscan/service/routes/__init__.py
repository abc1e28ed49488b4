"""The REST routes of the contract, a module each resource."""

from docscan.service.routes import audit, decisions, health, inspections, models

ROUTERS = (inspections.router, decisions.router, audit.router, models.router, health.router)
