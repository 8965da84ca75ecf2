"""What each account takes of pictures and videos, said in a sentence with a fix."""

from dataclasses import replace

import pytest

from socialdesk.core.checks import check
from socialdesk.core.issues import Severity
from socialdesk.core.media_checks import kind_of, length, megabytes
from socialdesk.core.post import Draft, Override, Picture
from socialdesk.core.rules import DocumentRules, PostRules, VideoRules

TAKES = VideoRules(("video/mp4", "video/webm"), 100_000_000, 140.0, 10)
RULES = PostRules(limit=100, weigh=len, max_pictures=4, alt_limit=10, video=TAKES)
VIDEO = Picture("v" * 64, "video/mp4", 640, 360, 5_000_000, alt="a pump", seconds=12)
IMAGE = Picture("i" * 64, "image/png", 10, 10, 9, alt="a pump")

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
READS = replace(RULES, documents=DocumentRules(("application/pdf", WORD), 100_000_000, 300, 10))
DOCUMENT = Picture("d" * 64, "application/pdf", 0, 0, 5_000_000, alt="Our year", name="Our year.pdf", pages=12)


def found(*media: Picture, rules: PostRules = RULES) -> list[tuple[str, str, int]]:
    (result,) = check(Draft(text="x", account_ids=(1,), pictures=media), {1: rules})
    return [(issue.sentence, issue.fix, issue.picture) for issue in result.issues]


def test_a_video_within_the_limits_is_fine() -> None:
    assert found(VIDEO) == []


@pytest.mark.parametrize(
    ("video", "sentence"),
    [
        (replace(VIDEO, mime="video/quicktime"), "takes videos as MP4 or WebM only"),
        (replace(VIDEO, size=120_400_000), "takes videos of 100 MB at most, this has 120 MB"),
        (replace(VIDEO, seconds=185), "takes videos of 2:20 at most, this has 3:05"),
    ],
)
def test_what_is_too_much_is_said_with_its_measure(video: Picture, sentence: str) -> None:
    assert found(video) == [(sentence, "leave_out_video", 0)]


def test_a_network_without_videos_says_so_and_the_person_leaves_it_out_there() -> None:
    none = replace(RULES, video=None)
    assert found(VIDEO, rules=none) == [("takes no videos here", "leave_out_video", 0)]
    draft = Draft(text="x", account_ids=(1, 2), pictures=(VIDEO,), overrides={1: Override(without=("video",))})
    left_out, kept = check(draft, {1: none, 2: RULES})
    assert [(i.sentence, i.fix) for i in left_out.issues] == [("goes out without the video", "put_back_video")]
    assert left_out.sendable
    assert kept.issues == ()


def test_a_video_and_images_only_where_they_go_together() -> None:
    assert found(IMAGE, VIDEO) == [("takes a video or images, not both", "leave_out_video", 1)]
    assert found(IMAGE, VIDEO, rules=replace(RULES, video=replace(TAKES, with_pictures=True))) == []


def test_one_video_in_a_post() -> None:
    second = replace(VIDEO, blob="w" * 64)
    assert found(VIDEO, second) == [("takes one video in a post", "remove_picture", 1)]


def test_a_video_is_described_too() -> None:
    (result,) = check(Draft(account_ids=(1,), pictures=(replace(VIDEO, alt=""),)), {1: RULES})
    (issue,) = result.issues
    assert (issue.severity, issue.sentence, issue.fix) == (Severity.WARNING, "video has no description", "add_alt")
    assert found(replace(VIDEO, alt="x" * 12)) == [("description of the video 2 too long", "edit_alt", 0)]


def test_images_are_counted_without_the_video() -> None:
    images = tuple(replace(IMAGE, blob=f"{n}" * 64) for n in range(5))
    together = replace(RULES, video=replace(TAKES, with_pictures=True))
    assert found(VIDEO, *images, rules=together) == [("takes 4 of 5 images", "remove_picture", 5)]


def test_a_document_within_the_limits_is_fine() -> None:
    assert found(DOCUMENT, rules=READS) == []
    assert found(replace(DOCUMENT, pages=0), rules=READS) == []  # not known: the network judges


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (replace(DOCUMENT, mime="application/msword"), "takes documents as PDF or DOCX only"),
        (replace(DOCUMENT, size=120_400_000), "takes documents of 100 MB at most, this has 120 MB"),
        (replace(DOCUMENT, pages=340), "takes documents of 300 pages at most, this has 340"),
    ],
)
def test_what_is_too_much_of_a_document_is_said(document: Picture, sentence: str) -> None:
    assert found(document, rules=READS) == [(sentence, "leave_out_document", 0)]


def test_a_document_goes_alone() -> None:
    assert found(IMAGE, DOCUMENT, rules=READS) == [("takes a document or images, not both", "leave_out_document", 1)]
    assert found(DOCUMENT, VIDEO, rules=READS) == [("takes a document or a video, not both", "leave_out_document", 0)]
    second = replace(DOCUMENT, blob="e" * 64)
    assert found(DOCUMENT, second, rules=READS) == [("takes one document in a post", "remove_picture", 1)]


def test_a_network_without_documents_says_so_and_the_person_leaves_it_out_there() -> None:
    assert found(DOCUMENT) == [("takes no documents here", "leave_out_document", 0)]
    left = {1: Override(without=("document",))}
    draft = Draft(text="x", account_ids=(1, 2), pictures=(DOCUMENT,), overrides=left)
    left_out, kept = check(draft, {1: RULES, 2: READS})
    assert [(i.sentence, i.fix) for i in left_out.issues] == [("goes out without the document", "put_back_document")]
    assert left_out.sendable
    assert kept.issues == ()
    (empty,) = check(replace(draft, text="", account_ids=(1,)), {1: RULES})
    assert "nothing to post yet" in [issue.sentence for issue in empty.issues]


def test_a_document_has_a_title_not_a_description() -> None:
    (result,) = check(Draft(account_ids=(1,), pictures=(replace(DOCUMENT, alt=" "),)), {1: READS})
    (issue,) = result.issues
    assert (issue.severity, issue.sentence, issue.fix) == (Severity.WARNING, "document has no title", "add_alt")
    assert found(replace(DOCUMENT, alt="x" * 12), rules=READS) == [("title of the document 2 too long", "edit_alt", 0)]


def test_a_document_leaves_no_room_for_a_card_of_ours() -> None:
    rules = replace(READS, link_card="client")
    draft = Draft(text="x https://northwind.example/a", account_ids=(1,), pictures=(DOCUMENT,))
    (result,) = check(draft, {1: rules})
    assert [issue.sentence for issue in result.issues] == ["shows the document, not the link card"]


def test_only_pictures_are_put_on_a_blog_first() -> None:
    rules = replace(READS, pictures_by_address=True)
    assert found(DOCUMENT, rules=rules) == []


def test_measures_are_said_as_people_say_them() -> None:
    assert [length(s) for s in (0, 42, 725, 3723)] == ["0:00", "0:42", "12:05", "1:02:03"]
    assert [megabytes(n) for n in (20, 40_400, 2_500_000, 99_600_000)] == ["1 KB", "40 KB", "2.5 MB", "100 MB"]
    assert [kind_of(replace(DOCUMENT, mime=m)) for m in ("application/pdf", WORD, "application/x")] == [
        "PDF",
        "DOCX",
        "File",
    ]
