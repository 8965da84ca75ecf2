"""Values to and from columns of the database: JSON as bytes, times as whole microseconds since 1970 in UTC."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MILLISECOND = timedelta(milliseconds=1)

_encoder = msgspec.json.Encoder()
_sorting_encoder = msgspec.json.Encoder(order="deterministic")


def to_us(when: datetime | None) -> int | None:
    return None if when is None else (when - EPOCH) // MICROSECOND


def to_us_exactly(when: datetime) -> int:
    return (when - EPOCH) // MICROSECOND


def from_us(value: int | None) -> datetime | None:
    return None if value is None else EPOCH + timedelta(microseconds=value)


def moment(value: int) -> datetime:
    return EPOCH + timedelta(microseconds=value)


def to_ms(when: datetime) -> int:
    return (when - EPOCH) // MILLISECOND


def encode(value: object) -> bytes:
    return _encoder.encode(value)


def encode_text(value: object) -> str:
    return _encoder.encode(value).decode()


def canonical(value: Mapping[str, str]) -> str:
    """The same text for equal mappings."""
    return _sorting_encoder.encode(dict(value)).decode()


def decode(data: bytes | str, kind: type[T]) -> T:
    return msgspec.json.decode(data, type=kind)


def decode_any(data: bytes | str) -> Any:
    return msgspec.json.decode(data)


def strings(data: bytes | str) -> dict[str, str]:
    """A JSON object of strings."""
    return msgspec.json.decode(data, type=dict[str, str])


class Changes:
    """The fields of a dataclass that differ from their defaults: what has to be written of a value."""

    def __init__(self, kind: Any, *, only: Container[str] | None = None, without: Container[str] = ()) -> None:
        chosen = [f for f in fields(kind) if f.name not in without and (only is None or f.name in only)]
        self._names = tuple(f.name for f in chosen)
        self._defaults = tuple(f.default if f.default_factory is MISSING else f.default_factory() for f in chosen)
        self._get = attrgetter(*self._names)

    def of(self, value: object) -> dict[str, Any]:
        return {
            name: found
            for name, default, found in zip(self._names, self._defaults, self._get(value), strict=True)
            if found is not default and found != default
        }


def json_list(values: Iterable[int] | Iterable[str]) -> str:
    """For `IN (SELECT value FROM json_each(?))`: one prepared statement for any number of values."""
    return _encoder.encode(list(values)).decode()
