"""Sign-ins that end soon: extended where that can be, told once where it cannot."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from socialdesk.core.account import Credential
from socialdesk.core.errors import AuthExpired
from socialdesk.core.events import SignInEndsSoon
from socialdesk.services.sign_in_watch import SignInWatch
from tests.services.conftest import Desk
from tests.services.fakes import FakeNetwork


@pytest.fixture
def ends(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], datetime]:
    """Says when the token that is kept ends, counted from now; the one that a renewal brings lasts sixty days more."""

    def arrange(left: timedelta) -> datetime:
        end = desk.clock() + left

        def sign_in_ends(self: FakeNetwork) -> datetime:
            return end + timedelta(days=60 if self._credential.get("token") == "longer" else 0)

        monkeypatch.setattr(desk.short, "sign_in_ends", sign_in_ends, raising=False)
        return end

    return arrange


@pytest.fixture
def watch(desk: Desk) -> SignInWatch:
    services = desk.services
    return SignInWatch(services.accounts, services.settings, services.events, desk.clock)


def told(desk: Desk) -> list[SignInEndsSoon]:
    found = [event for event in desk.events if isinstance(event, SignInEndsSoon)]
    desk.events.clear()
    return found


async def test_a_week_before_its_end_a_sign_in_is_told_of_once(
    desk: Desk, watch: SignInWatch, ends: Callable[[timedelta], datetime]
) -> None:
    end = ends(timedelta(days=60))
    short = await desk.sign_in("short")
    for days in (0, 52):
        desk.clock.forward(days=days)
        await watch.look()
        assert told(desk) == []
    desk.clock.forward(days=1)
    await watch.look()
    assert told(desk) == [SignInEndsSoon(short, "Short", "@northwind", end)]
    desk.clock.forward(days=1)
    await watch.look()
    again = SignInWatch(desk.services.accounts, desk.services.settings, desk.services.events, desk.clock)
    await again.look()
    assert told(desk) == [], "the next start of the desk does not tell it again"


async def test_the_next_end_is_told_of_again(
    desk: Desk, watch: SignInWatch, ends: Callable[[timedelta], datetime]
) -> None:
    ends(timedelta(days=3))
    await desk.sign_in("short")
    await watch.look()
    assert len(told(desk)) == 1
    end = ends(timedelta(days=5))
    await desk.sign_in("short")
    await watch.look()
    assert [event.ends for event in told(desk)] == [end]


async def test_a_sign_in_that_can_be_extended_is_and_nobody_is_told(
    desk: Desk, watch: SignInWatch, ends: Callable[[timedelta], datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where no column looks at the account, so that nothing else would have renewed it."""
    end = ends(timedelta(days=6))
    monkeypatch.setattr(desk.short, "renew_at", lambda self: end - timedelta(days=30), raising=False)
    short = await desk.sign_in("short")
    desk.short.world.token = "longer"
    await watch.look()
    assert told(desk) == []
    assert desk.vault.get(short) == Credential({"token": "longer"})
    assert (await desk.services.accounts.get(short)).days_left(desk.clock()) == 66


async def test_an_extension_that_fails_is_no_reason_to_keep_quiet(
    desk: Desk, watch: SignInWatch, ends: Callable[[timedelta], datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def renew(self: FakeNetwork) -> Credential:
        raise AuthExpired("not now")

    end = ends(timedelta(days=2))
    monkeypatch.setattr(desk.short, "renew_at", lambda self: end - timedelta(days=30), raising=False)
    monkeypatch.setattr(desk.short, "renew", renew)
    await desk.sign_in("short")
    await watch.look()
    assert len(told(desk)) == 1


async def test_who_has_to_sign_in_again_anyway_is_told_nothing_more(
    desk: Desk, watch: SignInWatch, ends: Callable[[timedelta], datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def renew(self: FakeNetwork) -> Credential:
        raise AuthExpired("over")

    ends(timedelta(days=2))
    monkeypatch.setattr(desk.short, "renew", renew)
    short = await desk.sign_in("short")
    desk.short.world.token = "another"
    with pytest.raises(AuthExpired):
        await desk.services.accounts.test(short)
    await watch.look()
    assert told(desk) == []


async def test_it_looks_by_itself_a_minute_after_the_start_and_every_day(
    desk: Desk, ends: Callable[[timedelta], datetime]
) -> None:
    slept: list[float] = []
    ends(timedelta(days=2))
    await desk.sign_in("short")
    done = asyncio.Event()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            done.set()
            await asyncio.Event().wait()

    watch = SignInWatch(desk.services.accounts, desk.services.settings, desk.services.events, desk.clock, sleep)
    watch.start()
    async with asyncio.timeout(10):
        await done.wait()
    await watch.stop()
    assert slept == [60.0, 86_400.0, 86_400.0]
    assert len(told(desk)) == 1


async def test_the_test_and_doctor_say_how_long_it_lasts(desk: Desk, ends: Callable[[timedelta], datetime]) -> None:
    ends(timedelta(days=12, hours=3))
    short = await desk.sign_in("short")
    said = await desk.services.accounts.test(short)
    assert said.endswith("may read and post. Sign-in lasts 12 more days.")
    for forward, words in ((10, "2 more days"), (1, "one more day"), (1, "less than a day"), (1, "has run out")):
        desk.clock.forward(days=forward)
        assert words in await desk.services.accounts.test(short)
    finding = next(one for one in await desk.services.health.doctor() if one.name.startswith("account "))
    assert finding.ok
    assert finding.fix == "Sign in again before it ends."
