"""The link card of a draft: which one, seen from which tab, taken away and put back, carried along when it is sent."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject

from socialdesk.core import cards, segments
from socialdesk.core.cards import CardPlan
from socialdesk.core.post import Draft
from socialdesk.core.rules import PostRules
from socialdesk.ui.composer.card import CardPreview
from socialdesk.ui.composer.card_looker import CardLooker
from socialdesk.ui.composer.card_words import face
from socialdesk.ui.composer.roster import Roster
from socialdesk.ui.desk import Desk


class LinkCard(QObject):
    """Shows the card in `preview` and changes the draft through `edit`. `page` is the tab in front."""

    def __init__(
        self,
        desk: Desk,
        parent: QObject,
        preview: CardPreview,
        roster: Roster,
        page: Callable[[], int],
        draft: Callable[[], Draft],
        edit: Callable[[Draft], None],
    ) -> None:
        super().__init__(parent)
        self._preview, self._roster, self._page = preview, roster, page
        self._draft, self._edit = draft, edit
        self._looker = CardLooker(desk, self)
        self._looker.changed.connect(self.show_card)
        preview.again.connect(self._looker.again)
        preview.dropped.connect(self._drop)
        preview.put_back.connect(lambda: self._edit(replace(self._draft(), no_card="")))
        preview.unlinked.connect(lambda: self._edit(replace(self._draft(), link="", no_card="")))

    def show_card(self) -> None:
        """Puts the card of the draft on the screen. Cheap: called at every key."""
        draft, plan, leader = self._draft(), self._plan(), segments.leader(self._draft(), self._rules())
        blog = self._roster.accounts[leader].server.split("://")[-1] if leader is not None else ""
        self._preview.show_face(face(draft, plan, self._looker.want(draft, plan), self._roster.title, blog))

    def carried(self, draft: Draft) -> Draft:
        """The draft as it is sent: with the card that the person saw, so that it goes out as it was shown."""
        address = cards.built_address(draft, self._rules())
        before = draft.card if draft.card is not None and draft.card.url == address else None
        return replace(draft, card=(self._looker.seen(address) or before) if address else None)

    def _drop(self) -> None:
        plan = self._plan()
        if plan is not None:
            self._edit(replace(self._draft(), no_card=plan.address))

    def _plan(self) -> CardPlan | None:
        draft, rules = self._draft(), self._rules()
        return cards.plan(draft, rules, cards.on_tab(draft, rules, self._page()))

    def _rules(self) -> Mapping[int, PostRules]:
        return self._roster.rules_of(self._draft().account_ids)
