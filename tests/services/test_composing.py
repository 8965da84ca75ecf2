"""What the accounts take, while a desk stays open for weeks."""

from dataclasses import replace

import pytest

from socialdesk.core.errors import Unreachable
from socialdesk.core.post import Draft
from socialdesk.core.rules import PostRules
from tests.services.conftest import Desk
from tests.services.fakes import FakeNetwork

RULES = PostRules(limit=120, weigh=len)


async def test_limits_are_asked_again_after_a_day_and_kept_without_a_connection(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = await desk.sign_in("short")
    answers: list[PostRules | Unreachable] = [
        RULES,
        Unreachable("no network", offline=True),
        replace(RULES, limit=500),
    ]

    async def post_rules(self: FakeNetwork) -> PostRules:
        answer = answers.pop(0)
        if isinstance(answer, Unreachable):
            raise answer
        return answer

    monkeypatch.setattr(desk.short, "post_rules", post_rules)
    rules = desk.services.composing.rules
    assert (await rules(short)).limit == 120
    desk.clock.forward(hours=25)
    assert (await rules(short)).limit == 120
    draft = await desk.services.composing.save(Draft(text="Offline", account_ids=(short,)))
    assert (await rules(short)).limit == 120
    desk.clock.forward(minutes=6)
    assert (await rules(short)).limit == 500
    assert (await desk.services.publishing.submit(draft.id)).deliveries


async def test_who_signs_in_again_has_the_limits_asked_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new sign-in may bring other rights, and another usual visibility."""
    short = await desk.sign_in("short")
    answers = [RULES, replace(RULES, limit=500)]

    async def post_rules(self: FakeNetwork) -> PostRules:
        return answers.pop(0)

    monkeypatch.setattr(desk.short, "post_rules", post_rules)
    assert (await desk.services.composing.rules(short)).limit == 120
    assert await desk.sign_in("short") == short
    assert (await desk.services.composing.rules(short)).limit == 500
