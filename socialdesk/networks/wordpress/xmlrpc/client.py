"""Calls to one site's XML-RPC, and what its faults mean."""

from datetime import UTC, datetime, timedelta
from typing import Any

from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.http import Http
from socialdesk.networks.wordpress.address import may_carry_password
from socialdesk.networks.wordpress.client import FLOOD_PAUSE, UPLOAD_TIMEOUT_S, not_wordpress
from socialdesk.networks.wordpress.xmlrpc.codec import Fault, NotXmlRpc, decode, encode

BAD_LOGIN = 403
_REASONS = {
    400: "invalid",
    401: "missing_permission",
    404: "not_found",
    405: "no_api",
    409: "duplicate",
    -32601: "not_supported",
}
_HEADERS = {"Content-Type": "text/xml; charset=utf-8", "Accept": "text/xml"}
_TIMEOUT = timedelta(seconds=20)


class FaultAfterWrite(OutcomeUnknown):
    """The site itself says that something went wrong, perhaps after it did what it was asked for."""


class RpcClient:
    """One blog of a site as one user. `endpoint` is the address of its `xmlrpc.php`."""

    def __init__(self, http: Http, endpoint: str, username: str = "", password: str = "", blog: str = "1") -> None:
        self.endpoint = endpoint
        self._http = http
        self._pair = (username, password)
        self._blog = blog

    def __repr__(self) -> str:
        return f"RpcClient({self.endpoint!r})"

    async def ask(self, method: str, *args: object) -> Any:
        """A read. Raises Unreachable, RateLimited, AuthExpired, Rejected."""
        return await self._as_user(method, args, write=False)

    async def send(self, method: str, *args: object, timeout_s: float = _TIMEOUT.total_seconds()) -> Any:
        """A write. Raises OutcomeUnknown besides."""
        return await self._as_user(method, args, write=True, timeout_s=timeout_s)

    async def send_file(self, method: str, *args: object) -> Any:
        """A write that takes its time. A fault of the server's own says here that the file was not taken: Rejected."""
        try:
            return await self.send(method, *args, timeout_s=UPLOAD_TIMEOUT_S)
        except FaultAfterWrite as error:
            raise Rejected(str(error), reason="media_type", detail=error.detail) from error

    async def blogs(self) -> Any:
        """The blogs of the user at this address: what proves a password."""
        return await self._called("wp.getUsersBlogs", self._pair, write=False)

    async def methods(self) -> frozenset[str]:
        """What the site can do, asked as nobody."""
        names = await self._called("system.listMethods", (), write=False)
        return frozenset(map(str, names)) if isinstance(names, list) else frozenset()

    async def _as_user(self, method: str, args: tuple[object, ...], *, write: bool, timeout_s: float = 20.0) -> Any:
        return await self._called(method, (self._blog, *self._pair, *args), write=write, timeout_s=timeout_s)

    async def _called(self, method: str, args: tuple[object, ...], *, write: bool, timeout_s: float = 20.0) -> Any:
        answer = await self._answer(method, args, write=write, timeout_s=timeout_s)
        if not isinstance(answer, Fault):
            return answer
        if answer.code == BAD_LOGIN and method not in {"wp.getUsersBlogs", "system.listMethods"}:
            # WordPress says so of other things as well, such as closed comments: the password itself is asked about.
            await self.blogs()
            raise Rejected(_words(answer), reason="missing_permission", detail=answer.message)
        raise refusal(answer, write=write, now=datetime.now(UTC))

    async def _answer(self, method: str, args: tuple[object, ...], *, write: bool, timeout_s: float) -> Any:
        if args and not may_carry_password(self.endpoint):
            raise Rejected("the site is not on HTTPS", reason="insecure")
        content = encode(method, args)
        response = await self._http.request(
            "POST", self.endpoint, headers=_HEADERS, content=content, write=write, timeout_s=timeout_s
        )
        try:
            answer = await self._http.offload(decode, response.body)
        except NotXmlRpc:
            raise not_wordpress(response, write=write) from None
        if response.status >= 400 and not isinstance(answer, Fault):
            raise not_wordpress(response, write=write)
        return answer


def refusal(fault: Fault, *, write: bool, now: datetime) -> NetworkError:
    """The error that a fault means. A fault of the server's own (500) may come after the deed."""
    words, detail = _words(fault), fault.message
    if fault.code == BAD_LOGIN:
        return AuthExpired(words, detail=detail)
    if fault.code == 429:
        return RateLimited(words, now + FLOOD_PAUSE, detail=detail)
    if fault.code >= 500 and write:
        return FaultAfterWrite(words, detail=detail)
    if fault.code >= 500:
        return Unreachable(words, reason="server_error", detail=detail)
    return Rejected(words, reason=_REASONS.get(fault.code, "other"), detail=detail)


def _words(fault: Fault) -> str:
    return f"fault {fault.code}"
