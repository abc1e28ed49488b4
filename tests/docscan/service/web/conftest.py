from tests.docscan.service.access.conftest import browser, password_hash, people

__all__ = ["browser", "password_hash", "people"]
