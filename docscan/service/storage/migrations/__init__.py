"""Alembic's migrations of the service's database; ``Database`` runs them as it opens."""
