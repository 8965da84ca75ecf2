"""One place of the hand-off lane: what it takes, and the address of its own page to write at."""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

from socialdesk.core.account import NOTHING, Account, Credential, Identity
from socialdesk.core.network import SignedIn
from socialdesk.core.post import Rendition
from socialdesk.core.rules import PostRules
from socialdesk.networks.handoff.counting import title_and_body
from socialdesk.networks.handoff.destinations import destination

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_NOT_IN_NUMBER = re.compile(r"[ ()/-]")


class HandOffPlace:
    """An account is a name that the person gave. There is no wire and no secret."""

    def __init__(self, account: Account, credential: Credential, http: object) -> None:
        self.account = account
        self._place = destination(account.network)
        self.facts = self._place.facts

    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn:
        """Nobody is asked. A name that the place can be found by (r/name, a group's address) is kept for its page."""
        name = " ".join(answers.get("name", "").split())
        found = self._place.place_in(name)
        if found[:1].isdigit():
            found = _NOT_IN_NUMBER.sub("", found)
        shown = self._place.shown.format(found) if found else name
        facts = {"place": found} if found else {}
        return SignedIn(Identity(shown.casefold(), shown, shown, "", facts=facts), NOTHING)

    async def post_rules(self) -> PostRules:
        place = self._place
        return PostRules(
            limit=place.limit,
            weigh=place.weigh,
            max_pictures=place.pictures,
            alt_limit=place.alt_limit,
            splits_threads=place.threads,
            link_card="server" if place.card else "none",
            article=place.article,
            notes=place.article,
            findable=False,
            replies=False,
        )

    def in_form(self, rendition: Rendition) -> Rendition:
        """Where the page has a box for the title, the first line goes there; a link with a box is not said twice."""
        if not self._place.titled or rendition.title:
            return rendition
        title, body = title_and_body(rendition.text)
        boxed = not rendition.pictures and any("{link}" in page for page in self._place.pages)
        return replace(rendition, title=title, text="" if boxed and body == rendition.link else body)

    def compose_url(self, rendition: Rendition) -> str:
        """The first page of the place whose every part is known, as far as browsers and sites take long addresses."""
        known = self._known(rendition)
        for page in self._place.pages:
            if all(known[name] for name in _PLACEHOLDER.findall(page)):
                url = _PLACEHOLDER.sub(lambda match: known[match[1]], page)
                if len(url) <= self._place.longest:
                    return url
        return ""

    def _known(self, rendition: Rendition) -> dict[str, str]:
        """What the placeholders of a page stand for, escaped. A page that takes a link has no room for pictures."""
        answered = re.search(self._place.answers, rendition.answers) if self._place.answers else None
        text = "" if rendition.html else rendition.text.replace("\n", self._place.line_end)
        said = {
            "text": text,
            "title": rendition.title,
            "link": "" if rendition.pictures else rendition.link,
            "answered": answered[1] if answered else "",
        }
        place = self.account.facts.get("place", "")
        return {"place": place, **{name: quote(value, safe="") for name, value in said.items()}}
