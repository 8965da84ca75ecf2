"""One desk per profile: a second start raises the first window and ends."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_WAIT_MS = 2000
_RAISE = b"raise\n"


def raise_first(name: str) -> bool:
    """Asks the desk that listens under `name` to come to the front; False when none answers."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(_WAIT_MS):
        return False
    socket.write(_RAISE)
    socket.flush()
    answered = socket.waitForReadyRead(_WAIT_MS)
    socket.disconnectFromServer()
    return answered


class FirstDesk(QObject):
    """Listens for later starts. What a crashed desk left of its socket is cleared away."""

    def __init__(self, name: str, on_raise: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._on_raise = on_raise
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(name)
        self._server.listen(name)
        self._server.newConnection.connect(self._called)

    def _called(self) -> None:
        socket = self._server.nextPendingConnection()
        if socket is None:
            return
        socket.write(b"here\n")
        socket.flush()
        socket.disconnected.connect(socket.deleteLater)
        self._on_raise()

    def close(self) -> None:
        self._server.close()
