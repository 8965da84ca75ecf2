"""Signing in by a code for another device, at the practice Facebook, with a clock that waiting turns."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from socialdesk.core.account import NOTHING, Account, AccountChoice, DeviceSignIn
from socialdesk.core.errors import InputError, Rejected
from socialdesk.core.network import DeviceCode, SignsInByDevice
from socialdesk.http import Http
from socialdesk.networks.facebook.adapter import Facebook
from socialdesk.practice.facebook import PracticeFacebook
from socialdesk.practice.server import Fault
from socialdesk.practice.world import World
from socialdesk.services.accounts import AccountService
from socialdesk.services.device_sign_in import DeviceSignInService
from tests.services.conftest import Desk
from tests.services.fakes import Clock

FORM = next(n for n, form in enumerate(Facebook.facts.sign_ins) if isinstance(form, DeviceCode))


class Waiting:
    """Sleeps by turning the clock. `after` is what the person does before so many waits have passed."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.pauses: list[float] = []
        self.after: dict[int, object] = {}

    async def __call__(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.forward(seconds=seconds)
        act = self.after.get(len(self.pauses))
        if callable(act):
            act()


@pytest.fixture
async def server(desk: Desk) -> AsyncIterator[PracticeFacebook]:
    async with PracticeFacebook(World.load(), {}, now=desk.clock) as running:
        yield running


@pytest.fixture
def accounts(desk: Desk, server: PracticeFacebook) -> AccountService:
    """The desk's accounts, with a Facebook whose visitors see the practice server."""

    def network(account: Account, credential: object, http: object) -> Facebook:
        at_home = account if account.server else Account(0, "facebook", "", "", server.url)
        return Facebook(at_home, credential or NOTHING, http, now=desk.clock)  # type: ignore[arg-type]

    network.facts = Facebook.facts  # type: ignore[attr-defined]
    desk.services.accounts.add_networks({"facebook": network})  # type: ignore[dict-item]
    return desk.services.accounts


@pytest.fixture
def waiting(desk: Desk) -> Waiting:
    return Waiting(desk.clock)


@pytest.fixture
def service(desk: Desk, accounts: AccountService, waiting: Waiting) -> DeviceSignInService:
    return DeviceSignInService(accounts, desk.clock, waiting)


def answers(server: PracticeFacebook, **changed: str) -> dict[str, str]:
    return {**{name: server.credentials[name] for name in ("client_id", "client_token")}, **changed}


async def begin(service: DeviceSignInService, server: PracticeFacebook) -> DeviceSignIn:
    return await service.begin("facebook", answers(server))


async def test_the_code_is_typed_while_the_desk_waits(
    desk: Desk, server: PracticeFacebook, service: DeviceSignInService, waiting: Waiting
) -> None:
    begun = await begin(service, server)
    assert (len(begun.code), begun.url) == (8, f"{server.url}/device")
    assert begun.ends == desk.clock() + timedelta(minutes=7)
    waiting.after[3] = lambda: server.devices.agree(begun.code)
    account = await service.finish(begun)
    assert isinstance(account, Account)
    assert (account.name, account.remote_id) == ("Northwind Pumps", server.me.id)
    assert waiting.pauses == [5.0, 5.0, 5.0]
    kept = desk.vault.get(account.id)
    assert server.oauth.tokens[kept.get("access_token")].page == server.me.id
    assert (await desk.services.accounts.test(account.id)).startswith("This works: Northwind Pumps (northwind), may")


async def test_who_is_asked_to_be_slower_is(
    server: PracticeFacebook, service: DeviceSignInService, waiting: Waiting
) -> None:
    begun = await begin(service, server)
    server.devices.slow_downs = 2
    waiting.after[4] = lambda: server.devices.agree(begun.code)
    await service.finish(begun)
    assert waiting.pauses == [5.0, 10.0, 15.0, 15.0]


async def test_a_connection_that_breaks_meanwhile_costs_nothing(
    server: PracticeFacebook, service: DeviceSignInService, waiting: Waiting
) -> None:
    begun = await begin(service, server)
    server.faults.add(Fault("close", match="login_status", times=2))
    waiting.after[3] = lambda: server.devices.agree(begun.code)
    assert isinstance(await service.finish(begun), Account)
    assert waiting.pauses == [5.0, 10.0, 20.0]


async def test_a_code_runs_out(desk: Desk, server: PracticeFacebook, service: DeviceSignInService) -> None:
    begun = await begin(service, server)
    with pytest.raises(InputError, match="has run out") as caught:
        await service.finish(begun)
    assert caught.value.fix
    assert desk.clock() >= begun.ends
    with pytest.raises(InputError, match="has ended"):
        await service.finish(begun)
    assert await desk.services.accounts.list() == ()


async def test_the_network_may_say_first_that_a_code_has_run_out(
    server: PracticeFacebook, service: DeviceSignInService, waiting: Waiting
) -> None:
    begun = await begin(service, server)
    waiting.after[2] = server.devices.waiting.clear
    with pytest.raises(Rejected) as caught:
        await service.finish(begun)
    assert caught.value.reason == "code_ended"


async def test_a_person_who_declines(desk: Desk, server: PracticeFacebook, service: DeviceSignInService) -> None:
    begun = await begin(service, server)
    server.devices.agree(begun.code, agrees=False)
    with pytest.raises(Rejected) as caught:
        await service.finish(begun)
    assert caught.value.reason == "declined"
    assert await desk.services.accounts.list() == ()


async def test_a_sign_in_that_was_cancelled_opens_nothing(
    desk: Desk, server: PracticeFacebook, service: DeviceSignInService, waiting: Waiting
) -> None:
    begun = await begin(service, server)
    server.devices.agree(begun.code)
    await service.cancel(begun)
    with pytest.raises(InputError, match="has ended"):
        await service.finish(begun)
    assert await desk.services.accounts.list() == ()


async def test_of_several_pages_the_person_chooses(server: PracticeFacebook, service: DeviceSignInService) -> None:
    server.add_page("Northwind Careers", "northwindcareers")
    begun = await begin(service, server)
    server.devices.agree(begun.code)
    choice = await service.finish(begun)
    assert isinstance(choice, AccountChoice)
    assert [name for _, name in choice.found] == ["Northwind Pumps", "Northwind Careers"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"client_id": ""}, "App ID"),
        ({"client_id": "northwind"}, "App ID"),
        ({"client_token": ""}, "Client token"),
        ({"client_token": "with space"}, "Client token"),
    ],
)
async def test_what_cannot_be_an_app(
    server: PracticeFacebook, service: DeviceSignInService, changed: dict[str, str], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        await service.begin("facebook", answers(server, **changed))


async def test_an_app_that_may_not(server: PracticeFacebook, service: DeviceSignInService) -> None:
    for break_it in (
        lambda: setattr(server.devices, "switched_on", False),
        server.oauth.apps.clear,
    ):
        break_it()
        with pytest.raises(Rejected) as caught:
            await service.begin("facebook", answers(server))
        assert caught.value.reason == "app_not_allowed"


async def test_a_network_without_such_a_sign_in_says_so(service: DeviceSignInService) -> None:
    with pytest.raises(InputError, match="by a code"):
        await service.begin("short", {})


def test_the_form_says_what_to_do_at_the_network() -> None:
    form = Facebook.facts.sign_ins[FORM]
    assert isinstance(form, DeviceCode)
    assert [field.name for field in form.fields if not field.optional] == ["client_id", "client_token"]
    assert any("Login from devices" in step.text for step in form.steps)
    assert all(why for _, why in form.scopes)


async def test_the_client_token_is_shown_nowhere(server: PracticeFacebook) -> None:
    http = Http.create()
    try:
        visitor = Facebook(Account(0, "facebook", "", "", server.url), NOTHING, http)
        assert isinstance(visitor, SignsInByDevice)
        step = await visitor.begin_device(answers(server))
    finally:
        await http.aclose()
    assert server.credentials["client_token"] not in repr(step)
    assert step.device_code not in repr(step)
