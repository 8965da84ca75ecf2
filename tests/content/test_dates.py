"""Dates as feeds and pages write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.content.dates import parse


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Wed, 01 Jan 2025 10:00:00 GMT", utc(2025, 1, 1, 10)),
        ("Wed, 1 January 2025 10:00 +0130", utc(2025, 1, 1, 8, 30)),
        ("01 Jan 25 10:00 PST", utc(2025, 1, 1, 18)),
        ("Fri, 15 Aug 2025 16:20:60 -0400", utc(2025, 8, 15, 20, 20, 59)),
        ("Sun, 06 Sep 2009 16:20:00 +0000 (UTC)", utc(2009, 9, 6, 16, 20)),
        ("Thu, 01 Jan 2025 10:00:00 America/New_York", utc(2025, 1, 1, 10)),
        ("2025-01-01T10:00:00Z", utc(2025, 1, 1, 10)),
        ("2025-01-01T10:00:00.123456789+01:00", utc(2025, 1, 1, 9, 0, 0, 123456)),
        ("2025-01-01 10:00:00 +0100", utc(2025, 1, 1, 9)),
        ("2025-01-01T10:00", utc(2025, 1, 1, 10)),
        ("2025-01-01", utc(2025, 1, 1)),
        ("2025-01", utc(2025, 1, 1)),
        ("2025", utc(2025, 1, 1)),
        ("20250101T101112Z", utc(2025, 1, 1, 10, 11, 12)),
        ("1735725600", utc(2025, 1, 1, 10)),
        ("1735725600000", utc(2025, 1, 1, 10)),
        ("January 2, 2025 3:04 PM", utc(2025, 1, 2, 15, 4)),
        ("Jan 2 2025", utc(2025, 1, 2)),
        ("Wed Jan  1 10:00:00 2025", utc(2025, 1, 1, 10)),
        ("Wed Jan  1 10:00:00 EST 2025", utc(2025, 1, 1, 15)),
        ("01/02/2025 15:30", utc(2025, 1, 2, 15, 30)),
        ("31/12/2025", utc(2025, 12, 31)),
        ("31.12.2025 10:00", utc(2025, 12, 31, 10)),
        ("2025/01/02 10:00", utc(2025, 1, 2, 10)),
        ("2025年1月2日", utc(2025, 1, 2)),
    ],
)
def test_usual_and_unusual_forms(text: str, moment: datetime) -> None:
    assert parse(text) == moment
    assert parse(f" \n{text.upper()}\t") == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Di., 3. März 2025 10:00 Uhr", utc(2025, 3, 3, 10)),
        ("Mo, 31 Dez 2025 10:00:00 +0100", utc(2025, 12, 31, 9)),
        ("3 mars 2025 à 10h30", utc(2025, 3, 3, 10, 30)),
        ("mar. 3 juin 2025", utc(2025, 6, 3)),
        ("jeudi 13 août 2025 12:00:00 +0200", utc(2025, 8, 13, 10)),
        ("5 de mayo de 2025", utc(2025, 5, 5)),
        ("lun, 12 ene 2025 10:00:00 +0000", utc(2025, 1, 12, 10)),
        ("7 luglio 2025", utc(2025, 7, 7)),
        ("7 de fevereiro de 2025", utc(2025, 2, 7)),
        ("12 maart 2025", utc(2025, 3, 12)),
        ("12 января 2025 10:00", utc(2025, 1, 12, 10)),
        ("12 września 2025", utc(2025, 9, 12)),
        ("maanantai 3. maaliskuuta 2025", utc(2025, 3, 3)),
        ("3 Ağustos 2025", utc(2025, 8, 3)),
        ("2025. október 3.", utc(2025, 10, 3)),
    ],
)
def test_month_names_of_several_languages(text: str, moment: datetime) -> None:
    assert parse(text) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Wed, 01 Jan 2025 10:00:00 +9900", utc(2025, 1, 1, 10)),
        ("2025-01-01T10:00:00+99:00", utc(2025, 1, 1, 10)),
        ("Wed, 01 Jan 2025 10:00:00 XYZ", utc(2025, 1, 1, 10)),
        ("2025-02-31T10:00:00Z", utc(2025, 2, 28, 10)),
        ("2025-01-01T24:00:00Z", utc(2025, 1, 2)),
    ],
)
def test_impossible_parts_are_mended(text: str, moment: datetime) -> None:
    assert parse(text) == moment


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "1", "12345", "0000-00-00 00:00:00", "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT",
     "13/13/2025", "2025-13-01T00:00:00Z", "32 Jan 2025", "10:00", "mar",
     "0001-01-01T00:00:00Z", "99999999999999999999"],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    assert parse(text) is None


@given(st.text(max_size=40) | st.text(alphabet="0123456789-/:.+TZ janfebmrpculgsoptvdeht,", max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    moment = parse(text)
    assert moment is None or moment.utcoffset() == UTC.utcoffset(None)
