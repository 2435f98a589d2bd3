import asyncio
import logging
import time

import pytest

from assistant.domain import Account, Role
from assistant.web.entry.attempts import (
    PER_ACCOUNT,
    PER_PLACE,
    PERIOD,
    TOGETHER,
    Attempts,
    TooManyAttemptsError,
)

PERSON = Account("1", "a@ville.example", "A", Role.AGENT)
HERE = "192.0.2.1"

pytestmark = pytest.mark.usefixtures("desk")  # its key hides the e-mails


class Door:
    """A check of passwords that notes how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def right(self) -> Account | None:
        self.asked += 1
        return PERSON

    async def wrong(self) -> Account | None:
        self.asked += 1
        await asyncio.sleep(0)
        return None


@pytest.fixture
def door() -> Door:
    return Door()


async def fail(attempts: Attempts, door: Door, email: str, address: str = HERE) -> None:
    assert await attempts.verify(email, address, door.wrong) is None


async def test_after_five_failures_even_the_right_password_waits(door: Door) -> None:
    attempts = Attempts()
    for _ in range(PER_ACCOUNT.amount):
        await fail(attempts, door, "a@ville.example")
    with pytest.raises(TooManyAttemptsError) as refused:
        await attempts.verify(" A@ville.example", "198.51.100.7", door.right)
    assert refused.value.minutes == PERIOD
    assert door.asked == PER_ACCOUNT.amount == 5
    assert await attempts.verify("b@ville.example", HERE, door.right) == PERSON


async def test_a_right_password_forgets_the_failures(door: Door) -> None:
    attempts = Attempts()
    for _ in range(3):
        for _ in range(PER_ACCOUNT.amount - 1):
            await fail(attempts, door, "a@ville.example")
        assert await attempts.verify("a@ville.example", HERE, door.right) == PERSON


async def test_waiting_lets_the_failures_go_one_by_one(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts, start, passed = Attempts(), time.time(), 0.0
    monkeypatch.setattr(time, "time", lambda: start + passed)
    for minute in range(PER_ACCOUNT.amount):
        passed = 60.0 * minute
        await fail(attempts, door, "a@ville.example")
    with pytest.raises(TooManyAttemptsError) as refused:
        await attempts.verify("a@ville.example", HERE, door.right)
    assert refused.value.minutes == PERIOD - 4
    passed = 60 * PERIOD - 30
    with pytest.raises(TooManyAttemptsError) as refused:
        await attempts.verify("a@ville.example", HERE, door.right)
    assert refused.value.minutes == 1
    passed = 60 * PERIOD + 1
    await fail(attempts, door, "a@ville.example")
    with pytest.raises(TooManyAttemptsError):
        await attempts.verify("a@ville.example", HERE, door.right)


async def test_one_place_may_fail_for_thirty_accounts(door: Door) -> None:
    attempts = Attempts()
    for number in range(PER_PLACE.amount):
        await fail(attempts, door, f"{number}@ville.example")
    with pytest.raises(TooManyAttemptsError):
        await attempts.verify("a@ville.example", HERE, door.right)
    assert door.asked == PER_PLACE.amount == 30
    assert await attempts.verify("a@ville.example", "192.0.2.2", door.right) == PERSON


async def test_a_whole_authority_may_sign_in_from_one_place(door: Door) -> None:
    attempts = Attempts()
    for number in range(PER_PLACE.amount * 3):
        assert await attempts.verify(f"{number}@ville.example", HERE, door.right) == PERSON


async def test_an_ipv6_subscriber_is_one_place(door: Door) -> None:
    attempts = Attempts()
    for number in range(PER_PLACE.amount):
        await fail(attempts, door, f"{number}@ville.example", f"2001:db8:0:1::{number:x}")
    with pytest.raises(TooManyAttemptsError):
        await attempts.verify("a@ville.example", "2001:db8:0:1:ffff::1", door.right)
    assert await attempts.verify("a@ville.example", "2001:db8:0:2::1", door.right) == PERSON


async def test_attempts_sent_together_do_not_pass_the_limits(door: Door) -> None:
    attempts = Attempts()
    for emails, most in (
        (["a@ville.example"] * 50, PER_ACCOUNT.amount),
        ([f"{number}@ville.example" for number in range(100)], PER_PLACE.amount + TOGETHER - 1),
    ):
        door.asked = 0
        tries = (attempts.verify(email, emails[-1], door.wrong) for email in emails)
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        assert 0 < door.asked <= most
        assert sum(isinstance(one, TooManyAttemptsError) for one in outcomes) == len(emails) - door.asked


async def test_the_log_tells_attacks_without_naming_anyone(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    attempts = Attempts()
    with caplog.at_level(logging.INFO):
        for _ in range(PER_ACCOUNT.amount):
            await fail(attempts, door, "jeanne.martin@ville.example")
        with pytest.raises(TooManyAttemptsError):
            await fail(attempts, door, "jeanne.martin@ville.example")
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == PER_ACCOUNT.amount + 1
    assert len({line.rpartition(" ")[2] for line in said}) == 1  # the same mark, to follow one account
    assert "jeanne" not in caplog.text
    assert "ville.example" not in caplog.text
