"""Judging requests and answers by an OpenAPI 3.1 document of somebody else."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from socialdesk.practice.server import LoggedRequest

ROOT = Path(__file__).parent.parent
METHODS = frozenset({"get", "post", "put", "patch", "delete"})


def contracts_folder() -> Path:
    return Path(os.environ.get("SOCIALDESK_CONTRACTS") or ROOT.parent / "shared" / "contracts")


class OpenApi:
    """One document. A test that needs it is skipped where there is none."""

    def __init__(self, name: str) -> None:
        path = contracts_folder() / name
        if not path.exists():
            pytest.skip(f"no contract {name}: set SOCIALDESK_CONTRACTS to the folder that holds it")
        self.document = _any_of(json.loads(path.read_text("utf-8")))
        resource: Resource[Any] = Resource.from_contents(self.document, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource("urn:api", resource)
        self._paths = [(re.compile(_pattern(path)), path) for path in self.document["paths"]]

    @staticmethod
    def exists(name: str) -> bool:
        return (contracts_folder() / name).exists()

    def operation(self, method: str, path: str) -> Mapping[str, Any]:
        """What the document says of a request; a path without placeholders goes first. Fails for an unknown one."""
        known = [template for pattern, template in self._paths if pattern.fullmatch(path)]
        for template in sorted(known, key=lambda t: t.count("{")):
            found = self.document["paths"][template].get(method.lower())
            if found:
                return {**found, "x-template": template}
        raise AssertionError(f"the contract knows no {method} {path}")

    def problems(self, schema: Mapping[str, Any], value: object) -> list[str]:
        """Where `value` differs from `schema`, a schema inside the document."""
        validator = Draft202012Validator(_absolute(schema), registry=self._registry)
        found = [leaf for error in validator.iter_errors(value) for leaf in (error.context or [error])]
        return [f"{error.json_path}: {error.message[:200]}" for error in found]

    def check_answer(self, method: str, path: str, status: int, value: object) -> None:
        responses = self.operation(method, path)["responses"]
        assert str(status) in responses, f"{method} {path} never answers {status}"
        schema = responses[str(status)].get("content", {}).get("application/json", {}).get("schema")
        if schema is not None:
            problems = self.problems(schema, value)
            assert not problems, f"{method} {path} {status}: {problems}"

    def check_request(self, request: LoggedRequest) -> None:
        """Path and method exist, parameters are known, required ones are there, the body has the right shape."""
        operation = self.operation(request.method, request.path)
        where = f"{request.method} {request.path}"
        known = {p["name"]: p for p in operation.get("parameters", ()) if p["in"] == "query"}
        sent = {name.removesuffix("[]") for name in request.query}
        assert sent <= set(known), f"{where}: unknown parameters {sent - set(known)}"
        missing = {name for name, p in known.items() if p.get("required")} - sent
        assert not missing, f"{where}: missing parameters {missing}"
        self._check_body(operation, request, where)

    def _check_body(self, operation: Mapping[str, Any], request: LoggedRequest, where: str) -> None:
        wanted = operation.get("requestBody")
        if not request.body:
            assert not (wanted and wanted.get("required")), f"{where}: a body is missing"
            return
        assert wanted, f"{where}: no body expected"
        schema = next(iter(wanted["content"].values()))["schema"]
        body = _body(request.body)
        options = schema.get("anyOf", [schema])
        found = [self.problems(option, body) for option in options]
        assert [] in found, f"{where}: {found}"
        names = {name for option in options for name in self._names(option)}
        assert set(body) <= names, f"{where}: unknown fields {set(body) - names}"

    def _names(self, schema: Mapping[str, Any]) -> set[str]:
        if "$ref" in schema:
            schema = self._registry.resolver("urn:api").lookup(schema["$ref"]).contents
        inherited = {name for part in schema.get("allOf", ()) for name in self._names(part)}
        return inherited | set(schema.get("properties", {}))


def _pattern(path: str) -> str:
    return "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]+\})", path))


def _any_of(node: Any) -> Any:
    """The document with `anyOf` for `oneOf`: documents made from prose offer shapes of which one contains another."""
    if isinstance(node, dict):
        return {"anyOf" if name == "oneOf" else name: _any_of(value) for name, value in node.items()}
    return [_any_of(item) for item in node] if isinstance(node, list) else node


def _absolute(schema: Any) -> Any:
    """The same schema with references that start at the document."""
    if isinstance(schema, dict):
        return {k: f"urn:api{v}" if k == "$ref" and v.startswith("#") else _absolute(v) for k, v in schema.items()}
    return [_absolute(item) for item in schema] if isinstance(schema, list) else schema


def _body(body: bytes) -> dict[str, Any]:
    if body.startswith(b"--"):
        names = re.findall(rb'; name="([^"]+)"', body)
        return {name.decode(): "" for name in names}
    text = body.decode()
    return json.loads(text) if text.startswith("{") else dict(parse_qsl(text))
