"""The Link header (RFC 8288): the pages before and after, the API of a blog."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[^\s=;,]+(?:\s*=\s*(?:\"(?:\\.|[^\"\\])*\"|[^\s;,\"]*))?)*)")
_PARAM = re.compile(r";\s*([^\s=;,]+)(?:\s*=\s*(?:\"((?:\\.|[^\"\\])*)\"|([^\s;,\"]*)))?")


@dataclass(frozen=True, slots=True)
class Link:
    """One link: absolute address, relation types in lower case, other parameters as sent."""

    url: str
    rels: frozenset[str]
    params: Mapping[str, str] = field(default_factory=dict)


def parse_links(header: str, base: str = "") -> tuple[Link, ...]:
    """The links of a Link header, relative ones resolved against `base`. What is no link is skipped."""
    return tuple(_link(urljoin(base, target.strip()), rest) for target, rest in _LINK.findall(header))


def find_link(header: str, rel: str, base: str = "") -> str:
    """The address of the first link with this relation type, or ""."""
    return next((link.url for link in parse_links(header, base) if rel.casefold() in link.rels), "")


def _link(url: str, rest: str) -> Link:
    params: dict[str, str] = {}
    for name, quoted, plain in _PARAM.findall(rest):
        params.setdefault(name.casefold(), re.sub(r"\\(.)", r"\1", quoted) or plain)  # the first one counts
    rels = frozenset(params.pop("rel", "").casefold().split())
    return Link(url, rels, params)
