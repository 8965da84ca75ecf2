"""What a column asks X for, from what people type: names, addresses of profiles and lists, words, hashtags. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from socialdesk.core.errors import Rejected
from socialdesk.core.source import Source
from socialdesk.networks.x.addresses import is_address
from socialdesk.networks.x.entities import is_name

MAX_QUERY = 512
_LIST = re.compile(r"(?:^|/lists/)(\d{1,19})(?:$|[/?#])")
_TAG = re.compile(r"[^\s#＃,]+")
_STATUS = re.compile(r"/(?:i/web|i|\w{1,20})/status(?:es)?/(\d{1,19})(?:/|$)")
_HOSTS = frozenset({"x.com", "twitter.com"})
_OPERATORS = frozenset({"AND", "OR"})


@dataclass(frozen=True, slots=True)
class Line:
    """One timeline to ask for.

    `least` is the smallest page X gives. `since`: it can be asked for what is new (`since_id`) and older (`until_id`);
    else only in pages with a token. `reason` and `mine` hold for all its posts.
    """

    name: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    least: int = 1
    since: bool = True
    mentions: bool = False
    mine: str = ""


def needs_account_id(source: Source) -> bool:
    return source.kind == "account"


def line_of(source: Source, me: str, account_id: str = "") -> Line:
    """The timeline of a source. Raises `Rejected` (invalid, not_supported)."""
    match source.kind:
        case "home":
            return Line("home", f"/2/users/{me}/timelines/reverse_chronological")
        case "mentions":
            return Line("mentions", f"/2/users/{me}/mentions", least=5, mentions=True)
        case "account":
            return Line("posts", f"/2/users/{account_id}/tweets", least=5)
        case "list":
            return Line("list", f"/2/lists/{list_id(source.params.get('list', ''))}/tweets", since=False)
        case "bookmarks":
            return Line("bookmarks", f"/2/users/{me}/bookmarks", since=False, mine="bookmark")
        case "likes":
            return Line("likes", f"/2/users/{me}/liked_tweets", least=5, since=False, mine="like")
        case "search":
            return search_line(words_query(source.params.get("query", "")))
        case "hashtag":
            return search_line(tags_query(source.params.get("tag", "")))
    raise Rejected(f"no source {source.kind}", reason="not_supported")


def search_line(query: str) -> Line:
    return Line("search", "/2/tweets/search/recent", (("query", query),), least=10)


def name_of(typed: str) -> str:
    """The name without @ in a name or in a profile's address. Raises `Rejected` (invalid)."""
    text = typed.strip()
    if "/" in text:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        text = parts.path.strip("/").partition("/")[0]
    name = text.removeprefix("@")
    if not is_name(f"@{name}"):
        raise Rejected("not the name of an account", reason="invalid")
    return name


def list_id(typed: str) -> str:
    """The number of a list, also from its address. Raises `Rejected` (invalid)."""
    found = _LIST.search(typed.strip())
    if found is None:
        raise Rejected("not a list", reason="invalid")
    return found[1]


def post_id(url: str, web: str) -> str:
    """The number of a post in its address, '' for one that leads elsewhere than X (or `web`)."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    host = parts.netloc.lower().removeprefix("www.").removeprefix("mobile.")
    found = _STATUS.match(parts.path)
    return found[1] if found and host in {*_HOSTS, urlsplit(web).netloc} else ""


def words_query(typed: str) -> str:
    """What people type, as X's query language wants it: quotation marks straight, an address as an operator.

    Raises `Rejected` (invalid) when there is nothing to look for, or more than X reads.
    """
    text = " ".join(typed.split())
    for curly in "“”„«»":
        text = text.replace(curly, '"')
    if is_address(text):
        text = f'url:"{text}"'
    if not text or len(text) > MAX_QUERY or set(text.split()) <= _OPERATORS:
        raise Rejected("not a search", reason="invalid")
    return text


def tags_query(typed: str) -> str:
    """Posts with any of the hashtags. Raises `Rejected` (invalid)."""
    tags = dict.fromkeys(f"#{tag}" for tag in _TAG.findall(typed))
    if not tags:
        raise Rejected("not a hashtag", reason="invalid")
    return words_query(" OR ".join(tags))
