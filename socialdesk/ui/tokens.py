"""The colours of both themes, as data. No Qt here, so that the contrast of every pair is a plain test.

Where the design's colour is too weak for text of 4.5 : 1 (WCAG 2.2, 1.4.3) the nearest stronger shade of the same hue
stands here: `muted`, `good` and `warn` of the light theme, `link` and `fill` of the dark one.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. All values #rrggbb.

    `accent` marks (bars, icons, focus), `link` writes, `fill` is what `on_fill` text stands on.
    """

    name: str
    background: str
    rail: str
    panel: str
    hover: str
    selected: str
    line: str
    strong_line: str
    text: str
    second: str
    muted: str
    accent: str
    link: str
    fill: str
    fill_hover: str
    on_fill: str
    good: str
    warn: str
    bad: str
    highlight: str
    shade: str

    @property
    def dark(self) -> bool:
        return self.name == "dark"


DARK = Tokens(
    name="dark",
    background="#0e1116",
    rail="#0b0e13",
    panel="#151a21",
    hover="#1f2630",
    selected="#1b2331",
    line="#232b36",
    strong_line="#36414f",
    text="#e8edf3",
    second="#aab5c3",
    muted="#8794a5",
    accent="#3b82f6",
    link="#4f8ff7",
    fill="#2f6fe6",
    fill_hover="#2a64d2",
    on_fill="#ffffff",
    good="#3ecf8e",
    warn="#f5b74a",
    bad="#f87171",
    highlight="#4b3d22",
    shade="#000000",
)

LIGHT = Tokens(
    name="light",
    background="#eef1f5",
    rail="#ffffff",
    panel="#ffffff",
    hover="#f1f4f8",
    selected="#eef4ff",
    line="#e3e8ee",
    strong_line="#cdd5df",
    text="#131a24",
    second="#46566b",
    muted="#5f6d81",
    accent="#2563eb",
    link="#2563eb",
    fill="#2563eb",
    fill_hover="#1d53cc",
    on_fill="#ffffff",
    good="#0f7a4d",
    warn="#8f5c12",
    bad="#c62828",
    highlight="#ffe08a",
    shade="#131a24",
)

BY_NAME = {"dark": DARK, "light": LIGHT}


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
