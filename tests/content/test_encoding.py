"""Bytes to text: valid UTF-8 wins over every claim."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.content.encoding import decode

XML = '<?xml version="1.0" encoding="{}"?><a>{}</a>'


@pytest.mark.parametrize(
    ("body", "content_type", "part"),
    [
        (XML.format("iso-8859-1", "café").encode(), "text/xml; charset=latin1", "café"),
        (XML.format("iso-8859-1", "café").encode("latin-1"), "", "café"),
        (XML.format("utf-8", "café “x”").encode("cp1252"), "", "café “x”"),
        (XML.format("utf-8", "café").encode("latin-1"), "text/xml; charset=iso-8859-1", "café"),
        (XML.format("us-ascii", "“x”").encode("cp1252"), "", "“x”"),
        (XML.format("gb2312", "中文标题").encode("gb18030"), "", "中文标题"),
        (XML.format("shift_jis", "日本語").encode("cp932"), "", "日本語"),
        (XML.format("iso-2022-jp", "日本語").encode("iso-2022-jp"), "", "日本語"),
        (XML.format("koi8-r", "привет").encode("koi8-r"), "", "привет"),
        (XML.format("utf-16", "é").encode("utf-16"), "", "é"),
        (XML.format("x", "é").encode("utf-16-le"), "", "é"),
        (XML.format("x", "é").encode("utf-16-be"), "", "é"),
        (codecs.BOM_UTF8 + "é".encode(), "text/plain; charset=ascii", "é"),
        (b'<meta charset="windows-1251">' + "привет".encode("cp1251"), "text/html", "привет"),
        ("text with ümläuts, naïve, café ".encode() * 5 + b"\xff cut", "", "\ufffd cut"),
        ("é".encode() + b" text " + "ü".encode() * 20 + b"\xe2\x80", "text/html; charset=latin-1", "ü\ufffd"),
        (XML.format("no-such-thing", "é").encode("latin-1"), "text/xml; charset=neither", "<a>"),
        (b"", "", ""),
    ],
)
def test_text_is_read_right(body: bytes, content_type: str, part: str) -> None:
    assert part in decode(body, content_type)


@given(st.binary(max_size=200), st.text(max_size=20))
def test_no_bytes_break_it(body: bytes, content_type: str) -> None:
    assert isinstance(decode(body, content_type), str)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00\x1b"), max_size=60))
def test_utf8_is_never_taken_for_something_else(text: str) -> None:
    assert decode(text.encode(), "text/xml; charset=iso-8859-1") == text.removeprefix("\ufeff")
