"""Server-sent events, read as they come (WHATWG HTML, section 9.2). Pure."""

import codecs
import re
from dataclasses import dataclass

MOST_CHARACTERS = 2_000_000  # of one event: what is longer is no event but an attack or a mistake
_LINE_END = re.compile(r"\r\n|\n|\r")


class EventTooLarge(ValueError):
    """More came without an end than any event has."""


@dataclass(frozen=True, slots=True)
class ServerEvent:
    name: str
    data: str


class EventReader:
    """Turns pieces of a body into events. What is between events (comments, signs of life) gives nothing."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._rest = ""
        self._name = ""
        self._data: list[str] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[ServerEvent]:
        """The events that this piece ends. Raises `EventTooLarge`."""
        lines = self._lines(self._decoder.decode(piece))
        return [event for line in lines if (event := self._line(line)) is not None]

    def _lines(self, text: str) -> list[str]:
        """Whole lines; a carriage return at the end may be the first half of a line's end."""
        text = self._rest + text
        held = "\r" if text.endswith("\r") else ""
        *lines, rest = _LINE_END.split(text[: len(text) - len(held)])
        self._rest = rest + held
        if len(self._rest) + self._size > MOST_CHARACTERS:
            raise EventTooLarge("an event has no end")
        return lines

    def _line(self, line: str) -> ServerEvent | None:
        if not line:
            return self._end()
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self._name = value
        elif field == "data":
            self._data.append(value)
            self._size += len(value)
            if self._size > MOST_CHARACTERS:
                raise EventTooLarge("an event has no end")
        return None

    def _end(self) -> ServerEvent | None:
        event = ServerEvent(self._name or "message", "\n".join(self._data)) if self._data else None
        self._name, self._data, self._size = "", [], 0
        return event
