"""What every adapter keeps at each request of a delivery: uploads, looks before sending, the post, and what follows it.

The first request goes wrong, in the next delivery the second, and so on, until a delivery has no more of them.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, Rejected
from socialdesk.core.post import MediaFile, Receipt, Segment
from socialdesk.practice.server import Fault
from tests.networks.contract_base import BOTH, DOUBTS, REFUSALS, ContractHooks, make_http, plain

ATTEMPTS = 8
MOST_REQUESTS = 40


class StepsContract(ContractHooks):
    async def _deliver_whole(
        self,
        server: Any,
        segment: Segment,
        key: str,
        fault: Fault | None,
        files: tuple[MediaFile, ...],
        earlier: tuple[Receipt, ...] = (),
    ) -> Receipt:
        """Uploads and publishes as the program does, from its start at every attempt. `fault` is armed for the first.

        What the network refuses the person sends again; nothing of it may be out.
        """
        in_doubt = False
        if earlier:
            segment = replace(segment, previous=earlier[-1], root=earlier[0])
        for _ in range(ATTEMPTS):
            http, refused, told = make_http(server), False, ""
            opened = await self.open(server, http)
            if fault is not None:
                server.faults.add(fault)
                fault = None
            try:
                if in_doubt:
                    found = await opened.find(plain(segment, files), key)
                    in_doubt = False
                    if found is not None:
                        return found  # type: ignore[no-any-return]
                return await self._attempt(server, opened, segment, key, files)
            except OutcomeUnknown:
                in_doubt = True
            except NetworkError as error:
                refused = isinstance(error, Rejected | AuthExpired) and not in_doubt
                told = repr(error)
            finally:
                await http.aclose()
            assert in_doubt or not (refused and self._is_out(server, segment)), f"refused, and out: {told}"
        raise AssertionError(f"not delivered after {ATTEMPTS} attempts")

    async def _attempt(
        self, server: Any, opened: Any, segment: Segment, key: str, files: tuple[MediaFile, ...]
    ) -> Receipt:
        try:
            whole = await self.with_media(server, opened, segment, files)
        except OutcomeUnknown:  # an upload has posted nothing
            return await self._attempt(server, opened, segment, key, files)
        receipt: Receipt = await opened.publish(whole, key)
        return receipt

    def _is_out(self, server: Any, segment: Segment) -> bool:
        said = segment.article.title if segment.article else segment.text
        return self.times_posted(server, said) > 0

    @pytest.mark.usefixtures("publishes")
    @pytest.mark.parametrize(
        ("kind", "when"),
        [*DOUBTS, *REFUSALS],
    )
    async def test_exactly_once_after_a_fault_at_each_request_of_a_post_with_media(
        self, server: Any, opened: Any, kind: str, when: str
    ) -> None:
        await self._go_wrong_at_each(server, opened, kind, when)

    @pytest.mark.usefixtures("publishes")
    @pytest.mark.parametrize(
        ("kind", "when"),
        [*((kind, when) for kind in ("close", "500", "html") for when in BOTH), ("hang", "after"), ("429", "before")],
    )
    async def test_exactly_once_after_a_fault_at_each_request_of_a_post_with_a_film(
        self, server: Any, opened: Any, kind: str, when: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        nap = asyncio.sleep
        monkeypatch.setattr(asyncio, "sleep", lambda _seconds: nap(0))  # films are waited for
        rules = (await opened.post_rules()).video
        if rules is None:
            pytest.skip("this network takes no films")
        await self._go_wrong_at_each(server, opened, kind, when, lambda number: self.film(number, rules.types[0]))

    @pytest.mark.usefixtures("publishes")
    @pytest.mark.parametrize(("kind", "when"), [*DOUBTS, *REFUSALS])
    async def test_exactly_once_after_a_fault_at_each_request_of_a_post_with_a_document(
        self, server: Any, opened: Any, kind: str, when: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        nap = asyncio.sleep
        monkeypatch.setattr(asyncio, "sleep", lambda _seconds: nap(0))  # documents are waited for
        rules = (await opened.post_rules()).documents
        if rules is None:
            pytest.skip("this network takes no documents")
        await self._go_wrong_at_each(server, opened, kind, when, lambda number: self.document(number, rules.types[0]))

    async def _go_wrong_at_each(
        self, server: Any, opened: Any, kind: str, when: str, only: Callable[[int], MediaFile] | None = None
    ) -> None:
        """`only` makes the one file of a post, by its number; else it has the pictures that the network takes."""
        for number in range(MOST_REQUESTS):
            files = (only(number),) if only is not None else await self.files(opened, number)
            text, key = f"Request {number} met {kind} {when}", self.key(opened, number)
            fault = Fault(kind, when=when, skip=number, seconds=90)
            receipt = await self._deliver_whole(server, self.posting(server, text), key, fault, files)
            assert receipt.remote_id
            assert receipt.permalink.startswith("http")
            assert self.times_posted(server, text) == 1, f"{kind} {when} at request {number}"
            if fault in server.faults.armed:  # a delivery has no more requests than these
                break
        assert 0 < number < MOST_REQUESTS - 1

    @pytest.mark.usefixtures("publishes")
    @pytest.mark.parametrize("when", BOTH)
    @pytest.mark.parametrize("part", [0, 1, 2])
    async def test_a_thread_resumes_after_a_fault_at_each_request_of_each_part(
        self, server: Any, opened: Any, part: int, when: str
    ) -> None:
        if not self.threads:
            pytest.skip("a draft never becomes a thread here")
        for request in range(MOST_REQUESTS):
            files = await self.files(opened, request)
            texts = [f"Part {number}, fault at {request} of {part} {when}" for number in range(3)]
            receipts: list[Receipt] = []
            missed = False
            for number, text in enumerate(texts):
                fault = Fault("close", when=when, skip=request) if number == part else None
                server.faults.clear()
                key, segment = self.key(opened, request * 10 + number), self.posting(server, text)
                brought = files[: len(files) if number == 0 else 1] if number == part else ()
                receipts.append(await self._deliver_whole(server, segment, key, fault, brought, tuple(receipts)))
                missed = missed or fault in server.faults.armed
            assert [self.times_posted(server, text) for text in texts] == [1, 1, 1]
            assert len({receipt.remote_id for receipt in receipts}) == 3
            if missed:
                break
        assert 0 < request < MOST_REQUESTS - 1
