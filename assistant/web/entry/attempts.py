"""How many wrong passwords are borne, for one account and from one place, before one must wait."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import logging
import math
import time
from collections.abc import Awaitable, Callable
from functools import cache

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from assistant.accounts.identity import normal_email
from assistant.domain import Account
from assistant.web import current, metrics

PERIOD = 15  # minutes
PER_ACCOUNT = RateLimitItemPerMinute(5, PERIOD)
PER_PLACE = RateLimitItemPerMinute(30, PERIOD)
# Passwords verified at the same time: each takes a core and 64 MiB. It also bounds how many more wrong ones
# than ``PER_PLACE`` can be tried by sending them all at once.
TOGETHER = 2
# An IPv6 subscriber has this many leading bits to himself.
IPV6_SUBSCRIBER = 64

logger = logging.getLogger(__name__)


class TooManyAttemptsError(Exception):
    """Nothing was verified; ``minutes`` is how long to wait, at least 1."""

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes
        super().__init__(f"wait {minutes} minutes")


class Attempts:
    """Counts failures in memory, over a moving window: a restart forgets them, waiting lets them go.

    An account is counted before its password is verified and forgotten when it is right, so that attempts
    sent together cannot pass the limit. A place is counted for failures only: a whole authority may sign in
    from one address.
    """

    def __init__(self) -> None:
        self._window = MovingWindowRateLimiter(MemoryStorage())
        self._turns = asyncio.Semaphore(TOGETHER)

    async def verify(
        self, email: str, address: str, check: Callable[[], Awaitable[Account | None]]
    ) -> Account | None:
        """Return what ``check`` says of a password typed for this e-mail from this address.

        Raises:
            TooManyAttemptsError: there were too many failures before.
        """
        who, place = _digest(normal_email(email)), _place(address)
        async with self._turns:
            if not self._window.test(PER_PLACE, place):
                raise self._refused(PER_PLACE, place, who)
            if not self._window.hit(PER_ACCOUNT, who):
                raise self._refused(PER_ACCOUNT, who, who)
            account = await check()
            if account is None:
                self._window.hit(PER_PLACE, place)
        if account is None:
            metrics.sign_in_failed()
            logger.warning("wrong password: account %s", who)
        else:
            self._window.clear(PER_ACCOUNT, who)
        return account

    def _refused(self, limit: RateLimitItem, key: str, who: str) -> TooManyAttemptsError:
        seconds = self._window.get_window_stats(limit, key).reset_time - time.time()
        metrics.sign_in_failed()
        logger.warning("too many wrong passwords: %s, account %s", limit, who)
        return TooManyAttemptsError(max(1, math.ceil(seconds / 60)))


@cache
def attempts() -> Attempts:
    """Return the counters of this process."""
    return Attempts()


def _digest(email: str) -> str:
    # With our key: without it, the e-mails of an authority are few enough to be tried one by one.
    return hmac.new(current.site().form_key, email.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[
        :16
    ]


def _place(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 4:
        return address
    return str(ipaddress.ip_network((ip, IPV6_SUBSCRIBER), strict=False))
