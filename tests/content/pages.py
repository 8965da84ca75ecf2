# ruff: noqa: E501
"""Pages for the tests: an article, and what surrounds articles in the wild."""

PARAGRAPHS = [
    "We asked forty buyers of industrial pumps what they had read before their first call to a supplier, and most of them "
    "named a manual, a forum or a colleague, in that order.",
    "Only six could remember an advertisement at all, and four of those six had seen it on the side of a delivery van "
    "while they were stuck in traffic behind it for twenty minutes.",
    "The manuals they praised were long, dull and honest: tables of wear, drawings of seals, and one page that told the "
    "reader plainly for which liquids the product should never be used.",
    "A chemist from the coast said that this page had sold her the whole installation, because nobody who lies about the "
    "rest would have bothered to print what could go wrong with it.",
    "Forums came second, although every buyer complained about them, since answers there were rude, late and sometimes "
    "ten years old, yet written by people who had held the part in question.",
    "Suppliers who answered under their own names, without a slogan in the signature, were mentioned with something close "
    "to affection, and two of them had won tenders through a single reply.",
    "Colleagues were trusted without reserve until the price passed a certain sum, after which the purchasing department "
    "took over and read everything again from the beginning, slowly, with a ruler.",
    "What follows for a marketing team is modest: publish the manual, answer the forum, keep the warnings in, and let the "
    "van drive its usual round through the city without any further budget.",
]
LEAD = "https://cdn.example/lead.jpg"
LINKED_DATA = """
{"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "Vantage Journal"},
{"@type": "NewsArticle", "headline": "What buyers read", "datePublished": "2026-03-04T09:00:00+01:00",
"author": [{"@type": "Person", "name": "Jane Doe"}, {"@type": "Person", "name": "Joe Roe"}],
"publisher": {"name": "Vantage Journal"}, "image": {"url": "/ld.jpg"}, "inLanguage": "en"}]}
"""
HEAD = f"""
<title>What buyers read | Vantage Journal</title><meta charset="utf-8">
<meta property="og:title" content="What buyers read"><meta name="og:description" content="Forty  buyers, &amp; what they read.">
<meta property="og:image" content="{LEAD}"><meta property="og:site_name" content="Vantage Journal">
<meta property="og:type" content="article"><link rel="canonical" href="https://vantage.example/read?utm_source=x">
<script type="application/ld+json">{LINKED_DATA}</script>
"""
NAVIGATION = "<nav>" + "".join(f'<a href="/t{n}">Topic number {n}</a> ' for n in range(20)) + "</nav>"
TEASERS = '<aside class="related">' + "".join(
    f'<div><a href="/r{n}">Related story {n} that you may like</a><p>Teaser text {n}.</p></div>' for n in range(8)
) + "</aside>"  # fmt: skip
FOOTER = "<footer><p>All rights reserved. Privacy policy. Subscribe to our newsletter.</p></footer>"
PICTURES = """
<figure><img class="lazy" src="data:image/gif;base64,R0lGOD" data-src="/a.jpg" alt="A chart"><figcaption>A chart</figcaption></figure>
<p><picture><source type="image/webp" srcset="/b-400.webp 400w, /b-1300.webp 1300w"><img src="/b.jpg" alt="B"></picture></p>
<p><img src="/blank.gif" data-lazy-src="//cdn.example/c.png" alt="C"><noscript><img src="//cdn.example/c.png" alt="C"></noscript></p>
<p><img src="/pixel.gif" width="1" height="1"></p>
"""


def body_of(paragraphs: list[str] = PARAGRAPHS) -> str:
    middle = len(paragraphs) // 2
    told = [f"<p>{text}</p>" for text in paragraphs]
    return "".join(told[:middle]) + PICTURES + "<h2>Numbers</h2><ul><li>One in four.</li></ul>" + "".join(told[middle:])


def page(article: str | None = None, head: str = HEAD, attributes: str = 'lang="en-GB"') -> bytes:
    inner = article if article is not None else f"<article><h1>What buyers read</h1>{body_of()}</article>"
    return (
        f"<!doctype html><html {attributes}><head>{head}</head><body>{NAVIGATION}<main>{inner}</main>{TEASERS}{FOOTER}"
        "<script>track()</script></body></html>"
    ).encode()
