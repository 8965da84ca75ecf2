"""The main job, done on the practice networks without a screen and told line by line.

A column filled from every source, an article published to the blog, its permalink carried to the short networks with
every receipt, and one article saved and read back with the network cut.
"""

from collections.abc import Callable

from socialdesk.core.post import Article, Delivery, DeliveryState, Draft, Publication
from socialdesk.core.saved import SavedItem
from socialdesk.practice.desk import PracticeDesk
from socialdesk.services.bundle import Services

Say = Callable[[str], None]
ARTICLE = Article(
    "Basics, reconsidered",
    "The basics of B2B used to be things we sent. What buyers keep are the things they can answer.\n\n"
    "## Once you have talked, then what?\n\n"
    "We went through a year of our own campaigns and asked one question of each. Most had no answer. "
    "The few that did were the ones our buyers quoted back to us.\n\n"
    "- Write down the question before the headline.\n"
    "- Publish the answer where it can be linked.\n"
    "- Reply to everyone.\n",
    slug="basics-reconsidered",
    excerpt="We asked one question of a year of our own campaigns.",
    tags=("B2B", "marketing"),
)
TEXT = "We went through a year of our own campaigns and asked one question of each: once you’ve talked, then what? #B2B"


async def rehearse(services: Services, practice: PracticeDesk, cut_network: Callable[[], None], say: Say) -> bool:
    """Does the whole job; returns whether every step came out right."""
    column_ok = await _fill_column(services, say)
    posted_ok = await _publish(services, practice, say)
    item = await _save(services, say)
    cut_network()
    say("Network cut.")
    read_ok = item is not None and await _read_back(services, item, say)
    return column_ok and posted_ok and read_ok


async def _fill_column(services: Services, say: Say) -> bool:
    column = next(c for c in await services.columns.all() if c.title == "B2B")
    report = await services.refresh.now(column.id)
    header = await services.columns.header(column.id)
    rows = await services.reading.page(column.id, None, 200)
    by_network: dict[str, int] = {}
    for row in rows:
        by_network[row.entry.network] = by_network.get(row.entry.network, 0) + 1
    parts = ", ".join(f"{services.accounts.facts(n).title} {count}" for n, count in sorted(by_network.items()))
    say(f"Column “{column.title}” ({header.subtitle}): {len(rows)} entries: {parts}.")
    for row in rows[:3]:
        words = " ".join((row.entry.title or row.entry.text).split())
        say(f"  {row.entry.author.name}: {words[:90]}")
    for outcome in report.failed:
        say(f"  {outcome.source.network}: {outcome.error}")
    return not report.failed and len(by_network) >= 3


async def _publish(services: Services, practice: PracticeDesk, say: Say) -> bool:
    accounts = [a for a in await services.accounts.list() if a.network in practice.networks]
    draft = await services.composing.save(
        Draft(text=TEXT, article=ARTICLE, account_ids=tuple(a.id for a in accounts), language="en")
    )
    publication = await services.publishing.submit(draft.id)
    await services.publishing.start()
    await services.publishing.settle()
    settled = await services.publishing.publication(publication.id) or publication
    names = {a.id: f"{services.accounts.facts(a.network).title} {a.handle}" for a in accounts}
    say("Outbox:")
    for delivery in settled.deliveries:
        say(f"  {names[delivery.account_id]}: {delivery.state.value} {delivery.permalink}")
    return _all_carried(settled)


def _all_carried(publication: Publication) -> bool:
    deliveries: tuple[Delivery, ...] = publication.deliveries
    blog = [d for d in deliveries if d.waits_for is None]
    short = [d for d in deliveries if d.waits_for is not None]
    return len(blog) == 1 and bool(short) and all(d.state is DeliveryState.SENT and d.permalink for d in deliveries)


async def _save(services: Services, say: Say) -> SavedItem | None:
    column = next(c for c in await services.columns.all() if c.title == "B2B")
    rows = await services.reading.page(column.id, None, 100)
    story = next((row for row in rows if row.entry.title), None)
    if story is None:
        return None
    item = await services.saving.save_entry(story.entry_id)
    say(f"Saved for offline: “{item.title}”, {item.size / 1000:.0f} KB, {len(item.pictures)} pictures.")
    return item


async def _read_back(services: Services, item: SavedItem, say: Say) -> bool:
    again = await services.saving.get(item.id)
    pictures = [await services.saving.blob(blob) for blob in again.pictures.values()]
    words = len(again.text.split())
    say(f"Read back: {words} words, {len(pictures)} pictures, {again.minutes} min.")
    say(f"  “{' '.join(again.text.split()[:18])} …”")
    hits = await services.searching.find(again.title.split()[0], 5)
    say(f"Search for “{again.title.split()[0]}”: {len(hits)} found.")
    return words > 50 and all(pictures) and bool(hits)
