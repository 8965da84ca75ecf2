"""The places of the hand-off lane: their pages, their limits, and how a name finds the place."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from socialdesk.app.networks import own_networks
from socialdesk.core.account import NOTHING, Account
from socialdesk.core.network import HandsOff, Publishes, SignedIn
from socialdesk.core.post import Picture, Rendition
from socialdesk.networks.handoff.adapter import HandOffPlace
from socialdesk.networks.handoff.counting import title_and_body, weigh_for_x
from socialdesk.networks.handoff.destinations import TABLE
from socialdesk.networks.x.counting import weigh as weigh_at_x

LINK = "https://blog.example/pumps?a=1&b=2"
TRICKY = f"100 % sure? a&b=c #tag + “x” é {{text}} {LINK}\nSecond line"


async def place(key: str, name: str) -> HandOffPlace:
    """The account as the desk has it after the dialog."""
    visitor = HandOffPlace(Account(0, key, "", "", ""), NOTHING, None)
    signed_in = await visitor.sign_in({"name": name})
    assert isinstance(signed_in, SignedIn)
    who = signed_in.identity
    assert not signed_in.credential.secrets
    return HandOffPlace(Account(1, key, who.name, who.handle, who.server, facts=who.facts), NOTHING, None)


def page(opened: HandOffPlace, rendition: Rendition) -> str:
    return opened.compose_url(opened.in_form(rendition))


def test_the_program_finds_every_place_of_the_table() -> None:
    known = own_networks()
    assert {row.key for row in TABLE} <= known.keys()
    titles = [network.facts.title for network in known.values()]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.key)
async def test_nothing_can_be_sent_and_only_a_name_is_asked(row: object) -> None:
    key = row.key  # type: ignore[attr-defined]
    opened = await place(key, "Northwind")
    assert isinstance(opened, HandsOff)
    assert not isinstance(opened, Publishes)
    assert opened.account.name == "Northwind"
    assert opened.facts.by_hand
    [way] = opened.facts.sign_ins
    assert [field.name for field in way.fields] == ["name"]  # type: ignore[union-attr]
    assert opened.facts.note.endswith(".")
    assert (await opened.post_rules()).findable is False


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.key)
async def test_tricky_words_come_back_from_the_address_as_they_were(row: object) -> None:
    opened = await place(row.key, "Northwind")  # type: ignore[attr-defined]
    said = opened.in_form(Rendition(TRICKY, link=LINK))
    url = opened.compose_url(said)
    assert url.isascii()
    assert " " not in url
    assert "{" not in url
    filled = unquote(url).replace("\r\n", "\n")
    if said.text and ("text=" in url or "body=" in url):
        assert said.text in filled
    if "title=" in url or "subject=" in url:
        assert said.title in filled
    assert urlsplit(url).scheme in ("https", "mailto", "")


@pytest.mark.parametrize(
    ("key", "name", "expected"),
    [
        ("x_by_hand", "@northwind", "https://x.com/intent/post?text=Hello"),
        ("threads_by_hand", "@northwind", "https://www.threads.net/intent/post?text=Hello"),
        ("linkedin_by_hand", "Me", "https://www.linkedin.com/feed/?shareActive=true&text=Hello"),
        ("facebook_by_hand", "Me", "https://www.facebook.com/"),
        ("facebook_group_by_hand", "https://m.facebook.com/groups/b2b.pumps/?ref=x", "https://www.facebook.com/groups/b2b.pumps"),
        ("facebook_group_by_hand", "Pump people", "https://www.facebook.com/groups/feed/"),
        ("linkedin_group_by_hand", "linkedin.com/groups/4711/", "https://www.linkedin.com/groups/4711/"),
        ("instagram_by_hand", "@northwind", "https://www.instagram.com/"),
        ("reddit_by_hand", "r/marketing", "https://www.reddit.com/r/marketing/submit?title=Hello"),
        ("reddit_by_hand", "https://old.reddit.com/r/marketing/new/", "https://www.reddit.com/r/marketing/submit?title=Hello"),
        ("reddit_by_hand", "My Reddit", "https://www.reddit.com/submit?title=Hello"),
        ("hackernews_by_hand", "northwind", "https://news.ycombinator.com/submit"),
        ("medium_by_hand", "@northwind", "https://medium.com/new-story"),
        ("substack_by_hand", "pumps.substack.com", "https://pumps.substack.com/publish/post"),
        ("substack_by_hand", "Our letter", "https://substack.com/home"),
        ("whatsapp_by_hand", "Sales", "https://wa.me/?text=Hello"),
        ("whatsapp_by_hand", "+49 (170) 123-4567", "https://wa.me/491701234567?text=Hello"),
        ("newsletter_by_hand", "list@northwind.example", "mailto:list@northwind.example?subject=Hello"),
        ("newsletter_by_hand", "Readers", "mailto:?subject=Hello"),
        ("site_by_hand", "https://community.example/new?a=1", "https://community.example/new?a=1"),
        ("site_by_hand", "Our intranet", ""),
    ],
)  # fmt: skip
async def test_the_page_of_each_place(key: str, name: str, expected: str) -> None:
    assert page(await place(key, name), Rendition("Hello")) == expected


async def test_a_link_goes_where_the_page_has_a_box_for_it() -> None:
    linked = Rendition(f"Why pumps hum: {LINK}", link=LINK)
    reddit = await place("reddit_by_hand", "r/pumps")
    assert reddit.in_form(linked) == Rendition("", title="Why pumps hum", link=LINK)
    asked = parse_qs(urlsplit(page(reddit, linked)).query)
    assert asked == {"title": ["Why pumps hum"], "url": [LINK]}
    news = await place("hackernews_by_hand", "northwind")
    assert parse_qs(urlsplit(page(news, linked)).query) == {"u": [LINK], "t": ["Why pumps hum"]}
    facebook = await place("facebook_by_hand", "Me")
    assert parse_qs(urlsplit(page(facebook, linked)).query) == {"u": [LINK]}


async def test_a_link_beside_pictures_or_more_words_stays_in_the_text() -> None:
    reddit = await place("reddit_by_hand", "r/pumps")
    longer = Rendition(f"Why pumps hum\n\nWe measured it: {LINK}", link=LINK)
    asked = parse_qs(urlsplit(page(reddit, longer)).query)
    assert asked == {"type": ["TEXT"], "title": ["Why pumps hum"], "text": [f"We measured it: {LINK}"]}
    picture = Picture("0" * 64, "image/png", 1, 1, 1)
    shown = Rendition(f"Why pumps hum {LINK}", link=LINK, pictures=(picture,))
    assert reddit.in_form(shown).text == LINK
    facebook = await place("facebook_by_hand", "Me")
    assert page(facebook, shown) == "https://www.facebook.com/"
    letter = await place("newsletter_by_hand", "Readers")
    assert letter.in_form(Rendition(f"Why pumps hum {LINK}", link=LINK)).text == LINK


async def test_a_message_for_the_mail_program_has_its_line_ends_and_its_limit() -> None:
    letter = await place("newsletter_by_hand", "list@northwind.example")
    assert page(letter, Rendition("News\n\nOne\nTwo")).endswith("?subject=News&body=One%0D%0ATwo")
    long = page(letter, Rendition("News\n\n" + "pump " * 2000))
    assert long == "mailto:list@northwind.example?subject=News"


async def test_a_text_too_long_for_an_address_opens_the_page_empty() -> None:
    linkedin = await place("linkedin_by_hand", "Me")
    assert page(linkedin, Rendition("ü" * 2900)) == "https://www.linkedin.com/feed/"


async def test_two_communities_are_two_accounts_and_one_named_twice_is_one() -> None:
    def key(opened: SignedIn) -> str:
        return opened.identity.remote_id

    visitor = HandOffPlace(Account(0, "reddit_by_hand", "", "", ""), NOTHING, None)
    named = [await visitor.sign_in({"name": n}) for n in ("r/Pumps", "https://www.reddit.com/r/pumps/", "r/valves")]
    assert key(named[0]) == key(named[1]) != key(named[2])


@pytest.mark.parametrize(
    "text",
    [
        "Pumps",
        "Read https://www.apumpmaker.com/prices?a=1&b=2 now",
        "Übergröße – „schön“",
        "ポンプの値段",
        "Good 👍🏽 and 👨‍👩‍👧‍👦",
        "a" * 281,
        "1️⃣ first",
        "🇩🇪 and 🇯🇵",
    ],
)
def test_x_counts_by_hand_as_through_its_interface(text: str) -> None:
    assert weigh_for_x(text) == weigh_at_x(text)


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("One line", "One line", ""),
        ("Title\nBody", "Title", "Body"),
        (f"Title: {LINK}", "Title", LINK),
        (f"{LINK}\nBody", "", f"{LINK}\n\nBody"),
        ("", "", ""),
        ("  \n Title \n\n Body\n", "Title", "Body"),
    ],
)
def test_the_first_line_is_the_title(text: str, title: str, body: str) -> None:
    assert title_and_body(text) == (title, body)
