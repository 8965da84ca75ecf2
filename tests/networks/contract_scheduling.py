"""What every adapter keeps whose network holds posts until their time: held once, out once, and taken back for good."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialdesk.core.errors import OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.network import Schedules
from socialdesk.core.post import Segment
from socialdesk.practice.server import Fault
from tests.networks.contract_base import BOTH
from tests.networks.contract_steps import MOST_REQUESTS, StepsContract


def due_of(segment: Segment) -> datetime | None:
    """When the network shall publish what it is given now."""
    return segment.article.publish_at if segment.article is not None else segment.publish_at


class SchedulingContract(StepsContract):
    def times_waiting(self, server: Any, text: str) -> int:
        """How many posts with this text the server holds for later."""
        raise NotImplementedError("the network holds posts: say how many wait")

    def let_time_pass(self, server: Any) -> None:
        """The time of everything that waits has come."""
        raise NotImplementedError("the network holds posts: let their time come")

    @pytest.fixture
    def schedules(self) -> None:
        if not issubclass(self.network, Schedules):
            pytest.skip("this network holds no posts until their time")

    def _is_out(self, server: Any, segment: Segment) -> bool:
        waits = due_of(segment) is not None and self.times_waiting(server, segment.text) > 0
        return waits or super()._is_out(server, segment)

    async def planned(self, server: Any, opened: Any, text: str) -> Segment:
        """An article has its time in itself; short posts only where the rules say so."""
        segment, nine_hours = self.posting(server, text), timedelta(hours=9)
        at = (datetime.now(UTC) + nine_hours).replace(microsecond=0)
        if segment.article is not None:
            return replace(segment, article=replace(segment.article, status="future", publish_at=at))
        rules = (await opened.post_rules()).schedule
        assert rules is not None
        return replace(segment, publish_at=at + rules.min_ahead)

    @pytest.mark.usefixtures("schedules")
    async def test_a_post_is_held_found_and_out_at_its_time(self, server: Any, opened: Any) -> None:
        segment, key = await self.planned(server, opened, "For later"), self.key(opened)
        assert await opened.find(segment, key) is None
        receipt = await opened.publish(segment, key)
        assert receipt.publish_at == due_of(segment)
        assert (self.times_waiting(server, "For later"), self.times_posted(server, "For later")) == (1, 0)
        held = await opened.find(segment, key)
        assert held is not None
        assert (held.remote_id, held.publish_at) == (receipt.remote_id, due_of(segment))
        assert await opened.scheduled(receipt) is None
        self.let_time_pass(server)
        out = await opened.scheduled(receipt)
        assert out is not None
        assert out.publish_at is None
        assert out.permalink.startswith("http")
        assert (self.times_waiting(server, "For later"), self.times_posted(server, "For later")) == (0, 1)
        found = await opened.find(segment, key)
        assert found is not None
        assert (found.remote_id, found.publish_at) == (out.remote_id, None)
        await opened.delete(out.remote_id, out.refs)
        assert self.times_posted(server, "For later") == 0

    @pytest.mark.usefixtures("schedules")
    async def test_what_waits_is_taken_back_for_good(self, server: Any, opened: Any) -> None:
        receipt = await opened.publish(await self.planned(server, opened, "Never mind"), self.key(opened))
        for _ in range(2):
            await opened.unschedule(receipt)
        assert self.times_waiting(server, "Never mind") == 0
        self.let_time_pass(server)
        assert self.times_posted(server, "Never mind") == 0

    @pytest.mark.usefixtures("schedules")
    async def test_what_is_out_is_not_taken_back(self, server: Any, opened: Any) -> None:
        receipt = await opened.publish(await self.planned(server, opened, "Too late"), self.key(opened))
        self.let_time_pass(server)
        with pytest.raises(Rejected) as caught:
            await opened.unschedule(receipt)
        assert caught.value.reason == "published"
        assert self.times_posted(server, "Too late") == 1

    @pytest.mark.usefixtures("schedules")
    @pytest.mark.parametrize("when", BOTH)
    @pytest.mark.parametrize("kind", ["close", "500", "html", "429", "503"])
    async def test_held_once_after_a_fault_at_each_request(
        self, server: Any, opened: Any, kind: str, when: str
    ) -> None:
        if kind == "429" and when == "after":
            pytest.skip("who refuses has done nothing")
        for number in range(MOST_REQUESTS):
            files = await self.files(opened, number)
            text, key = f"Held {number} {kind} {when}", self.key(opened, number)
            fault = Fault(kind, when=when, skip=number, seconds=90)
            segment = await self.planned(server, opened, text)
            receipt = await self._deliver_whole(server, segment, key, fault, files)
            assert receipt.publish_at == due_of(segment)
            assert (self.times_waiting(server, text), self.times_posted(server, text)) == (1, 0)
            if fault in server.faults.armed:
                break
        assert 0 < number < MOST_REQUESTS - 1

    @pytest.mark.usefixtures("schedules")
    @pytest.mark.parametrize("kind", ["close", "500", "html", "429"])
    async def test_a_look_that_fails_says_neither_out_nor_gone(self, server: Any, opened: Any, kind: str) -> None:
        receipt = await opened.publish(await self.planned(server, opened, "Hidden"), self.key(opened))
        server.faults.add(Fault(kind, times=0))
        for ask in (opened.scheduled, opened.unschedule):
            with pytest.raises((Unreachable, RateLimited, OutcomeUnknown)):
                await ask(receipt)
        assert self.times_waiting(server, "Hidden") == 1
