"""What is said of an account: whether it works, and what removing it takes away and leaves. Pure."""

from datetime import datetime

from socialdesk.core.account import NOTE, Account, Identity
from socialdesk.core.network import Network, NetworkFacts, Publishes, Reads, TellsAccess


def access_of(network: Network) -> tuple[str, ...]:
    """What an account may do, of: read, post."""
    if isinstance(network, TellsAccess):
        return network.access()
    reads = isinstance(network, Reads) and bool(network.facts.sources)
    return tuple(word for word, may in (("read", reads), ("post", isinstance(network, Publishes))) if may)


def works(who: Identity, access: tuple[str, ...]) -> str:
    """This works: Northwind Traders (@northwind), may read and post."""
    may = f", may {' and '.join(access)}" if access else ""
    note = who.facts.get(NOTE, "")
    return f"This works: {named(who.name, who.handle)}{may}.{f' {note}' if note else ''}"


def named(name: str, handle: str) -> str:
    """Northwind Traders (@northwind); once where both are the same."""
    same = not name or not handle or name.lstrip("@").casefold() == handle.lstrip("@").casefold()
    return (name or handle) if same else f"{name} ({handle})"


def lasts(account: Account, now: datetime) -> str:
    """How long the sign-in still lasts, as a sentence; '' where nobody said."""
    days = account.days_left(now)
    if days is None:
        return ""
    if account.sign_in_ends is not None and account.sign_in_ends <= now:
        return "Sign-in has run out."
    return f"Sign-in lasts {f'{days} more days' if days > 1 else 'one more day' if days == 1 else 'less than a day'}."


def leaving(account: Account, facts: NetworkFacts, columns: int, waiting: int, *, revokes: bool) -> str:
    """What removing an account would take away and leave: said before the person decides."""
    takes = [_counted(columns, "column loses what it shows of it", "columns lose what they show of it")]
    takes.append(_counted(waiting, "post that waits will not go out", "posts that wait will not go out"))
    said = ", ".join(text for text in takes if text)
    goes = f"{said[:1].upper()}{said[1:]}. " if said else ""
    return f"{goes}{_stays(account, facts)}{_access(account, facts, ended=revokes, done=False)}"


def removed(account: Account, facts: NetworkFacts, *, revoked: bool) -> str:
    """What stays of an account that has been removed."""
    name = account.handle or account.name
    return f"{name} is removed. {_stays(account, facts)}{_access(account, facts, ended=revoked, done=True)}"


def _stays(account: Account, facts: NetworkFacts) -> str:
    return f"What it posted stays at {facts.title}; saved items and the history of its posts stay here."


def _access(account: Account, facts: NetworkFacts, *, ended: bool, done: bool) -> str:
    """What becomes of the access that the network gave, and what the network keeps besides."""
    if facts.by_hand:
        return ""
    if ended:
        access = " Its access has ended there, too." if done else f" {facts.title} is asked to end its access, too."
    else:
        place = facts.apps_url.replace("{server}", account.server) or f"in {facts.title}'s own settings"
        access = f" The app stays connected there until you remove it: {place}"
    return f"{access}{'' if access.endswith('.') or facts.apps_url else '.'}{f' {facts.stays}' if facts.stays else ''}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""
