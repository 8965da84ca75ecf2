"""Numbers of the account and of its posts. Source: Meta's document "Threads API, Insights"."""

from urllib.parse import quote

from socialdesk.core.measures import Measure
from socialdesk.core.tolerant import Obj, number, obj, objs, string
from socialdesk.networks.threads.client import Client
from socialdesk.networks.threads.tolerant import data

POST_METRICS = {
    "views": "Views", "likes": "Likes", "replies": "Replies", "reposts": "Reposts", "quotes": "Quotes",
    "shares": "Shares",
}  # fmt: skip
ACCOUNT_METRICS = {
    "views": "Views of the profile", "likes": "Likes", "replies": "Replies", "reposts": "Reposts", "quotes": "Quotes",
    "clicks": "Clicks on links", "followers_count": "Followers",
}  # fmt: skip


async def of_post(client: Client, post_id: str) -> tuple[Measure, ...]:
    return await _ask(client, f"{quote(post_id, safe='')}/insights", POST_METRICS)


async def of_account(client: Client) -> tuple[Measure, ...]:
    return await _ask(client, "me/threads_insights", ACCOUNT_METRICS)


async def _ask(client: Client, path: str, titles: dict[str, str]) -> tuple[Measure, ...]:
    rows = data(await client.get(path, {"metric": ",".join(titles)}))
    found = ((string(row.get("name")), _value(row)) for row in rows)
    return tuple(Measure(name, titles.get(name, name), value) for name, value in found if value is not None)


def _value(row: Obj) -> int | None:
    """Totals come as one value, what is counted by day as a list: its sum."""
    total = number(obj(row.get("total_value")).get("value"))
    if total is not None:
        return total
    values = [value for one in objs(row.get("values")) if (value := number(one.get("value"))) is not None]
    return sum(values) if values else None
