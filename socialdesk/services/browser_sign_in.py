"""Signing in through the browser: loopback redirect with a paste-back fallback."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from socialdesk.core.account import Account, AccountChoice, BrowserSignIn
from socialdesk.core.errors import InputError
from socialdesk.core.network import (
    BrowserStep,
    NetworkFacts,
    OAuthCode,
    SignsInByBrowser,
)
from socialdesk.http.loopback import PATH, LoopbackListener, check_issuer, parse_pasted
from socialdesk.services.accounts import AccountService

LISTEN_S = 120
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class _Pending:
    step: BrowserStep
    listener: LoopbackListener


class BrowserSignInService:
    """Begins and finishes browser sign-ins. Nothing of one is stored before it is complete."""

    def __init__(self, accounts: AccountService) -> None:
        self._accounts = accounts
        self._ids = itertools.count(1)
        self._pending: dict[int, _Pending] = {}

    async def begin(
        self, network: str, answers: Mapping[str, str], again: int = 0, *, listens: bool = True
    ) -> BrowserSignIn:
        """The address to open. `again`: the account that signs in again, whose app needs not be typed once more.

        `listens` False: the browser is on another computer, so that nobody can knock here.
        """
        answers = await self._accounts.completed(answers, again)
        visitor = self._accounts.anonymous(network, answers.get("server", ""))
        if not isinstance(visitor, SignsInByBrowser):
            raise InputError(f"{visitor.facts.title} does not sign in through the browser.", "Use its other sign-in.")
        port = port_of(visitor.facts)
        listener = LoopbackListener(port)
        try:
            # A port of the system's choice is known when it is ours; a registered one is taken once answers are good.
            uri = f"http://127.0.0.1:{port}{PATH}" if port else await listener.start()
            step = await visitor.begin_sign_in(answers, uri)
            comes_back = listens and urlsplit(step.redirect_uri).hostname in LOOPBACK
            if comes_back and port:
                await self._listen(listener, visitor.facts)
        except BaseException:
            await listener.close()
            raise
        begun = BrowserSignIn(next(self._ids), network, step.url, step.redirect_uri, comes_back)
        if not comes_back:  # nobody will knock
            await listener.close()
        self._pending[begun.id] = _Pending(step, listener)
        return begun

    @staticmethod
    async def _listen(listener: LoopbackListener, facts: NetworkFacts) -> None:
        """Where the network knows only one port, who else listens there would get its answer."""
        try:
            await listener.start()
        except InputError as error:
            raise InputError(
                f"Another program uses port {port_of(facts)}, where {facts.title} sends the browser back to.",
                "Close that program, perhaps another SocialDesk, and start again.",
            ) from error

    async def finish(self, begun: BrowserSignIn, pasted: str | None = None, again: int = 0) -> Account | AccountChoice:
        """Waits for the browser's answer, or takes the pasted address or code, and keeps the account.

        `again` as in `AccountService.keep_found`. One that failed may be tried again with a pasted address, until it is
        cancelled.
        """
        pending = self._pending.get(begun.id)
        if pending is None:
            raise InputError("This sign-in has ended.", "Start again.")
        try:
            if pasted is not None:
                step = pending.step
                code = parse_pasted(pasted, step.state, step.issuer, code_alone=bool(step.verifier))
            else:
                answer = await pending.listener.wait(pending.step.state, LISTEN_S)
                check_issuer(answer, pending.step.issuer)
                code = answer["code"]
        except TimeoutError as error:
            raise InputError(
                "The browser did not answer within two minutes.", "Start again, or paste the address it ended on."
            ) from error
        finally:
            await pending.listener.close()
        visitor = self._accounts.anonymous(begun.network, pending.step.keep.get("server", ""))
        if not isinstance(visitor, SignsInByBrowser):  # cannot be: `begin` proved it
            raise InputError("This sign-in cannot be finished.", "Start again.")
        result = await visitor.finish_sign_in(pending.step, code)
        kept = await self._accounts.keep_found(begun.network, result, again)
        self._pending.pop(begun.id, None)
        return kept

    async def cancel(self, begun: BrowserSignIn) -> None:
        """Forgets an authorization; what the browser brings later is for nobody."""
        pending = self._pending.pop(begun.id, None)
        if pending is not None:
            await pending.listener.close()


def port_of(facts: NetworkFacts) -> int:
    """The port that the network's browser sign-in has to come back to; 0 = any."""
    return next((form.port for form in facts.sign_ins if isinstance(form, OAuthCode)), 0)
