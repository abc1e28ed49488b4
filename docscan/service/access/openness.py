"""Whether the service is open to whoever sits at the machine, or asks everybody who they are."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from docscan.errors import UsageError
from docscan.service.storage.database import Database
from docscan.service.storage.tables import ApiKey, User
from docscan.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def account_exists(session: Session) -> bool:
    """Tell whether there is an account, be it disabled: what was closed once does not open again."""
    return session.scalars(select(User.id).limit(1)).first() is not None


def credentials_exist(settings: Settings, session: Session) -> bool:
    """Tell whether somebody can be recognised: an account, a key, an identity provider."""
    if settings.oidc_issuer or account_exists(session):
        return True
    return session.scalars(select(ApiKey.id).limit(1)).first() is not None


def is_reachable(settings: Settings) -> bool:
    """Tell whether others than this machine's programs may send requests: directly, or through a proxy on it."""
    return settings.host not in LOOPBACK or bool(settings.proxies or settings.hosts)


def is_open(settings: Settings, session: Session) -> bool:
    """Tell whether whoever asks is the one who sits at the machine."""
    return not is_reachable(settings) and not credentials_exist(settings, session)


def require_credentials(settings: Settings, database: Database) -> None:
    """Refuse to be reached from elsewhere while nobody can be recognised.

    Raises
    ------
    UsageError
        The service would be reachable, and there is no account, no key and no identity provider.
    """
    if not is_reachable(settings):
        return
    with database.read() as session:
        if credentials_exist(settings, session):
            return
    why = f"listen on {settings.host}" if settings.host not in LOOPBACK else "answer other names or proxies"
    raise UsageError(
        f"docscan does not {why} without credentials: reports hold personal data. Make an account first "
        "(docscan users add NAME --role administrator) or a key (docscan keys add NAME --scope inspect), name an "
        f"identity provider (DOCSCAN_OIDC_ISSUER), or use one of {', '.join(LOOPBACK)} alone."
    )
