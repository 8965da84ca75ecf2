"""Every way to sign in that any network offers: an ability stands behind it, and it is reached without a window."""

from urllib.parse import urlsplit

import pytest

from socialdesk.app.networks import own_networks
from socialdesk.cli.signing_in import WAYS, ask, choose_way, ways_of
from socialdesk.core.account import NOTHING, Account
from socialdesk.core.network import (
    AppPassword,
    ByName,
    DeviceCode,
    ExchangesPassword,
    NetworkFacts,
    Nothing,
    OAuthCode,
    SignIn,
    SignsInByBrowser,
    SignsInByDevice,
    Token,
)
from socialdesk.http import Http
from socialdesk.ui.dialogs.networks import name_of

NETWORKS = own_networks()
FORMS = [
    pytest.param(network, place, id=f"{key}-{place}-{type(form).__name__}")
    for key, network in NETWORKS.items()
    for place, form in enumerate(network.facts.sign_ins)
    if not isinstance(form, Nothing)
]
ABILITIES = {
    Token: ExchangesPassword,
    AppPassword: ExchangesPassword,
    ByName: ExchangesPassword,
    OAuthCode: SignsInByBrowser,
    DeviceCode: SignsInByDevice,
}


def form_of(facts: NetworkFacts, place: int) -> SignIn:
    return facts.sign_ins[place]


@pytest.mark.parametrize(("network", "place"), FORMS)
def test_an_ability_stands_behind_each_way(network: object, place: int) -> None:
    facts = network.facts  # type: ignore[attr-defined]
    visitor = network(Account(0, facts.key, "", "", ""), NOTHING, Http.create())  # type: ignore[operator]
    assert isinstance(visitor, ABILITIES[type(form_of(facts, place))])


@pytest.mark.parametrize(("network", "place"), FORMS)
def test_each_way_is_reached_and_asked_without_a_window(
    network: object, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = network.facts  # type: ignore[attr-defined]
    form = form_of(facts, place)
    assert not isinstance(form, Nothing)
    names = ways_of(facts)
    assert len(names) == len([one for one in facts.sign_ins if not isinstance(one, Nothing)]), "two have one name"
    assert [choose_way(facts, name) for name, at in names.items() if at == place] == [(place, form)]
    typed: list[str] = []
    monkeypatch.setattr("socialdesk.cli.signing_in.typed", lambda label, **_: typed.append(label) or "typed")
    plain = {field.name: "given" for field in form.fields if not field.secret}
    answers = ask(facts, form, plain)
    assert answers == {f.name: "" if f.secret and f.optional else "typed" if f.secret else "given" for f in form.fields}
    assert len(typed) == len([field for field in form.fields if field.secret and not field.optional])


@pytest.mark.parametrize(("network", "place"), FORMS)
def test_each_way_says_what_to_do(network: object, place: int) -> None:
    """Numbered steps, pages that are on HTTPS, addresses to copy that lead to this computer, reasons for scopes."""
    facts = network.facts  # type: ignore[attr-defined]
    form = form_of(facts, place)
    assert not isinstance(form, Nothing)
    assert name_of(form)
    for step in form.steps:
        assert step.text
        assert not step.link or step.link.startswith(("https://", "{server}"))
        assert not step.copy or urlsplit(step.copy).hostname in {"127.0.0.1", "localhost"}
        assert step.text.endswith(":") == bool(step.copy)
    if isinstance(form, OAuthCode | DeviceCode):
        assert form.scopes
        assert all(scope and why for scope, why in form.scopes)
    if isinstance(form, OAuthCode) and form.port:
        addresses = [step.copy for step in form.steps if step.copy]
        assert [urlsplit(address).port for address in addresses] == [form.port]


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS.keys())
def test_where_access_is_taken_back_is_an_address(network: object) -> None:
    facts = network.facts  # type: ignore[attr-defined]
    assert not facts.apps_url or facts.apps_url.startswith(("https://", "{server}/"))
    assert not facts.stays or facts.stays.endswith(".")


def test_every_kind_of_way_is_offered_by_some_network() -> None:
    offered = {type(form) for network in NETWORKS.values() for form in network.facts.sign_ins}
    assert offered >= set(WAYS.values())
