"""Values to and from columns of the database: JSON as bytes, times as whole microseconds since 1970 in UTC."""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
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


def defaults_of(kind: Any) -> tuple[tuple[str, object], ...]:
    """(field, default) of a dataclass, for leaving out what equals its default."""
    return tuple((f.name, f.default if f.default is not MISSING else _unique()) for f in fields(kind))


def _unique() -> object:
    return object()


def json_list(values: Iterable[int] | Iterable[str]) -> str:
    """For `IN (SELECT value FROM json_each(?))`: one prepared statement for any number of values."""
    return _encoder.encode(list(values)).decode()
