"""X's own OpenAPI documents as judges of every request the adapter makes and every answer the practice X gives."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from aiohttp import web

from socialdesk.practice.server import Handler, LoggedRequest
from socialdesk.practice.world import World
from socialdesk.practice.x import PracticeX
from tests.openapi import OpenApi

DOCUMENTS = {"new": "x/openapi-2.167.json", "old": "x/openapi-2.159.json"}
WORLD = World.load()
JSON_TYPES = ("application/json", "application/problem+json")


@dataclass(frozen=True)
class Answer:
    method: str
    path: str
    query: Mapping[str, str]
    status: int
    content_type: str
    body: Any


@dataclass(frozen=True)
class Sent:
    """A request with the content type that tells how its body is read."""

    method: str
    path: str
    query: Mapping[str, str]
    content_type: str
    body: bytes


class RecordingX(PracticeX):
    """The practice X with a memory of what it was asked and what it said."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.sent: list[Sent] = []
        self.answers: list[Answer] = []

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        body = await request.read()
        kind = request.headers.get("Content-Type", "")
        self.sent.append(Sent(request.method, request.path, dict(request.query), kind, body))
        answer = await super()._answer(request, handler)
        if answer.content_type in JSON_TYPES and isinstance(answer, web.Response):
            said = json.loads(answer.body or b"null")
            self.answers.append(
                Answer(request.method, request.path, dict(request.query), answer.status, answer.content_type, said)
            )
        return answer


class XDocument(OpenApi):
    """One document: parameters with their values, bodies of both kinds, answers of any status."""

    def operation(self, method: str, path: str) -> Mapping[str, Any]:
        found = super().operation(method, path)
        return {**found, "parameters": [self._resolved(p) for p in found.get("parameters", ())]}

    def _resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in node:
            return node
        found: Mapping[str, Any] = self._registry.resolver("urn:api").lookup(f"urn:api{node['$ref']}").contents
        return found

    def check_sent(self, sent: Sent) -> None:
        where = f"{sent.method} {sent.path}"
        operation = self.operation(sent.method, sent.path)
        self.check_request(LoggedRequest(sent.method, sent.path, sent.query, frozenset(), b""))
        for parameter in operation["parameters"]:
            if parameter["in"] == "query" and parameter["name"] in sent.query:
                schema = self._resolved(parameter["schema"])
                problems = self.problems(schema, _value(sent.query[parameter["name"]], schema))
                assert not problems, f"{where}: {parameter['name']}: {problems}"
        wanted = operation.get("requestBody")
        assert bool(sent.body) or not (wanted and wanted.get("required")), f"{where}: a body is missing"
        if sent.body:
            assert wanted, f"{where}: no body expected"
            kind = sent.content_type.partition(";")[0]
            assert kind in wanted["content"], f"{where}: not as {kind}"
            problems = self.problems(wanted["content"][kind]["schema"], _body(sent))
            assert not problems, f"{where}: {problems}"

    def _check_body(self, operation: Mapping[str, Any], request: LoggedRequest, where: str) -> None:
        """Done by `check_sent`, which knows the content type."""

    def check(self, answer: Answer) -> None:
        responses = self.operation(answer.method, answer.path)["responses"]
        said = responses.get(str(answer.status)) or responses["default"]
        schema = said["content"][answer.content_type]["schema"]
        bodies = answer.body.get("errors") if answer.status >= 400 and "code" in str(answer.body) else None
        for body in bodies or [answer.body]:
            problems = self.problems(schema, body)
            assert not problems, f"{answer.method} {answer.path} {answer.status}: {problems}"


@dataclass
class Judge:
    """Both documents. `seen` names the operations that were judged."""

    documents: Mapping[str, XDocument]
    seen: set[str] = field(default_factory=set)

    def _who_knows(self, answer: Answer, dialect: str) -> str:
        """The new document has only problems of posts and people; those of plans and gateways are in the old one."""
        kind = answer.body.get("type", "") if answer.status >= 400 else ""
        known = self.documents["new"].document["components"]["schemas"]["Problem"]["discriminator"]["mapping"]
        return dialect if not kind or kind in known else "old"

    def judge(self, server: RecordingX) -> None:
        for sent in server.sent:
            for dialect in _dialects(sent.path, sent.query, ("new", "old")):
                self.documents[dialect].check_sent(sent)
        for answer in server.answers:
            for dialect in _dialects(answer.path, answer.query, server.reading.speaks[:1]):
                self.documents[self._who_knows(answer, dialect)].check(answer)
                template = self.documents[dialect].operation(answer.method, answer.path)["x-template"]
                self.seen.add(f"{dialect} {answer.method} {template}")


def load_judge() -> Judge | None:
    """None where there are no documents: a test of its own says so."""
    if not all(OpenApi.exists(name) for name in DOCUMENTS.values()):
        return None
    return Judge({dialect: XDocument(name) for dialect, name in DOCUMENTS.items()})


async def judged(judge: Judge | None) -> AsyncIterator[RecordingX]:
    """A practice X whose requests and answers are judged when the test is done with it."""
    async with RecordingX(WORLD, {}) as server:
        yield server
        if judge is not None:
            judge.judge(server)


def _dialects(path: str, query: Mapping[str, str], otherwise: tuple[str, ...]) -> tuple[str, ...]:
    """Whose words a request uses. Signing in and pictures are in none of the documents."""
    if not path.startswith("/2/") or path.startswith("/2/oauth2/"):
        return ()
    if "post.fields" in query or "tweet.fields" in query:
        return ("new",) if "post.fields" in query else ("old",)
    return otherwise


def _value(text: str, schema: Mapping[str, Any]) -> Any:
    if schema.get("type") == "array":
        return text.split(",")
    return int(text) if schema.get("type") == "integer" and text.isdigit() else text


def _body(sent: Sent) -> Any:
    if not sent.content_type.startswith("multipart/"):
        return json.loads(sent.body)
    header = Message()
    header["Content-Type"] = sent.content_type
    boundary = str(header.get_boundary()).encode()
    found: dict[str, Any] = {}
    for part in sent.body.split(b"--" + boundary)[1:-1]:
        head, _, data = part.strip(b"\r\n").partition(b"\r\n\r\n")
        name = head.partition(b'name="')[2].partition(b'"')[0].decode()
        text = data.decode("latin-1")
        found[name] = int(text) if text.isdigit() and b"filename=" not in head else text
    return found
