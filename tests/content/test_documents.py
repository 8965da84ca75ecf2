"""What a document is, read from its content, and its pages where they can be known."""

import random
from pathlib import Path

import pytest

from socialdesk.content import documents
from socialdesk.content.documents import DocumentFacts
from socialdesk.core.errors import ContentError
from tests.support.documents import compound, package, pdf

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def probe(tmp_path: Path, data: bytes) -> DocumentFacts:
    path = tmp_path / "paper.bin"  # never judged by its name
    path.write_bytes(data)
    return documents.probe(str(path))


@pytest.mark.parametrize("pages", [1, 12, 340])
def test_the_pages_of_a_pdf_are_counted(tmp_path: Path, pages: int) -> None:
    assert probe(tmp_path, pdf(pages)) == DocumentFacts("application/pdf", pages)


def test_pages_that_were_added_count(tmp_path: Path) -> None:
    assert probe(tmp_path, pdf(3, added=2)).pages == 5


def linearized(length: int) -> bytes:
    return b"%%PDF-1.7\n1 0 obj\n<</Linearized 1/L %d/H [ 9 9 ]/O 3/E 9/N 27/T 9>>\nendobj\n" % length


def test_a_pdf_for_the_web_says_its_pages_until_it_is_changed(tmp_path: Path) -> None:
    data = linearized(900).ljust(900)
    assert probe(tmp_path, data).pages == 27
    assert probe(tmp_path, data + b"\nchanged since\n").pages == 0


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n",
        b"%PDF-1.7\n5 0 obj<</Type/XRef>>stream\nendstream\nendobj\nstartxref\n9\n%%EOF",
        b"%PDF-1.7\nstartxref\n999999999\n%%EOF",
        b"%PDF-1.4\nxref\n0 999999999\ntrailer\n<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF",
    ],
)
def test_pages_that_cannot_be_seen_are_not_guessed(tmp_path: Path, data: bytes) -> None:
    assert probe(tmp_path, data) == DocumentFacts("application/pdf", 0)


def test_damage_leaves_the_pages_unknown_and_never_fails(tmp_path: Path) -> None:
    whole, chance = pdf(3), random.Random(7)
    for _ in range(200):
        cut = bytearray(whole[: chance.randrange(20, len(whole))])
        cut[chance.randrange(10, len(cut))] = chance.randrange(256)
        assert probe(tmp_path, bytes(cut)).mime == "application/pdf"


def test_office_documents_are_told_apart(tmp_path: Path) -> None:
    assert probe(tmp_path, package("docx")) == DocumentFacts(WORD)
    assert probe(tmp_path, package("pptx", slides=7)) == DocumentFacts(SLIDES, 7)
    assert probe(tmp_path, compound("WordDocument")) == DocumentFacts("application/msword")
    assert probe(tmp_path, compound("PowerPoint Document")) == DocumentFacts("application/vnd.ms-powerpoint")


@pytest.mark.parametrize(
    "data",
    [b"", b"words", package("xlsx"), compound("Workbook"), package("docx")[:80], b"\x89PNG\r\n\x1a\n" + bytes(50)],
)
def test_what_is_no_document_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ContentError) as caught:
        probe(tmp_path, data)
    assert caught.value.reason == "not_a_document"
