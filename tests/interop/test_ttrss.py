"""A real Tiny Tiny RSS: what is read, starred and labelled, both ways, through the services and the command line."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from socialdesk.core.errors import AuthExpired, Rejected
from socialdesk.core.source import Column, Source, WordFilter
from socialdesk.services.bundle import Services
from tests.interop.proxy import Proxy, in_front_of
from tests.interop.rigs import ttrss
from tests.interop.rigs.ttrss import Reader
from tests.support.recorded import RecordedProgram

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300)]


@pytest.fixture(scope="session")
def running(work: Path) -> Iterator[Reader]:
    try:
        yield ttrss.start(work)
    finally:
        ttrss.stop(work)


@pytest.fixture
def reader(running: Reader) -> Reader:
    """With two feeds, three articles each, and a label; nothing of an earlier test."""
    for table in ("ttrss_user_entries", "ttrss_entries", "ttrss_feeds", "ttrss_feed_categories", "ttrss_labels2"):
        running.ask(f"delete from {table}")
    for title, category in (("Harbor Analytics", "Ports"), ("Northwind Pumps", "Pumps")):
        feed = running.add_feed(title, category)
        for number in (1, 2, 3):
            running.add_article(feed, f"{title} {number}", f"<p>Words <b>{number}</b></p>")
    running.add_label("Later")
    return running


@pytest.fixture
def proxy(reader: Reader) -> Iterator[Proxy]:
    with in_front_of(reader.url) as proxy:
        yield proxy


def number_of(reader: Reader, title: str) -> int:
    return int(reader.ask(f"select id from ttrss_entries where title = '{title}'"))


def update(reader: Reader, title: str, field: str, value: str) -> None:
    """As another device does it, in the server's own database."""
    reader.ask(f"update ttrss_user_entries set {field} = {value} where ref_id = {number_of(reader, title)}")


def unread(reader: Reader) -> set[str]:
    found = reader.ask(
        "select e.title from ttrss_user_entries u join ttrss_entries e on e.id = u.ref_id where u.unread"
    )
    return set(found.splitlines())


async def signed_in(services: Services, reader: Reader, url: str = "") -> int:
    answers = {"server": url or reader.url, "username": reader.user, "password": reader.password}
    return (await services.accounts.sign_in("ttrss", answers)).id


async def column(services: Services, account: int, kind: str = "everything", **params: str) -> Column:
    made = await services.columns.add(kind, "rss", (Source(0, "ttrss", kind, account, params),), WordFilter())
    await look(services)
    return made


async def look(services: Services) -> None:
    report = await services.refresh.now()
    assert [outcome.detail for outcome in report.outcomes if outcome.error] == []


async def rows(services: Services, shown: Column) -> dict[str, Any]:
    return {row.entry.title: row for row in await services.reading.page(shown.id, None, 100)}


async def new(services: Services, shown: Column) -> set[str]:
    return {title for title, row in (await rows(services, shown)).items() if not row.seen}


async def test_articles_come_as_they_are(services: Services, reader: Reader) -> None:
    shown = await column(services, await signed_in(services, reader))
    found = await rows(services, shown)
    assert set(found) == {f"{feed} {n}" for feed in ("Harbor Analytics", "Northwind Pumps") for n in (1, 2, 3)}
    entry = (await services.reading.entry(found["Harbor Analytics 1"].entry_id)).entry
    assert entry.author.name == "Editors, Harbor Analytics"
    assert (entry.text, entry.tags) == ("Words 1", ("b2b",))
    assert "<b>1</b>" in entry.html
    assert entry.published is not None
    assert await new(services, shown) == unread(reader)


async def test_read_and_starred_go_both_ways(services: Services, reader: Reader) -> None:
    account = await signed_in(services, reader)
    shown = await column(services, account)
    found = await rows(services, shown)
    first, second, third = sorted(found)[:3]
    await services.reading.mark_seen(shown.id, (found[first].entry_id,))
    await services.marking.push(account)
    await services.reading.act(found[second].entry_id, "bookmark")
    assert reader.state(number_of(reader, first)) == (False, False)
    assert reader.state(number_of(reader, second)) == (True, True)
    update(reader, third, "unread", "false")
    update(reader, third, "marked", "true")
    update(reader, second, "marked", "false")
    update(reader, first, "unread", "true")
    await look(services)
    found = await rows(services, shown)
    assert await new(services, shown) == unread(reader)
    assert {title for title, row in found.items() if "bookmark" in row.entry.mine} == {third}
    await services.reading.mark_unread((found[third].entry_id,))
    await services.reading.act(found[third].entry_id, "unbookmark")
    await services.marking.push(account)
    assert reader.state(number_of(reader, third)) == (True, False)


async def test_new_articles_come_once_and_the_past_on_demand(services: Services, reader: Reader) -> None:
    shown = await column(services, await signed_in(services, reader))
    feed = int(reader.ask("select min(id) from ttrss_feeds"))
    for number in range(60):
        reader.add_article(feed, f"News {number}", "<p>New</p>")
    await look(services)
    await look(services)
    assert len(await rows(services, shown)) == 66
    fresh = await column(services, (await services.accounts.list())[0].id, "subscription", feed=str(feed))
    before = len(await rows(services, fresh))
    assert before < 63
    assert await services.refresh.older(fresh.id)
    assert len(await rows(services, fresh)) == 63


async def test_categories_labels_and_stars_are_columns(services: Services, reader: Reader) -> None:
    account = await signed_in(services, reader)
    everything = await rows(services, await column(services, account))
    title = "Northwind Pumps 2"
    await services.reading.act(everything[title].entry_id, "label:Later")
    assert reader.ask("select count(*) from ttrss_user_labels2") == "1"
    assert set(await rows(services, await column(services, account, "label", label="Later"))) == {title}
    ports = await column(services, account, "folder", folder="Ports")
    assert set(await rows(services, ports)) == {f"Harbor Analytics {n}" for n in (1, 2, 3)}
    await services.reading.act(everything[title].entry_id, "unlabel:Later")
    assert reader.ask("select count(*) from ttrss_user_labels2") == "0"
    with pytest.raises(Rejected):
        await services.reading.act(everything[title].entry_id, "label:Unheard of")


async def test_marks_whose_answer_was_lost_are_said_again(services: Services, reader: Reader, proxy: Proxy) -> None:
    account = await signed_in(services, reader, proxy.url)
    shown = await column(services, account)
    found = await rows(services, shown)
    title = min(found)
    proxy.lose("answer", "POST", "/api/")
    await services.reading.mark_seen(shown.id, (found[title].entry_id,))
    await services.marking.push(account)
    update(reader, title, "unread", "true")  # somebody keeps it unread before we hear that ours got through
    await services.marking.push(account)
    assert reader.state(number_of(reader, title)) == (False, False), "ours waited, so it is the newer one here"
    await look(services)
    assert title not in await new(services, shown)


async def test_a_session_that_ended_is_begun_again(services: Services, reader: Reader) -> None:
    shown = await column(services, await signed_in(services, reader))
    reader.ask("delete from ttrss_sessions")
    title = min(unread(reader))
    update(reader, title, "unread", "false")
    await look(services)
    assert title not in await new(services, shown)


async def test_a_wrong_password_and_another_server_are_said(services: Services, reader: Reader) -> None:
    for answers, error in (({"password": "wrong"}, AuthExpired), ({"server": f"{reader.url}/feed-icons"}, Rejected)):
        with pytest.raises(error):
            await services.accounts.sign_in(
                "ttrss", {"server": reader.url, "username": reader.user, "password": reader.password, **answers}
            )


async def test_what_cannot_be_subscribed_to_is_said(services: Services, reader: Reader) -> None:
    account = await signed_in(services, reader)
    assert {one.title for one in await services.subscribing.list(account)} == {"Harbor Analytics", "Northwind Pumps"}
    for folder, reason in (("", "no_feed_there"), ("Unheard of", "no_folder")):
        with pytest.raises(Rejected) as caught:
            await services.subscribing.add(account, "http://127.0.0.1:9/feed", folder)
        assert caught.value.reason == reason
    gone = next(one for one in await services.subscribing.list(account) if one.title == "Northwind Pumps")
    await services.subscribing.remove(account, gone.id)
    await services.subscribing.remove(account, gone.id)
    assert reader.ask("select count(*) from ttrss_feeds") == "1"


def test_the_command_line_reads_and_stars(program: RecordedProgram, reader: Reader) -> None:
    program.add_account("ttrss", reader.password, server=reader.url, username=reader.user)
    program.run("column", "add", "ttrss", "unread", "--account", "ttrss", "--title", "Unread")
    program.run("refresh")
    shown = {one["entry"]["title"]: one["id"] for one in program.run("timeline", "Unread")}
    assert set(shown) == unread(reader)
    title = min(shown)
    program.run("entry", "read", shown[title])
    program.run("entry", "star", shown[title])
    assert reader.state(number_of(reader, title)) == (False, True)
    assert not [answer for answer in program.said if reader.password in answer.out + answer.err]


def test_the_api_is_what_we_think_it_is(reader: Reader) -> None:
    """Asked beside the program: the level whose calls the adapter uses."""
    body = json.dumps({"op": "login", "user": reader.user, "password": reader.password}).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{reader.url}/api/", body), timeout=60) as answer:
        assert json.loads(answer.read())["content"]["api_level"] >= 15
