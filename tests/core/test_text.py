"""Text as people count it and as wires count it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.core import text

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("sample", "count"),
    [
        ("", 0),
        ("plain", 5),
        ("a\r\nb", 3),
        ("नमस्ते", 3),
        (FAMILY, 1),
        ("e\u0301", 1),
        ("🇩🇪🇫🇷", 2),
        ("👍🏽", 1),
        ("가", 1),
    ],
)
def test_graphemes_are_what_a_person_counts(sample: str, count: int) -> None:
    assert text.graphemes(sample) == count


@given(st.text(max_size=80))
def test_clusters_join_to_the_text(sample: str) -> None:
    parts = text.clusters(sample)
    assert "".join(parts) == sample
    assert len(parts) == text.graphemes(sample)


def test_byte_offsets_of_a_facet() -> None:
    sample = "é🎉 link"
    start = sample.index("link")
    assert text.byte_offset(sample, start) == 7
    assert sample.encode()[7:] == b"link"
    assert text.char_offset(sample, 7) == start
    assert text.char_offset(sample, 99) == len(sample)


@given(st.text(max_size=60), st.integers(0, 60))
def test_byte_and_character_offsets_agree(sample: str, index: int) -> None:
    sample = text.without_surrogates(sample)
    index = min(index, len(sample))
    assert text.char_offset(sample, text.byte_offset(sample, index)) == index


def test_lone_surrogate_is_counted_and_sent_as_replacement() -> None:
    assert text.utf8_length("a\ud800") == 4
    assert text.without_surrogates("a\ud800").encode() == "a\ufffd".encode()


@pytest.mark.parametrize(
    ("sample", "limit", "expected"),
    [
        ("short", 10, "short"),
        ("hello brave new world", 13, "hello brave…"),
        ("unbreakablewordthatislong", 10, "unbreakab…"),
        (FAMILY * 5, 3, FAMILY * 2 + "…"),
        ("exactly ten", 11, "exactly ten"),
        ("ends, with comma and more", 6, "ends…"),
        ("anything", 0, ""),
    ],
)
def test_cutting_keeps_words_and_clusters_whole(sample: str, limit: int, expected: str) -> None:
    assert text.cut(sample, limit) == expected


@given(st.text(max_size=60), st.integers(0, 30))
def test_cut_text_is_within_the_limit(sample: str, limit: int) -> None:
    assert text.graphemes(text.cut(sample, limit)) <= limit


def test_cutting_by_bytes_keeps_clusters_whole() -> None:
    assert text.cut_bytes("aé" + FAMILY, 5) == "aé"
    assert text.cut_bytes("abc", 3) == "abc"


def test_white_space_is_tidied() -> None:
    assert text.one_line("  a\n b\t c ") == "a b c"
    assert text.tidy(" a  b \r\n\r\n\n  c\nd ") == "a b\n\nc\nd"


@given(st.text(alphabet="a \t\n\r\x0bü\u2003", max_size=30))
def test_tidy_text_is_tidy(sample: str) -> None:
    tidied = text.tidy(sample)
    assert tidied == text.tidy(tidied) == tidied.strip()
    assert "\n\n\n" not in tidied
    assert all(line == " ".join(line.split()) for line in tidied.split("\n"))
    assert text.one_line(tidied) == text.one_line(sample)


def test_illegal_characters_go_and_letters_stay() -> None:
    assert text.without_illegal("a\x00\x0b\x1b\x85\ud800\ufffeb\tc\nd é🎉") == "ab\tc\nd é🎉"


@pytest.mark.parametrize(
    ("sample", "minutes"),
    [("", 0), ("one", 1), ("word " * 238 * 4, 4), ("字" * 1500, 3), ("word " * 238 + "字" * 1000, 3)],
)
def test_reading_time(sample: str, minutes: int) -> None:
    assert text.reading_minutes(sample) == minutes


def test_words_of_both_kinds_of_script() -> None:
    assert text.word_count("It's a well-known fact") == 4
    assert text.word_count("日本 and Tokyo") == 4
