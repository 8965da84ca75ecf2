"""Web pages as blogs serve them: the text of interest between navigation, advertisements, forms and lazy pictures."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
_STYLE = (
    "body{font:17px/1.6 Georgia,serif;margin:0;color:#1b2430}header,footer,nav,aside{font:14px sans-serif}"
    "main{max-width:42rem;margin:2rem auto;padding:0 1rem}img{max-width:100%;height:auto}"
)


@dataclass(frozen=True, slots=True)
class PageSite:
    """What every page of one blog carries. `feeds` are (address, media type, title)."""

    name: str
    description: str
    url: str
    colour: str
    language: str = "en"
    feeds: tuple[tuple[str, str, str], ...] = ()
    head: str = ""


@dataclass(frozen=True, slots=True)
class PageArticle:
    """`html` has its pictures as absolute addresses; `picture_url` is the lead picture."""

    url: str
    title: str
    summary: str
    html: str
    published: datetime
    tags: tuple[str, ...]
    picture_url: str
    picture_alt: str
    language: str = "en"


def home_page(site: PageSite, articles: Sequence[PageArticle]) -> str:
    teasers = "".join(
        f'<article class="teaser"><h2><a href="{escape(a.url)}">{escape(a.title)}</a></h2>'
        f'<time datetime="{a.published.isoformat()}">{a.published:%d %b %Y}</time><p>{escape(a.summary)}</p></article>'
        for a in articles
    )
    meta = f'<meta property="og:type" content="website"><meta name="description" content="{escape(site.description)}">'
    body = f"<main><h1>{escape(site.name)}</h1><p>{escape(site.description)}</p>{teasers}</main>"
    return _page(site, site.name, meta, body, site.language)


def article_page(site: PageSite, article: PageArticle, related: Sequence[PageArticle] = ()) -> str:
    return _page(
        site, f"{article.title} | {site.name}", _meta(site, article), _body(site, article, related), article.language
    )


def _meta(site: PageSite, article: PageArticle) -> str:
    linked = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": article.title,
        "datePublished": article.published.isoformat(),
        "author": {"@type": "Organization", "name": site.name},
        "publisher": {"@type": "Organization", "name": site.name},
        "image": article.picture_url,
        "mainEntityOfPage": article.url,
    }
    properties = (
        ("og:type", "article"),
        ("og:title", article.title),
        ("og:description", article.summary),
        ("og:url", article.url),
        ("og:image", article.picture_url),
        ("og:image:alt", article.picture_alt),
        ("og:site_name", site.name),
        ("article:published_time", article.published.isoformat()),
        *(("article:tag", tag) for tag in article.tags),
    )
    data = json.dumps(linked, ensure_ascii=False).replace("</", "<\\/")
    return (
        f'<link rel="canonical" href="{escape(article.url)}">'
        f'<meta name="description" content="{escape(article.summary)}">'
        f'<meta name="author" content="{escape(site.name)}">'
        + "".join(f'<meta property="{name}" content="{escape(value)}">' for name, value in properties)
        + f'<meta name="twitter:card" content="summary_large_image"><script type="application/ld+json">{data}</script>'
    )


def _body(site: PageSite, article: PageArticle, related: Sequence[PageArticle]) -> str:
    picture = escape(article.picture_url)
    alt = escape(article.picture_alt)
    others = "".join(f'<li><a href="{escape(a.url)}">{escape(a.title)}</a></li>' for a in related)
    tags = "".join(f'<a rel="tag" href="{escape(site.url)}/">{escape(tag)}</a> ' for tag in article.tags)
    return (
        '<div class="cookie-banner" role="dialog"><p>We use cookies to count visits.</p>'
        "<button>Accept all</button></div>"
        '<main><article class="post"><header class="entry-header">'
        f'<h1 class="entry-title">{escape(article.title)}</h1>'
        f'<p class="byline">By <span class="author">{escape(site.name)}</span> · '
        f'<time class="published" datetime="{article.published.isoformat()}">'
        f"{article.published:%d %B %Y}</time></p></header>"
        f'<figure class="lead"><img class="lazyload" src="{DOT}" data-src="{picture}" '
        f'alt="{alt}" width="1200" height="675">'
        f'<noscript><img src="{picture}" alt="{alt}"></noscript></figure>'
        f'<div class="entry-content">{article.html}</div>'
        f'<footer class="entry-footer"><p class="tags">{tags}</p></footer></article>'
        '<div class="share"><a href="#">Share this</a> <a href="#">Print</a></div>'
        '<form class="newsletter"><label>Get our letter <input type="email"></label>'
        "<button>Subscribe</button></form></main>"
        f'<aside class="sidebar"><div class="ad">Advertisement: a pump for every purpose</div><h2>Read next</h2>'
        f"<ul>{others}</ul>"
        "</aside>"
    )


def _page(site: PageSite, title: str, meta: str, body: str, language: str) -> str:
    feeds = "".join(
        f'<link rel="alternate" type="{mime}" title="{escape(name)}" href="{escape(url)}">'
        for url, mime, name in site.feeds
    )
    home = escape(site.url)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="{home}/icon.png">{feeds}{meta}{site.head}<style>{_STYLE}</style></head><body>'
        f'<a class="skip" href="#content">Skip to content</a><header class="site-header"><a href="{home}/">'
        f'{escape(site.name)}</a></header><nav><ul><li><a href="{home}/">Home</a></li>'
        f'<li><a href="{home}/">About</a></li>'
        f'<li><a href="{home}/">Contact</a></li></ul></nav>{body}'
        f'<footer class="site-footer"><p>© {escape(site.name)}. Imprint. Privacy. Cookie settings.</p></footer>'
        "</body></html>\n"
    )
