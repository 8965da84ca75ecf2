"""Whether the pictures, the video and the document of a post can be sent from an account. Pure."""

from collections.abc import Iterator, Sequence

from socialdesk.core.issues import Issue, Severity
from socialdesk.core.post import Picture
from socialdesk.core.rules import DocumentRules, PostRules, VideoRules

_ORDINALS = ("first", "second", "third", "fourth")
_TYPES = {"video/mp4": "MP4", "video/quicktime": "QuickTime", "video/webm": "WebM", "video/x-m4v": "M4V"}
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_DOCUMENTS = {
    "application/pdf": "PDF",
    _WORD: "DOCX",
    _SLIDES: "PPTX",
    "application/msword": "DOC",
    "application/vnd.ms-powerpoint": "PPT",
}


def issues(media: Sequence[Picture], rules: PostRules, every: Sequence[Picture] = ()) -> Iterator[Issue]:
    """`media` is what the account's post carries, `every` all of the draft, by whose positions an issue names them."""
    places = {picture.blob: index for index, picture in enumerate(every or media)}
    pictures = [picture for picture in media if picture.is_image]
    videos = [picture for picture in media if picture.is_video]
    yield from _picture_issues(pictures, rules, [places[picture.blob] for picture in pictures])
    for number, video in enumerate(videos):
        place = places[video.blob]
        yield from _video_issues(video, rules, place, alone=not pictures, first=number == 0)
        yield from _alt_issues(video, "video", alt_limit(video, rules), place)
    documents = [picture for picture in media if picture.is_document]
    beside = "images" if pictures else "a video" if videos else ""
    for number, document in enumerate(documents):
        yield from _document_issues(document, rules.documents, places[document.blob], beside, first=number == 0)


def alt_limit(picture: Picture, rules: PostRules) -> int:
    """How long the description of a picture or video, or the title of a document, may be; 0 = no limit known."""
    if picture.is_document:
        return rules.documents.title_limit if rules.documents is not None else 0
    return rules.video.alt_limit if picture.is_video and rules.video is not None else rules.alt_limit


def _name(index: int, count: int) -> str:
    if count == 1:
        return "image"
    return f"{_ORDINALS[index]} image" if index < len(_ORDINALS) else f"image {index + 1}"


def _picture_issues(pictures: Sequence[Picture], rules: PostRules, places: Sequence[int]) -> Iterator[Issue]:
    count, most = len(pictures), rules.max_pictures
    if count > most:
        takes = f"{most} of {count} images" if most else "no images"
        yield Issue(Severity.ERROR, "too_many_pictures", f"takes {takes}", "remove_picture", picture=places[most])
    for index, picture in enumerate(pictures):
        yield from _alt_issues(picture, _name(index, count), rules.alt_limit, places[index])


def _alt_issues(picture: Picture, name: str, limit: int, place: int) -> Iterator[Issue]:
    if not picture.alt.strip():
        yield Issue(Severity.WARNING, "alt_missing", f"{name} has no description", "add_alt", picture=place)
    elif limit and len(picture.alt) > limit:
        over = len(picture.alt) - limit
        sentence = f"description of the {name} {over:,} too long"
        yield Issue(Severity.ERROR, "alt_too_long", sentence, "edit_alt", picture=place)


def _video_issues(video: Picture, rules: PostRules, place: int, *, alone: bool, first: bool) -> Iterator[Issue]:
    takes = rules.video
    said = "" if first else "takes one video in a post"
    if takes is None:
        said = "takes no videos here"
        yield Issue(Severity.ERROR, "no_videos", said, "leave_out_video", picture=place)
        return
    said = said or _too_much(video, takes)
    if not said and not alone and not takes.with_pictures:
        said = "takes a video or images, not both"
    if said:
        fix = "leave_out_video" if first else "remove_picture"
        yield Issue(Severity.ERROR, "video_not_taken", said, fix, picture=place)


def _too_much(video: Picture, takes: VideoRules) -> str:
    if takes.types and video.mime not in takes.types:
        known = [_TYPES[kind] for kind in takes.types if kind in _TYPES]
        return f"takes videos as {' or '.join(known)} only" if known else "takes no videos of this kind"
    if takes.size and video.size > takes.size:
        return f"takes videos of {megabytes(takes.size)} at most, this has {megabytes(video.size)}"
    if takes.seconds and video.seconds > takes.seconds:
        return f"takes videos of {length(takes.seconds)} at most, this has {length(video.seconds)}"
    return ""


def _document_issues(
    document: Picture, takes: DocumentRules | None, place: int, beside: str, *, first: bool
) -> Iterator[Issue]:
    if takes is None:
        yield Issue(Severity.ERROR, "no_documents", "takes no documents here", "leave_out_document", picture=place)
        return
    said = _too_long_a_document(document, takes) if first else "takes one document in a post"
    if not said and beside:
        said = f"takes a document or {beside}, not both"
    if said:
        fix = "leave_out_document" if first else "remove_picture"
        yield Issue(Severity.ERROR, "document_not_taken", said, fix, picture=place)
    if not document.alt.strip():
        yield Issue(Severity.WARNING, "title_missing", "document has no title", "add_alt", picture=place)
    elif takes.title_limit and len(document.alt) > takes.title_limit:
        over = len(document.alt) - takes.title_limit
        sentence = f"title of the document {over:,} too long"
        yield Issue(Severity.ERROR, "title_too_long", sentence, "edit_alt", picture=place)


def _too_long_a_document(document: Picture, takes: DocumentRules) -> str:
    if takes.types and document.mime not in takes.types:
        known = [_DOCUMENTS[kind] for kind in takes.types if kind in _DOCUMENTS]
        return f"takes documents as {' or '.join(known)} only" if known else "takes no documents of this kind"
    if takes.size and document.size > takes.size:
        return f"takes documents of {megabytes(takes.size)} at most, this has {megabytes(document.size)}"
    if takes.pages and document.pages > takes.pages:
        return f"takes documents of {takes.pages:,} pages at most, this has {document.pages:,}"
    return ""


def kind_of(document: Picture) -> str:
    """PDF, DOCX and so on, as people call them."""
    return _DOCUMENTS.get(document.mime, "File")


def megabytes(size: int) -> str:
    """100 MB, 2.5 MB, 40 KB from bytes."""
    if size < 100_000:
        return f"{max(1, round(size / 1000))} KB"
    count = size / 1_000_000
    return f"{count:.0f} MB" if count >= 10 else f"{count:.1f} MB"


def length(seconds: float) -> str:
    """0:42, 12:05, 1:02:03."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
