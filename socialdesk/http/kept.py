"""Answers that were just had and will be wanted once more: a feed that a person looks at and then adds."""

from datetime import datetime, timedelta

from socialdesk.http.values import Response

FRESH = timedelta(minutes=1)
MOST = 8


class Kept:
    """A few answers by the address they were asked under. Each is given once, and only while it is fresh."""

    def __init__(self) -> None:
        self._answers: dict[str, tuple[datetime, Response]] = {}

    def put(self, url: str, response: Response, now: datetime) -> None:
        """Keeps a good answer; the oldest makes room."""
        if response.status != 200:
            return
        self._answers.pop(url, None)
        while len(self._answers) >= MOST:
            del self._answers[next(iter(self._answers))]
        self._answers[url] = (now, response)

    def take(self, url: str, now: datetime) -> Response | None:
        at, response = self._answers.pop(url, (now, None))
        return response if now - at < FRESH else None
