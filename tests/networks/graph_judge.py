"""Facebook's machine-readable specifications as judges of every request: edges, parameters and fields exist."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from socialdesk.practice.facebook import PracticeFacebook
from socialdesk.practice.facebook_fields import Wanted, parse_fields
from socialdesk.practice.server import Handler
from socialdesk.practice.world import World
from tests.openapi import contracts_folder

WORLD = World.load()
NODES = ("Page", "PagePost", "Photo", "Comment")
# Parameters that belong to every request, and are in no specification; the file of an upload is documented in prose.
GENERIC = {"fields", "limit", "after", "before", "since", "until", "access_token", "summary"}
UPLOADS = {("Page", "photos"): {"source"}}
# What fields lead to. The specifications name neither people's public fields nor the parts of an attachment.
LEADS = {
    "comments": "Comment", "parent": "Comment", "from": "Profile", "reactions": "Profile", "picture": "Picture",
    "attachments": "Attachment", "subattachments": "Attachment",
}  # fmt: skip
PROSE = {
    "Profile": {"id", "name"},
    "Picture": {"url"},
    "Attachment": {"media_type", "type", "title", "description", "url", "unshimmed_url", "media", "subattachments"},
}
# An edge of the person's, not of a Page: its answer holds Pages with the person's tasks there.
ACCOUNTS = {"tasks"}


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    values: Mapping[str, str]


@dataclass
class GraphJudge:
    """All specifications. `seen` names the operations that were judged."""

    nodes: Mapping[str, Mapping[str, Any]]
    seen: set[str] = field(default_factory=set)

    def check(self, sent: Sent, kind: str) -> None:
        where = f"{sent.method} {sent.path}"
        edge = sent.path.strip("/").partition("/")[2].partition("/")[2]
        if kind == "" or edge == "oauth":
            return
        wanted = parse_fields(sent.values["fields"]) if "fields" in sent.values else ()
        if edge == "accounts":
            assert set(sent.values) <= GENERIC, where
            self._check_fields("Page", tuple(w for w in wanted if w.name not in ACCOUNTS), where)
            return
        operation = self._operation(sent.method, kind, edge)
        assert operation is not None, f"{where}: {kind} has no {sent.method} {edge or 'itself'}"
        known = {p["name"] for p in operation["params"]} | GENERIC | UPLOADS.get((kind, edge), set())
        names = {name.partition("[")[0] for name in sent.values}
        assert names <= known, f"{where}: unknown parameters {names - known}"
        leads = operation["return"] if edge and sent.method == "GET" else kind
        if leads in self.nodes:
            self._check_fields(leads, wanted, where)
        self.seen.add(f"{sent.method} {kind}/{edge}")

    def _operation(self, method: str, kind: str, edge: str) -> Mapping[str, Any] | None:
        apis = self.nodes[kind]["apis"]
        return next((api for api in apis if (api["method"], api.get("endpoint", "")) == (method, edge)), None)

    def _check_fields(self, kind: str, wanted: tuple[Wanted, ...], where: str) -> None:
        for one in wanted:
            edge = None if kind in PROSE else self._operation("GET", kind, one.name)
            fields = PROSE.get(kind) or {f["name"] for f in self.nodes[kind]["fields"]}
            assert one.name in fields or edge, f"{where}: {kind} has no field {one.name}"
            modifiers = set(one.modifiers) - GENERIC
            known = {p["name"] for p in edge["params"]} if edge else set()
            assert modifiers <= known, f"{where}: {one.name} takes no {modifiers - known}"
            if one.inner:
                assert one.name in LEADS, f"{where}: where does {one.name} lead?"
                self._check_fields(LEADS[one.name], one.inner, where)


class RecordingFacebook(PracticeFacebook):
    """The practice Facebook with a memory of what it was asked, and of what kind the nodes were."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.sent: list[tuple[Sent, str]] = []

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        body = await request.read()
        kind = self._kind(request.path)
        values = {**request.query, **_form(request.headers.get("Content-Type", ""), body)}
        self.sent.append((Sent(request.method, request.path, values), kind))
        return await super()._answer(request, handler)

    def _kind(self, path: str) -> str:
        """What the specifications call the node of a request; '' for signing in, pictures and pages."""
        found = re.match(r"/v\d+\.\d+/([^/]+)", path)
        node = found[1] if found else ""
        if node == "me":
            return "Page"
        holders = ((self.state.profiles, "Page"), (self.state.posts, "PagePost"), (self.state.photos, "Photo"))
        for held, kind in (*holders, (self.state.comments, "Comment")):
            if node in held:
                return kind
        return ""


def load_judge() -> GraphJudge | None:
    """None where there are no specifications: a test of its own says so."""
    folder = contracts_folder() / "facebook"
    if not all((folder / f"{name}.json").exists() for name in NODES):
        return None
    return GraphJudge({name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in NODES})


async def judged(judge: GraphJudge | None) -> AsyncIterator[RecordingFacebook]:
    """A practice Facebook whose requests are judged when the test is done with it."""
    async with RecordingFacebook(WORLD, {}) as server:
        yield server
        if judge is not None:
            for sent, kind in server.sent:
                judge.check(sent, kind)


def _form(content_type: str, body: bytes) -> dict[str, str]:
    header = Message()
    header["Content-Type"] = content_type
    if header.get_boundary() is None:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return {name.decode(): "" for name in re.findall(rb'; name="([^"]+)"', body)}
