"""Whose ids stand in records: names for people, where they are known."""

from collections.abc import Iterable

from sqlalchemy import select

from docscan.rendering.language import Language
from docscan.rendering.messages import message
from docscan.service.access.principal import LOCAL
from docscan.service.storage.database import Database
from docscan.service.storage.tables import ApiKey, User


class Names:
    """The names of some principals.

    Parameters
    ----------
    database
        Has accounts and keys.
    ids
        Of ``Principal.id``; None stands for nobody.
    """

    def __init__(self, database: Database, ids: Iterable[str | None]) -> None:
        wanted = {each for each in ids if each}
        users = {each.removeprefix("user:") for each in wanted if each.startswith("user:")}
        keys = {each.removeprefix("key:") for each in wanted if each.startswith("key:")}
        self._known: dict[str, str] = {}
        with database.read() as session:
            for user in session.execute(select(User.id, User.name).where(User.id.in_(users))):
                self._known[f"user:{user.id}"] = user.name
            for key in session.execute(select(ApiKey.id, ApiKey.name).where(ApiKey.id.in_(keys))):
                self._known[f"key:{key.id}"] = key.name

    def of(self, principal_id: str | None, language: Language) -> str:
        """Return a name; the id itself where nobody is known by it."""
        if principal_id is None:
            return ""
        if principal_id == LOCAL.id:
            return language.gettext(message("this machine"))
        return self._known.get(principal_id, principal_id)
