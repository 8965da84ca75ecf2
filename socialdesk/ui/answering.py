"""From an entry to the draft that answers, quotes or rewrites it. Plain functions, no Qt."""

from dataclasses import replace

from socialdesk.core.entry import Entry, EntryKind
from socialdesk.core.post import Draft, Target

_ACCOUNT_SIGN = "@"


def reply(target: Target, account_id: int) -> Draft:
    """An answer from the account that sees the entry. Networks that address people by @name get the name first."""
    said_to = f"{target.author} " if target.author.startswith(_ACCOUNT_SIGN) else ""
    return Draft(text=said_to, account_ids=(account_id,), reply_to=replace(target, account_id=account_id))


def quote(target: Target, account_id: int) -> Draft:
    return Draft(account_ids=(account_id,), quote=replace(target, account_id=account_id))


def rewrite(entry: Entry) -> Draft:
    """The entry's own point as a beginning, its article (or the entry itself) as the link."""
    link = entry.link.url if entry.link is not None and entry.kind is not EntryKind.ARTICLE else entry.url
    return Draft(text=(entry.title or entry.text).strip(), link=link)


def passed_on(text: str) -> Draft:
    """Words with an address as their last paragraph: the address becomes the link, with its card."""
    words, _, last = text.strip().rpartition("\n\n")
    is_address = last.startswith(("http://", "https://")) and not any(letter.isspace() for letter in last)
    return Draft(text=words, link=last) if is_address else Draft(text=text)


def mention(entry: Entry) -> Draft:
    name = entry.author.handle or entry.author.name
    return Draft(text=f"{name if name.startswith(_ACCOUNT_SIGN) else _ACCOUNT_SIGN + name} ")
