"""The places where a person posts by hand, as one table.

Their pages to write at: X "Web Intents" (docs.x.com), Threads "Web intents" (developers.facebook.com), WhatsApp "Click
to chat" (faq.whatsapp.com), RFC 6068 for e-mail, Facebook's share dialog (`sharer.php`), Reddit's and Hacker News' own
submission links. LinkedIn documents none: `shareActive` is what its own share button opens. A page that stops to take
the words still opens, and the words are on the clipboard with one click.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from socialdesk.core.network import ByName, Field, NetworkFacts
from socialdesk.core.text import graphemes
from socialdesk.networks.handoff.counting import weigh_for_x, weigh_title

LONGEST_ADDRESS = 6000  # of a web page: beyond it servers refuse
LONGEST_MAIL = 1900  # some systems hand no more to the mail program


@dataclass(frozen=True, slots=True)
class Destination:
    """One place. `key` is stored for ever.

    `pages` are tried in order, the first whose placeholders are all known: text, title, link, place (what `place` found
    in the account's name; `shown` is how it is written) and answered (what `answers` found in the address of the part
    before). The last one needs none. `limit` 0 = none, in units of `weigh`. `titled`: the page asks for a title.
    """

    key: str
    title: str
    colour: str
    icon: str
    example: str
    note: str
    pages: tuple[str, ...]
    limit: int = 0
    weigh: Callable[[str], int] = graphemes
    pictures: int = 10
    alt_limit: int = 1500
    place: str = ""
    shown: str = "{}"
    help: str = ""
    titled: bool = False
    article: bool = False
    threads: bool = False
    card: bool = True  # makes a card of a link
    answers: str = ""
    longest: int = LONGEST_ADDRESS
    line_end: str = "\n"

    @property
    def facts(self) -> NetworkFacts:
        name = Field("name", "Name", self.example, self.help or "What you call it here. Nothing is asked there.")
        return NetworkFacts(self.key, self.title, self.colour, self.icon, (ByName((name,)),), (), note=self.note)

    def place_in(self, name: str) -> str:
        """The place meant by the account's name, as its page wants it; '' where the name is only a name."""
        found = re.fullmatch(self.place, name.strip(), re.IGNORECASE) if self.place else None
        return found[1] if found else ""


_HOST = r"(?:https?://)?(?:www\.|m\.|web\.)?"

TABLE = (
    Destination(
        "x_by_hand",
        "X by hand",
        "",
        "x",
        "@you",
        "Free, and without an app of your own at X: the desk fills in X's own page, you press Post.",
        (
            "https://x.com/intent/post?in_reply_to={answered}&text={text}",
            "https://x.com/intent/post?text={text}",
            "https://x.com/compose/post",
        ),
        limit=280,
        weigh=weigh_for_x,
        pictures=4,
        alt_limit=1000,
        threads=True,
        answers=r"/status/(\d+)",
    ),
    Destination(
        "threads_by_hand",
        "Threads by hand",
        "",
        "threads",
        "@you",
        "Without an app of your own at Meta: the desk fills in Threads' own page, you press Post.",
        ("https://www.threads.net/intent/post?text={text}", "https://www.threads.net/"),
        limit=500,
        pictures=20,
        alt_limit=1000,
    ),
    Destination(
        "facebook_by_hand",
        "Facebook profile",
        "#1877F2",
        "facebook",
        "Your name",
        "Facebook lets no program post to a profile. A link is filled in there; paste the words and pictures.",
        ("https://www.facebook.com/sharer/sharer.php?u={link}", "https://www.facebook.com/"),
        limit=63_206,
    ),
    Destination(
        "facebook_group_by_hand",
        "Facebook group",
        "#1877F2",
        "facebook",
        "https://www.facebook.com/groups/…",
        "Facebook lets no program post to groups. The desk opens the group; paste the words and pictures.",
        ("https://www.facebook.com/groups/{place}", "https://www.facebook.com/groups/feed/"),
        limit=63_206,
        place=_HOST + r"facebook\.com/groups/([\w.-]+)/?.*",
        help="The group's address, so that the desk can open it; or just a name.",
    ),
    Destination(
        "linkedin_by_hand",
        "LinkedIn by hand",
        "#0A66C2",
        "linkedin",
        "Your name",
        "Without an app of your own at LinkedIn: the desk fills in LinkedIn's own page, you press Post.",
        ("https://www.linkedin.com/feed/?shareActive=true&text={text}", "https://www.linkedin.com/feed/"),
        limit=3000,
        pictures=20,
        alt_limit=1000,
    ),
    Destination(
        "linkedin_group_by_hand",
        "LinkedIn group",
        "#0A66C2",
        "linkedin",
        "https://www.linkedin.com/groups/…",
        "LinkedIn lets no program post to groups. The desk opens the group; paste the words and pictures.",
        ("https://www.linkedin.com/groups/{place}/", "https://www.linkedin.com/groups/"),
        limit=3000,
        pictures=20,
        place=_HOST + r"linkedin\.com/groups/(\d+)/?.*",
        help="The group's address, so that the desk can open it; or just a name.",
    ),
    Destination(
        "instagram_by_hand",
        "Instagram",
        "#E4405F",
        "instagram",
        "@you",
        "Its page takes nothing filled in: copy a picture and the words here, paste them there.",
        ("https://www.instagram.com/",),
        limit=2200,
        card=False,
    ),
    Destination(
        "reddit_by_hand",
        "Reddit",
        "#FF4500",
        "reddit",
        "r/marketing",
        "New apps need Reddit's consent. The first line of your text is the title. Mind the community's rules.",
        (
            "https://www.reddit.com/r/{place}/submit?type=TEXT&title={title}&text={text}",
            "https://www.reddit.com/r/{place}/submit?title={title}&url={link}",
            "https://www.reddit.com/r/{place}/submit?title={title}",
            "https://www.reddit.com/r/{place}/submit",
            "https://www.reddit.com/submit?type=TEXT&title={title}&text={text}",
            "https://www.reddit.com/submit?title={title}&url={link}",
            "https://www.reddit.com/submit?title={title}",
            "https://www.reddit.com/submit",
        ),
        limit=300,
        weigh=weigh_title,
        pictures=20,
        place=r"(?:" + _HOST + r"(?:old\.)?reddit\.com)?/?r/(\w+)/?.*",
        shown="r/{}",
        help="The community, such as r/marketing; or just a name.",
        titled=True,
    ),
    Destination(
        "hackernews_by_hand",
        "Hacker News",
        "#FF6600",
        "hackernews",
        "Your name there",
        "The first line of your text is the title, and a link in it is what you submit.",
        ("https://news.ycombinator.com/submitlink?u={link}&t={title}", "https://news.ycombinator.com/submit"),
        limit=80,
        weigh=weigh_title,
        pictures=0,
        titled=True,
        card=False,
    ),
    Destination(
        "medium_by_hand",
        "Medium",
        "",
        "medium",
        "@you",
        "Medium gives out no keys any more. An article is copied with its formatting; paste it there.",
        ("https://medium.com/new-story",),
        titled=True,
        article=True,
    ),
    Destination(
        "substack_by_hand",
        "Substack",
        "#FF6719",
        "substack",
        "you.substack.com",
        "Substack has no programming interface. An article is copied with its formatting; paste it there.",
        ("https://{place}/publish/post", "https://substack.com/home"),
        place=r"(?:https?://)?([\w-]+(?:\.[\w-]+)+)/?.*",
        help="Your publication's address, so that the desk can open its editor; or just a name.",
        titled=True,
        article=True,
    ),
    Destination(
        "whatsapp_by_hand",
        "WhatsApp",
        "#25D366",
        "whatsapp",
        "+49 170 1234567",
        "The desk fills in the message; choose a chat, a group or your channel there.",
        ("https://wa.me/{place}?text={text}", "https://wa.me/?text={text}", "https://web.whatsapp.com/"),
        limit=65_536,
        place=r"(?:\+|00)?([1-9][\d ()/-]{6,})",
        shown="+{}",
        help="A number with its country, to write to; or just a name.",
    ),
    Destination(
        "newsletter_by_hand",
        "E-mail newsletter",
        "",
        "mail",
        "list@company.example",
        "Opens your mail program with a new message. The first line of your text is the subject.",
        (
            "mailto:{place}?subject={title}&body={text}",
            "mailto:{place}?subject={title}",
            "mailto:?subject={title}&body={text}",
            "mailto:?subject={title}",
            "mailto:",
        ),
        place=r"([\w.+-]+@[\w-]+(?:\.[\w-]+)+)",
        help="The list's address; or just a name.",
        titled=True,
        card=False,
        longest=LONGEST_MAIL,
        line_end="\r\n",
    ),
    Destination(
        "site_by_hand",
        "Another site",
        "",
        "site",
        "https://community.example/new",
        "Any other place: the desk opens the page you name, and copies words and pictures for you to paste.",
        ("{place}", ""),
        place=r"(https?://[^\s<>\"\\^`{|}]+)",
        help="The page where one writes there; or just a name.",
        card=False,
    ),
)


def destination(key: str) -> Destination:
    """Raises LookupError where there is none."""
    found = next((place for place in TABLE if place.key == key), None)
    if found is None:
        raise LookupError(f"no place called {key}")
    return found
