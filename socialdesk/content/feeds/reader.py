"""A feed's tree to what it says: RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0, each lenient about the other's words.

Why not a library: feedparser is right and slow (it stays behind this, for what is damaged). fastfeedparser takes titles
and dates from any element of the same local name, invents dates from guids, ends text at the first named entity and
ignores xml:base, isPermaLink, text types, languages and update hints, so its answer cannot be trusted unread.
"""

from datetime import datetime

from socialdesk.content import dates
from socialdesk.content.feeds.elements import (
    RDF,
    XML_LANG,
    Element,
    Found,
    Names,
    atom_text,
    base_of,
    first,
    inner_text,
    line,
    media_of,
    number,
    person_of,
    rss_text,
)
from socialdesk.content.feeds.markup import Tree
from socialdesk.content.feeds.values import RawFeed, RawItem, RawMedia, RawPerson, Text
from socialdesk.core import urls
from socialdesk.core.text import one_line

PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}
PEOPLE = ("dc:creator", "dc:author", "author", "itunes:author", "managingeditor", "media:credit")
MEDIA = frozenset(("media:content", "media:thumbnail", "media:group"))
ITUNES_IMAGE = "itunes:image"


def read(tree: Tree, url: str) -> RawFeed | None:
    """What the tree says, addresses resolved against xml:base, the feed's link, and `url`; None if it is no feed."""
    names = Names()
    root = tree.root
    name = names.of(root)
    base = base_of(root, url)
    if name in {"atom:feed", "feed", "?:feed"}:
        feed = _atom(names, root, base, url)
    elif name in {"rss", "rdf:rdf", "rdf", "channel", "?:rss"}:
        feed = _rss(names, root, base, url)
        feed.format = "rdf" if "rdf" in name else "rss"
    else:
        return None
    feed.damaged = tree.damaged
    return feed


def _rss(names: Names, root: Element, base: str, page: str) -> RawFeed:
    channel = next((child for child in root if names.of(child) == "channel"), root)
    base = base_of(channel, base) if channel is not root else base
    found = names.children(channel)
    feed = RawFeed("rss", base=base, title=rss_text(first(found, "title", "dc:title"), base))
    feed.description = rss_text(first(found, "description", "atom:subtitle", "itunes:summary"), base)
    _links(feed, found, base)
    site = line(found, "link")
    feed.site_url = urls.resolve(base, site) if site else feed.site_url
    feed.language = line(found, "language", "dc:language") or root.get(XML_LANG, "")
    feed.people = _people(names, found, base)
    feed.ttl_s = _ttl(found)
    images = found.get("image", []) + (names.children(root).get("image", []) if channel is not root else [])
    feed.icon_url = _icon(names, found, images, base)
    items = names.all(root, "item")
    if not items:
        items = list(names.below(root, "atom:entry", "entry"))
    inner = feed.site_url if urls.is_web(feed.site_url) else base
    feed.items = [_rss_item(names, item, base_of(item, base), inner, page) for item in items]
    return feed


def _rss_item(names: Names, item: Element, base: str, site: str, page: str) -> RawItem:
    found = names.children(item)
    raw = RawItem(language=line(found, "dc:language") or item.get(XML_LANG, ""))
    raw.guid = line(found, "guid", "atom:id") or item.get(RDF + "about", "").strip()
    raw.url = _rss_link(found, base, site)
    raw.base = _content_base(raw.url, base, site, page)
    raw.title = rss_text(first(found, "title", "dc:title", "atom:title", "media:title", "itunes:title"), raw.base)
    description = rss_text(first(found, "description", "dc:description", "atom:summary"), raw.base)
    full = first(found, "content:encoded", "xhtml:body", "xhtml:div", "atom:content", "fulltext", "fullitem", "body")
    raw.body = _richer(full, raw.base, description, found)
    raw.summary = description if full is not None else Text()
    raw.published = _date(
        found, "pubdate", "dc:date", "dcterms:issued", "dcterms:created", "atom:published", "published", "date"
    )
    raw.updated = _date(found, "atom:updated", "dcterms:modified", "updated", "lastbuilddate")
    raw.people = _people(names, found, base)
    raw.tags = [
        one_line(inner_text(tag)) for name in ("category", "dc:subject", "atom:category") for tag in found.get(name, ())
    ]
    raw.tags += [tag.get("term", "") for tag in found.get("atom:category", ())]
    raw.comments = urls.resolve(site, line(found, "comments"))
    raw.media = _media(names, item, found, raw.base)
    return raw


def _content_base(own: str, base: str, site: str, page: str) -> str:
    """What addresses in an item's text hang on: xml:base when there is one, else its page, else the site."""
    if base != page:
        return base
    return next((url for url in (own, site) if urls.is_web(url)), base)


def _richer(full: Element | None, base: str, description: Text, found: Found) -> Text:
    if full is not None:
        body = atom_text(full, base, lenient=True) if full.get("type") else rss_text(full, base)
        if body:
            return body
    return description or rss_text(first(found, "itunes:summary", "media:description", "itunes:subtitle"), base)


def _rss_link(found: Found, base: str, site: str) -> str:
    """The page of an item: the publisher's address before a counting one; a permanent guid when there is no link."""
    inner = site or base
    for name in ("feedburner:origlink", "link"):
        for element in found.get(name, ()):
            if text := one_line(inner_text(element)) or element.get("href", ""):
                return urls.resolve(base_of(element, inner), text)
    for element in found.get("atom:link", ()):
        if element.get("rel", "alternate") == "alternate" and element.get("href"):
            return urls.resolve(base_of(element, inner), element.get("href", ""))
    for element in found.get("guid", ()):
        guid = one_line(inner_text(element))
        if element.get("isPermaLink", element.get("ispermalink", "true")).lower() != "false" and urls.is_web(guid):
            return guid
    return ""


def _atom(names: Names, root: Element, base: str, page: str) -> RawFeed:
    found = names.children(root)
    found = {name.removeprefix("atom:").removeprefix("?:"): elements for name, elements in found.items()}
    feed = RawFeed("atom", base=base, title=atom_text(first(found, "title"), base))
    feed.description = atom_text(first(found, "subtitle", "tagline"), base)
    _links(feed, {"atom:link": found.get("link", [])}, base)
    feed.language = root.get(XML_LANG, "")
    feed.people = _people(names, {"atom:author": found.get("author", [])}, base)
    feed.ttl_s = _ttl(found)
    feed.icon_url = urls.resolve(base, line(found, "webfeeds:icon", "icon", "logo"))
    entries = found.get("entry", []) or list(names.below(root, "atom:entry", "entry", "?:entry", "atom:item", "item"))
    feed.items = [_atom_entry(names, entry, base_of(entry, base), feed.site_url, page) for entry in entries]
    return feed


def _atom_entry(names: Names, entry: Element, base: str, site: str, page: str) -> RawItem:
    found = names.children(entry)
    found = {name.removeprefix("atom:").removeprefix("?:"): elements for name, elements in found.items()}
    raw = RawItem(guid=line(found, "id"), language=entry.get(XML_LANG, ""))
    raw.url = _atom_link(found, base)
    raw.base = inner = _content_base(raw.url, base, site, page)
    raw.title = atom_text(first(found, "title", "media:title"), inner)
    summary = atom_text(first(found, "summary"), inner, lenient=True)
    body = atom_text(first(found, "content"), inner, lenient=True)
    raw.body = body or summary
    if not raw.body:
        description = next(names.below(entry, "media:description"), None)
        raw.body = Text(inner_text(description), "text", inner) if description is not None else Text()
    raw.summary = summary if body else Text()
    raw.published = _date(found, "published", "issued", "created", "dc:date", "pubdate")
    raw.updated = _date(found, "updated", "modified")
    source = next(iter(found.get("source", ())), None)
    raw.people = _people(
        names, {"atom:author": found.get("author", []), "dc:creator": found.get("dc:creator", [])}, base
    )
    if not raw.people and source is not None:
        raw.people = _people(names, names.children(source), base)
    raw.tags = [c.get("label") or c.get("term") or inner_text(c) for c in found.get("category", ())]
    raw.media = _media(names, entry, found, base)
    for link in found.get("link", ()):
        if link.get("rel", "").lower().endswith("enclosure") and (medium := media_of(link, base_of(link, base))):
            raw.media.append(medium)
        if link.get("rel") == "replies" and link.get("type", "text/html") == "text/html":
            raw.comments = urls.resolve(base, link.get("href", ""))
    return raw


def _atom_link(found: Found, base: str) -> str:
    """The alternate link, the one that is HTML before others; else any that shows the entry; else a web id."""
    links = [link for link in found.get("link", ()) if link.get("href")]
    pages = [link for link in links if link.get("rel", "alternate").lower().rpartition("/")[2] == "alternate"]
    pages.sort(key=lambda link: link.get("type", "text/html") not in {"text/html", "application/xhtml+xml"})
    pages += [link for link in links if link.get("rel") in {"via", "related", "self"}]
    for link in pages:
        return urls.resolve(base_of(link, base), link.get("href", ""))
    for content in found.get("content", ()):
        if content.get("src"):
            return urls.resolve(base_of(content, base), content.get("src", ""))
    text = line(found, "link")
    guid = line(found, "id")
    return urls.resolve(base, text) if text else guid if urls.is_web(guid) else ""


def _links(feed: RawFeed, found: Found, base: str) -> None:
    for link in found.get("atom:link", ()):
        rel = link.get("rel", "alternate").lower().rpartition("/")[2]
        url = urls.resolve(base_of(link, base), link.get("href", ""))
        if not urls.is_web(url):
            continue
        if rel == "alternate" and not feed.site_url:
            feed.site_url = url
        elif rel == "hub":
            feed.hub = feed.hub or url
        elif rel == "self":
            feed.self_url = feed.self_url or url
        elif rel == "next":
            feed.next_url = feed.next_url or url


def _ttl(found: Found) -> int | None:
    """Seconds between two looks: RSS `ttl` counts minutes, `sy:updatePeriod` is divided by `sy:updateFrequency`."""
    if minutes := number(line(found, "ttl")):
        return minutes * 60
    period = PERIODS.get(line(found, "sy:updateperiod").lower())
    return period // max(1, number(line(found, "sy:updatefrequency"))) if period else None


def _icon(names: Names, found: Found, images: list[Element], base: str) -> str:
    for name in ("webfeeds:icon", "webfeeds:logo"):
        if text := line(found, name):
            return urls.resolve(base, text)
    for image in found.get(ITUNES_IMAGE, ()):
        if image.get("href"):
            return urls.resolve(base, image.get("href", ""))
    for image in images:
        text = line(names.children(image), "url") or image.get(RDF + "resource", "")
        if text:
            return urls.resolve(base, text)
    return ""


def _people(names: Names, found: Found, base: str) -> list[RawPerson]:
    people: list[RawPerson] = []
    for element in found.get("atom:author", ()):
        parts = {n.removeprefix("atom:").removeprefix("?:"): e for n, e in names.children(element).items()}
        name = line(parts, "name") or one_line(element.text or "")
        email = line(parts, "email")
        if name or email:
            url = urls.resolve(base, line(parts, "uri", "url"))
            people.append(RawPerson(name or email.split("@")[0], url if urls.is_web(url) else ""))
    for name in PEOPLE:
        if name in found and not people:
            people = [person for e in found[name] if (person := person_of(inner_text(e)))]
    return people


def _date(found: Found, *choice: str) -> datetime | None:
    for name in choice:
        for element in found.get(name, ()):
            if when := dates.parse(inner_text(element)):
                return when
    return None


def _media(names: Names, item: Element, found: Found, base: str) -> list[RawMedia]:
    """Enclosures and Media RSS of an item, wherever it nests them."""
    media = [m for name in ("enclosure", "enc:enclosure") for e in found.get(name, ()) if (m := media_of(e, base))]
    for image in found.get(ITUNES_IMAGE, ()):
        if medium := media_of(image, base):
            medium.is_thumbnail = True
            media.append(medium)
    if MEDIA.isdisjoint(found):
        return media
    for element in names.below(item, "media:content", "media:thumbnail"):
        medium = media_of(element, base)
        if medium is None:
            continue
        medium.is_thumbnail = names.of(element) == "media:thumbnail"
        inner = names.children(element)
        around = names.children(element.getparent()) if element.getparent() is not None else {}  # type: ignore[arg-type]
        medium.alt = line(inner, "media:description", "media:title") or line(around, "media:description", "media:title")
        thumbnail = next(iter(inner.get("media:thumbnail", [])), None)
        preview = media_of(thumbnail, base) if thumbnail is not None else None
        medium.preview = preview.url if preview else ""
        media.append(medium)
    return media
