"""Drafts, what is attached to them, and what each account takes."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from socialdesk.content import documents, pictures, videos
from socialdesk.content.worker import Worker
from socialdesk.core.blobs import blob_hash
from socialdesk.core.checks import AccountCheck, check
from socialdesk.core.errors import ContentError, InputError, NetworkError, StoreError, VaultError
from socialdesk.core.events import DraftsChanged
from socialdesk.core.network import HandsOff, Network, Publishes
from socialdesk.core.post import Draft, Picture
from socialdesk.core.rules import PostRules
from socialdesk.services.accounts import AccountService
from socialdesk.services.events import Events
from socialdesk.store import blobs as blobs_table
from socialdesk.store import drafts as drafts_table
from socialdesk.store import media_files
from socialdesk.store.database import Store

RULES_LAST = timedelta(days=1)
RULES_AGAIN = timedelta(minutes=5)  # after a try that reached nobody
LARGEST_VIDEO = 1_000_000_000
LARGEST_DOCUMENT = 300_000_000
LARGEST_PICTURE = 40_000_000  # bytes a person may add; it is made smaller for each network


class Probed(Protocol):
    @property
    def mime(self) -> str: ...


T = TypeVar("T", bound=Probed)


class ComposeService:
    def __init__(
        self, store: Store, accounts: AccountService, worker: Worker, events: Events, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._worker = worker
        self._events = events
        self._now = now
        self._rules: dict[int, tuple[PostRules, datetime]] = {}
        accounts.signed_in.append(self._signed_in)

    async def _signed_in(self, account_id: int) -> None:
        """Other rights, another usual visibility: what the account may post is asked again."""
        self.forget_rules(account_id)

    async def drafts(self) -> tuple[Draft, ...]:
        """All drafts, the last changed first."""
        return await self._store.read(drafts_table.all)

    async def draft(self, draft_id: int) -> Draft | None:
        return await self._store.read(drafts_table.get, draft_id)

    async def save(self, draft: Draft) -> Draft:
        """Puts the draft on disk before it returns; a draft with id 0 gets one."""
        saved = await self._store.write(drafts_table.save, draft, self._now(), durable=True)
        self._events.send(DraftsChanged(saved.id))
        return saved

    async def discard(self, draft_id: int) -> None:
        await self._store.write(drafts_table.remove, draft_id, durable=True)
        self._events.send(DraftsChanged(draft_id))
        await self._tidy()

    async def rules(self, account_id: int) -> PostRules:
        """What the account may post, asked once a day; when it cannot be asked, what it said last.

        While its secrets cannot be read, also what can be known without them. No pictures where they need a blog to
        stand on and the desk has none. Raises InputError where nothing can be posted, and what the network or the
        keyring raises when it was never asked.
        """
        rules = await self._rules_at_network(account_id)
        if rules.pictures_by_address and await self.picture_host() is None:
            return replace(rules, max_pictures=0, video=None, documents=None)
        return rules

    async def picture_host(self, near: Sequence[int] = ()) -> int | None:
        """The blog to put pictures on for networks that take only addresses: one of `near`, else any; None = none."""
        ids = [account.id for account in await self._accounts.list()]
        for account_id in sorted(ids, key=lambda one: (one not in near, one)):
            try:
                rules = await self._rules_at_network(account_id)
            except (NetworkError, VaultError, InputError):
                continue
            if rules.hosts_pictures:
                return account_id
        return None

    async def _rules_at_network(self, account_id: int) -> PostRules:
        known = self._rules.get(account_id)
        if known is not None and abs(self._now() - known[1]) < RULES_LAST:
            return known[0]
        asked = self._now()
        try:
            rules = await self._accounts.use(account_id, _rules_at)
        except (NetworkError, VaultError) as error:
            rules = known[0] if known is not None else await self._rules_without_secret(account_id, error)
            asked += RULES_AGAIN - RULES_LAST
        self._rules[account_id] = rules, asked
        return rules

    async def _rules_without_secret(self, account_id: int, why: NetworkError | VaultError) -> PostRules:
        """Raises `why` where they are not known without a sign-in."""
        if isinstance(why, NetworkError):
            raise why
        try:
            return await _rules_at(await self._accounts.without_secret(account_id))
        except NetworkError:
            raise why from None

    async def rules_of(self, account_ids: tuple[int, ...]) -> dict[int, PostRules]:
        """Rules of all accounts whose network can be asked; the others are missing."""

        async def ask(account_id: int) -> tuple[int, PostRules | None]:
            try:
                return account_id, await self.rules(account_id)
            except (NetworkError, VaultError):
                return account_id, None

        found = await asyncio.gather(*(ask(i) for i in dict.fromkeys(account_ids)))
        return {account_id: rules for account_id, rules in found if rules is not None}

    def forget_rules(self, account_id: int) -> None:
        """The server's limits are asked again; those known hold where it cannot be asked."""
        known = self._rules.get(account_id)
        if known is not None:
            self._rules[account_id] = known[0], known[1] - RULES_LAST

    async def check(self, draft: Draft) -> tuple[AccountCheck, ...]:
        return check(draft, await self.rules_of(draft.account_ids), self._now())

    async def add_picture(self, data: bytes, name: str) -> Picture:
        """Keeps a picture for a draft. Raises InputError when it is none, or too large."""
        if len(data) > LARGEST_PICTURE:
            raise InputError(f"{name} is larger than 40 MB.", "Choose a smaller picture.")
        try:
            mime, width, height = await self._worker.run(pictures.probe, data)
        except ContentError as error:
            raise InputError(f"{name} is not a picture this desk can send.", "Use JPEG, PNG, GIF or WebP.") from error
        await self._store.write(blobs_table.put, data, mime, self._now(), durable=True)
        return Picture(blob_hash(data), mime, width, height, len(data), name=name)

    async def add_video(self, path: str) -> Picture:
        """Keeps the video file at `path` for a draft: a copy of it, as it is. Raises InputError and StoreError."""
        name = Path(path).name
        too_large = InputError(f"{name} is larger than 1 GB.", "Choose a smaller video.")
        none = InputError(f"{name} is not a video this desk can send.", "Use MP4, MOV or WebM.")
        blob, size, found = await self._kept(path, videos.probe, LARGEST_VIDEO, too_large, none)
        return Picture(blob, found.mime, found.width, found.height, size, name=name, seconds=found.seconds)

    async def add_document(self, path: str) -> Picture:
        """Keeps the document at `path` for a draft, as it is, with its name as its title for now.

        Raises InputError and StoreError.
        """
        name = Path(path).name
        too_large = InputError(f"{name} is larger than 300 MB.", "Choose a smaller document.")
        none = InputError(f"{name} is not a document this desk can send.", "Use PDF, DOCX, PPTX, DOC or PPT.")
        blob, size, found = await self._kept(path, documents.probe, LARGEST_DOCUMENT, too_large, none)
        return Picture(blob, found.mime, 0, 0, size, Path(path).stem, name, pages=found.pages)

    async def _kept(
        self, path: str, probe: Callable[[str], T], largest: int, too_large: InputError, none: InputError
    ) -> tuple[str, int, T]:
        """The hash and size of the copy that is kept of a file, and what `probe` finds in it."""
        source, folder = Path(path), self._store.folder
        try:
            size = (await asyncio.to_thread(source.stat)).st_size
            if size > largest:
                raise too_large
            if not await asyncio.to_thread(media_files.has_room, folder, size):
                raise StoreError("no room for a file", reason="disk_full")
            await self._tidy()
            copied = await asyncio.to_thread(media_files.copy, source, folder)
        except OSError as error:
            raise InputError(f"{source.name} cannot be read.", "Choose another file.") from error
        try:
            found = await self._worker.run(probe, str(copied.path))
            await asyncio.to_thread(media_files.keep, copied, folder)
        except ContentError as error:
            raise none from error
        finally:
            await asyncio.to_thread(media_files.drop, copied)
        await self._store.write(media_files.put, copied.blob, found.mime, copied.size, self._now(), durable=True)
        return copied.blob, copied.size, found

    async def _tidy(self) -> None:
        """Gives the room of files back that nothing names any more."""
        named = await self._store.write(media_files.tidy, self._now())
        await asyncio.to_thread(media_files.sweep, self._store.folder, named, self._now())

    async def picture(self, blob: str) -> bytes:
        """The bytes of a stored picture; InputError when it is gone."""
        found = await self._store.read(blobs_table.get, blob)
        if found is None:
            raise InputError("This picture is no longer in the store.", "Add it again.")
        return found[0]


async def _rules_at(network: Network) -> PostRules:
    if not isinstance(network, Publishes | HandsOff):
        raise InputError(f"{network.facts.title} takes no posts.", "Choose another account.")
    return await network.post_rules()
