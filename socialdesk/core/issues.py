"""What stands in the way of a post: a sentence, and the one thing that mends it (`fix`, a code the composer knows)."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"  # cannot be sent
    WARNING = "warning"  # can be sent; better mended
    NOTE = "note"  # good to know


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding. `sentence` continues the account's name ("Mastodon  12 over the limit of 500").

    `part` and `picture` are positions, -1 = none (a picture of -1 with `add_alt` is the article's featured image).
    `fix` is one of: add_alt, edit_alt, remove_picture, split, shorten, write, write_article, add_title,
    publish_article, choose_blog, only_target_account, remove_warning, post_now, choose_time,
    leave_out_poll, leave_out_video, leave_out_document, put_back_poll, put_back_video, put_back_document, edit_poll,
    article_same_time; '' = nothing to press.
    """

    severity: Severity
    code: str
    sentence: str
    fix: str = ""
    part: int = -1
    picture: int = -1
