"""A proxy before a real server that loses what it is told to lose, on a thread of its own."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that came; `status` 0 where no answer went back."""

    method: str
    path: str
    status: int


class Proxy:
    """Passes requests on as they are, `Host` included. `lose` breaks the next ones that match.

    A call in XML-RPC is matched with its path and, after a slash, its method.
    """

    def __init__(self, server: str) -> None:
        target = urlsplit(server)
        self.target = (target.hostname or "", target.port or 80)
        self.seen: list[Seen] = []
        self._losses: list[tuple[str, str, re.Pattern[str]]] = []
        self._status = 0
        self._blocked: re.Pattern[str] | None = None
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def lose(self, what: str, method: str, path: str, times: int = 1) -> None:
        """`what`: question (nothing is passed on), answer (the server has accepted), half (of the answer's body)."""
        with self._lock:
            self._losses += [(what, method, re.compile(path))] * times

    def answer_all(self, status: int) -> None:
        """From now on every request is answered by the proxy itself, with a page of no use."""
        self._status = status

    def block(self, path: str) -> None:
        """From now on what matches is answered as a firewall would."""
        self._blocked = re.compile(path)

    def own_status(self, path: str) -> int:
        """The status of the proxy's own answer, 0 = it passes the request on."""
        return 403 if self._blocked is not None and self._blocked.search(path) else self._status

    def take_loss(self, method: str, path: str) -> str:
        with self._lock:
            for loss in self._losses:
                if loss[1] == method and loss[2].search(path):
                    self._losses.remove(loss)
                    return loss[0]
        return ""

    @property
    def spent(self) -> bool:
        """Whether everything that was to be lost is lost."""
        return not self._losses

    def count(self, method: str, path: str) -> int:
        return sum(1 for one in self.seen if one.method == method and re.search(path, one.path))

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def in_front_of(server: str) -> Iterator[Proxy]:
    with Proxy(server) as proxy:
        yield proxy


def _place(path: str, body: bytes) -> str:
    method = re.search(rb"<methodName>([\w.]+)</methodName>", body[:2000])
    return f"{path}/{method[1].decode()}" if method else path


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            loss = proxy.take_loss(self.command, _place(self.path, body))
            if status := proxy.own_status(self.path):
                self._answer(status, [("Content-Type", "text/html")], b"<p>Nothing here</p>", whole=True)
                return
            if loss == "question":
                self._drop()
                return
            connection = HTTPConnection(*proxy.target, timeout=60)
            try:
                headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
                connection.request(self.command, self.path, body or None, headers)
                answer = connection.getresponse()
                data = answer.read()
            finally:
                connection.close()
            if loss == "answer":
                self._drop()
                return
            proxy.seen.append(Seen(self.command, self.path, answer.status))
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP]
            self._answer(answer.status, kept, data, whole=loss != "half")

        def _answer(self, status: int, headers: list[tuple[str, str]], data: bytes, *, whole: bool) -> None:
            self.send_response_only(status)
            for name, value in [*headers, ("Content-Length", str(len(data)))]:
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data if whole else data[: len(data) // 2])
            self.close_connection = not whole

        def _drop(self) -> None:
            proxy.seen.append(Seen(self.command, self.path, 0))
            self.close_connection = True

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _pass_on  # noqa: N815

    return Handler
