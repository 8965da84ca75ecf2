"""What every adapter keeps while it publishes: exactly once, whatever goes wrong with the request that counts."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.network import ReadsThreads
from socialdesk.core.post import Receipt
from socialdesk.practice.server import Fault
from tests.networks.contract_base import BOTH, DOUBTS, REFUSALS, REFUSED, WAITS, ContractHooks, names


class PublishingContract(ContractHooks):
    @pytest.mark.usefixtures("publishes")
    async def test_keys_are_unique_and_increase(self, opened: Any) -> None:
        keys = [self.key(opened, number) for number in range(300)]
        assert keys == sorted(set(keys))
        assert self.key(opened, 5) == keys[5]
        assert opened.new_key(1_770_000_000_000_000, 1) != opened.new_key(1_770_000_000_000_000, 2)

    @pytest.mark.usefixtures("publishes")
    async def test_rules_weigh_and_limit(self, opened: Any) -> None:
        rules = await opened.post_rules()
        assert rules.limit >= 0
        assert rules.weigh("") == 0
        assert self.threads or not rules.splits_threads
        assert rules.limit == 0 or rules.weigh("abc") == 3

    @pytest.mark.usefixtures("publishes")
    async def test_publish_find_and_delete(self, server: Any, opened: Any) -> None:
        segment, key = self.posting(server, "One clean post"), self.key(opened)
        assert await opened.find(segment, key) is None
        receipt = await opened.publish(segment, key)
        assert receipt.remote_id
        assert receipt.permalink.startswith("http")
        assert self.times_posted(server, "One clean post") == 1
        found = await opened.find(segment, key)
        assert found is not None
        assert (found.remote_id, found.permalink) == (receipt.remote_id, receipt.permalink)
        await opened.delete(receipt.remote_id, receipt.refs)
        assert self.times_posted(server, "One clean post") == 0
        await opened.delete(receipt.remote_id, receipt.refs)

    @pytest.mark.usefixtures("publishes")
    @pytest.mark.parametrize(("kind", "when"), DOUBTS)
    async def test_in_doubt_and_found_or_certainly_not(self, server: Any, opened: Any, kind: str, when: str) -> None:
        text = f"In doubt {kind} {when}"
        segment, key = self.posting(server, text), self.key(opened)
        server.faults.add(self.publish_fault(kind, when, retry_after="none"))
        with pytest.raises(OutcomeUnknown):
            await opened.publish(segment, key)
        found = await opened.find(segment, key)
        happened = when == "after"
        assert (found is not None) == happened
        assert self.times_posted(server, text) == (1 if happened else 0)

    @pytest.mark.usefixtures("publishes")
    @pytest.mark.parametrize(
        ("kind", "expected"),
        [("401", AuthExpired), ("403", Rejected), ("404", Rejected), ("429", RateLimited)],
        ids=REFUSED,
    )
    async def test_a_refusal_while_publishing(
        self, server: Any, opened: Any, kind: str, expected: type[NetworkError]
    ) -> None:
        segment = self.posting(server, "Refused at first")
        server.faults.add(self.publish_fault(kind))
        with pytest.raises(NetworkError) as caught:
            await opened.publish(segment, self.key(opened))
        assert type(caught.value) is expected
        assert self.times_posted(server, "Refused at first") == 0

    @pytest.mark.usefixtures("publishes")
    @pytest.mark.parametrize(
        ("kind", "expected"),
        [("401", AuthExpired), ("403", Rejected), ("404", Rejected), ("429", RateLimited)],
        ids=REFUSED,
    )
    async def test_a_refusal_of_what_happened_all_the_same(
        self, server: Any, opened: Any, kind: str, expected: type[NetworkError]
    ) -> None:
        """Such an answer is false; one attempt makes one post at most."""
        server.faults.add(self.publish_fault(kind, "after"))
        try:
            assert (await opened.publish(self.posting(server, f"Carried out {kind}"), self.key(opened))).remote_id
        except NetworkError as error:
            refused = error
            assert type(refused) is expected
        assert self.times_posted(server, f"Carried out {kind}") == 1

    @pytest.mark.usefixtures("publishes")
    @pytest.mark.parametrize("form", WAITS)
    async def test_please_wait_while_publishing(self, server: Any, opened: Any, form: str) -> None:
        fault = self.publish_fault("429", seconds=90, retry_after=form)
        server.faults.add(fault)
        with pytest.raises(RateLimited) as caught:
            await opened.publish(self.posting(server, "Too eager"), self.key(opened))
        self._check_until(caught.value, fault)

    @pytest.mark.usefixtures("publishes")
    @pytest.mark.parametrize("form", WAITS)
    async def test_an_overloaded_server_while_publishing_is_a_doubt(self, server: Any, opened: Any, form: str) -> None:
        server.faults.add(self.publish_fault("503", seconds=90, retry_after=form))
        with pytest.raises(OutcomeUnknown) as caught:
            await opened.publish(self.posting(server, f"Overloaded {form}"), self.key(opened))
        assert caught.value.retry_at is None or caught.value.retry_at > datetime.now(UTC)

    @pytest.mark.usefixtures("publishes")
    async def test_a_server_that_is_down_while_publishing(self, server: Any, opened: Any) -> None:
        segment, key = self.posting(server, "Nobody there"), self.key(opened)
        await server.stop()
        with pytest.raises(Unreachable):
            await opened.publish(segment, key)

    @pytest.mark.usefixtures("publishes")
    async def test_find_that_cannot_look_never_says_no(self, server: Any, opened: Any) -> None:
        segment, key = self.posting(server, "Hidden behind a fault"), self.key(opened)
        await opened.publish(segment, key)
        for kind in ("500", "close", "html", "truncated"):
            server.faults.clear()
            server.faults.add(Fault(kind, times=0))
            with pytest.raises((Unreachable, OutcomeUnknown, RateLimited)):
                await opened.find(segment, key)

    @pytest.mark.usefixtures("publishes")
    @pytest.mark.parametrize(("kind", "when"), [*DOUBTS, *REFUSALS])
    async def test_exactly_once_after_a_fault(self, server: Any, opened: Any, kind: str, when: str) -> None:
        text = f"Exactly once {kind} {when}"
        server.faults.add(self.publish_fault(kind, when))
        receipt = await self.deliver(server, self.posting(server, text), self.key(opened))
        assert receipt.permalink
        assert self.times_posted(server, text) == 1

    @pytest.mark.usefixtures("publishes")
    @pytest.mark.parametrize("when", BOTH)
    @pytest.mark.parametrize("part", [0, 1, 2])
    async def test_a_thread_resumes_at_each_segment(self, server: Any, opened: Any, part: int, when: str) -> None:
        if not self.threads:
            pytest.skip("a draft never becomes a thread here")
        texts = [f"Part {number} of a thread, fault at {part} {when}" for number in range(3)]
        receipts: list[Receipt] = []
        for number, text in enumerate(texts):
            if number == part:
                server.faults.add(self.publish_fault("close", when))
            segment = self.posting(server, text)
            if receipts:
                segment = replace(segment, previous=receipts[-1], root=receipts[0])
            receipts.append(await self.deliver(server, segment, self.key(opened, number)))
        assert [self.times_posted(server, text) for text in texts] == [1, 1, 1]
        assert len({receipt.remote_id for receipt in receipts}) == 3
        if isinstance(opened, ReadsThreads):
            page = await opened.thread(receipts[0].remote_id, receipts[0].refs)
            assert [entry.text for entry in page.entries] == texts

    # secrets

    @pytest.mark.parametrize("kind", ["401", "403", "429", "500", "html", "close"])
    async def test_no_secret_in_errors_logs_or_representations(
        self, server: Any, opened: Any, caplog: pytest.LogCaptureFixture, kind: str
    ) -> None:
        caplog.set_level(logging.DEBUG)
        server.faults.add(Fault(kind, times=0))
        shown = [repr(opened), str(vars(opened) if hasattr(opened, "__dict__") else "")]
        with pytest.raises(NetworkError) as caught:
            await opened.fetch(self.source(server), "", 10)
        shown.append(names(caught.value))
        if self.publish_path:
            with pytest.raises(NetworkError) as caught:
                await opened.publish(self.posting(server, "Nothing to see"), self.key(opened))
            shown.append(names(caught.value))
        shown += [f"{r.getMessage()} {r.args}" for r in caplog.records]
        secrets = self.secrets(server)
        assert all(secrets) or not self.publish_path
        assert not [text for text in shown for secret in secrets if secret in text]
