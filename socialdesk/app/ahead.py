"""Answers ahead: what every window asks before its first paint, sent before it asks.

A question that is not foreseen here is asked as any other; the first one ends the foresight, since what it does may
change what was foreseen.
"""

import operator
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socialdesk.services.bundle import Services

COLUMNS = 12  # more are not in view at the start
FIRST_ROWS, FIRST_STORIES = 8, 50  # as `ui.column.loader` asks for them
SETTINGS: tuple[tuple[str, Any], ...] = (
    ("theme", "system"),
    ("keys.profile", ""),
    ("keys.changed", {}),
    ("window.geometry", ""),
)


def key(path: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """What tells one question from another."""
    return repr((path, args, sorted(kwargs.items())))


async def answers(services: "Services") -> dict[str, Any]:
    """By `key`. Raises what the services raise."""
    found: dict[str, Any] = {}

    async def ask(path: str, *args: Any, **kwargs: Any) -> Any:
        value = found[key(path, args, kwargs)] = await operator.attrgetter(path)(services)(*args, **kwargs)
        return value

    for name, default in SETTINGS:
        await ask("settings.get", name, default)
    await ask("settings.get", "composer.open", default=False)
    for column in (await ask("columns.all"))[:COLUMNS]:
        await ask("columns.header", column.id)
        if column.collapsed:
            continue
        if column.view == "stories":
            await ask("reading.stories", column.id, FIRST_STORIES)
        else:
            await ask("reading.page", column.id, None, FIRST_ROWS)
    return found
