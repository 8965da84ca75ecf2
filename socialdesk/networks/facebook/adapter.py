"""The Page as the desk opens it: every ability, each handed to the module that knows it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import ClassVar, cast

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.entry import Page
from socialdesk.core.measures import Measure
from socialdesk.core.network import (
    BrowserStep,
    DeviceStep,
    NetworkFacts,
    NotYet,
    SeveralFound,
    SignedIn,
)
from socialdesk.core.post import MediaFile, Receipt, Segment, Uploaded
from socialdesk.core.rules import PostRules
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.http.budgets import app_budget
from socialdesk.networks.facebook import device, measuring, signin
from socialdesk.networks.facebook.client import ACCESS, Client, utc_now
from socialdesk.networks.facebook.facts import FACTS
from socialdesk.networks.facebook.reading import Reader
from socialdesk.networks.facebook.rules import page_rules
from socialdesk.networks.facebook.translate import Place
from socialdesk.networks.facebook.writing import Writer


class Facebook:
    """One Page, reached through the person's own app. `account.facts["version"]` may name the API's version."""

    facts: ClassVar[NetworkFacts] = FACTS

    def __init__(
        self, account: Account, credential: Credential, http: object, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._account = account
        self._credential = credential
        self._http = cast("Http", http)
        server = signin.server_of(account)
        budget = f"{FACTS.key}:{account.id}" if account.id else ""
        version, app = account.facts.get("version", ""), app_budget(FACTS.key, credential.get("client_id"))
        self._client = Client(self._http, server, version, credential.get(ACCESS), budget, now, app)
        place = Place(signin.web_of(server), account.remote_id, account.name, account.avatar_url)
        self._reader = Reader(self._client, place)
        self._writer = Writer(self._client, place)

    def __repr__(self) -> str:
        return f"Facebook({self._account.handle or 'visitor'})"

    @property
    def account(self) -> Account:
        return self._account

    # signing in

    def _asking(self, answers: Mapping[str, str]) -> Client:
        """Without a token, in the version that the person wishes. Raises InputError."""
        version = signin.version_of(answers)
        return Client(self._http, self._client.base, version, now=self._client.now)

    async def begin_sign_in(self, answers: Mapping[str, str], redirect_uri: str) -> BrowserStep:
        """Facebook takes a registered address only; a listener elsewhere hears nothing."""
        return signin.begin(self._asking(answers), answers)

    async def finish_sign_in(self, step: BrowserStep, code: str) -> SignedIn | SeveralFound:
        client = self._asking(step.keep)
        person = await signin.exchange(client, step, code)
        return await signin.pages_of(client, person, step.keep.get("page", ""))

    async def begin_device(self, answers: Mapping[str, str]) -> DeviceStep:
        return await device.begin(self._asking(answers), answers)

    async def poll_device(self, step: DeviceStep) -> SignedIn | SeveralFound | NotYet:
        client = self._asking(step.keep)
        person = await device.poll(client, step)
        return person if isinstance(person, NotYet) else await signin.pages_of(client, person, step.keep["page"])

    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn | SeveralFound:
        return await signin.pasted(self._asking(answers), answers)

    async def whoami(self) -> Identity:
        return await signin.identity_of(self._client)

    async def renew(self) -> Credential:
        asking = Client(self._http, self._client.base, self._client.version, now=self._client.now)
        return await signin.renew(asking, self._credential, self._account.remote_id)

    def renew_at(self) -> datetime | None:
        return signin.renew_at(self._credential)

    # reading

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        return await self._reader.fetch(source, cursor, limit)

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        return await self._reader.fetch_older(source, older, limit)

    async def thread(self, remote_id: str, refs: Mapping[str, str]) -> Page:
        return await self._reader.thread(remote_id, dict(refs))

    async def measures(self, remote_id: str, refs: Mapping[str, str]) -> tuple[Measure, ...]:
        if remote_id:
            return await measuring.measures_of(self._client, remote_id, measuring.POST_METRICS, "lifetime")
        return await measuring.measures_of(self._client, self._account.remote_id, measuring.PAGE_METRICS, "day")

    # publishing

    async def post_rules(self) -> PostRules:
        return page_rules()

    def new_key(self, now_us: int, nonce: int) -> str:
        """Only a name on this desk: Facebook has no place for it."""
        return f"sd-{now_us:016x}-{nonce:x}"

    async def upload(self, media: MediaFile) -> Uploaded:
        return await self._writer.upload(media)

    async def publish(self, segment: Segment, key: str) -> Receipt:
        return await self._writer.publish(segment, key)

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        return await self._writer.find(segment, key)

    async def scheduled(self, receipt: Receipt) -> Receipt | None:
        return await self._writer.scheduled(receipt)

    async def unschedule(self, receipt: Receipt) -> None:
        await self._writer.unschedule(receipt)

    async def edit(self, remote_id: str, refs: Mapping[str, str], text: str) -> None:
        await self._writer.edit(remote_id, text)

    async def delete(self, remote_id: str, refs: Mapping[str, str]) -> None:
        await self._writer.delete(remote_id)

    async def act(self, action: str, remote_id: str, refs: Mapping[str, str]) -> Mapping[str, str]:
        return await self._writer.act(action, remote_id, refs)
