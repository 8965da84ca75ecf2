"""The composer's panel: one draft, written once, shaped for every account, on disk at every pause."""

import asyncio
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence, QShortcut

from socialdesk.core import segments
from socialdesk.core.checks import AccountCheck, check
from socialdesk.core.errors import InputError
from socialdesk.core.events import AccountsChanged, DraftsChanged
from socialdesk.core.media_checks import alt_limit
from socialdesk.core.post import Article, Draft, Publication
from socialdesk.core.rules import PostRules
from socialdesk.ui import words
from socialdesk.ui.composer import letter
from socialdesk.ui.composer.attachments import Attachments
from socialdesk.ui.composer.checks import fine_sentence, is_unwritten
from socialdesk.ui.composer.editor import picture_files, take_pictures
from socialdesk.ui.composer.fixes import Fixes
from socialdesk.ui.composer.layout import ComposerLayout
from socialdesk.ui.composer.link_card import LinkCard
from socialdesk.ui.composer.options import usual_language
from socialdesk.ui.composer.roster import Roster
from socialdesk.ui.composer.saver import Saver
from socialdesk.ui.composer.when import told
from socialdesk.ui.desk import Desk
from socialdesk.ui.tasks import Tasks

WIDTH = 420


class Composer(ComposerLayout):
    """`folded` when the person steps back; `sent` carries the publication; `window_wanted` the draft's id."""

    folded = Signal()
    sent = Signal(object)
    window_wanted = Signal()

    def __init__(self, desk: Desk, *, main: bool = True) -> None:
        super().__init__(desk)
        self._main = main
        self._draft = Draft()
        self._drafts: tuple[Draft, ...] = ()
        self._checks: dict[int, AccountCheck] = {}
        self._wanted_accounts: tuple[int, ...] = ()
        self._chosen = False  # the person pressed a chip
        self._sending = False
        self._loaded = asyncio.Event()
        self._begun = False
        self._tasks = Tasks(self, self._say)
        self.roster = Roster(desk, self)
        self.link_card = LinkCard(
            desk, self, self.card, self.roster, lambda: self.tabs.current, lambda: self._draft, self._edit
        )
        self._saver = Saver(desk, self, lambda: self._draft, self._named)
        self.attachments = Attachments(desk, self, self.alt, lambda: self._draft, self._edit)
        self.attachments.limits = lambda picture: [alt_limit(picture, rules) for rules in self._rules().values()]
        self.attachments.takes_point = lambda: any(rules.focus for rules in self._rules().values())
        self.attachments.problem.connect(self._say)
        self.fixes = Fixes(self, self._rules, self._edit)
        self.attachments.settled.connect(self._saver.save_now)
        self._connect()
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.post)
        self.start()

    @property
    def draft(self) -> Draft:
        return self._draft

    def start(self) -> None:
        """Loads accounts, drafts and what was being written last."""
        self._tasks.start("load", self._load())

    def begin(self, draft: Draft | None = None, *, accounts: tuple[int, ...] = ()) -> None:
        """Writes something new, or goes on with a stored draft. What stood here before is on disk first."""
        self._begun = True
        self._tasks.start("open", self._open(draft or Draft(), accounts))

    async def flush(self) -> None:
        """Returns when every letter is on disk."""
        if not letter.is_blank(self._draft) or self._draft.id:
            await self._saver.flush()

    def focus_text(self) -> None:
        target = self.article if self.article.isVisibleTo(self) else self.editor
        (target.title if target is self.article else self.editor).setFocus(Qt.FocusReason.OtherFocusReason)

    # What the person does

    def _connect(self) -> None:
        self.tabs.chosen.connect(lambda _id: self.show_draft())
        self.tabs.pressed.connect(self.focus_text)
        self.editor.typed.connect(lambda text: self._edit(letter.with_words(self._draft, self.tabs.current, text)))
        self.editor.left.connect(self._saver.save_now)
        self.editor.picture.connect(self.attachments.add)
        self.editor.files.connect(self.attachments.add_files)
        self.article.changed.connect(self._article_changed)
        self.article.left.connect(self._saver.save_now)
        self.article.describe.connect(lambda: self.attachments.describe(-1))
        self.article.pick_featured.connect(lambda: self.attachments.choose(featured=True))
        self.article.drop_featured.connect(self.attachments.drop_featured)
        self.strip.dropped.connect(lambda: self._edit(replace(self._draft, reply_to=None, quote=None)))
        self.tiles.describe.connect(self.attachments.describe)
        self.tiles.remove.connect(self.attachments.remove)
        self.tiles.moved.connect(lambda index, to: self._edit(letter.moved_picture(self._draft, index, to)))
        self.tiles.add.connect(self.attachments.choose)
        self._connect_options()
        self.checks.fix.connect(self.fixes.fix)
        self.chip_toggled.connect(self._toggle_account)
        self.fold_pressed.connect(self.fold)
        self.post_pressed.connect(self.post)
        self.part_pressed.connect(self.editor.add_divider)
        self.pictures_pressed.connect(self.attachments.choose)
        self.warning_pressed.connect(lambda: self.options.ask_warning(self._draft, self._rules().values()))
        self.article_pressed.connect(self.fixes.write_article)
        self.own_words_dropped.connect(lambda: self._edit(letter.without_own_words(self._draft, self.tabs.current)))
        self.draft_chosen.connect(self._open_stored)
        self.draft_discarded.connect(self._discard)
        self.new_pressed.connect(lambda: self.begin(Draft()))
        self.window_pressed.connect(self.window_wanted)
        self.roster.changed.connect(self._accounts_known)
        self.cost.known.connect(self.show_draft)
        self._desk.bridge.event.connect(self._news)

    def _connect_options(self) -> None:
        self.options.visibility.connect(lambda value: self._edit(replace(self._draft, visibility=value)))
        self.options.language.connect(lambda value: self._edit(replace(self._draft, language=value)))
        self.options.warning.connect(lambda text: self._edit(replace(self._draft, warning=text)))
        self.when.chosen.connect(lambda at: self._edit(replace(self._draft, publish_at=at)))
        self.when_pressed.connect(lambda: self.when.ask(self._draft))
        self.poll.changed.connect(lambda poll: self._edit(replace(self._draft, poll=poll)))
        self.poll_pressed.connect(lambda: self.poll.ask(self._draft))
        self.replies.chosen.connect(lambda i, value: self._edit(letter.with_replies(self._draft, i, value)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.fold()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasImage() or picture_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if take_pictures(event.mimeData(), self.attachments.add_files, self.attachments.add):
            event.acceptProposedAction()

    def fold(self) -> None:
        """Steps back. Nothing is discarded."""
        self._saver.save_now()
        self.folded.emit()

    def post(self) -> None:
        """Sends the draft from its accounts, or says what stands in the way."""
        self._edit(
            replace(self._draft, account_ids=tuple(i for i in self._draft.account_ids if i in self.roster.accounts))
        )
        if not self._draft.account_ids:
            self._say("Choose where to post.")
            return
        if self.attachments.adding:
            self._say("A file is still being added.")
            return
        for account_id in self._draft.account_ids:
            found = self._checks.get(account_id)
            if found is None:
                self.roster.ask_again()
                problem = self.roster.problems.get(account_id, "Its limits are not known yet.")
                self._say(f"{self.roster.title(account_id)}: {problem}")
                return
            if not found.sendable and found.first is not None:
                self._say(f"{self.roster.title(account_id)}: {found.first.sentence}.")
                return
        if not self._sending and not self.cost.asks(self._say):
            self._tasks.start("post", self._post())

    # What follows from it

    def _edit(self, draft: Draft) -> None:
        """Every change goes through here: shown, checked, and soon on disk."""
        if draft == self._draft:
            return
        self._draft = draft
        self._say("")
        if draft.id or not letter.is_blank(draft):
            self._saver.touch()
        self.show_draft()

    def _named(self, saved: Draft) -> None:
        is_new = saved.id != self._draft.id
        self._draft = replace(self._draft, id=saved.id, updated=saved.updated)
        if is_new:
            self._remember()

    def _rules(self) -> dict[int, PostRules]:
        return dict(self.roster.rules_of(self._draft.account_ids))

    def show_draft(self) -> None:
        """Puts the draft on the screen. Cheap: called at every key."""
        draft, rules = self._draft, self._rules()
        ids = tuple(i for i in draft.account_ids if i in self.roster.accounts)
        by_hand = [i for i in ids if self.roster.is_by_hand(i)]
        self._checks = told({found.account_id: found for found in check(draft, rules, self._desk.now())}, by_hand)
        self.show_chips(self.roster, draft.account_ids)
        self.tabs.show_accounts({i: (self.roster.title(i), self.roster.facts(i)) for i in ids})
        page = self.tabs.current
        on_article = page in rules and segments.takes_article(draft, rules[page])
        self.show_page(on_article=on_article, own_words=bool(page) and letter.is_edited(draft, page))
        if on_article:
            self.article.show_article(draft.article or Article("", ""), page)
        else:
            self.editor.show_page(page, letter.words(draft, page))
        self.strip.show_draft(draft)
        leader = segments.leader(draft, rules)
        self.link_card.show_card()
        self.tiles.show_pictures(draft.pictures)
        self.options.show_draft(draft, rules.values())
        self.poll.show_draft(draft)
        on_tab = (page,) if page in ids else ids
        self.replies.show_draft(draft, rules, {i: self.roster.title(i) for i in on_tab})
        self._show_checks(ids, leader)
        self.show_heading(letter.title_of(draft), self._drafts, draft)
        self.cost.show_draft(draft, rules, self.roster)
        self.when.show_draft(draft, self._checks.values())
        self.show_post(len(ids), draft.publish_at, busy=self._sending)
        self.order_keys(ids, tuple(picture.blob for picture in draft.pictures), len(self.poll.lines), on_tab)

    def _show_checks(self, ids: tuple[int, ...], leader: int | None) -> None:
        self.checks.show_accounts({i: self.roster.title(i) for i in ids})
        for account_id in ids:
            found, row = self._checks.get(account_id), self.checks.row(account_id)
            if found is None:
                row.wait(self.roster.problems.get(account_id, "looking up its limits"))
                continue
            rules = self.roster.rules[account_id]
            own = letter.is_edited(self._draft, account_id)
            card = bool(segments.card_of(self._draft, account_id, self._rules())) and leader != account_id
            follows = leader == account_id and len(ids) > 1
            row.show_check(found, fine_sentence(found, rules, own=own, follows=follows, card=card))
            word = "article" if found.article else "edited" if own else f"{found.weight:,}"
            self.tabs.show_word(account_id, word, over=not found.sendable and not is_unwritten(found))

    def _say(self, sentence: str) -> None:
        self.show_status(sentence)

    def _toggle_account(self, account_id: int) -> None:
        self._chosen = True
        self._edit(letter.toggled(self._draft, account_id, self.roster.order()))
        self._desk_put("composer.accounts", list(self._draft.account_ids))
        self.roster.refresh((account_id,))

    def _article_changed(self, article: Article) -> None:
        self._edit(replace(self._draft, article=article))

    # Drafts

    async def _load(self) -> None:
        try:
            await self._load_all()
        finally:
            self._loaded.set()

    async def _load_all(self) -> None:
        call, services = self._desk.bridge.call, self._desk.services
        self._wanted_accounts = tuple(await call(services.settings.get, "composer.accounts", []))
        last = await call(services.settings.get, "composer.draft", 0)
        self._drafts = await call(services.composing.drafts)
        known = next((draft for draft in self._drafts if draft.id == last), None)
        if self._main and not self._begun and known is not None and letter.is_blank(self._draft):
            self._draft = known
        await self.roster.load()
        self.show_draft()

    def _accounts_known(self) -> None:
        if not self._draft.account_ids and not self._chosen and not self._draft.id:
            known = tuple(i for i in self.roster.order() if i in self._wanted_accounts)
            language = self._draft.language or usual_language()
            self._draft = replace(self._draft, account_ids=known or self.roster.usual(), language=language)
        self.show_draft()

    async def _open(self, draft: Draft, accounts: tuple[int, ...]) -> None:
        await self._loaded.wait()
        await self.flush()
        self.attachments.stop_describing()
        if not draft.account_ids and not draft.id:
            known = tuple(i for i in accounts or self._wanted_accounts if i in self.roster.accounts)
            draft = replace(draft, account_ids=known or self._draft.account_ids or self.roster.usual())
        if not draft.id and not draft.language:
            draft = replace(draft, language=usual_language())
        self._draft = draft
        self.roster.refresh(draft.account_ids)
        self.editor.start_over()
        self.article.body.start_over()
        self.tabs.choose(0)
        self._say("")
        if not draft.id and not letter.is_blank(draft):
            self._saver.touch()
        self._remember()
        self.show_draft()
        self.focus_text()
        self.editor.moveCursor(self.editor.textCursor().MoveOperation.End)

    def _open_stored(self, draft_id: int) -> None:
        found = next((draft for draft in self._drafts if draft.id == draft_id), None)
        if found is not None and found.id != self._draft.id:
            self.begin(found)

    def _discard(self, draft_id: int) -> None:
        self._tasks.start("discard", self._drop(draft_id))

    async def _drop(self, draft_id: int) -> None:
        await self.flush()
        found = next((d for d in (self._draft, *self._drafts) if d.id == draft_id), None)
        if draft_id == self._draft.id:
            self._draft = Draft(account_ids=self._draft.account_ids)
            self.editor.start_over()
            self._remember()
        await self._desk.bridge.call(self._desk.services.composing.discard, draft_id)
        if found is not None:
            self._desk.actions.notice.emit("Draft deleted.", "Undo", lambda: self.begin(replace(found, id=0)))
        self.show_draft()

    async def _post(self) -> None:
        self._sending = True
        self.show_post(len(self._draft.account_ids), busy=True)
        try:
            self._draft = self.link_card.carried(self._draft)
            self._saver.touch()
            await self._saver.flush()
            publication = await self._desk.bridge.call(self._desk.services.publishing.submit, self._draft.id)
        except InputError:
            self.roster.refresh(self._draft.account_ids)  # a limit may be another one than was known here
            raise
        finally:
            self._sending = False
            self.show_post(len(self._draft.account_ids), self._draft.publish_at, busy=False)
        self._draft = Draft(account_ids=tuple(i for i in self._draft.account_ids if i in self.roster.accounts))
        self.editor.start_over()
        self.article.body.start_over()
        self.tabs.choose(0)
        self._remember()
        self.show_draft()
        self.sent.emit(publication)
        self._tell_sent(publication)

    def _tell_sent(self, publication: Publication) -> None:
        """What the person has to finish in the browser is shown at once."""
        now, at = self._desk.now(), publication.draft.publish_at
        planned = at is not None and at > now
        if not planned and any(self.roster.is_by_hand(delivery.account_id) for delivery in publication.deliveries):
            self._show_outbox()
            return
        count = words.plural(len(publication.deliveries), "account", "accounts")
        said = f"Scheduled for {words.moment(at, now)}." if at is not None and planned else f"Posting to {count}."
        self._desk.actions.notice.emit(said, "Outbox", self._show_outbox)

    def _show_outbox(self) -> None:
        self._desk.actions.show_place.emit("outbox")

    def _remember(self) -> None:
        if self._main:
            self._desk_put("composer.draft", self._draft.id)

    def _desk_put(self, key: str, value: object) -> None:
        async def put() -> None:
            await self._desk.bridge.call(self._desk.services.settings.put, key, value)

        self._tasks.start(f"remember {key}", put())

    def _news(self, event: object) -> None:
        if isinstance(event, DraftsChanged):
            self._tasks.start("drafts", self._reload_drafts())
        elif isinstance(event, AccountsChanged):
            self._tasks.start("accounts", self.roster.load())

    async def _reload_drafts(self) -> None:
        self._drafts = await self._desk.bridge.call(self._desk.services.composing.drafts)
        self.show_heading(letter.title_of(self._draft), self._drafts, self._draft)
