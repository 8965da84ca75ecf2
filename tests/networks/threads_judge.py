"""Meta's Postman collection as the judge of every request to Threads: address, method, parameters, fields."""

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from socialdesk.practice.facebook_fields import parse_fields
from socialdesk.practice.server import Handler
from socialdesk.practice.threads import PracticeThreads
from socialdesk.practice.world import World
from tests.openapi import contracts_folder

WORLD = World.load()
DOCUMENT = "threads/postman_collection.json"
EVERYWHERE = {"access_token"}  # the collection's own authorization adds it to each request
# Named in Meta's prose ("Keyword Search", "Publishing"), not in the collection.
PROSE = {"POST /me/threads": {"link_attachment"}, "GET /{id}/conversation": {"after"}}


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    values: Mapping[str, str]


@dataclass
class ThreadsJudge:
    """`known` maps "METHOD /path" to the names of its parameters; `fields` is all that may be asked for."""

    known: Mapping[str, set[str]]
    fields: set[str]
    examples: tuple[str, ...]
    seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "ThreadsJudge":
        known: dict[str, set[str]] = {}
        examples: list[str] = []
        for item in _items(document):
            request = item["request"]
            path = "/" + "/".join(filter(None, request["url"]["path"]))
            path = re.sub(r"\{\{[^}]+\}\}", "{id}", path)
            name = f"{request['method']} {path}"
            known.setdefault(name, set()).update(query["key"] for query in request["url"].get("query") or ())
            examples += [response.get("body") or "" for response in item.get("response", ())]
        variables = {variable["key"]: str(variable["value"]) for variable in document["variable"]}
        names = [value for key, value in variables.items() if key.startswith("fields_")]
        fields = {one.name for text in names for one in parse_fields(text)}
        return cls(known, fields, tuple(examples))

    def check(self, sent: Sent) -> None:
        name = operation(sent)
        assert name in self.known, f"the collection knows no {name}"
        known = self.known[name] | EVERYWHERE | PROSE.get(name, set())
        assert set(sent.values) <= known, f"{name}: unknown parameters {set(sent.values) - known}"
        wanted = {one.name for one in parse_fields(sent.values["fields"])} if "fields" in sent.values else set()
        assert wanted <= self.fields, f"{name}: unknown fields {wanted - self.fields}"
        self.seen.add(name)


def operation(sent: Sent) -> str:
    path = re.sub(r"^/v\d+\.\d+(?=/)", "", sent.path).rstrip("/")
    path = re.sub(r"/\d+", "/{id}", path)
    return f"{sent.method} {path}"


class RecordingThreads(PracticeThreads):
    """The practice Threads with a memory of what it was asked."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.sent: list[Sent] = []

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        body = dict(parse_qsl((await request.read()).decode(), keep_blank_values=True))
        self.sent.append(Sent(request.method, request.path, {**request.query, **body}))
        return await super()._answer(request, handler)

    def api_calls(self) -> Iterator[Sent]:
        """Requests to the API: not the page in the browser, pictures or posts' own pages."""
        shown = ("/oauth/authorize", "/pictures/", "/media/", "/@")
        return (sent for sent in self.sent if not sent.path.startswith(shown))


def load_judge() -> ThreadsJudge | None:
    """None where there is no collection: a test of its own says so."""
    path = contracts_folder() / DOCUMENT
    return ThreadsJudge.of(json.loads(path.read_text("utf-8"))) if path.exists() else None


async def judged(judge: ThreadsJudge | None) -> AsyncIterator[RecordingThreads]:
    """A practice Threads whose requests are judged when the test is done with it."""
    async with RecordingThreads(WORLD, {}) as server:
        yield server
        if judge is not None:
            for sent in server.api_calls():
                judge.check(sent)


def _items(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for item in node["item"]:
        if "item" in item:
            yield from _items(item)
        else:
            yield item
