"""XML-RPC messages as Python values. The standard library marshals; what it may read is guarded here.

Entities are never resolved: a document that declares its own is refused before a parser sees it.
"""

import re
import xmlrpc.client as wire
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.parsers.expat import ExpatError

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # what XML 1.0 cannot say
_CONTROLS = bytes(sorted({*range(0x20)} - {0x09, 0x0A, 0x0D}))
_TIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)")
_ROOT = b"<methodResponse"


class NotXmlRpc(ValueError):
    """The body is no answer in XML-RPC."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal in the server's own words."""

    code: int
    message: str


def encode(method: str, args: Sequence[object]) -> bytes:
    """A call. Text, numbers, bytes, times (UTC), lists and mappings; characters that XML cannot say are left out."""
    return wire.dumps(tuple(_sayable(value) for value in args), method, encoding="utf-8").encode()


def decode(body: bytes) -> Any:
    """The value of an answer, or a `Fault`. Times become ISO 8601 without a zone ('' = none), base64 bytes.

    What stands before the document (blank lines, warnings of PHP) is skipped. Raises NotXmlRpc. A module-level
    function, so that the worker process can run it.
    """
    before, root, _ = body.partition(_ROOT)
    begin = before.rfind(b"<?xml")
    prolog = before[begin:] if begin >= 0 else b""
    if not root or b"<!DOCTYPE" in prolog or b"<!ENTITY" in prolog:
        raise NotXmlRpc("no answer in XML-RPC")
    try:
        values, _ = wire.loads((prolog + body[len(before) :]).translate(None, _CONTROLS))
        return _plain(values[0])
    except wire.Fault as fault:
        return Fault(fault.faultCode, str(fault.faultString))
    except (ExpatError, wire.Error, ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        raise NotXmlRpc(f"a damaged answer: {type(error).__name__}") from error
    except RecursionError as error:
        raise NotXmlRpc("an answer without a bottom") from error


def _sayable(value: object) -> Any:
    if isinstance(value, str):
        return _ILLEGAL.sub("", value)
    if isinstance(value, Mapping):
        return {str(name): _sayable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_sayable(one) for one in value]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, wire.DateTime):
        return _moment(str(value.value))
    return value.data if isinstance(value, wire.Binary) else value


def _moment(text: str) -> str:
    found = _TIME.match(text)
    try:
        return datetime(*map(int, found.groups())).isoformat() if found else ""  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return ""  # drafts have a time of zeros
