"""What a web page says of itself in its head: Open Graph, Twitter cards, plain meta, JSON-LD, links."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from lxml import etree

from socialdesk.content import dates, html
from socialdesk.content.encoding import decode
from socialdesk.core import urls
from socialdesk.core.text import one_line, without_illegal

MAX_PAGE = 8_000_000  # characters
ARTICLES = frozenset(("article", "newsarticle", "blogposting", "techarticle", "report", "scholarlyarticle", "posting"))
PICTURE_NAMES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
_SEPARATOR = re.compile(r"\s+(?:[|·•»–—-]|::)\s+")
_JSON_COMMENT = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|/\*<!\[CDATA\[\*/)|(?:-->|//\]\]>|/\*\]\]>\*/)\s*;?\s*$")
_BY = re.compile(r"^(?:by|von|par|por|di|door|av)[:\s]+", re.IGNORECASE)
_AUTHORS = etree.XPath(
    "//body//*[contains(concat(' ', @rel, ' '), ' author ') or @itemprop='author']", smart_strings=False
)
Json = dict[str, Any]


@dataclass(slots=True)
class Page:
    """A parsed page. `base` is what its addresses hang on; `metas` has the values of each name, in order."""

    url: str
    text: str
    root: etree._Element
    base: str
    metas: dict[str, list[str]] = field(default_factory=dict)
    facts: list[Json] = field(default_factory=list)

    def meta(self, *names: str) -> str:
        """The first value that is not empty, by the order of names."""
        return next((value for name in names for value in self.metas.get(name, ()) if value), "")

    def fact(self, *names: str) -> Any:
        """The first value of JSON-LD that is not empty, of articles before other things."""
        return next((fact[name] for name in names for fact in self.facts if fact.get(name)), None)

    def address(self, *candidates: str) -> str:
        """The first candidate that is a web address, complete."""
        resolved = (urls.resolve(self.base, candidate) for candidate in candidates if candidate)
        return next((url for url in resolved if urls.is_web(url)), "")


def load(body: bytes, content_type: str, url: str) -> Page | None:
    """The page in `body`, or None when there is no HTML in it."""
    text = without_illegal(decode(body, content_type))[:MAX_PAGE]
    if "<" not in text or content_type.partition(";")[0].strip().lower().startswith(("image/", "audio/", "video/")):
        return None
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.ParseError:
        return None
    if root is None or (root.find("body") is None and root.find("head") is None):
        return None
    page = Page(url, text, root, _base(root, url))
    for meta in root.iter("meta"):
        value = one_line(meta.get("content") or "")
        for name in {(meta.get(key) or "").strip().lower() for key in ("property", "name", "itemprop")} - {""}:
            page.metas.setdefault(name, []).append(value)
    page.facts = sorted(_facts(root), key=lambda fact: not _is_article(fact))
    return page


def title_of(page: Page) -> str:
    """The page's own title without the name of its site."""
    title = page.meta("og:title", "twitter:title") or _element_text(page, "title")
    title = title or _string(page.fact("headline", "name")) or _element_text(page, "h1")
    return _without_site(title, site_of(page), _element_text(page, "h1"))


def description_of(page: Page) -> str:
    found = page.meta("og:description", "twitter:description", "description", "dc.description")
    return found or _string(page.fact("description"))


def site_of(page: Page) -> str:
    publisher = page.fact("publisher")
    name = publisher.get("name") if isinstance(publisher, dict) else ""
    return page.meta("og:site_name", "application-name") or _string(name) or urls.host_of(page.url)


def image_of(page: Page) -> str:
    """Address of the picture that stands for the page; empty when there is none."""
    named = [value for name in PICTURE_NAMES for value in page.metas.get(name, ())]
    linked = [link.get("href") or "" for link in page.root.iter("link") if link.get("rel") == "image_src"]
    return page.address(*named, *linked, *_pictures(page.fact("image", "thumbnailUrl")))


def address_of(page: Page) -> str:
    """The page's canonical address if it is on the same site, else the one it was fetched from."""
    own = urls.host_of(page.url)
    linked = [
        link.get("href") or "" for link in page.root.iter("link") if (link.get("rel") or "").lower() == "canonical"
    ]
    for candidate in (*linked, page.meta("og:url")):
        url = urls.resolve(page.url, candidate) if candidate else ""
        if urls.is_web(url) and _same_site(urls.host_of(url), own) and not _is_home(url, page.url):
            return urls.strip_tracking(url)
    return urls.strip_tracking(page.url)


def byline_of(page: Page) -> str:
    """Names of the authors, joined by commas; empty when the page names none."""
    told = page.fact("author", "creator")
    people = told if isinstance(told, list) else [told]
    names = [_string(person.get("name") if isinstance(person, dict) else person) for person in people]
    names = [name for name in names if _is_name(name)][:6]
    if not names:
        keys = ("author", "article:author", "parsely-author", "dc.creator")
        marked = [value for key in keys for value in page.metas.get(key, ())]
        marked += [
            one_line("".join(map(str, element.itertext())))
            for element in cast("list[etree._Element]", _AUTHORS(page.root))
        ]
        names = [name for name in marked if _is_name(name)][:1]
    return ", ".join(dict.fromkeys(_BY.sub("", name) for name in names))


def _is_name(name: str) -> bool:
    return 1 < len(name) < 100 and not urls.is_web(name) and "@" not in name


def published_of(page: Page) -> datetime | None:
    names = (
        "article:published_time",
        "datepublished",
        "date",
        "dc.date",
        "dc.date.issued",
        "parsely-pub-date",
        "pubdate",
    )
    stamps = [_string(page.fact("datePublished", "dateCreated", "uploadDate")), *(page.meta(name) for name in names)]
    stamps += [time.get("datetime") or "" for time in page.root.iter("time")][:1]
    return next((when for stamp in stamps if stamp and (when := dates.parse(stamp))), None)


def language_of(page: Page) -> str:
    own = page.root.get("lang") or page.root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    found = own or page.meta("og:locale", "language", "content-language") or _string(page.fact("inLanguage"))
    code = found.replace("_", "-").strip()
    return code if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", code) else ""


def is_article(page: Page) -> bool:
    """Whether the page says that it is an article."""
    return page.meta("og:type").lower() == "article" or any(_is_article(fact) for fact in page.facts)


def told_text(page: Page) -> str:
    """The article's text where a page tells it to machines (JSON-LD articleBody); empty when it does not."""
    bodies = [body for fact in page.facts if _is_article(fact) and isinstance(body := fact.get("articleBody"), str)]
    return max((html.to_text(body) for body in bodies), key=len, default="")


def _base(root: etree._Element, url: str) -> str:
    for base in root.iter("base"):
        if base.get("href"):
            return urls.resolve(url, base.get("href") or "") or url
    return url


def _facts(root: etree._Element) -> Iterator[Json]:
    """The objects of all JSON-LD blocks, whatever they are nested in; broken blocks are skipped."""
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        source = _JSON_COMMENT.sub("", "".join(map(str, script.itertext())))
        try:
            data = json.loads(source, strict=False)
        except (ValueError, RecursionError):
            continue
        for item in data if isinstance(data, list) else [data]:
            if isinstance(item, dict):
                graph = item.get("@graph")
                yield from (part for part in graph if isinstance(part, dict)) if isinstance(graph, list) else (item,)


def _is_article(fact: Json) -> bool:
    kinds = fact.get("@type")
    return any(isinstance(k, str) and k.lower() in ARTICLES for k in (kinds if isinstance(kinds, list) else [kinds]))


def _pictures(value: Any) -> list[str]:
    if isinstance(value, list):
        return [url for part in value for url in _pictures(part)]
    if isinstance(value, dict):
        return _pictures(value.get("url") or value.get("contentUrl"))
    return [value] if isinstance(value, str) else []


def _string(value: Any) -> str:
    return one_line(without_illegal(value)) if isinstance(value, str) else ""


def _element_text(page: Page, name: str) -> str:
    for element in page.root.iter(name):
        if text := one_line("".join(map(str, element.itertext()))):
            return text
    return ""


def _without_site(title: str, site: str, heading: str) -> str:
    """`Title | Site` is `Title`: when the heading says so, or the end is the site's name."""
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    if heading and title.startswith(heading) and len(heading) > 8:
        return heading
    bare = re.sub(r"\W", "", site).lower()
    if bare and re.sub(r"\W", "", parts[-1]).lower() in {bare, site.partition(".")[0].lower()}:
        return title[: title.rindex(parts[-1])].rstrip(" |·•»–—-:")
    return title


def _same_site(one: str, other: str) -> bool:
    return one == other or one.endswith("." + other) or other.endswith("." + one)


def _is_home(url: str, page: str) -> bool:
    """A canonical address that names the front page of another page is a mistake of the theme."""
    return urls.normalise(url).count("/") <= 2 < urls.normalise(page).count("/")
