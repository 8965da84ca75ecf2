"""The engine as the program builds it: what has to hold from one run to the next."""

from datetime import timedelta
from pathlib import Path

from socialdesk import __version__
from socialdesk.app.engine import open_services, utc_now
from socialdesk.app.profile import Profile
from socialdesk.core.source import Source
from socialdesk.practice.hosts import BadHosts
from socialdesk.vault import MemoryVault


async def test_a_host_that_asked_to_wait_is_left_alone_after_a_restart(tmp_path: Path) -> None:
    profile = Profile.choose(tmp_path)
    async with BadHosts() as host:
        refused, other = (Source(0, "feeds", "feed", None, {"url": host.url + path}) for path in ("/429/date", "/feed"))
        async with open_services(profile, MemoryVault()) as services:
            column = await services.columns.add_known("Refused", "rss", (refused,))
            assert [o.error for o in (await services.refresh.now(column.id)).outcomes] == ["rate_limited"]
        async with open_services(profile, MemoryVault()) as services:
            column = await services.columns.add_known("Other", "rss", (other,))
            (outcome,) = (await services.refresh.now(column.id)).outcomes
        assert outcome.error == "rate_limited"
        assert outcome.next_at is not None
        assert timedelta(seconds=60) < outcome.next_at - utc_now() < timedelta(minutes=4)
        assert [asked.path for asked in host.asked] == ["/429/date"]


async def test_feeds_are_asked_by_name_version_and_contact_and_nothing_of_the_person(tmp_path: Path) -> None:
    async with BadHosts() as host:
        for profile in (Profile.choose(tmp_path / "one"), Profile.choose(tmp_path / "two")):
            async with open_services(profile, MemoryVault()) as services:
                source = Source(0, "feeds", "feed", None, {"url": host.url + "/feed"})
                column = await services.columns.add_known("Blog", "rss", (source,))
                await services.refresh.now(column.id)
    first, second = host.asked
    assert first == second
    assert first.headers["user-agent"].startswith(f"SocialDesk/{__version__} (+https://")
    assert "Mozilla" not in first.headers["user-agent"]
    assert not {"cookie", "authorization", "referer"} & set(first.headers)
