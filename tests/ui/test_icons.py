"""Icons are tinted, sharp and there."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from socialdesk.app.networks import own_networks
from socialdesk.core.resources import resource_path
from socialdesk.ui.desk import Desk
from tests.ui.fakes import FACTS

UI = Path(__file__).parents[2] / "socialdesk" / "ui"


def inked(image: QImage) -> set[str]:
    """Colours of all fully opaque pixels."""
    colours = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {c.name() for c in colours if c.alpha() == 255}


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("name", ["heart", "networks/mastodon", "networks/x"])
async def test_an_icon_has_the_colour_and_the_pixels_of_the_screen(desk: Desk, name: str, scale: float) -> None:
    pixmap = desk.icons.pixmap(name, 18, QColor("#ff8800"), scale)
    assert pixmap.width() == round(18 * scale)
    assert pixmap.devicePixelRatio() == scale
    ink = inked(desk.icons.pixmap(name, 96, QColor("#ff8800"), scale).toImage())
    assert ink == {"#ff8800"}


async def test_a_done_like_is_a_filled_heart(desk: Desk) -> None:
    outline = desk.icons.pixmap("heart", 48, QColor("#ff0000")).toImage()
    filled = desk.icons.pixmap("heart", 48, QColor("#ff0000"), filled=True).toImage()
    assert outline.pixelColor(24, 24).alpha() == 0
    assert filled.pixelColor(24, 24).name() == "#ff0000"


async def test_every_network_has_its_glyph(desk: Desk) -> None:
    for facts in FACTS:
        assert desk.icons.exists(desk.looks.icon(facts.key)), facts.key
    assert desk.icons.exists(desk.looks.icon("a network that is gone"))


async def test_every_source_has_an_icon_of_the_set(desk: Desk) -> None:
    named = {kind.icon: f"{n.facts.key}: {kind.kind}" for n in own_networks().values() for kind in n.facts.sources}
    assert [where for name, where in sorted(named.items()) if not desk.icons.exists(name)] == []


async def test_every_icon_the_window_names_is_there(desk: Desk) -> None:
    named = set()
    for path in (UI / "rail.py", *(UI / "column").glob("*.py"), UI / "toast.py"):
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r'(?:Glyph|Icon\w+|RailButton)\((?:[\w.]+, )?"([a-z0-9-]+)"', text))
        named |= set(re.findall(r'show_icon\("([a-z0-9-]+)"', text))
    assert len(named) > 8
    assert [name for name in sorted(named) if not desk.icons.exists(name)] == []


def test_the_licences_lie_beside_what_they_cover() -> None:
    fonts = ("fonts/LICENSE-Inter.txt", "fonts/LICENSE-SourceSerif4.md")
    for path in ("icons/lucide/LICENSE", "icons/networks/LICENSE.md", *fonts):
        assert resource_path(path).stat().st_size > 500
