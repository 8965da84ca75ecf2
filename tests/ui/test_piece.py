"""What the reader shows, made from whatever is there."""

from datetime import UTC, datetime

from socialdesk.core.entry import Author, Entry, EntryKind, Media, MediaKind
from socialdesk.core.saved import ExtractedArticle, SavedItem
from socialdesk.ui.reader import piece

NOW = datetime(2025, 11, 18, tzinfo=UTC)


def saved(html: str) -> SavedItem:
    pictures = {"https://a.example/lead.png": "L", "https://a.example/b.png": "B"}
    return SavedItem(
        1, "https://a.example", "T", "saved", NOW, html=html, pictures=pictures, image_blob="L", site="a.example"
    )


def test_the_lead_picture_stands_above_the_words_but_never_twice() -> None:
    assert piece.of_saved(saved('<p>Words</p><img src="https://a.example/b.png">')).lead == "blob:L"
    assert piece.of_saved(saved('<img src="https://a.example/lead.png"><p>Words</p>')).lead == ""
    assert piece.of_saved(saved('<figure><img src="https://a.example/b.png"></figure><p>Words</p>')).lead == ""


def test_sizes_of_the_page_are_dropped_and_its_largest_heading_goes_below_the_title() -> None:
    body = piece.tidy('<h1 id="x">Big</h1><img src="a.png" width="2000" height=9 style="float:left">')
    assert body == '<h2 id="x">Big</h2><img src="a.png">'


def test_pictures_are_named_once_and_unescaped() -> None:
    body = '<img src="https://a.example/?a=1&amp;b=2"><img alt="" src=\'https://a.example/?a=1&amp;b=2\'>'
    assert piece.pictures_in(body) == ("https://a.example/?a=1&b=2",)


def test_plain_text_becomes_paragraphs_and_markup_in_it_stays_words() -> None:
    assert piece.paragraphs("One <b>\nline\n\nTwo") == "<p>One &lt;b&gt;<br>line</p><p>Two</p>"


def test_an_article_entry_has_its_author_and_minutes_a_post_neither() -> None:
    words = "word " * 500
    article = Entry(
        "k", "feeds", "1", EntryKind.ARTICLE, Author("Field Notes"), words, title="Title", url="https://field.example/a"
    )
    shown = piece.of_entry(article)
    assert (shown.title, shown.byline, shown.site) == ("Title", "Field Notes", "field.example")
    assert shown.minutes >= 2
    media = (Media(MediaKind.IMAGE, "https://field.example/p.png"),)
    post = Entry("k", "x", "1", EntryKind.POST, Author("Harbor", "@harbor"), "Hello", media=media)
    assert piece.of_entry(post).title == "Harbor"
    assert piece.of_entry(post).minutes == 0
    assert piece.of_entry(post).lead == "https://field.example/p.png"


def test_the_line_above_leaves_out_what_is_unknown() -> None:
    found = ExtractedArticle("https://a.example/x", "T", "<p>short</p>", "short")
    assert piece.line_above(piece.of_article(found), "") == "a.example · 1 min"
