"""Opening a practice desk: a profile of its own for the time it is open, signed in everywhere, with full columns."""

from collections.abc import Mapping

from socialdesk.core.account import Account
from socialdesk.core.sign_in import AppPassword, Token
from socialdesk.core.source import Source, WordFilter
from socialdesk.practice.desk import PracticeColumn, PracticeDesk
from socialdesk.services.bundle import Services


async def furnish(services: Services, practice: PracticeDesk) -> None:
    """Signs in to the practice networks and lays out their columns, unless that was done before."""
    if await services.columns.all():
        return
    accounts = {account.network: account.id for account in await sign_in(services, practice.credentials)}
    for column in practice.columns():
        await services.columns.add_known(
            column.title, column.icon, _sources(column, accounts), WordFilter(any_of=column.any_of), column.view
        )


async def sign_in(services: Services, credentials: Mapping[str, Mapping[str, str]]) -> tuple[Account, ...]:
    """Signs in with the practice servers' credentials, by network.

    An account that is known stays what it is and gets its secrets again: they live in the engine's memory alone, so
    that a new engine has none.
    """
    kept = []
    for network, answers in credentials.items():
        account = await services.accounts.sign_in(network, answers, _form_of(services, network))
        assert isinstance(account, Account)  # noqa: S101 (practice servers offer one of each)
        kept.append(account)
    return tuple(kept)


def _form_of(services: Services, network: str) -> int:
    """The first sign-in form that needs no browser: the practice servers' credentials answer it."""
    forms = services.accounts.facts(network).sign_ins
    return next(n for n, form in enumerate(forms) if isinstance(form, AppPassword | Token))


def _sources(column: PracticeColumn, accounts: dict[str, int]) -> tuple[Source, ...]:
    return tuple(
        Source(0, network, kind, accounts.get(network), dict(params)) for network, kind, params in column.sources
    )
