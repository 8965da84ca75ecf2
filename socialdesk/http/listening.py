"""Answers that go on: one request, and then events as the server has them."""

import contextlib
from collections.abc import AsyncIterator
from datetime import datetime

from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.http.call import Call
from socialdesk.http.hop import Answer, Hop
from socialdesk.http.redirects import REDIRECTS
from socialdesk.http.server_events import EventReader, EventTooLarge, ServerEvent
from socialdesk.http.status import check
from socialdesk.http.values import Response

EVENTS = "text/event-stream"
OPEN_S = 30.0  # for the first line of the answer
SILENCE_S = 90.0  # servers give a sign of life every quarter of a minute
ASKED_WITH = {"Accept": EVENTS, "Accept-Encoding": "identity", "Cache-Control": "no-store"}


@contextlib.asynccontextmanager
async def listen(call: Call, hop: Hop, now: datetime, silence_s: float) -> AsyncIterator[AsyncIterator[ServerEvent]]:
    """As `Http.listen`."""
    async with contextlib.AsyncExitStack() as stack:
        answer, pieces = await call.open(hop, stack, silence_s=silence_s)
        _judge(answer, hop, now)
        yield _events(pieces, hop)


def _judge(answer: Answer, hop: Hop, now: datetime) -> None:
    where = f"{hop.method} {hop.host}"
    if answer.status in REDIRECTS:
        raise Rejected(f"{where}: redirected, and a token is for one host", reason="not_supported")
    check(Response(answer.status, answer.headers, answer.body, hop.url), write=False, now=now)
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind != EVENTS or answer.headers.get("content-encoding", "identity").casefold() != "identity":
        raise Unreachable(f"{where}: the answer is no stream of events", reason="invalid_answer")


async def _events(pieces: AsyncIterator[bytes], hop: Hop) -> AsyncIterator[ServerEvent]:
    reader = EventReader()
    async for piece in pieces:
        try:
            events = reader.feed(piece)
        except EventTooLarge as error:
            raise Unreachable(f"{hop.method} {hop.host}: {error}", reason="invalid_answer") from error
        for event in events:
            yield event
