"""Translates what goes wrong on the wire into the program's errors. The only place that tells "never left" from
"may have happened".

aiohttp raises `ClientConnectorError` (refused, unreachable, DNS, TLS, proxy), `ConnectionTimeoutError` and
`ClientHttpProxyError` while it gets a connection; everything else comes later.
"""

import asyncio
import errno
import socket

import aiohttp

from socialdesk.core.errors import NetworkError, OutcomeUnknown, Rejected, Unreachable
from socialdesk.http.body import BadEncoding, TooLarge
from socialdesk.http.hop import Hop, Note

WIRE_ERRORS = (aiohttp.ClientError, OSError, asyncio.TimeoutError, TooLarge, BadEncoding, ValueError)

_NO_WAY_OUT = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})
_REASONS: tuple[tuple[type[BaseException], str, str], ...] = (
    (aiohttp.ClientConnectorDNSError, "dns", "its name cannot be resolved"),
    (aiohttp.ClientConnectorCertificateError, "tls", "its certificate is not valid"),
    (aiohttp.ClientConnectorSSLError, "tls", "no secure connection"),
    (aiohttp.ClientProxyConnectionError, "proxy", "the proxy cannot be reached"),
    (aiohttp.ClientHttpProxyError, "proxy", "the proxy refused"),
    (aiohttp.ConnectionTimeoutError, "timed_out", "no connection in time"),
    (aiohttp.SocketTimeoutError, "timed_out", "no answer in time"),
    (TimeoutError, "timed_out", "too slow"),
    (ConnectionRefusedError, "refused", "connection refused"),
    (aiohttp.ClientPayloadError, "interrupted", "the answer broke off"),
    (BadEncoding, "interrupted", "the answer cannot be unpacked"),
    (aiohttp.ClientResponseError, "not_http", "the answer is not HTTP"),
)


def translate(error: BaseException, hop: Hop, note: Note) -> NetworkError:
    """The program's error for what one exchange raised. `offline` is decided by the caller (`offline_hint`)."""
    where = f"{hop.method} {hop.host}"
    if note.refused and not note.tried and not note.left:
        return Rejected(f"{where}: content may not lead to a private address", reason="private_address")
    if isinstance(error, aiohttp.InvalidURL):
        return Rejected(f"{where}: not an address", reason="invalid")
    reason, words = _words(error)
    if hop.write and note.left:
        return OutcomeUnknown(f"{where}: {words}", detail=reason)
    if isinstance(error, TooLarge):
        return Rejected(f"{where}: the answer is too large", reason="too_large")
    return Unreachable(f"{where}: {words}", reason=reason)


def offline_hint(error: BaseException) -> str:
    """ "" = says nothing of our connection; "lost" = no name server or no way out; "name" = the name does not exist."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, socket.gaierror):
        return "name" if cause.errno == socket.EAI_NONAME else "lost"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "name"
    return "lost" if isinstance(cause, OSError) and cause.errno in _NO_WAY_OUT else ""


def _words(error: BaseException) -> tuple[str, str]:
    cause = error.os_error if type(error) is aiohttp.ClientConnectorError else error
    for kind, reason, words in _REASONS:
        if isinstance(cause, kind):
            return reason, words
    if isinstance(error, aiohttp.ClientConnectorError):
        return "unreachable", "no connection"
    if isinstance(error, TooLarge):
        return "too_large", "the answer is too large"
    return "interrupted", "the connection broke"
