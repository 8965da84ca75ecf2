"""Text can be read on everything it stands on, in both themes."""

import pytest

from socialdesk.ui.avatar import COLOURS, INK, colour_of, initials
from socialdesk.ui.tokens import DARK, LIGHT, Tokens, contrast

GROUNDS = ("background", "rail", "panel", "hover", "selected")
TEXTS = ("text", "second", "muted", "link", "good", "warn", "bad")


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda t: t.name)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_has_the_contrast_of_wcag_aa(tokens: Tokens, ground: str, text: str) -> None:
    assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda t: t.name)
def test_words_on_filled_buttons_and_marks_can_be_read(tokens: Tokens) -> None:
    assert contrast(tokens.on_fill, tokens.fill) >= 4.5
    assert contrast(tokens.on_fill, tokens.fill_hover) >= 4.5
    assert contrast(tokens.text, tokens.highlight) >= 4.5
    assert contrast(tokens.accent, tokens.panel) >= 3  # focus rings and bars


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("colour", COLOURS)
def test_initials_can_be_read_on_every_face(colour: str) -> None:
    assert contrast(INK, colour) >= 4.5


def test_a_name_keeps_its_colour_and_letter() -> None:
    assert colour_of("Harbor Analytics") == colour_of("HARBOR ANALYTICS")
    assert len({colour_of(f"Organisation {n}") for n in range(200)}) == len(COLOURS)
    assert initials("“Ärger & Söhne”") == "Ä"
    assert initials("…") == "?"
