"""The REST routes of the contract, a module each resource."""

from docscan.service.routes import accounts, audit, decisions, health, inspections, keys, login, models, sessions

ROUTERS = (
    inspections.router,
    decisions.router,
    audit.router,
    models.router,
    health.router,
    sessions.router,
    login.router,
    accounts.router,
    keys.router,
)
