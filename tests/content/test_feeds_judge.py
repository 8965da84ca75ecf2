"""An independent judge: feedparser must find the same in healthy documents, and the road over it must work."""

import io

import feedparser
import pytest

from socialdesk.content import html
from socialdesk.content.feeds import loose
from socialdesk.content.feeds.entries import build
from tests.content.documents import KEY, NOW, URL, atom, entries, rss
from tests.content.test_feeds import FULL_RSS

ITEM = (
    "<title>Item {0} &amp; more</title><link>https://blog.example/{0}</link><guid>id-{0}</guid>"
    "<pubDate>Wed, 0{0} Jan 2025 10:00:00 +0200</pubDate><dc:creator>Author {0}</dc:creator><category>tag{0}</category>"
    "<description>&lt;p&gt;Text {0} &amp;amp; more&lt;/p&gt;</description>"
    '<enclosure url="https://blog.example/{0}.mp3" type="audio/mpeg" length="1"/>'
)
ENTRY = (
    "<title type='html'>Entry {0} &amp;amp; more</title><id>urn:{0}</id><link href='https://blog.example/{0}'/>"
    "<published>2025-01-0{0}T10:00:00+02:00</published><updated>2025-01-0{0}T11:00:00+02:00</updated>"
    "<author><name>Author {0}</name></author><category term='tag{0}'/>"
    "<content type='html'>&lt;p&gt;Text {0}&lt;/p&gt;</content>"
    "<link rel='enclosure' type='audio/mpeg' href='https://blog.example/{0}.mp3'/>"
)
RDF = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://r.example/"><title>R</title></channel>'
    b'<item rdf:about="https://r.example/1"><title>One</title><link>https://r.example/1</link>'
    b"<dc:date>2025-01-01T00:00:00Z</dc:date><dc:creator>Ann</dc:creator><description>d</description></item></rdf:RDF>"
)
HEALTHY = [
    rss(*(ITEM.format(n) for n in range(1, 6))),
    atom(*(ENTRY.format(n) for n in range(1, 6))),
    RDF,
    FULL_RSS.replace(b"?utm_source=rss", b""),
    rss("<title>only a title</title>", "<description>only text</description>"),
]


@pytest.mark.parametrize("body", HEALTHY)
def test_the_quick_reader_agrees_with_the_judge(body: bytes) -> None:
    judged = feedparser.parse(io.BytesIO(body), response_headers={"content-type": "application/xml"})
    ours = entries(body)
    assert len(ours) == len(judged["entries"])
    for entry, told in zip(ours, (dict(entry) for entry in judged["entries"]), strict=True):
        assert entry.title == html.to_text(told.get("title", ""))
        assert entry.url == told.get("link", "")
        assert entry.key == f"{KEY}#{told['id']}" if told.get("id") else entry.key
        moment = told.get("published_parsed") or told.get("updated_parsed")
        assert (entry.published.utctimetuple()[:6] if entry.published else None) == (moment and tuple(moment)[:6])
        assert entry.author.name == told.get("author", entry.author.name)
        assert set(entry.tags) <= {tag["term"] for tag in told.get("tags", ())}


@pytest.mark.parametrize("body", HEALTHY[:4])
def test_both_roads_lead_to_the_same_entries(body: bytes) -> None:
    read = loose.read(body.decode(), URL)
    assert read is not None
    by_judge = build(read, KEY, NOW, {}, by_link=False).entries
    for ours, theirs in zip(entries(body), by_judge, strict=True):
        for name in ("key", "title", "url", "html", "text", "published", "author"):
            assert getattr(ours, name) == getattr(theirs, name), name
