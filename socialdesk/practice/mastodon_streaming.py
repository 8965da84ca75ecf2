"""The practice Mastodon tells of news while a connection stands: server-sent events, as Mastodon's streaming server.

Source: docs.joinmastodon.org/methods/streaming.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from socialdesk.practice.breaking import abort
from socialdesk.practice.mastodon_state import TAG, Notice, Refused, State, Status
from socialdesk.practice.mastodon_wire import Wire

ROOT = "/api/v1/streaming"
STREAMS = ("user", "user/notification", "public", "public/local", "public/remote", "hashtag", "hashtag/local", "list",
           "direct")  # fmt: skip


@dataclass(eq=False)
class Listener:
    """One open connection. An event of None ends it."""

    stream: str
    argument: str
    person: str
    request: web.Request
    events: "asyncio.Queue[tuple[str, str] | None]" = field(default_factory=asyncio.Queue)


class Streaming:
    """`beat_s` seconds between signs of life. `open` are the connections of now."""

    def __init__(self, state: State, wire: Wire, person_of: Callable[[web.Request, str], str]) -> None:
        self.state = state
        self.wire = wire
        self.person_of = person_of
        self.beat_s = 15.0
        self.open: list[Listener] = []
        self._changed = asyncio.Condition()
        state.heard.append(self._happened)

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get(f"{ROOT}/health", self.health)
        for stream in STREAMS:
            router.add_get(f"{ROOT}/{stream}", self.listen)

    async def health(self, _request: web.Request) -> web.Response:
        return web.Response(text="OK")

    async def listen(self, request: web.Request) -> web.StreamResponse:
        stream = request.path.removeprefix(f"{ROOT}/")
        scope = {"user/notification": "read:notifications", "list": "read:lists"}.get(stream, "read:statuses")
        person = self.person_of(request, scope)
        wanted = {"hashtag": "tag", "hashtag/local": "tag", "list": "list"}.get(stream, "")
        argument = request.query.get(wanted, "") if wanted else ""
        if (wanted and not argument) or (stream == "list" and argument not in self.state.lists):
            raise Refused(400 if wanted == "tag" else 404, "Missing parameter")
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "private, no-store"})
        await answer.prepare(request)
        listener = Listener(stream, argument.lower(), person, request)
        self.open.append(listener)
        try:
            await answer.write(b":)\n\n")
            await self._told()
            await self._go_on(listener, answer)
        except ConnectionError:
            return answer
        finally:
            self.open.remove(listener)
            await self._told()
        return answer

    async def _go_on(self, listener: Listener, answer: web.StreamResponse) -> None:
        while True:
            said = b":thump\n\n"
            with contextlib.suppress(TimeoutError):
                event = await asyncio.wait_for(listener.events.get(), self.beat_s)
                if event is None:
                    return
                said = f"event: {event[0]}\ndata: {event[1]}\n\n".encode()
            await answer.write(said)

    async def _told(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    # for tests and the practice desk

    async def until_open(self, times: int = 1, stream: str = "") -> None:
        """Returns when at least `times` connections stand."""

        def count() -> int:
            return sum(stream in {"", listener.stream} for listener in self.open)

        async with self._changed:
            await self._changed.wait_for(lambda: count() >= times)

    async def until_closed(self, stream: str = "") -> None:
        """Returns when none is left (of this stream)."""
        async with self._changed:
            await self._changed.wait_for(lambda: not any(stream in {"", one.stream} for one in self.open))

    def cut(self) -> None:
        """Every connection breaks off."""
        for listener in self.open:
            abort(listener.request)
            listener.events.put_nowait(None)

    def close(self) -> None:
        """Every connection ends in order."""
        for listener in self.open:
            listener.events.put_nowait(None)

    # what happens

    def _happened(self, event: str, what: Status | Notice) -> None:
        for listener in self.open:
            if isinstance(what, Notice):
                if what.to == listener.person and listener.stream in {"user", "user/notification"}:
                    listener.events.put_nowait((event, json.dumps(self.wire.notice(what))))
            elif self._concerns(what, listener):
                payload = what.id if event == "delete" else json.dumps(self.wire.status(what, None))
                listener.events.put_nowait((event, payload))

    def _concerns(self, status: Status, listener: Listener) -> bool:
        if status.visibility not in {"public", "unlisted"} and status.person != listener.person:
            return False
        public = status.visibility == "public" and not status.reblog_of
        local = not self.state.people[status.person].domain
        match listener.stream:
            case "user":
                return True
            case "list":
                return status.person in self.state.lists[listener.argument].members
            case "public":
                return public
            case "public/local" | "public/remote":
                return public and local == listener.stream.endswith("local")
            case "hashtag" | "hashtag/local":
                return public and listener.argument in {m[1].lower() for m in TAG.finditer(status.text)}
        return False
