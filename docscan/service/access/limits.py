"""How often: login attempts by name and by address, requests by who makes them.

Counted in the memory of each process: ``docscan serve --workers N`` allows up to N times as many.
"""

import math
import time
from ipaddress import ip_address, ip_network

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from docscan.service.access.accounts import normal_name
from docscan.service.access.errors import TooManyError
from docscan.settings import Settings

_LOGIN_MINUTES = 15


class Limits:
    """The counts of this process.

    Parameters
    ----------
    settings
        ``login_attempts``, ``login_attempts_address``, ``requests_per_minute``.
    """

    def __init__(self, settings: Settings) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._by_name = RateLimitItemPerMinute(settings.login_attempts, _LOGIN_MINUTES, "name")
        self._by_address = RateLimitItemPerMinute(settings.login_attempts_address, _LOGIN_MINUTES, "address")
        self._requests = RateLimitItemPerMinute(settings.requests_per_minute, namespace="requests")

    def count_login(self, address: str, name: str | None = None) -> None:
        """Count an attempt before it is looked at, so that many at once are counted too.

        Raises
        ------
        TooManyError
            There were too many.
        """
        self._count(self._by_address, _line(address), "Too many logins from this address; wait and try again.")
        if name is not None:
            self._count(self._by_name, normal_name(name), "Too many attempts for this name; wait and try again.")

    def forget_login(self, name: str) -> None:
        """Forget a name's attempts: the last one was let in."""
        self._limiter.clear(self._by_name, normal_name(name))

    def count_request(self, who: str) -> None:
        """Count a request.

        Raises
        ------
        TooManyError
            There were too many.
        """
        self._count(self._requests, who, "Too many requests; wait and try again.")

    def _count(self, limit: RateLimitItem, who: str, message: str) -> None:
        if not self._limiter.hit(limit, who):
            reset = self._limiter.get_window_stats(limit, who).reset_time
            raise TooManyError(message, max(1, math.ceil(reset - time.time())))


def _line(address: str) -> str:
    """Return what one line of a network has: an IPv6 address is one of the many of its /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address
