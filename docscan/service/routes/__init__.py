"""The REST routes of the contract, a module each resource."""

from docscan.service.routes import health, inspections, models, sessions

ROUTERS = (inspections.router, models.router, health.router, sessions.router)
