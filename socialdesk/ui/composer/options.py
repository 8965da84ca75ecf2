"""Who may see a post, its language and its content warning, drawn from the rules of the chosen accounts."""

from collections.abc import Iterable

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from socialdesk.core.post import Draft
from socialdesk.core.rules import PostRules
from socialdesk.ui.controls import PickBox
from socialdesk.ui.desk import Desk

_LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "nl": "Nederlands",
    "pt": "Português",
    "pl": "Polski",
    "sv": "Svenska",
    "da": "Dansk",
    "nb": "Norsk bokmål",
    "fi": "Suomi",
    "cs": "Čeština",
    "tr": "Türkçe",
    "uk": "Українська",
    "ja": "日本語",
    "zh": "中文",
    "ko": "한국어",
}


class Options(QWidget):
    """Shown only where an account has something to choose. Values travel as the networks name them."""

    visibility = Signal(str)
    language = Signal(str)
    warning = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._filling = False
        self._visibility = PickBox("Who may see the post")
        self._language = PickBox("Language of the post")
        self._language.addItem("Language", "")
        for code, name in _LANGUAGES.items():
            self._language.addItem(name, code)
        self._warning = QLineEdit()
        self._warning.setPlaceholderText("Content warning")
        self._warning.setAccessibleName("Content warning")
        self._visibility.currentIndexChanged.connect(self._visibility_chosen)
        self._language.currentIndexChanged.connect(self._language_chosen)
        self._warning.textEdited.connect(self.warning)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._visibility, 1)
        row.addWidget(self._language, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._warning)
        column.addLayout(row)
        self._wants_warning = False

    def show_draft(self, draft: Draft, rules: Iterable[PostRules]) -> None:
        known = tuple(rules)
        self._filling = True
        choices = {choice.value: choice.label for one in known for choice in one.visibilities}
        self._visibility.clear()
        for value, text in choices.items():
            self._visibility.addItem(text, value)
        self._visibility.setCurrentIndex(max(0, self._visibility.findData(draft.visibility)))
        self._visibility.setVisible(len(choices) > 1)
        has_languages = any(one.languages for one in known)
        if draft.language and self._language.findData(draft.language) < 0:
            self._language.addItem(own_name(draft.language), draft.language)
        self._language.setCurrentIndex(max(0, self._language.findData(draft.language)))
        self._language.setVisible(has_languages)
        if self._warning.text() != draft.warning:
            self._warning.setText(draft.warning)
        can_warn = any(one.warning for one in known)
        self._warning.setVisible(bool(draft.warning) or (self._wants_warning and can_warn))
        self.setVisible(len(choices) > 1 or has_languages or self._warning.isVisibleTo(self))
        self._filling = False

    def ask_warning(self, draft: Draft, rules: Iterable[PostRules]) -> None:
        """Opens the line for a content warning, or closes it when it is empty."""
        self._wants_warning = not (self._wants_warning and not draft.warning)
        self.show_draft(draft, rules)
        if self._wants_warning:
            self._warning.setFocus()

    def _visibility_chosen(self) -> None:
        if not self._filling:
            self.visibility.emit(self._visibility.currentData() or "")

    def _language_chosen(self) -> None:
        if not self._filling:
            self.language.emit(self._language.currentData() or "")


def own_name(code: str) -> str:
    """A language by the name it has for itself: Deutsch, British English. An unknown BCP 47 code stands for itself."""
    locale = QLocale(code)
    if code in _LANGUAGES or locale.language() == QLocale.Language.C:
        return _LANGUAGES.get(code, code)
    name = locale.nativeLanguageName()
    return name[:1].upper() + name[1:]


def usual_language() -> str:
    """The language of this computer as a post names it; '' when a post cannot, or the computer does not say."""
    code = QLocale.system().name().partition("_")[0]
    return code if code in _LANGUAGES else ""
