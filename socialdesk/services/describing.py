"""Describes the networks there are, from the data and the classes that drive the program. Asks nobody."""

from collections.abc import Mapping
from typing import Any, NoReturn

from socialdesk.core.account import NOTHING, Account
from socialdesk.core.descriptions import Description, Reading, ServersDiffer, kinds_of, limits_of, way_of
from socialdesk.core.errors import NetworkError, Unreachable
from socialdesk.core.network import (
    Deletes,
    HandsOff,
    NetworkClass,
    Publishes,
    Schedules,
)
from socialdesk.core.rules import PostRules


class NoWire:
    """Stands for the wire where nobody may be asked."""

    def __getattr__(self, name: str) -> Any:
        async def refuse(*_args: object, **_named: object) -> NoReturn:
            raise Unreachable(f"{name}: no server is asked here", offline=True)

        return refuse


class DescribeService:
    def __init__(self, networks: Mapping[str, NetworkClass]) -> None:
        self._networks = networks

    async def networks(self) -> tuple[Description, ...]:
        """Every network by its title."""
        found = [await self._one(network) for network in self._networks.values()]
        return tuple(sorted(found, key=lambda description: description.title.casefold()))

    async def _one(self, network: NetworkClass) -> Description:
        facts = network.facts
        visitor = network(Account(0, facts.key, "", "", ""), NOTHING, NoWire())
        rules = await _rules(visitor)
        kinds = kinds_of(rules) if rules is not None else ("text",) if isinstance(visitor, Publishes) else ()
        if isinstance(visitor, Schedules) and "time" not in kinds:
            kinds = (*kinds, "time")  # a blog's, which holds articles
        return Description(
            key=facts.key,
            title=facts.title,
            note=facts.note,
            reads=tuple(
                Reading(s.kind, s.title, s.needs_account, s.inbox, tuple(f.label for f in s.fields), s.interval_s)
                for s in facts.sources
            ),
            publishes=(*kinds, "delete") if kinds and isinstance(visitor, Deletes) else kinds,
            limits=limits_of(rules) if rules is not None else None,
            varies=isinstance(visitor, ServersDiffer),
            actions=tuple(dict.fromkeys((*facts.actions, *facts.marks))),
            plan_actions=facts.plan_actions,
            prices=facts.prices,
            sign_in=tuple(way_of(sign_in) for sign_in in facts.sign_ins),
        )


async def _rules(visitor: object) -> PostRules | None:
    """The rules of an account that nobody has; None where nothing is published, or only a server could tell."""
    if isinstance(visitor, ServersDiffer):
        return visitor.usual_rules()
    if not isinstance(visitor, Publishes | HandsOff):
        return None
    try:
        return await visitor.post_rules()
    except NetworkError:
        return None
