"""Signing in without a window: the ways there are, their steps and questions, and what came of it."""

import sys
import webbrowser
from datetime import UTC, datetime

import typer

from socialdesk.cli.context import fail, say
from socialdesk.core.account import Account, AccountChoice, DeviceSignIn
from socialdesk.core.errors import InputError
from socialdesk.core.network import (
    AppPassword,
    ByName,
    DeviceCode,
    Field,
    NetworkFacts,
    Nothing,
    OAuthCode,
    SignIn,
    Step,
    Token,
)
from socialdesk.services.bundle import Services

WAYS: dict[str, type[SignIn]] = {
    "token": Token,
    "app-password": AppPassword,
    "browser": OAuthCode,
    "code": DeviceCode,
    "name": ByName,
}
_ALSO = frozenset({"server"})  # a practice server takes the place of networks that have one address only
_NEEDS_PERSON = OAuthCode | DeviceCode


def ways_of(facts: NetworkFacts) -> dict[str, int]:
    """The names of a network's ways to sign in, each with the place of its form. Fails where there is none."""
    found: dict[str, int] = {}
    for place, form in enumerate(facts.sign_ins):
        name = next((name for name, kind in WAYS.items() if type(form) is kind), "")
        title = form.title if isinstance(form, AppPassword) else ""
        if name:
            found[f"{name}-{title.lower().replace(' ', '-')}" if title else name] = place
    return found


def choose_way(facts: NetworkFacts, wanted: str) -> tuple[int, SignIn]:
    """The form to use. Without a wish: the only one; else a person is asked, a script gets one that needs nobody."""
    ways = ways_of(facts)
    if not ways:
        fail(f"{facts.title} needs no account. Add a column instead.")
    if wanted and wanted not in ways:
        fail(f"{facts.title} has no sign-in by “{wanted}”. It has: {', '.join(ways)}.")
    if not wanted:
        wanted = next(iter(ways)) if len(ways) == 1 else _asked_way(facts, ways)
    place = ways[wanted]
    return place, facts.sign_ins[place]


def _asked_way(facts: NetworkFacts, ways: dict[str, int]) -> str:
    if not sys.stdin.isatty():
        quiet = [name for name, place in ways.items() if not isinstance(facts.sign_ins[place], _NEEDS_PERSON)]
        return (quiet or list(ways))[0]
    names = list(ways)
    for number, name in enumerate(names, 1):
        say(f"{number:>3}  {name}")
    answer = typed("How do you want to sign in? A number").strip()
    if answer.isdecimal() and 0 < int(answer) <= len(names):
        return names[int(answer) - 1]
    return fail(f"“{answer}” is none of them.")


def ask(facts: NetworkFacts, form: SignIn, given: dict[str, str], known: tuple[str, ...] = ()) -> dict[str, str]:
    """The answers of a form: those that were given, and the rest as typed. Its steps are told to a person first.

    What is `known` of an account that signs in again is not asked for.
    """
    if isinstance(form, Nothing):
        return {}
    names = {field.name for field in form.fields}
    unknown = sorted(set(given) - names - _ALSO)
    if unknown:
        fail(f"{facts.title} does not ask for {', '.join(unknown)} here. It asks for: {', '.join(sorted(names))}.")
    secret = [field.name for field in form.fields if field.secret and field.name in given]
    if secret:
        fail(f"Secrets do not belong on a command line: leave out {', '.join(secret)} and type it when asked.")
    if sys.stdin.isatty():
        tell(facts.note, form.steps, given.get("server", ""))
    asked = [field for field in form.fields if field.name not in given]
    typed_in = {field.name: "" if field.name in known else _answer(field) for field in asked}
    return {**given, **typed_in}


def tell(note: str, steps: tuple[Step, ...], server: str) -> None:
    """What to do at the network."""
    if note:
        say(note)
    for number, step in enumerate(steps, 1):
        say(f"{number:>3}. {step.text}")
        for line in (step.copy, step.link.replace("{server}", server.rstrip("/"))):
            if line:
                say(f"     {line}")


def _answer(field: Field) -> str:
    if field.optional:
        return ""
    label = f"{field.label} ({field.example})" if field.example else field.label
    return typed(label, secret=field.secret)


def typed(label: str, *, secret: bool = False) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt(label, hide_input=secret, err=True))


async def sign_in(
    services: Services, network: str, way: str, given: dict[str, str], *, paste: bool, again: int = 0
) -> tuple[Account, ...]:
    """The whole of a sign-in. `paste`: the browser is elsewhere, the address it ends on is typed."""
    facts = services.accounts.facts(network)
    place, form = choose_way(facts, way)
    known = await services.accounts.known_answers(again) if again else ()
    answers = ask(facts, form, given, known)
    if isinstance(form, OAuthCode):
        result = await _by_browser(services, network, answers, paste=paste, again=again)
    elif isinstance(form, DeviceCode):
        begun = await services.device_sign_in.begin(network, answers, again)
        _tell_code(begun)
        result = await services.device_sign_in.finish(begun, again)
    else:
        result = await services.accounts.sign_in(network, answers, place, again)
    return await _chosen(services, result)


async def _by_browser(
    services: Services, network: str, answers: dict[str, str], *, paste: bool, again: int
) -> Account | AccountChoice:
    begun = await services.browser_sign_in.begin(network, answers, again, listens=not paste)
    say(f"Open this address and allow the access:\n{begun.url}")
    finish = services.browser_sign_in.finish
    question = "The address the browser ended on"
    if not begun.comes_back:
        return await finish(begun, typed(question), again)
    webbrowser.open(begun.url)
    try:
        return await finish(begun, None, again)
    except InputError as error:
        if not sys.stdin.isatty():
            raise
        say(f"{error.sentence} {error.fix}".strip())
        return await finish(begun, typed(question), again)


def _tell_code(begun: DeviceSignIn) -> None:
    minutes = max(1, round((begun.ends - datetime.now(UTC)).total_seconds() / 60))
    say(f"Open {begun.url}\nand type this code: {begun.code}")
    say(f"It is good for {minutes} minutes. Waiting.")


async def _chosen(services: Services, result: Account | AccountChoice) -> tuple[Account, ...]:
    """The accounts that a sign-in opened; of several those whose numbers are typed."""
    if isinstance(result, Account):
        return (result,)
    if result.instead_of:
        names = ", ".join(name for _, name in result.found)
        say(f"You signed in as {names}, not as {result.instead_of}, which stays as it was.")
    for number, (_, name) in enumerate(result.found, 1):
        say(f"{number:>3}  {name}")
    question = "Add which of them? Numbers with spaces between, nothing for none" if result.instead_of else ""
    words = typed(question or "Which of them? Numbers, with spaces between").replace(",", " ").split()
    places = [int(word) for word in words if word.isdecimal() and 0 < int(word) <= len(result.found)]
    return await services.accounts.choose(result, [result.found[place - 1][0] for place in places])
