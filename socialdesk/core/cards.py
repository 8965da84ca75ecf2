"""Which link card the posts of a draft will show, and on which accounts. Pure: nothing is fetched here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from socialdesk.core import segments
from socialdesk.core.post import Draft
from socialdesk.core.rules import PostRules


@dataclass(frozen=True, slots=True)
class CardPlan:
    """One card. `address` may be `PERMALINK`: the article's, which nobody can ask for yet.

    Account ids, in the draft's order: `shown` is where it appears, `built` those of them that get it from us (the other
    networks make it by themselves), `without` where the person took it away.
    """

    address: str
    shown: tuple[int, ...] = ()
    built: tuple[int, ...] = ()
    without: tuple[int, ...] = ()


def plan(draft: Draft, rules: Mapping[int, PostRules], account_ids: Iterable[int]) -> CardPlan | None:
    """The card of the first of these accounts that has one, with all of them that show the same; None = no card.

    A post with pictures shows no card: where we build it that is the network's rule (`PostRules.link_card`), where the
    network makes it that is what its own pages do (Mastodon: the pictures take its place).
    """
    address = ""
    shown, built, without = [], [], []
    for account_id in account_ids:
        own = rules.get(account_id)
        wanted, part = segments.card_at(draft, account_id, rules) if own is not None else ("", 0)
        if own is None or not wanted or (address and wanted != address):
            continue
        if segments.pictures_of(draft, account_id, own, part):
            continue
        address = wanted
        is_ours = own.link_card == "client"
        if is_ours and wanted == draft.no_card:
            without.append(account_id)
        else:
            shown.append(account_id)
            built += [account_id] if is_ours else []
    return CardPlan(address, tuple(shown), tuple(built), tuple(without)) if address else None


def on_tab(draft: Draft, rules: Mapping[int, PostRules], account_id: int) -> tuple[int, ...]:
    """The accounts whose card belongs on a tab of the composer: its own; all on the tab for all (0) and a blog's."""
    own = rules.get(account_id)
    return draft.account_ids if own is None or segments.takes_article(draft, own) else (account_id,)


def built_address(draft: Draft, rules: Mapping[int, PostRules]) -> str:
    """The first address whose card we build and send for this draft, '' = none."""
    known = (i for i in draft.account_ids if i in rules)
    return next((address for i in known if (address := segments.card_of(draft, i, rules))), "")
