"""What a draft says on each account: its words, its link, and the parts of a thread. Pure.

The composer shows these texts and the publisher sends them, so that both always agree.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import accumulate

from socialdesk.core.post import PERMALINK, Article, Draft, Override, Picture, Poll
from socialdesk.core.rules import PostRules
from socialdesk.core.text import clusters, utf8_length
from socialdesk.core.urls import has_sign_in, is_web

SEPARATOR = "---"
_DIVIDER = re.compile(r"^[ \t]*-{3,}[ \t]*$", re.MULTILINE)
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])|\n")
_WORD = re.compile(r"\s+")
_ADDRESS = re.compile(rf"{PERMALINK}|(?<![\w@/.])https?://[^\s<>\"“”„«»{PERMALINK[0]}]+", re.IGNORECASE)
_AFTER_ADDRESS = ".,;:!?'’‘…"
_BRACKETS = {")": "(", "]": "["}
_SLUG_WORDS = re.compile(r"[^\w]+")
_SLUG_MAX = 80
_TYPICAL_BASE = "https://blog.a-company-name.example/2026/01/31/"
_NO_OVERRIDE = Override()


def parts(text: str) -> tuple[str, ...]:
    """The parts of a thread: `text` divided at lines of three or more hyphens. Empty parts are dropped."""
    return tuple(part for piece in _DIVIDER.split(text) if (part := piece.strip()))


def join(pieces: tuple[str, ...]) -> str:
    """The opposite of `parts`."""
    return f"\n{SEPARATOR}\n".join(pieces)


def split(text: str, fits: Callable[[str, int], bool]) -> tuple[str, ...]:
    """Divides `text` so that every part fits, at paragraphs, else sentences, else words, else characters.

    `fits(candidate, index)` judges a candidate for part `index`. Divisions that the person made stay. An address is
    never cut, so a part that is one long address may stay too long. No word is lost or reordered.
    """
    done: list[str] = []
    for piece in parts(text):
        rest = piece
        while rest:
            cut = len(rest) if fits(rest, len(done)) else _cut(rest, len(done), fits)
            done.append(rest[:cut].rstrip())
            rest = rest[cut:].lstrip()
    return tuple(done)


def _cut(text: str, index: int, fits: Callable[[str, int], bool]) -> int:
    """Where the part at `index` ends: the best boundary in the second half of what fits."""
    words = _starts(_WORD, text)
    longest = _last_fitting(words, text, index, fits)
    if longest == 0:
        return _cut_word(text, words[0] if words else len(text), index, fits)
    for boundary in (_PARAGRAPH, _SENTENCE):
        good = [at for at in _starts(boundary, text) if longest // 2 <= at <= longest]
        if good:
            return good[-1]
    return longest


def _starts(boundary: re.Pattern[str], text: str) -> list[int]:
    return [match.end() for match in boundary.finditer(text) if 0 < match.end() < len(text)]


def _last_fitting(places: list[int], text: str, index: int, fits: Callable[[str, int], bool]) -> int:
    low, high = 0, len(places)
    while low < high:
        middle = (low + high) // 2
        if fits(text[: places[middle]].rstrip(), index):
            low = middle + 1
        else:
            high = middle
    return places[low - 1] if low else 0


def _cut_word(text: str, end: int, index: int, fits: Callable[[str, int], bool]) -> int:
    """One word that does not fit: an address stays whole, anything else is cut between characters."""
    if "://" in text[:end] or PERMALINK in text[:end]:
        return end
    ends = list(accumulate(len(character) for character in clusters(text[:end])))
    return _last_fitting(ends, text, index, fits) or ends[0]


def with_link(text: str, link: str) -> str:
    """`text` with `link` in a paragraph of its own at the end, unless it is in there already."""
    if not link or link in text:
        return text
    return f"{text}\n\n{link}" if text else link


def typical_permalink(article: Article | None) -> str:
    """What the article's address will look like, for weighing before it exists: a usual host, date and slug."""
    slug = ""
    if article is not None:
        slug = article.slug or _SLUG_WORDS.sub("-", article.title.lower()).strip("-")[:_SLUG_MAX]
    return f"{_TYPICAL_BASE}{slug or 'a-title-of-usual-length'}/"


def shown(text: str, article: Article | None) -> str:
    """`text` with the typical address in the place of the permalink: for weighing and for previews."""
    return text.replace(PERMALINK, typical_permalink(article))


def takes_article(draft: Draft, rules: PostRules) -> bool:
    """Whether this account gets the article, or waits for one.

    Without an article, a site that takes notes gets the text, and so does a blog that answers comments for a reply.
    """
    takes_text = rules.notes or (draft.reply_to is not None and rules.replies)
    return rules.article and not (takes_text and draft.article is None)


def leader(draft: Draft, rules: Mapping[int, PostRules]) -> int | None:
    """The account whose permalink the short posts carry (the first blog), None without an article or a blog.

    All short deliveries wait for its delivery.
    """
    if draft.article is None:
        return None
    return next((i for i in draft.account_ids if i in rules and takes_article(draft, rules[i])), None)


def quotes_natively(draft: Draft, account_id: int, rules: PostRules) -> bool:
    """Whether the quoted post goes out as a quote here. Else its address goes out as a link."""
    if draft.quote is None or not rules.quotes:
        return False
    return draft.quote.account_id in (0, account_id)


def link_of(draft: Draft, account_id: int, rules: Mapping[int, PostRules]) -> str:
    """The address that the account's post carries, as text or as a card: permalink, link or quoted post; '' = none."""
    if leader(draft, rules) is not None:
        return PERMALINK
    if draft.link:
        return draft.link
    if draft.quote is not None and not quotes_natively(draft, account_id, rules[account_id]):
        return draft.quote.url
    return ""


def address_in(text: str) -> str:
    """The first web address in `text` (or `PERMALINK`), as a reader would take it: without the sentence's own marks.

    '' = none. An address with a password in it is none: it is asked for nowhere and shown to nobody.
    """
    for match in _ADDRESS.finditer(text):
        found = match[0]
        while found[-1] in _AFTER_ADDRESS or found.count(found[-1]) > found.count(_BRACKETS.get(found[-1], found[-1])):
            found = found[:-1]
        if found == PERMALINK or (is_web(found) and not has_sign_in(found)):
            return found
    return ""


def card_place(texts: tuple[str, ...], link: str) -> tuple[str, int]:
    """The address whose card goes out with these parts, and with which of them.

    That is `link`, where it stands (else with the first part); without one the first address in the texts, '' = none.
    """
    if link:
        return link, next((index for index, text in enumerate(texts) if link in text), 0)
    return next(((found, index) for index, text in enumerate(texts) if (found := address_in(text))), ("", 0))


def card_at(draft: Draft, account_id: int, rules: Mapping[int, PostRules]) -> tuple[str, int]:
    """The address whose card this account's posts can show, whoever makes it, and the part it belongs to; '' = none."""
    own = rules[account_id]
    if own.link_card == "none" or takes_article(draft, own):
        return "", 0
    if own.link_card == "client":
        return card_place(_pieces(draft, account_id, own), link_of(draft, account_id, rules))
    return card_place(rendition(draft, account_id, rules), "")


def card_of(draft: Draft, account_id: int, rules: Mapping[int, PostRules]) -> str:
    """The address whose card we build and send ('' = none). Pictures leave no room; the person may take it away."""
    own = rules[account_id]
    if own.link_card != "client":
        return ""
    address, part = card_at(draft, account_id, rules)
    return "" if address == draft.no_card or pictures_of(draft, account_id, own, part) else address


def crowds_out_card(draft: Draft, account_id: int, rules: Mapping[int, PostRules]) -> bool:
    """Whether a card that we would build has no room beside the pictures."""
    if rules[account_id].link_card != "client":
        return False
    address, part = card_at(draft, account_id, rules)
    return address not in ("", draft.no_card) and bool(pictures_of(draft, account_id, rules[account_id], part))


def pictures_of(draft: Draft, account_id: int, rules: PostRules, part: int = 0) -> tuple[Picture, ...]:
    """The pictures of one part: all of them go with the first, but for what this account leaves out."""
    if part or takes_article(draft, rules):
        return ()
    left = without(draft, account_id)
    return tuple(
        picture
        for picture in draft.pictures
        if not ((picture.is_video and "video" in left) or (picture.is_document and "document" in left))
    )


def without(draft: Draft, account_id: int) -> tuple[str, ...]:
    """What the person left out of this account's post: poll, video, document."""
    return draft.overrides.get(account_id, _NO_OVERRIDE).without


def poll_of(draft: Draft, account_id: int, rules: PostRules) -> Poll | None:
    """The poll that goes with the account's first part, as the network can ask it. An article has none."""
    if draft.poll is None or rules.polls is None or takes_article(draft, rules):
        return None
    if "poll" in without(draft, account_id):
        return None
    options = tuple(answer for option in draft.poll.options if (answer := option.strip()))
    multiple = draft.poll.multiple and rules.polls.multiple
    hidden = draft.poll.hide_totals and rules.polls.hides_totals
    return replace(draft.poll, options=options, multiple=multiple, hide_totals=hidden)


def choice_of_replies(draft: Draft, account_id: int, rules: PostRules) -> str | None:
    """Who may answer: the account's own choice, else the draft's; '' = as usual, None = the network has no such choice.

    What answers a post takes part in a conversation of somebody else: nothing is chosen there.
    """
    values = [choice.value for choice in rules.replies_from]
    own = draft.overrides.get(account_id, _NO_OVERRIDE).replies
    wish = draft.replies if own is None else own
    if not wish or draft.reply_to is not None:
        return ""
    return wish if wish in values else None


def words_of(draft: Draft, account_id: int) -> str:
    """What the person wrote for this account: its own words, else those for all."""
    own = draft.overrides.get(account_id, _NO_OVERRIDE).text
    return draft.text if own is None else own


def warning_of(draft: Draft, account_id: int, rules: PostRules) -> str:
    """The content warning that this account's post carries ('' where the network has none)."""
    if not rules.warning:
        return ""
    own = draft.overrides.get(account_id, _NO_OVERRIDE).warning
    return draft.warning if own is None else own


def visibility_of(draft: Draft, account_id: int, rules: PostRules) -> str:
    """The visibility for this account: its own, the draft's, else the network's first. '' = the network has none."""
    values = [choice.value for choice in rules.visibilities]
    own = draft.overrides.get(account_id, _NO_OVERRIDE).visibility
    for wish in (own, draft.visibility):
        if wish in values:
            return wish or ""
    return values[0] if values else ""


def rendition(draft: Draft, account_id: int, rules: Mapping[int, PostRules]) -> tuple[str, ...]:
    """The texts of the posts this account sends, in order; empty when there is nothing to send.

    A blog that takes the article gets one part, its title. `PERMALINK` stands where the article's address will be.
    """
    own = rules[account_id]
    if takes_article(draft, own):
        return (draft.article.title,) if draft.article is not None else ()
    return _with_extras(_pieces(draft, account_id, own), draft, account_id, rules)


def _pieces(draft: Draft, account_id: int, own: PostRules) -> tuple[str, ...]:
    """What the person wrote for this account, as the parts it becomes here."""
    pieces = parts(words_of(draft, account_id))
    return pieces if own.splits_threads or not pieces else ("\n\n".join(pieces),)


def _with_extras(
    pieces: tuple[str, ...], draft: Draft, account_id: int, rules: Mapping[int, PostRules]
) -> tuple[str, ...]:
    first = pieces[0] if pieces else ""
    if not first and leader(draft, rules) is not None and draft.article is not None:
        first = draft.article.title.strip()
    link = link_of(draft, account_id, rules)
    if link and not card_of(draft, account_id, rules) and not any(link in piece for piece in pieces):
        first = with_link(first, link)
    if first or pieces:
        return (first, *pieces[1:])
    media = pictures_of(draft, account_id, rules[account_id])
    has_more = media or draft.quote is not None or card_of(draft, account_id, rules)
    return ("",) if has_more else ()


def renditions(draft: Draft, rules: Mapping[int, PostRules]) -> dict[int, tuple[str, ...]]:
    """`rendition` for every account of the draft whose rules are known, in the draft's order."""
    return {i: rendition(draft, i, rules) for i in draft.account_ids if i in rules}


def weight(text: str, draft: Draft, account_id: int, rules: PostRules) -> int:
    """What one part weighs in the network's own units, content warning and typical permalink included."""
    warning = warning_of(draft, account_id, rules) if rules.warning_counts else ""
    return rules.weigh(warning + shown(text, draft.article))


def fits(text: str, draft: Draft, account_id: int, rules: PostRules) -> bool:
    """Whether one part is within the account's limits. A limit of 0 is none."""
    if rules.byte_limit and utf8_length(shown(text, draft.article)) > rules.byte_limit:
        return False
    return rules.limit <= 0 or weight(text, draft, account_id, rules) <= rules.limit


def split_for(draft: Draft, account_id: int, rules: Mapping[int, PostRules]) -> str:
    """The account's words divided into parts that fit, the link on the first part included.

    To be kept as the account's own text (`Override.text`).
    """

    def judge(candidate: str, index: int) -> bool:
        if index == 0:
            candidate = _with_extras((candidate,), draft, account_id, rules)[0]
        return fits(candidate, draft, account_id, rules[account_id])

    return join(split(words_of(draft, account_id), judge))
