"""What the practice PDS accepts as a record, in the words of the reference PDS. Source: the app.bsky lexicons."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from socialdesk.core.text import graphemes, utf8_length

Json = Mapping[str, Any]
HasBlob = Callable[[str], bool]

POST = "app.bsky.feed.post"
LIKE = "app.bsky.feed.like"
REPOST = "app.bsky.feed.repost"
FOLLOW = "app.bsky.graph.follow"
THREADGATE = "app.bsky.feed.threadgate"
TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
TID_KEYED = frozenset({POST, LIKE, REPOST, FOLLOW, THREADGATE})
MAX_GRAPHEMES, MAX_BYTES, MAX_IMAGES = 300, 3000, 4
MAX_IMAGE, MAX_THUMB, MAX_VIDEO = 2_000_000, 1_000_000, 300_000_000
MAX_GATE_RULES = 5

_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,20})?(Z|[+-]\d\d:\d\d)")
_AT_URI = re.compile(r"at://[a-zA-Z0-9._:%-]+/[a-zA-Z0-9.-]+/[a-zA-Z0-9_~.:-]+")
_CID = re.compile(r"[a-zA-Z0-9+=]{8,256}")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*")
_URI = re.compile(r"\w+:(//)?[^\s/]\S*")


class Refused(Exception):
    """The server says no: status, the protocol's name for it, its words, and what else the answer holds."""

    def __init__(self, status: int, name: str, message: str, more: Json | None = None) -> None:
        super().__init__(message)
        self.more = more or {}
        self.status = status
        self.name = name
        self.message = message


def check_record(collection: str, rkey: str, record: Json, has_blob: HasBlob) -> None:
    """Raises Refused for a record that the network would not take."""
    kind = record.get("$type", collection)
    if kind != collection:
        raise Refused(400, "InvalidRequest", f"Invalid $type: expected {collection}, got {kind}")
    if collection in TID_KEYED and not TID.fullmatch(rkey):
        raise Refused(
            400, "InvalidRequest", f'Invalid record key for {collection}: Invalid TID string (got "{rkey}") at $'
        )
    judge = _Judge(collection, has_blob)
    if collection == POST:
        judge.post(record)
    elif collection in {LIKE, REPOST}:
        judge.reference(judge.need(record, "subject", dict, "$.record"), "$.record.subject")
        judge.moment(record)
    elif collection == THREADGATE:
        judge.gate(record)


class _Judge:
    def __init__(self, collection: str, has_blob: HasBlob) -> None:
        self._collection = collection
        self._has_blob = has_blob

    def no(self, what: str, path: str) -> Refused:
        return Refused(400, "InvalidRequest", f"Invalid {self._collection} record: {what} at {path}")

    def need(self, value: Json, key: str, kind: type, path: str) -> Any:
        if key not in value:
            raise self.no(f'Missing required key "{key}"', path)
        if not isinstance(value[key], kind):
            raise self.no(f"Expected {kind.__name__} value type", f"{path}.{key}")
        return value[key]

    def post(self, record: Json) -> None:
        text = self.need(record, "text", str, "$.record")
        if (size := utf8_length(text)) > MAX_BYTES:
            raise self.no(f"string too big (maximum {MAX_BYTES}, got {size})", "$.record.text")
        if (count := graphemes(text)) > MAX_GRAPHEMES:
            raise self.no(f"grapheme too big (maximum {MAX_GRAPHEMES}, got {count})", "$.record.text")
        self.moment(record)
        for number, facet in enumerate(record.get("facets", [])):
            self.facet(facet, f"$.record.facets[{number}]")
        for number, language in enumerate(record.get("langs", [])):
            if not _LANGUAGE.fullmatch(language) or number > 2:
                raise self.no("Invalid language", f"$.record.langs[{number}]")
        if "reply" in record:
            for name in ("root", "parent"):
                ref = self.need(record["reply"], name, dict, "$.record.reply")
                self.reference(ref, f"$.record.reply.{name}")
        if "embed" in record:
            self.embed(record["embed"], "$.record.embed")

    def gate(self, record: Json) -> None:
        if not _AT_URI.fullmatch(self.need(record, "post", str, "$.record")):
            raise self.no("Invalid at-uri", "$.record.post")
        self.moment(record)
        if len(record.get("allow", [])) > MAX_GATE_RULES:
            raise self.no(f"array too big (maximum {MAX_GATE_RULES})", "$.record.allow")

    def moment(self, record: Json) -> None:
        text = self.need(record, "createdAt", str, "$.record")
        try:
            good = _DATETIME.fullmatch(text) and datetime.fromisoformat(text)
        except ValueError:
            good = None
        if not good:
            raise self.no(f'Invalid datetime (got "{text}")', "$.record.createdAt")

    def reference(self, ref: Json, path: str) -> None:
        if not _AT_URI.fullmatch(self.need(ref, "uri", str, path)):
            raise self.no("Invalid at-uri", f"{path}.uri")
        if not _CID.fullmatch(self.need(ref, "cid", str, path)):
            raise self.no("Invalid CID string", f"{path}.cid")

    def facet(self, facet: Json, path: str) -> None:
        index = self.need(facet, "index", dict, path)
        for name in ("byteStart", "byteEnd"):
            at = self.need(index, name, int, f"{path}.index")
            if at < 0:
                raise self.no(f"integer too small (minimum 0, got {at})", f"{path}.index.{name}")
        for feature in self.need(facet, "features", list, path):
            kind = str(feature.get("$type", "")).partition("#")[2]
            if kind == "link" and not _URI.fullmatch(str(feature.get("uri", ""))):
                raise self.no("Invalid URI", f"{path}.features")
            if kind == "mention" and not str(feature.get("did", "")).startswith("did:"):
                raise self.no("Invalid DID", f"{path}.features")
            if kind == "tag" and graphemes(str(feature.get("tag", "x" * 99))) > 64:
                raise self.no("grapheme too big (maximum 64)", f"{path}.features")

    def embed(self, embed: Json, path: str) -> None:
        match str(embed.get("$type", "")).removeprefix("app.bsky.embed."):
            case "images":
                images = self.need(embed, "images", list, path)
                if len(images) > MAX_IMAGES:
                    raise self.no(f"array too big (maximum {MAX_IMAGES}, got {len(images)})", f"{path}.images")
                for number, image in enumerate(images):
                    self.need(image, "alt", str, f"{path}.images[{number}]")
                    self.blob(image, "image", MAX_IMAGE, f"{path}.images[{number}]")
            case "external":
                card = self.need(embed, "external", dict, path)
                for name in ("uri", "title", "description"):
                    self.need(card, name, str, f"{path}.external")
                if not _URI.fullmatch(card["uri"]):
                    raise self.no("Invalid URI", f"{path}.external.uri")
                if "thumb" in card:
                    self.blob(card, "thumb", MAX_THUMB, f"{path}.external")
            case "video":
                self.blob(embed, "video", MAX_VIDEO, path, "video/mp4")
            case "record":
                self.reference(self.need(embed, "record", dict, path), f"{path}.record")
            case "recordWithMedia":
                self.embed(self.need(embed, "media", dict, path), f"{path}.media")
                inner = self.need(embed, "record", dict, path)
                self.reference(self.need(inner, "record", dict, f"{path}.record"), f"{path}.record.record")

    def blob(self, holder: Json, key: str, largest: int, path: str, accept: str = "image/*") -> None:
        blob = self.need(holder, key, dict, path)
        path = f"{path}.{key}"
        link = self.need(self.need(blob, "ref", dict, path), "$link", str, f"{path}.ref")
        mime, size = self.need(blob, "mimeType", str, path), self.need(blob, "size", int, path)
        if not mime.startswith(accept.removesuffix("*")):
            raise self.no(f'Expected "{accept}" (got "{mime}")', f"{path}.mimeType")
        if size > largest:
            raise self.no(f"blob too big (maximum {largest}, got {size})", path)
        if not self._has_blob(link):
            raise Refused(400, "BlobNotFound", f"Could not find blob: {link}")
