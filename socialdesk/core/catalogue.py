"""The networks there are, as data."""

from collections.abc import Iterable

from socialdesk.core.errors import InputError
from socialdesk.core.looks import NetworkLook
from socialdesk.core.network import NetworkFacts, Nothing


class Catalogue:
    """Facts of every network there is an adapter for."""

    def __init__(self, facts: Iterable[NetworkFacts]) -> None:
        every = sorted(facts, key=lambda f: (all(isinstance(s, Nothing) for s in f.sign_ins), f.title))
        self._facts = {f.key: f for f in every}

    def networks(self) -> tuple[NetworkFacts, ...]:
        """Those with a sign-in first, by title."""
        return tuple(self._facts.values())

    def looks(self) -> tuple[NetworkLook, ...]:
        return tuple(facts.look for facts in self._facts.values())

    def facts(self, network: str) -> NetworkFacts:
        """Raises InputError when there is no adapter for `network`."""
        found = self._facts.get(network)
        if found is None:
            known = ", ".join(sorted(self._facts))
            raise InputError(f"There is no network called “{network}”.", f"Known are: {known}.")
        return found
