"""What every adapter keeps while it reads: facts, identity, columns, faults."""

import re
from datetime import timedelta
from typing import Any

import pytest

from socialdesk.core.errors import AuthExpired, NetworkError, RateLimited, Unreachable
from socialdesk.core.network import (
    Acts,
    Deletes,
    NetworkFacts,
    Nothing,
    Publishes,
    Reads,
    Renews,
    RenewsEarly,
    Schedules,
    SignsIn,
)
from socialdesk.http import Http
from socialdesk.practice.server import Fault
from tests.networks.contract_base import BOTH, BROKEN, REFUSED, WAITS, ContractHooks, make_http

ACTIONS = {"like", "reshare", "reply", "bookmark", "quote"}


class ReadingContract(ContractHooks):
    # facts

    def test_facts_are_well_formed(self) -> None:
        facts = self.network.facts
        assert isinstance(facts, NetworkFacts)
        assert self.network.__module__.split(".")[-1] == facts.key or f".{facts.key}" in self.network.__module__
        assert re.fullmatch(r"(#[0-9A-Fa-f]{6})?", facts.colour)
        assert re.fullmatch(r"[a-z0-9-]+", facts.icon)
        assert facts.title
        assert facts.sign_ins
        assert set(facts.actions) <= ACTIONS
        kinds = [source.kind for source in facts.sources]
        assert len(kinds) == len(set(kinds)) > 0
        for source in facts.sources:
            fields = [field.name for field in source.fields]
            assert len(fields) == len(set(fields))
            assert not source.searches or source.searches in fields
            assert not any(field.secret for field in source.fields)
            assert source.title
            assert source.interval_s >= 30

    def test_every_sign_in_form_asks_with_labels(self) -> None:
        for form in self.network.facts.sign_ins:
            if isinstance(form, Nothing):
                continue
            assert all(field.name and field.label for field in form.fields)
            assert not any(field.secret and field.example for field in form.fields)

    async def test_abilities_are_the_protocols(self, opened: Any) -> None:
        assert isinstance(opened, Reads)
        assert issubclass(self.network, Publishes) == bool(self.publish_path)
        assert issubclass(self.network, Renews) == bool(self.renew_path)
        assert issubclass(self.network, Renews) or not issubclass(self.network, RenewsEarly)
        if isinstance(opened, Publishes):
            rules = await opened.post_rules()
            holds = issubclass(self.network, Schedules)
            assert holds == (rules.schedule is not None) or (holds and rules.article), "blogs hold their articles"
            assert issubclass(self.network, Deletes)
        if set(self.network.facts.actions) & {"like", "reshare", "bookmark"}:
            assert isinstance(opened, Acts)

    # identity

    async def test_whoami_tells_who(self, opened: Any) -> None:
        if isinstance(opened, SignsIn):
            identity = await opened.whoami()
            assert identity.remote_id
            assert identity.handle
            assert identity.server.startswith("http")

    async def test_whoami_with_a_bad_credential(self, server: Any, http: Http) -> None:
        bad = await self.open_with_bad_credential(server, http)
        if isinstance(bad, SignsIn):
            with pytest.raises(AuthExpired):
                await bad.whoami()

    # reading

    async def test_first_look_gives_whole_entries(self, server: Any, opened: Any) -> None:
        page = await opened.fetch(self.source(server), "", 10)
        assert 0 < len(page.entries) <= 10
        assert len({entry.key for entry in page.entries}) == len(page.entries)
        for entry in page.entries:
            assert entry.network == self.network.facts.key
            assert entry.key
            assert entry.remote_id
            assert entry.author.name
            assert entry.published is not None
            assert entry.published.utcoffset() == timedelta(0)
            urls = [entry.url, entry.author.url, entry.author.avatar_url, *(m.url for m in entry.media)]
            assert all(url.startswith(("http://", "https://")) for url in urls if url)

    async def test_next_look_brings_only_what_is_new(self, server: Any, opened: Any) -> None:
        first = await opened.fetch(self.source(server), "", 10)
        again = await opened.fetch(self.source(server), first.cursor, 10)
        assert not {e.key for e in again.entries} - {e.key for e in first.entries}
        self.add_post(server, "Something new on the wire")
        third = await opened.fetch(self.source(server), again.cursor or first.cursor, 10)
        new = [e for e in third.entries if e.key not in {e.key for e in first.entries}]
        assert len(new) == 1
        assert "Something new on the wire" in f"{new[0].title} {new[0].text}"
        assert not third.gap

    @pytest.mark.parametrize("when", BOTH)
    @pytest.mark.parametrize("kind", [*BROKEN, "401", "403", "404"])
    async def test_a_fault_while_reading(self, server: Any, opened: Any, kind: str, when: str) -> None:
        fault = Fault(kind, match=self.read_path, times=0, when=when)
        server.faults.add(fault)
        await self._expect_read(server, opened, fault)

    @pytest.mark.parametrize("form", WAITS)
    @pytest.mark.parametrize("kind", ["429", "503"])
    async def test_please_wait_while_reading(self, server: Any, opened: Any, kind: str, form: str) -> None:
        fault = Fault(kind, match=self.read_path, times=0, seconds=90, retry_after=form)
        server.faults.add(fault)
        await self._expect_read(server, opened, fault)

    async def _expect_read(self, server: Any, opened: Any, fault: Fault, cursor: str = "") -> None:
        expected = self.read_error(fault)
        if expected is None:
            await opened.fetch(self.source(server), cursor, 10)
            return
        with pytest.raises(NetworkError) as caught:
            await opened.fetch(self.source(server), cursor, 10)
        assert type(caught.value) is expected
        if isinstance(caught.value, RateLimited):
            self._check_until(caught.value, fault)

    @pytest.mark.parametrize("kind", [*BROKEN, *REFUSED, "503"])
    async def test_after_a_fault_the_column_goes_on_where_it_was(self, server: Any, opened: Any, kind: str) -> None:
        first = await opened.fetch(self.source(server), "", 10)
        self.add_post(server, f"After {kind}")
        fault = Fault(kind, match=self.read_path, retry_after="none")
        server.faults.add(fault)
        await self._expect_read(server, opened, fault, first.cursor)
        http = make_http(server)  # as if the wait had passed
        page = await (await self.open(server, http)).fetch(self.source(server), first.cursor, 10)
        await http.aclose()
        known = {entry.key for entry in first.entries}
        assert [f"After {kind}" in f"{e.title} {e.text}" for e in page.entries if e.key not in known] == [True]
        assert not page.gap

    async def test_a_server_that_is_down_while_reading(self, server: Any, opened: Any) -> None:
        await server.stop()
        with pytest.raises(Unreachable):
            await opened.fetch(self.source(server), "", 10)
