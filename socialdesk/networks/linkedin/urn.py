"""LinkedIn's names for things, and how they stand in addresses (Rest.li 2.0).

A URN is percent-encoded inside a path and inside `List(...)`; the brackets, commas and colons of the structure itself
stay as they are, so such addresses are written by hand.
"""

import itertools
import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from socialdesk.core.errors import InputError

PERSON = "urn:li:person:"
ORGANISATION = "urn:li:organization:"
POST = re.compile(r"urn:li:(?:share|ugcPost|activity):\d+")
_NUMBER = re.compile(r"\d{1,19}")
_VANITY = re.compile(r"[\w\-%.&]{1,100}")


def enc(urn: str) -> str:
    return quote(urn, safe="")


def listed(urns: Iterable[str]) -> str:
    return f"List({','.join(map(enc, urns))})"


def post_url(urn: str, web: str) -> str:
    return f"{web}/feed/update/{urn}/"


def page_of(typed: str) -> str:
    """What names a page in what a person typed: its number, or the name in its address; '' = as a member.

    Raises InputError for what can be neither.
    """
    text = typed.strip().rstrip("/")
    if not text:
        return ""
    if text.startswith(ORGANISATION):
        text = text.removeprefix(ORGANISATION)
    elif "/" in text or "linkedin." in text:
        parts = [part for part in urlsplit(text if "://" in text else f"https://{text}").path.split("/") if part]
        found = [after for before, after in itertools.pairwise(parts) if before in _PAGE_WORDS]
        text = found[0] if found else ""
    if not _NUMBER.fullmatch(text) and not _VANITY.fullmatch(text):
        raise InputError(
            "That is not the address of a page.", "Copy it from the browser: https://www.linkedin.com/company/…"
        )
    return text


_PAGE_WORDS = frozenset({"company", "showcase", "school"})


def is_number(page: str) -> bool:
    return _NUMBER.fullmatch(page) is not None
