"""What the composer says of a link card: one value out of the plan, what the page gave, and the draft. Plain."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from socialdesk.core.cards import CardPlan
from socialdesk.core.post import PERMALINK, Article, Draft, SeenCard
from socialdesk.core.text import cut

_TITLE = 140
_DESCRIPTION = 150


class Drop(StrEnum):
    """What the x takes away."""

    NOTHING = ""
    CARD = "Send without this card"
    LINK = "Remove the link"


@dataclass(frozen=True, slots=True)
class Look:
    """How far the look at a page has come. `problem` is the sentence of a page that cannot be had."""

    card: SeenCard | None = None
    problem: str = ""

    @property
    def looking(self) -> bool:
        return self.card is None and not self.problem


@dataclass(frozen=True, slots=True)
class CardFace:
    """What stands in the preview. `blob` is its picture; `note` a sentence instead of a title; `who` the accounts."""

    site: str = ""
    title: str = ""
    description: str = ""
    blob: str = ""
    note: str = ""
    who: str = ""
    looking: bool = False
    again: bool = False  # there is a second look to offer
    put_back: bool = False  # the person took it away somewhere
    drop: Drop = Drop.NOTHING

    @property
    def spoken(self) -> str:
        """All of it for a screen reader."""
        state = "looking at the page" if self.looking else ""
        said = (part.rstrip(".") for part in (self.title, self.site, self.description, self.note, state, self.who))
        return f"Link card: {'. '.join(part for part in said if part)}"


def face(
    draft: Draft, plan: CardPlan | None, look: Look | None, name: Callable[[int], str], blog: str
) -> CardFace | None:
    """The preview; None where no card belongs. `name` titles an account, `blog` is the site that the article goes to.

    A link that is in no text is shown even where no account makes a card of it: the draft carries it all the same.
    """
    if plan is None:
        link = draft.link if draft.article is None or not blog else ""
        return CardFace(_host(link), note=link, who="Goes out as a link", drop=Drop.LINK) if link else None
    who = _who(plan, name)
    drop = Drop.CARD if plan.built else Drop.LINK if plan.address == draft.link else Drop.NOTHING
    put_back = bool(plan.without)
    if plan.address == PERMALINK:
        return _of_article(draft.article or Article("", ""), blog, who, put_back=put_back, drop=drop)
    site = _host(plan.address)
    if not plan.shown:
        return CardFace(
            site, note=f"No link card on {_joined([name(i) for i in plan.without])}.", put_back=True, drop=drop
        )
    if look is None or look.looking:
        return CardFace(site, note="Looking at the page", who=who, looking=True, put_back=put_back, drop=drop)
    if look.card is None:
        note = f"{look.problem} The post can go out all the same."
        return CardFace(site, note=note, again=True, put_back=put_back, drop=drop)
    if not look.card.title:
        drop = drop if plan.address == draft.link else Drop.NOTHING  # a link in the text goes out without a card anyway
        note = "This page offers no card. The post can go out all the same."
        return CardFace(site, note=note, put_back=put_back, drop=drop)
    seen = look.card
    title, description = cut(seen.title, _TITLE), cut(seen.description, _DESCRIPTION)
    return CardFace(seen.site or site, title, description, seen.thumb, who=who, put_back=put_back, drop=drop)


def _of_article(article: Article, blog: str, who: str, *, put_back: bool, drop: Drop) -> CardFace:
    return CardFace(
        f"{blog} · published with this post",
        cut(article.title.strip(), _TITLE) or "Untitled article",
        cut(article.excerpt.strip(), _DESCRIPTION),
        article.featured.blob if article.featured is not None else "",
        who=who,
        put_back=put_back,
        drop=drop,
    )


def _who(plan: CardPlan, name: Callable[[int], str]) -> str:
    shown = f"Shown on {_joined([name(i) for i in plan.shown])}" if plan.shown else ""
    without = f"not on {_joined([name(i) for i in plan.without])}" if plan.without else ""
    text = ", ".join(part for part in (shown, without) if part)
    return text[:1].upper() + text[1:]


def _joined(names: list[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or url).removeprefix("www.")
