"""Numbers of the Page and of its posts. Source: Meta's document "Page Insights".

Facebook retires metrics and then refuses all that are asked for with one: the others are asked for by themselves.
"""

from collections.abc import Sequence
from urllib.parse import quote

from socialdesk.core.errors import Rejected
from socialdesk.core.measures import Measure
from socialdesk.core.tolerant import Obj, number, obj, objs, string
from socialdesk.networks.facebook.client import Client
from socialdesk.networks.facebook.tolerant import data

PAGE_METRICS = (
    ("page_total_media_view_unique", "People who saw something of the Page"),
    ("page_media_view", "Views of everything on the Page"),
    ("page_post_engagements", "Engagements with posts"),
    ("page_daily_follows", "New followers"),
)
POST_METRICS = (
    ("post_total_media_view_unique", "People who saw the post"),
    ("post_clicks", "Clicks"),
    ("post_reactions_by_type_total", "Reactions"),
    ("post_clicks_by_type", "Clicks by kind"),
)


async def measures_of(
    client: Client, node: str, metrics: Sequence[tuple[str, str]], period: str
) -> tuple[Measure, ...]:
    """The numbers of a Page (for a day) or a post (for its life), those that Facebook has."""
    path = f"{quote(node, safe='_')}/insights"
    names = [name for name, _ in metrics]
    try:
        rows = await _ask(client, path, names, period)
    except Rejected as error:
        if error.reason != "invalid":
            raise
        rows = await _one_by_one(client, path, names, period)
    titles = dict(metrics)
    return tuple(measure for row in rows for measure in _measures(row, titles.get(string(row.get("name")), "")))


async def _ask(client: Client, path: str, names: Sequence[str], period: str) -> list[Obj]:
    return data(await client.get(path, {"metric": ",".join(names), "period": period}))


async def _one_by_one(client: Client, path: str, names: Sequence[str], period: str) -> list[Obj]:
    """What is left when Facebook does not say which of the names it no longer knows."""
    rows: list[Obj] = []
    for name in names:
        try:
            rows += await _ask(client, path, (name,), period)
        except Rejected as error:
            if error.reason != "invalid":
                raise
    return rows


def _measures(row: Obj, title: str) -> list[Measure]:
    name = string(row.get("name"))
    title = title or string(row.get("title")) or name
    last = (objs(row.get("values")) or [{}])[-1]
    value = last.get("value")
    if (count := number(value)) is not None:
        return [Measure(name, title, count)]
    parts = ((kind, number(amount)) for kind, amount in obj(value).items())
    return [Measure(f"{name}.{kind}", f"{title}: {kind}", amount) for kind, amount in parts if amount is not None]
