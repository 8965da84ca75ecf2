"""What the practice Bluesky network knows: accounts, their records and blobs, and what follows from them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from socialdesk.practice.bluesky_gates import gate_of, may_answer, root_of
from socialdesk.practice.bluesky_ids import blob_cid, did_of, record_cid, tid
from socialdesk.practice.bluesky_rules import FOLLOW, LIKE, POST, REPOST, Refused, check_record

Json = dict[str, Any]


@dataclass
class Account:
    did: str
    handle: str
    name: str
    bio: str
    colour: str
    password: str
    created: datetime
    preferences: list[Json] = field(default_factory=list)
    bookmarks: dict[str, datetime] = field(default_factory=dict)  # post: when
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Record:
    did: str
    collection: str
    rkey: str
    value: Mapping[str, Any]
    cid: str
    indexed: datetime

    @property
    def uri(self) -> str:
        return f"at://{self.did}/{self.collection}/{self.rkey}"

    @property
    def sort_at(self) -> datetime:
        """Feeds go by the earlier of the author's date and the server's."""
        try:
            created = datetime.fromisoformat(str(self.value.get("createdAt")))
        except ValueError:
            return self.indexed
        return min(created, self.indexed)


@dataclass(frozen=True)
class Blob:
    """Stored bytes; of a picture of the practice world only the `seed` is kept until somebody asks for it."""

    did: str
    cid: str
    mime: str
    size: int
    data: bytes = b""
    seed: str = ""


@dataclass(frozen=True)
class Notice:
    to: str
    reason: str
    uri: str  # the record that made it
    subject: str
    at: datetime


class State:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.accounts: dict[str, Account] = {}
        self.aliases: dict[str, str] = {}  # handles that lead to an account that does not call itself so
        self.records: dict[str, Record] = {}
        self.blobs: dict[tuple[str, str], Blob] = {}
        self.notices: list[Notice] = []
        self.shown: dict[str, tuple[int, int, int]] = {}  # seeded likes, reposts and replies of a post
        self._marks: dict[tuple[str, str], dict[str, str]] = {}  # (collection, subject): {did: record}
        self._replies: dict[str, list[str]] = {}
        self._last_us = 0
        self._last_tick: datetime | None = None

    # accounts

    def add_account(
        self, key: str, handle: str, name: str, *, bio: str = "", colour: str = "", password: str
    ) -> Account:
        created = self.now() - timedelta(days=700)
        account = Account(did_of(key), handle, name, bio, colour, password, created)
        self.accounts[account.did] = account
        return account

    def find_account(self, actor: str) -> Account | None:
        """By DID or handle."""
        if actor.startswith("did:"):
            return self.accounts.get(actor)
        return next((a for a in self.accounts.values() if a.handle == actor.lower()), None)

    # records

    def tick(self) -> datetime:
        """Now, or a millisecond after the last tick: what happens one after the other gets times in that order."""
        now = self.now()
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        self._last_tick = max(now, self._last_tick + timedelta(milliseconds=1)) if self._last_tick else now
        return self._last_tick

    def new_rkey(self) -> str:
        self._last_us = max(self._last_us + 1, int(self.now().timestamp() * 1_000_000))
        return tid(self._last_us, 31)

    def put(
        self, did: str, collection: str, rkey: str, value: Json, *, when: datetime | None = None, check: bool = True
    ) -> Record:
        """Writes a record, new or in place of the one at its key. Raises Refused."""
        value = {"$type": collection, **value}
        if check:
            self.check(did, collection, rkey, value)
        record = Record(did, collection, rkey, value, record_cid(value), when or self.now())
        if record.uri in self.records:
            self._forget(self.records[record.uri])
        self.records[record.uri] = record
        self._learn(record)
        return record

    def check(self, did: str, collection: str, rkey: str, value: Mapping[str, Any]) -> None:
        """Raises Refused for a record that would not be taken."""
        check_record(collection, rkey, value, lambda cid: (did, cid) in self.blobs)

    def delete(self, uri: str) -> bool:
        record = self.records.pop(uri, None)
        if record is not None:
            self._forget(record)
        return record is not None

    def of(self, collection: str, did: str = "") -> Iterator[Record]:
        for record in self.records.values():
            if record.collection == collection and did in {"", record.did}:
                yield record

    def marks(self, collection: str, subject: str) -> Mapping[str, str]:
        """Who liked, re-shared or followed `subject`, with the record that says so."""
        return self._marks.get((collection, subject), {})

    def replies_to(self, uri: str) -> list[Record]:
        """What answers a post, save what the thread's gate does not let in."""
        found = [self.records[reply] for reply in self._replies.get(uri, ()) if reply in self.records]
        found = [record for record in found if self.may_answer(root_of(record.uri, record.value), record.did)]
        return sorted(found, key=lambda record: record.sort_at)

    def may_answer(self, root: str, did: str) -> bool:
        """Whether the gate of the thread that begins with `root` lets `did` in."""
        gate, post = self.records.get(gate_of(root)), self.records.get(root)
        if gate is None or post is None:
            return True
        mentioned, followers = _mentioned(post.value), self.marks(FOLLOW, post.did)
        follows = self.follows(post.did)
        return may_answer(gate.value, did, post.did, mentioned=mentioned, follows=follows, followers=followers)

    def follows(self, did: str) -> set[str]:
        return {str(record.value["subject"]) for record in self.of(FOLLOW, did)}

    def quotes(self, uri: str) -> int:
        return sum(1 for record in self.of(POST) if quoted_uri(record.value) == uri)

    def commit_cid(self, did: str, rev: str) -> str:
        """The CID of a commit; nobody can look into it."""
        return record_cid({"did": did, "rev": rev})

    # blobs

    def add_blob(self, did: str, data: bytes, mime: str) -> Json:
        cid = blob_cid(data)
        self.blobs[did, cid] = Blob(did, cid, mime, len(data), data)
        return blob_ref(self.blobs[did, cid])

    def add_seeded_blob(self, did: str, seed: str) -> Json:
        cid = blob_cid(f"picture:{seed}".encode())
        self.blobs[did, cid] = Blob(did, cid, "image/png", 250_000, seed=seed)
        return blob_ref(self.blobs[did, cid])

    # what follows from a record

    def _learn(self, record: Record) -> None:
        if record.collection == POST:
            parent = _uri(record.value.get("reply"), "parent")
            if parent:
                self._replies.setdefault(parent, []).append(record.uri)
            self._tell_of_post(record, parent)
        elif record.collection in {LIKE, REPOST}:
            subject = _uri(record.value, "subject")
            before = self._marks.setdefault((record.collection, subject), {})
            if record.did in before:
                self.delete(before[record.did])  # the same subject twice: the later one stays
            self._marks.setdefault((record.collection, subject), {})[record.did] = record.uri
            reason = "like" if record.collection == LIKE else "repost"
            self._tell(_owner(subject), reason, record, subject)
        elif record.collection == FOLLOW:
            subject = str(record.value["subject"])
            self._marks.setdefault((FOLLOW, subject), {})[record.did] = record.uri
            self._tell(subject, "follow", record, "")

    def _tell_of_post(self, record: Record, parent: str) -> None:
        told = {record.did}
        if not self.may_answer(root_of(record.uri, record.value), record.did):
            parent = ""
        wanted = [
            (_owner(parent), "reply", parent),
            (_owner(quoted_uri(record.value)), "quote", quoted_uri(record.value)),
        ]
        wanted += [(did, "mention", "") for did in _mentioned(record.value)]
        for to, reason, subject in wanted:
            if to and to not in told:
                told.add(to)
                self._tell(to, reason, record, subject)

    def _tell(self, to: str, reason: str, record: Record, subject: str) -> None:
        if to in self.accounts and to != record.did:
            self.notices.append(Notice(to, reason, record.uri, subject, record.indexed))

    def _forget(self, record: Record) -> None:
        self.notices = [notice for notice in self.notices if notice.uri != record.uri]
        for marks in self._marks.values():
            if marks.get(record.did) == record.uri:
                del marks[record.did]
        parent = _uri(record.value.get("reply"), "parent")
        if parent in self._replies:
            self._replies[parent] = [uri for uri in self._replies[parent] if uri != record.uri]


def blob_ref(blob: Blob) -> Json:
    return {"$type": "blob", "ref": {"$link": blob.cid}, "mimeType": blob.mime, "size": blob.size}


def quoted_uri(value: Mapping[str, Any]) -> str:
    """The record that a post quotes, '' when it quotes none."""
    embed = value.get("embed") or {}
    kind = embed.get("$type")
    if kind == "app.bsky.embed.recordWithMedia":
        return _uri(embed.get("record"), "record")
    return _uri(embed, "record") if kind == "app.bsky.embed.record" else ""


def parse_uri(uri: str) -> tuple[str, str, str]:
    """Repository, collection and key of an at-uri. Raises Refused."""
    parts = uri.removeprefix("at://").split("/")
    if not uri.startswith("at://") or len(parts) != 3:
        raise Refused(400, "InvalidRequest", f"Invalid at-uri: {uri}")
    return parts[0], parts[1], parts[2]


def wire_time(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _uri(holder: object, name: str) -> str:
    ref = holder.get(name) if isinstance(holder, Mapping) else None
    return str(ref.get("uri", "")) if isinstance(ref, Mapping) else ""


def _owner(uri: str) -> str:
    return uri.removeprefix("at://").partition("/")[0]


def _mentioned(value: Mapping[str, Any]) -> list[str]:
    features = [feature for facet in value.get("facets", ()) for feature in facet.get("features", ())]
    return [str(f["did"]) for f in features if str(f.get("$type", "")).endswith("#mention")]
