"""Looks at the page behind a link when typing pauses, and remembers what it gave."""

import logging

from PySide6.QtCore import QObject, QTimer, Signal

from socialdesk.core.cards import CardPlan
from socialdesk.core.errors import SocialDeskError
from socialdesk.core.events import ConnectionChanged
from socialdesk.core.post import PERMALINK, Draft, SeenCard
from socialdesk.ui import words
from socialdesk.ui.composer.card_words import Look
from socialdesk.ui.desk import Desk
from socialdesk.ui.tasks import Tasks

log = logging.getLogger(__name__)
PAUSE_MS = 700  # an address that is still being typed leads nowhere yet
_MOST = 30


class CardLooker(QObject):
    """`changed` when a look has come to an end."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._tasks = Tasks(self, desk.actions.tell)
        self._looks: dict[str, Look] = {}
        self._url = ""
        self._typed = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._begin)
        desk.bridge.event.connect(self._news)

    def want(self, draft: Draft, plan: CardPlan | None) -> Look | None:
        """What is known of the plan's page; an unknown one is looked at soon. None where there is nothing to look at.

        Only one page at a time: the one on the screen.
        """
        url = plan.address if plan is not None and plan.shown and plan.address != PERMALINK else ""
        if url and draft.card is not None and draft.card.url == url and url not in self._looks:
            self._keep(url, Look(draft.card))
        if url != self._url:
            self._tasks.cancel("look")
            self._timer.stop()
            self._url = url
            self._typed = url not in (draft.link, draft.quote.url if draft.quote is not None else "")
            if url and self.seen(url) is None:  # one that could not be had is looked at again
                self._looks.pop(url, None)
                self._timer.start(PAUSE_MS)
        return self._looks.get(url, Look()) if url else None

    def seen(self, url: str) -> SeenCard | None:
        """What the person has seen of this page; None when it was not looked at, or could not be had."""
        look = self._looks.get(url)
        return look.card if look is not None else None

    def again(self) -> None:
        """Looks once more at a page that could not be had."""
        if self._url and self.seen(self._url) is None:
            self._looks.pop(self._url, None)
            self._begin()
            self.changed.emit()

    def _begin(self) -> None:
        if self._url:
            self._tasks.start("look", self._look(self._url, typed=self._typed))

    async def _look(self, url: str, *, typed: bool) -> None:
        try:
            look = Look(await self._desk.bridge.call(self._desk.services.inspecting.link_card, url, typed=typed))
        except SocialDeskError as error:
            log.info("a page for a link card: %s", error)
            look = Look(problem=words.sentence_of(error))
        self._keep(url, look)
        self.changed.emit()

    def _keep(self, url: str, look: Look) -> None:
        while len(self._looks) >= _MOST:
            del self._looks[next(iter(self._looks))]
        self._looks[url] = look

    def _news(self, event: object) -> None:
        if isinstance(event, ConnectionChanged) and event.online:
            self.again()
