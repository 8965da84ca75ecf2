"""Changes of a draft, as plain functions: each takes a draft and returns the next. Nothing written is dropped."""

from collections.abc import Mapping
from dataclasses import replace

from socialdesk.core import segments
from socialdesk.core.post import Article, Draft, Override, Picture, Target
from socialdesk.core.rules import PostRules

_EMPTY = Override()


def is_blank(draft: Draft) -> bool:
    """Nothing in it that a person made."""
    own = any((o.text or "").strip() or (o.warning or "").strip() for o in draft.overrides.values())
    article = draft.article is not None and any((draft.article.title.strip(), draft.article.markdown.strip()))
    poll = draft.poll is not None and any(option.strip() for option in draft.poll.options)
    return not (draft.text.strip() or own or article or draft.pictures or draft.link or draft.warning.strip() or poll)


def words(draft: Draft, account_id: int) -> str:
    """The text on a tab; account 0 is the tab for all."""
    return segments.words_of(draft, account_id) if account_id else draft.text


def with_words(draft: Draft, account_id: int, text: str) -> Draft:
    """What was typed on a tab. Typing on an account's tab gives it words of its own."""
    if not account_id:
        return replace(draft, text=text)
    if text == words(draft, account_id):
        return draft
    return with_override(draft, account_id, text=text)


def with_override(
    draft: Draft, account_id: int, *, text: str | None = None, warning: str | None = None, visibility: str | None = None
) -> Draft:
    """Sets what is given of one account's differences and keeps the rest."""
    own = draft.overrides.get(account_id, _EMPTY)
    changed = replace(
        own,
        text=own.text if text is None else text,
        warning=own.warning if warning is None else warning,
        visibility=own.visibility if visibility is None else visibility,
    )
    return replace(draft, overrides={**draft.overrides, account_id: changed})


def leaving_out(draft: Draft, account_id: int, what: str, *, out: bool = True) -> Draft:
    """Leaves the poll, the video or the document out of one account's post, or takes it along again."""
    own = draft.overrides.get(account_id, _EMPTY)
    left = tuple(one for one in own.without if one != what) + ((what,) if out else ())
    return replace(draft, overrides={**draft.overrides, account_id: replace(own, without=left)})


def with_replies(draft: Draft, account_id: int, value: str) -> Draft:
    """Who may answer the post of one account."""
    own = draft.overrides.get(account_id, _EMPTY)
    return replace(draft, overrides={**draft.overrides, account_id: replace(own, replies=value)})


def is_edited(draft: Draft, account_id: int) -> bool:
    """Whether the account has words of its own."""
    return draft.overrides.get(account_id, _EMPTY).text is not None


def without_own_words(draft: Draft, account_id: int) -> Draft:
    """The account says what all say again."""
    own = draft.overrides.get(account_id, _EMPTY)
    return replace(draft, overrides={**draft.overrides, account_id: replace(own, text=None)})


def toggled(draft: Draft, account_id: int, order: tuple[int, ...]) -> Draft:
    """Adds or removes an account; those chosen keep the desk's `order`. Its own words stay for when it comes back."""
    chosen = set(draft.account_ids) ^ {account_id}
    known = tuple(i for i in order if i in chosen)
    return replace(draft, account_ids=known + tuple(i for i in draft.account_ids if i in chosen and i not in known))


def with_article(draft: Draft) -> Draft:
    """The draft with an article to write in."""
    return draft if draft.article is not None else replace(draft, article=Article(title="", markdown=""))


def with_alt(draft: Draft, index: int, alt: str) -> Draft:
    """A picture's description; index -1 is the article's featured image."""
    if index < 0:
        if draft.article is None or draft.article.featured is None:
            return draft
        return replace(draft, article=replace(draft.article, featured=replace(draft.article.featured, alt=alt)))
    pictures = list(draft.pictures)
    pictures[index] = replace(pictures[index], alt=alt)
    return replace(draft, pictures=tuple(pictures))


def with_point(draft: Draft, index: int, point: tuple[float, float] | None) -> Draft:
    """The point of a picture that stays in sight; None = the middle."""
    pictures = list(draft.pictures)
    pictures[index] = replace(pictures[index], focus=point)
    return replace(draft, pictures=tuple(pictures))


def without_picture(draft: Draft, index: int) -> Draft:
    return replace(draft, pictures=draft.pictures[:index] + draft.pictures[index + 1 :])


def moved_picture(draft: Draft, index: int, to: int) -> Draft:
    pictures = list(draft.pictures)
    picture: Picture = pictures.pop(index)
    pictures.insert(max(0, min(to, len(pictures))), picture)
    return replace(draft, pictures=tuple(pictures))


def split_for(draft: Draft, account_id: int, rules: Mapping[int, PostRules]) -> Draft:
    """The account gets its words divided into parts that fit."""
    return with_override(draft, account_id, text=segments.split_for(draft, account_id, rules))


def only_target_account(draft: Draft) -> Draft:
    """Only the account that can answer stays chosen."""
    target: Target | None = draft.reply_to or draft.quote
    return replace(draft, account_ids=(target.account_id,)) if target is not None and target.account_id else draft


def title_of(draft: Draft) -> str:
    """One line that names a draft or a publication."""
    if draft.article is not None and draft.article.title.strip():
        return draft.article.title.strip()
    for text in (draft.text, *(o.text or "" for o in draft.overrides.values())):
        if text.strip():
            return text.strip().splitlines()[0]
    for picture in draft.pictures:
        if picture.is_document:
            return picture.alt.strip() or picture.name or "Document"
    if any(picture.is_video for picture in draft.pictures):
        return "Video"
    return "Pictures" if draft.pictures else "Empty draft"
