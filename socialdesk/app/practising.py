"""Opening a practice desk: a profile of its own for the time it is open, signed in everywhere, with full columns."""

from socialdesk.core.source import Source, WordFilter
from socialdesk.practice.desk import PracticeColumn, PracticeDesk
from socialdesk.services.bundle import Services


async def furnish(services: Services, practice: PracticeDesk) -> None:
    """Signs in to the practice networks and lays out their columns, unless that was done before."""
    if await services.columns.all():
        return
    accounts = {}
    for network, answers in practice.credentials.items():
        form = _form_of(services, network)
        accounts[network] = (await services.accounts.sign_in(network, answers, form)).id
    for column in practice.columns():
        await services.columns.add_known(
            column.title, column.icon, _sources(column, accounts), WordFilter(any_of=column.any_of), column.view
        )


def _form_of(services: Services, network: str) -> int:
    """The first sign-in form that asks for a secret: the practice servers' credentials answer it."""
    forms = services.accounts.facts(network).sign_ins
    return next(n for n, form in enumerate(forms) if any(f.secret for f in getattr(form, "fields", ())))


def _sources(column: PracticeColumn, accounts: dict[str, int]) -> tuple[Source, ...]:
    return tuple(
        Source(0, network, kind, accounts.get(network), dict(params)) for network, kind, params in column.sources
    )
