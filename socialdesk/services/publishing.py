"""The outbox: accepting drafts, deciding what a person asks of a delivery, and showing how each one stands."""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from socialdesk.core import delivery as decide
from socialdesk.core import scheduling, segments
from socialdesk.core.checks import check
from socialdesk.core.errors import InputError
from socialdesk.core.events import DraftsChanged, OutboxChanged
from socialdesk.core.issues import Severity
from socialdesk.core.measures import Measure
from socialdesk.core.network import (
    Deletes,
    Edits,
    FindsByAddress,
    HandsOff,
    Measures,
    Network,
    Publishes,
)
from socialdesk.core.post import Delivery, DeliveryPlan, DeliveryState, Draft, PartPlan, Publication, Receipt
from socialdesk.core.rules import PostRules
from socialdesk.core.urls import is_web
from socialdesk.services.accounts import AccountService
from socialdesk.services.composing import ComposeService
from socialdesk.services.delivering import Deliverer
from socialdesk.services.events import Events
from socialdesk.store import drafts as drafts_table
from socialdesk.store import outbox as outbox_table
from socialdesk.store.database import Store

RECENT = 50
WAITS = (DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.HELD)
NEEDS_PERSON = (DeliveryState.IN_DOUBT, DeliveryState.REFUSED, DeliveryState.SIGN_IN, DeliveryState.HAND_OFF)
OUT_ALREADY = "This post is out already."


class PublishService:
    def __init__(
        self,
        store: Store,
        accounts: AccountService,
        composing: ComposeService,
        deliverer: Deliverer,
        events: Events,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._composing = composing
        self._deliverer = deliverer
        self._events = events
        self._now = now

    async def submit(self, draft_id: int) -> Publication:
        """Accepts a draft: publication, pictures and one delivery per account in one transaction.

        Needs neither a connection nor the keyring where the accounts' limits were known once. Raises InputError with
        the first thing that has to be mended; the draft then stays as it is.
        """
        draft = await self._store.read(drafts_table.get, draft_id)
        if draft is None:
            raise InputError("This draft was sent or discarded.", "Look in the outbox.")
        rules = await self._checked_rules(draft)
        plans = await self._plans(draft, rules)
        publication = await self._store.write(outbox_table.accept, draft, plans, self._now(), durable=True)
        self._events.send(DraftsChanged(draft_id))
        self._events.send(OutboxChanged(publication.id))
        self._deliverer.wake()
        return publication

    async def _checked_rules(self, draft: Draft) -> Mapping[int, PostRules]:
        if not draft.account_ids:
            raise InputError("No account is chosen.", "Choose where to post.")
        rules = {account_id: await self._composing.rules(account_id) for account_id in draft.account_ids}
        for result in check(draft, rules, self._now()):
            for issue in result.issues:
                if issue.severity is Severity.ERROR:
                    account = await self._accounts.get(result.account_id)
                    title = self._accounts.facts(account.network).title
                    raise InputError(f"{title}: {issue.sentence}", "Mend it, then post again.")
        return rules

    async def _plans(self, draft: Draft, rules: Mapping[int, PostRules]) -> tuple[DeliveryPlan, ...]:
        now = self._now()
        first = segments.leader(draft, rules)
        plans = []
        for account_id, texts in segments.renditions(draft, rules).items():
            network = await self._accounts.without_secret(account_id)  # the keyring may be locked
            if not isinstance(network, Publishes | HandsOff):
                continue
            parts = tuple(
                PartPlan(
                    text,
                    self._key(network, draft, now, index),
                    tuple(p.blob for p in segments.pictures_of(draft, account_id, rules[account_id], index)),
                )
                for index, text in enumerate(texts)
            )
            waits = first if first is not None and account_id != first else None
            at = scheduling.time_of(draft, account_id, rules)
            soon = at is None or waits is not None or scheduling.is_held(draft, account_id, rules, now)
            plans.append(DeliveryPlan(account_id, parts, waits, now if soon else at, at))
        return tuple(plans)

    @staticmethod
    def _key(network: Publishes | HandsOff, draft: Draft, now: datetime, index: int) -> str:
        if not isinstance(network, Publishes):
            return ""  # nothing is sent from here
        return network.new_key(int(now.timestamp() * 1_000_000) + index, random.getrandbits(31))

    async def outbox(self, before_id: int | None = None, limit: int = 20) -> tuple[Publication, ...]:
        """Publications with their deliveries, newest first; `before_id` continues after that publication."""
        return await self._store.read(outbox_table.publications, before_id, limit)

    async def open_ends(self) -> tuple[int, int]:
        """Of the newest publications: how many deliveries wait, and how many need the person."""
        publications = await self._store.read(outbox_table.publications, None, RECENT)
        deliveries = [delivery for publication in publications for delivery in publication.deliveries]
        now = self._now()
        return sum(_waits(d, now) for d in deliveries), sum(_needs_person(d) for d in deliveries)

    async def publication(self, publication_id: int) -> Publication | None:
        return await self._store.read(outbox_table.get_publication, publication_id)

    async def delivery(self, delivery_id: int) -> Delivery:
        found = await self._store.read(outbox_table.get, delivery_id)
        if found is None:
            raise InputError(f"There is no delivery {delivery_id}.", "See the outbox for those there are.")
        return found

    async def retry(self, delivery_id: int) -> None:
        """Sends again where that cannot double the post and nothing is missing that it links to."""
        delivery = await self.delivery(delivery_id)
        if decide.stands_alone(delivery):
            raise InputError(
                "The next part would stand alone: the one before it is not known.",
                "Give its address, or edit the rest.",
            )
        if delivery.waits_for is not None:
            awaited = await self.delivery(delivery.waits_for)
            if awaited.state is not DeliveryState.SENT:
                raise InputError("The article that this post links to is not out yet.", "Mend its delivery first.")
            await self._refuse_before_article(delivery)
        await self._change(delivery_id, decide.retried, "This post may be out already.", "Check first.")

    async def _refuse_before_article(self, delivery: Delivery) -> None:
        publication = await self.publication(delivery.publication_id)
        article = publication.draft.article if publication is not None else None
        if article is not None and article.status == "future" and (article.publish_at or self._now()) > self._now():
            raise InputError("The article that this post links to has its own time.", "The post goes out with it.")

    async def check_now(self, delivery_id: int) -> None:
        """Looks at the network whether a post in doubt is there, or one that it holds is out."""
        await self._change(delivery_id, decide.looked_for, "This post is not in doubt.", "Nothing to check.")

    async def cancel(self, delivery_id: int) -> None:
        """Gives up what is not out. What a network holds is taken back there first; raises what the network raises."""
        delivery = await self.delivery(delivery_id)
        if delivery.state is DeliveryState.SCHEDULED:
            await self._withdraw(delivery)
            return
        await self._change(delivery_id, decide.cancelled, "This post may be out already.", "Delete it instead.")

    async def _withdraw(self, delivery: Delivery) -> None:
        """Cancelled only when the network has certainly given it back; what is out shows its receipt."""
        if not await self._deliverer.time.withdraw(delivery):
            await self._deliverer.look_held(delivery)
            raise InputError(OUT_ALREADY, "Delete it instead.")
        await self._deliverer.change(delivery.id, decide.withdrawn)

    async def mark_sent(self, delivery_id: int, permalink: str = "") -> None:
        """The person saw the part in doubt at the network, at `permalink`, or gives the address of the one before.

        Or they posted it by hand, in the browser.

        What follows it in a thread has to answer it, so its id is asked for by its address; where it cannot be known,
        the rest is held. Raises InputError where the address is none of the account's, and what the network raises.
        """
        delivery = await self.delivery(delivery_id)
        receipt = await self._receipt_at(delivery, permalink.strip())

        def there(current: Delivery, now: datetime) -> Delivery | None:
            same = (current.state, current.next_part) == (delivery.state, delivery.next_part)
            return decide.confirmed(current, receipt, now) if same else None

        await self._change(delivery_id, there, "This post is not in doubt.", "Nothing to confirm.")

    async def _receipt_at(self, delivery: Delivery, url: str) -> Receipt:
        lonely = decide.stands_alone(delivery) and delivery.state is DeliveryState.HELD
        if url and not is_web(url):
            raise InputError(f"“{url}” is no web address.", "Copy the address of the post at the network.")
        if lonely and not url:
            raise InputError("The address of the part before is missing.", "Copy it at the network.")
        goes_on = lonely or delivery.next_part + 1 < len(delivery.parts)
        if not goes_on or not url:
            return Receipt("", url)

        async def look(network: Network) -> Receipt | None:
            if not isinstance(network, FindsByAddress):  # nor can one be asked where the person posts by hand
                return Receipt("", url)
            return await network.find_by_address(url)

        found = await self._accounts.use(delivery.account_id, look)
        if found is None:
            raise InputError("There is no post of yours at this address.", "Copy the address of that part.")
        known = [part.receipt.remote_id if part.receipt is not None else "" for part in delivery.parts]
        if found.remote_id and found.remote_id in known:
            raise InputError(
                f"This is the address of part {known.index(found.remote_id) + 1}.", "Copy that of the next one."
            )
        if lonely and not found.remote_id:
            raise InputError("This network cannot tell which post that is.", "Edit the rest instead.")
        return found

    async def mark_not_sent(self, delivery_id: int) -> None:
        """The person looked and the post in doubt is not at the network: it is sent again.

        One that the network was to publish at its time is refused instead, and may be written again.
        """
        await self._change(delivery_id, decide.denied, "This post is not in doubt.", "Nothing to confirm.")

    async def edit_again(self, publication_id: int) -> Draft:
        """A new draft of what is not out yet, for the accounts concerned; their deliveries are cancelled.

        What networks hold is taken back there first. Raises what they raise; then the rest stays as it is.
        """
        publication = await self.publication(publication_id)
        if publication is None:
            raise InputError("This publication is no longer in the outbox.", "Write a new post.")
        for delivery in publication.deliveries:
            if delivery.state is DeliveryState.SCHEDULED:
                await self._withdraw(delivery)
        saved = await self._store.write(outbox_table.take_back, publication_id, self._now(), durable=True)
        if saved is None:
            raise InputError("Everything of this post is out or on its way.", "Write a new post.")
        self._events.send(DraftsChanged(saved.id))
        self._events.send(OutboxChanged(publication_id))
        return saved

    async def delete_post(self, delivery_id: int) -> None:
        """Deletes what a delivery posted, last part first. Raises what the network raises."""
        delivery = await self.delivery(delivery_id)

        async def remove(network: Network) -> None:
            if not isinstance(network, Deletes):
                raise InputError(
                    f"Posts at {network.facts.title} cannot be deleted from here.", "Delete it at the network."
                )
            for part in reversed(delivery.parts):
                if part.receipt is not None and part.receipt.remote_id:
                    await network.delete(part.receipt.remote_id, part.receipt.refs)

        await self._accounts.use(delivery.account_id, remove)

        def gone(current: Delivery, now: datetime) -> Delivery:
            return replace(current, state=DeliveryState.CANCELLED, next_at=None, error=decide.DELETED, updated=now)

        await self._deliverer.change(delivery_id, gone)

    async def able(self) -> dict[int, tuple[str, ...]]:
        """What can be done from here with posts that are out, by account: numbers, change, delete."""
        kinds = (("numbers", Measures), ("change", Edits), ("delete", Deletes))
        found = {}
        for account in await self._accounts.list():
            try:
                network = await self._accounts.without_secret(account.id)
            except (InputError, KeyError):
                continue  # removed meanwhile, or its network is not installed here
            found[account.id] = tuple(name for name, kind in kinds if isinstance(network, kind))
        return found

    async def change_post(self, delivery_id: int, text: str, part: int = 0) -> None:
        """New words for a part that is out; its pictures stay. Raises InputError, and what the network raises."""
        delivery = await self.delivery(delivery_id)
        receipt = _receipt_of(delivery, part)
        words = text.strip()
        if not words:
            raise InputError("A post without words cannot be left behind.", "Delete it instead.")

        async def change(network: Network) -> None:
            if not isinstance(network, Edits):
                title = network.facts.title
                raise InputError(f"Posts at {title} cannot be changed from here.", "Change it at the network.")
            await network.edit(receipt.remote_id, receipt.refs, words)

        await self._accounts.use(delivery.account_id, change)

        def said(current: Delivery, now: datetime) -> Delivery:
            parts = tuple(replace(one, text=words) if i == part else one for i, one in enumerate(current.parts))
            return replace(current, parts=parts, updated=now)

        await self._deliverer.change(delivery_id, said)

    async def numbers(self, delivery_id: int, part: int = 0) -> tuple[Measure, ...]:
        """How a part that is out was received. Raises InputError, and what the network raises."""
        delivery = await self.delivery(delivery_id)
        return await self._measured(delivery.account_id, _receipt_of(delivery, part))

    async def account_numbers(self, account_id: int) -> tuple[Measure, ...]:
        """The network's numbers of an account. Raises as `numbers`."""
        return await self._measured(account_id, Receipt("", ""))

    async def _measured(self, account_id: int, receipt: Receipt) -> tuple[Measure, ...]:
        async def measure(network: Network) -> tuple[Measure, ...]:
            if not isinstance(network, Measures):
                raise InputError(f"{network.facts.title} gives programs no numbers.", "See them at the network.")
            return await network.measures(receipt.remote_id, receipt.refs)

        return await self._accounts.use(account_id, measure)

    async def account_back(self, account_id: int) -> None:
        """The person signed in: what waited for that goes on, what is in doubt is looked for."""
        for delivery in await self._store.read(outbox_table.open_of, account_id):
            await self._deliverer.change(delivery.id, decide.signed_in)
        self._deliverer.wake()

    async def start(self) -> bool:
        """Begins to deliver; False when another running desk of this profile does it."""
        return await self._deliverer.start()

    async def stop(self, grace: timedelta = timedelta(seconds=5)) -> None:
        await self._deliverer.stop(grace)

    async def settle(self) -> None:
        """Returns when no delivery can go on by itself now: each is out, refused, or waits for a time or a person."""
        await self._deliverer.settle()

    async def _change(
        self,
        delivery_id: int,
        decision: Callable[[Delivery, datetime], Delivery | None],
        refusal: str,
        fix: str,
    ) -> None:
        await self.delivery(delivery_id)
        if not await self._deliverer.change(delivery_id, decision):
            raise InputError(refusal, fix)
        self._deliverer.wake()


def _waits(delivery: Delivery, now: datetime) -> bool:
    """Whether something is under way: what has a time waits for nobody until then."""
    has_time = delivery.publish_at is not None and delivery.publish_at > now and not delivery.error
    return delivery.state in WAITS and not has_time and delivery.error != decide.OVERDUE


def _needs_person(delivery: Delivery) -> bool:
    return delivery.state in NEEDS_PERSON or delivery.error == decide.OVERDUE or decide.is_unclear(delivery)


def _receipt_of(delivery: Delivery, part: int) -> Receipt:
    """Raises InputError where the part is not out, or not known by its id."""
    receipt = delivery.parts[part].receipt if 0 <= part < len(delivery.parts) else None
    if receipt is None or receipt.publish_at or not receipt.remote_id or delivery.error == decide.DELETED:
        raise InputError("This post is not out.", "See the outbox.")
    return receipt
