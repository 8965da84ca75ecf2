"""Accounts: kept identity, and what goes and stays with one."""

from dataclasses import replace

from socialdesk.core.account import Account
from socialdesk.core.post import Delivery, DeliveryPlan, DeliveryState, Draft, PartPlan
from socialdesk.core.saved import SavedItem
from socialdesk.store import accounts, outbox, saved, sources
from socialdesk.store.database import Store
from tests.store.conftest import NOW, Desk, post

ANN = Account(
    0,
    "mastodon",
    "Ann",
    "@ann@social.example",
    "https://social.example",
    remote_id="7",
    avatar_url="https://social.example/ann.png",
    facts={"limit": "500"},
)


def add(store: Store, account: Account = ANN) -> Account:
    return store.write_now(accounts.add, account)


def test_stored_as_given(store: Store) -> None:
    ann = add(store)
    assert ann == replace(ANN, id=ann.id)
    assert store.read_now(accounts.get, ann.id) == ann
    assert store.read_now(accounts.get, 99) is None


def test_signing_in_again_keeps_the_identity(store: Store) -> None:
    ann = add(store)
    store.write_now(accounts.set_needs_sign_in, ann.id, flag=True)
    again = add(store, replace(ANN, name="Ann B.", facts={}))
    assert again.id == ann.id
    assert store.read_now(accounts.all) == (again,)
    assert not again.needs_sign_in


def test_other_servers_and_unnamed_accounts_are_others(store: Store) -> None:
    ids = {
        add(store).id,
        add(store, replace(ANN, server="https://other.example")).id,
        add(store, replace(ANN, network="bluesky")).id,
        add(store, replace(ANN, remote_id="")).id,
        add(store, replace(ANN, remote_id="")).id,
    }
    assert len(ids) == 5


def test_update_and_sign_in_flag(store: Store) -> None:
    ann = add(store)
    store.write_now(accounts.update, replace(ann, handle="@new", avatar_url=""))
    store.write_now(accounts.set_needs_sign_in, ann.id, flag=True)
    assert store.read_now(accounts.get, ann.id) == replace(ann, handle="@new", avatar_url="", needs_sign_in=True)


def publish(store: Store, *account_ids: int) -> tuple[Delivery, ...]:
    plans = tuple(DeliveryPlan(i, (PartPlan("Hello", f"key{i}"),)) for i in account_ids)
    return store.write_now(outbox.accept, Draft(text="Hello", account_ids=account_ids), plans, NOW).deliveries


def test_removing_takes_sources_and_rows_and_keeps_history_and_saved_items(desk: Desk) -> None:
    store = desk.store
    ann, bob = add(store), add(store, replace(ANN, remote_id="8", name="Bob"))
    anns, bobs = desk.source("home", "mastodon", ann.id), desk.source("home", "mastodon", bob.id)
    column = desk.column(anns, bobs)
    kept, shared = desk.apply(anns, [post(1), post(2)]).new_ids
    desk.apply(bobs, [post(2)])
    item = store.write_now(saved.add, SavedItem(0, post(1).url, "Kept", "saved", NOW, entry_id=kept))
    open_one, other = publish(store, ann.id, bob.id)
    (sent,) = publish(store, ann.id)
    store.write_now(outbox.put, replace(sent, state=DeliveryState.SENT), None, NOW)

    store.write_now(accounts.remove, ann.id)

    assert store.read_now(accounts.all) == (bob,)
    assert store.read_now(accounts.get, ann.id) is None
    named = store.read_now(accounts.get, ann.id, removed=True)
    assert named is not None
    assert (named.name, named.facts) == ("Ann", {})
    assert store.read_now(sources.of_column, column.id) == (bobs,)
    assert [(row.entry_id, row.account_id) for row in desk.rows(column)] == [(shared, bob.id)]
    assert store.read_now(saved.get, item.id) == item
    states = {d.id: d.state for p in store.read_now(outbox.publications, None, 9) for d in p.deliveries}
    assert states == {open_one.id: "cancelled", other.id: "waiting", sent.id: "sent"}


def test_removed_account_that_signs_in_again_is_the_same(store: Store) -> None:
    ann = add(store)
    store.write_now(accounts.remove, ann.id)
    assert add(store).id == ann.id
    assert store.read_now(accounts.all) == (ann,)


def test_ids_are_never_given_twice(store: Store) -> None:
    ann = add(store)
    store.write_now(accounts.remove, ann.id)
    assert add(store, replace(ANN, remote_id="8")).id > ann.id
