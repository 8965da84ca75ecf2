"""The look in force: colours, fonts, the little style sheet, and following the system."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from socialdesk.core.resources import resource_path
from socialdesk.ui.stylesheet import style_sheet
from socialdesk.ui.tokens import DARK, LIGHT, Tokens

FAMILY = "Inter"
SERIF = "Source Serif 4"
MODES = ("system", "light", "dark")
_UI_FONTS = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "Inter-Bold.otf")
_SERIF_FONTS = ("SourceSerif4-Regular.ttf", "SourceSerif4-It.ttf", "SourceSerif4-Bold.ttf")


class Theme(QObject):
    """Owns the look of the whole application. `changed` is sent after colours changed; widgets then repaint."""

    changed = Signal()

    def __init__(self, app: QApplication, mode: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self._mode = mode
        self._colours: dict[tuple[str, str], QColor] = {}
        self._serif = ""
        self._load(_UI_FONTS)
        app.setStyle("Fusion")
        app.setFont(self.font(13))
        self.tokens = self._wanted()
        self._apply()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)

    @property
    def mode(self) -> str:
        """system, light or dark."""
        return self._mode

    def set_mode(self, mode: str) -> None:
        self._mode = mode if mode in MODES else "system"
        hints = QGuiApplication.styleHints()
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}
        hints.setColorScheme(schemes[self._mode])
        self._refresh()

    def colour(self, token: str) -> QColor:
        """The colour of a token name (`text`, `accent` ...) or of #rrggbb."""
        key = (self.tokens.name, token)
        found = self._colours.get(key)
        if found is None:
            found = QColor(token if token.startswith("#") else getattr(self.tokens, token))
            self._colours[key] = found
        return found

    def network_colour(self, colour: str) -> QColor:
        """The colour of a network's facts; empty means the text colour."""
        return self.colour(colour or "text")

    def font(self, size: float, weight: int = 400) -> QFont:
        """The interface font, `size` in device-independent pixels."""
        font = QFont(FAMILY)
        font.setPixelSize(round(size))
        if size != round(size):
            # Qt keeps whole pixels only; points carry the half pixel of the post text.
            font.setPointSizeF(size * 72 / self._dots_per_inch())
        font.setWeight(QFont.Weight(weight))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font

    def serif_family(self) -> str:
        """The family for articles; its files are read when first asked for."""
        if not self._serif:
            self._serif = SERIF if self._load(_SERIF_FONTS) else "serif"
        return self._serif

    @property
    def motion(self) -> bool:
        """False when the system asks for less motion."""
        hints = QGuiApplication.styleHints()
        accessibility = getattr(hints, "accessibility", None)
        preference = getattr(accessibility(), "motionPreference", None) if accessibility else None
        return preference is None or preference().name != "ReducedMotion"  # Qt tells it from 6.12 on

    def _wanted(self) -> Tokens:
        if self._mode in ("light", "dark"):
            return DARK if self._mode == "dark" else LIGHT
        return DARK if self.system_is_dark() else LIGHT

    @staticmethod
    def system_is_dark() -> bool:
        return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark

    def _system_changed(self) -> None:
        if self._mode == "system":
            self._refresh()

    def _refresh(self) -> None:
        wanted = self._wanted()
        if wanted.name != self.tokens.name:
            self.tokens = wanted
            self._apply()
            self.changed.emit()

    def _apply(self) -> None:
        self._app.setPalette(self._palette())
        sheet = style_sheet(self.tokens)
        if sheet != self._app.styleSheet():
            self._app.setStyleSheet(sheet)

    def _palette(self) -> QPalette:
        role, palette = QPalette.ColorRole, QPalette()
        pairs = {
            role.Window: "background",
            role.WindowText: "text",
            role.Base: "panel",
            role.AlternateBase: "hover",
            role.Text: "text",
            role.PlaceholderText: "muted",
            role.Button: "panel",
            role.ButtonText: "text",
            role.BrightText: "on_fill",
            role.Highlight: "fill",
            role.HighlightedText: "on_fill",
            role.Link: "link",
            role.LinkVisited: "link",
            role.ToolTipBase: "panel",
            role.ToolTipText: "text",
            role.Accent: "fill",
        }
        for each, token in pairs.items():
            palette.setColor(each, self.colour(token))
        for each in (role.Text, role.WindowText, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, each, self.colour("muted"))
        return palette

    def _load(self, names: tuple[str, ...]) -> bool:
        """Gives Qt the files it does not have yet. Fonts belong to the application, so it remembers them."""
        known = self._app.property("fonts") or []
        fresh = [name for name in names if name not in known]
        loaded = [n for n in fresh if QFontDatabase.addApplicationFont(str(resource_path(f"fonts/{n}"))) >= 0]
        self._app.setProperty("fonts", [*known, *loaded])
        return len(loaded) == len(fresh)

    def _dots_per_inch(self) -> float:
        screen = QGuiApplication.primaryScreen()
        return screen.logicalDotsPerInchY() if screen else 96.0


def is_theme_event(event: QEvent) -> bool:
    """True for the events after which a widget that caches colours should look again."""
    return event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange)
