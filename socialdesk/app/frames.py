"""Reading and writing the frames of `content.wire` on a pipe."""

import contextlib
import queue
import threading
from typing import IO

from socialdesk.content.wire import PREFIX


def read_frame(stream: IO[bytes]) -> bytes:
    """The next body. Raises EOFError at the end of the pipe."""
    head = stream.read(PREFIX.size)
    if len(head) < PREFIX.size:
        raise EOFError
    size: int = PREFIX.unpack(head)[0]
    body = stream.read(size)
    if len(body) < size:
        raise EOFError
    return body


class FrameWriter:
    """Writes frames in order on a thread of its own, so that a full pipe holds up nobody."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._frames: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="frames", daemon=True)
        self._thread.start()

    def send(self, frame: bytes) -> None:
        self._frames.put(frame)

    def close(self, timeout_s: float | None = None) -> None:
        """Closes the pipe when all is written or nobody reads any more; returns then, or after `timeout_s`."""
        self._frames.put(None)
        self._thread.join(timeout_s)

    def _write(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # the other end is gone
            while (data := self._frames.get()) is not None:
                self._stream.write(data)
                if self._frames.empty():
                    self._stream.flush()
        with contextlib.suppress(OSError):
            self._stream.close()
