"""What a person can ask for, wherever the wish comes from: a card, the rail, a key, the palette.

Whoever offers a wish emits, whoever fulfils it connects; neither knows the other.
"""

from PySide6.QtCore import QObject, Signal


class Actions(QObject):
    """Signals only. `row` is a `core.rows.Row` (or anything with `.entry_id` and `.entry`), `url` a str."""

    # Writing
    compose = Signal()
    compose_window = Signal()
    compose_text = Signal(str)
    fold_composer = Signal()
    reply = Signal(object)  # row
    quote = Signal(object)  # row
    rewrite = Signal(object)  # row
    mention = Signal(object)  # row

    # Acting on an entry
    reshare = Signal(object)  # row
    like = Signal(object)  # row
    save = Signal(object)  # row
    copy_link = Signal(object)  # row
    remove = Signal(object)  # entry ids, a tuple: off the desk
    mark = Signal(object, str)  # row, action: read, unread, bookmark, label:<name> and their opposites with un-
    choose_labels = Signal(object)  # row
    open_entry = Signal(object)  # row: in the reader
    open_thread = Signal(object)  # row: the conversation, in the reader
    open_browser = Signal(str)  # url
    open_link = Signal(str)  # url named by a post: the reader when it is an article, else the browser
    open_author = Signal(object)  # row
    open_tag = Signal(str)  # hashtag without #
    view_media = Signal(object, int)  # row, index of the picture

    # Columns
    add_column = Signal()
    add_search = Signal(str)  # words
    add_account = Signal()
    show_subscriptions = Signal(int)  # account id
    subscribe = Signal(int, str, str)  # account id, address, folder
    sign_in_again = Signal(object)  # account id, or None
    mark_read = Signal(int)  # column id
    refresh = Signal(object)  # column id, or None for all
    remove_column = Signal(int)
    go_column = Signal(int)  # position on the strip, -1 = last
    go_column_id = Signal(int)

    # Places: columns, inbox, saved, outbox, settings, budget, search, reader, welcome
    show_place = Signal(str)
    close_right = Signal()
    toggle_full_width = Signal()
    show_keys = Signal()
    show_palette = Signal()
    practise = Signal()
    cancel = Signal(str)  # the `task` of a core.events.Progress

    # Telling: a sentence, the words of one button ("" = none) and what it calls
    notice = Signal(str, str, object)

    def tell(self, sentence: str) -> None:
        """A sentence with no button."""
        self.notice.emit(sentence, "", None)
